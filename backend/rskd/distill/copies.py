"""The student as its own teacher: its running mean, and what it was an epoch ago (block T3)."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

DECAY = 0.99
"""Of the running mean a step, once it has seen a hundred or so; earlier it follows faster."""


class Copy(nn.Module):
    """A network of the student's kind that only follows it; its state goes into checkpoints.

    Args:
        network: the student.
    """

    steps: Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def average(self, network: nn.Module) -> None:
        """Moves the running mean towards the student's weights; Tarvainen and Valpola 2017, arXiv:1703.01780."""
        number = int(self.steps)
        keep = min(DECAY, (1 + number) / (10 + number))
        for mine, its in zip(self.network.parameters(), network.parameters(), strict=True):
            mine.data.lerp_(its.data, 1 - keep)
        for own, seen in zip(self.network.buffers(), network.buffers(), strict=True):
            own.copy_(seen)
        self.steps += 1

    @torch.no_grad()
    def renew(self, network: nn.Module) -> None:
        """Becomes what the student is now."""
        for mine, its in zip(self.network.state_dict().values(), network.state_dict().values(), strict=True):
            mine.copy_(its)
        self.steps += 1
