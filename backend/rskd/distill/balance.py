"""Terms brought to pull alike at the student, so that a weight is a share and not a matter of units (block A1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

EVERY = 8
"""Steps between two measurements: each costs a backward pass a term."""

_KEEP = 0.7
"""Of the earlier measurements, in the running mean."""

_MOST = 1e4
"""A term is not made larger or smaller than that, however little or much it pulls."""


class Balance(nn.Module):
    """Scales each term by the mean pull of all over its own pull; weights then state shares of the gradient.

    Pull is the norm of a term's gradient at the student's weights, a running mean over measurements. Its state goes
    into checkpoints: a resumed training does the same steps.

    Args:
        names: of the terms.
    """

    pulls: Tensor
    steps: Tensor

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.register_buffer("pulls", torch.zeros(len(names)))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def forward(self, values: Mapping[str, Tensor], weights: Sequence[nn.Parameter]) -> dict[str, Tensor]:
        """The values, scaled.

        Args:
            values: of the terms, with their graph.
            weights: of the student.
        """
        if self.steps % EVERY == 0:
            now = torch.stack([_pull(values[name], weights) for name in self.names])
            kept = _KEEP * self.pulls + (1 - _KEEP) * now
            # A term that has not pulled yet starts with what it does now.
            self.pulls.copy_(torch.where(self.pulls > 0, kept, now))
        self.steps += 1
        at_work = self.pulls > 0
        mean = self.pulls[at_work].mean() if at_work.any() else self.pulls.new_ones(())
        scale = torch.where(at_work, mean / self.pulls.clamp_min(1e-12), 1).clamp(1 / _MOST, _MOST)
        return {name: values[name] * scale[at] for at, name in enumerate(self.names)}


def _pull(value: Tensor, weights: Sequence[nn.Parameter]) -> Tensor:
    if not value.requires_grad:
        return value.new_zeros(())
    slopes = torch.autograd.grad(value, list(weights), retain_graph=True, allow_unused=True)
    pull: Tensor = torch.stack([slope.norm() for slope in slopes if slope is not None] or [value.new_zeros(())]).norm()
    return pull
