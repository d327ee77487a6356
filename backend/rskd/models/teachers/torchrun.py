"""Runs torch networks as one teacher: members averaged, logits made probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rskd.models.normalise import Normalised

Floats = NDArray[np.float32]


class TorchRun:
    """(N, C, H, W) raw values to (N, T, H, W) probabilities, averaged over members.

    One output channel is the logit of the second of two classes (T = 2).

    Args:
        members: each takes raw values; they are moved to the device and set to evaluate.
        device: where they run.
    """

    def __init__(self, members: Sequence[Normalised], device: torch.device) -> None:
        self.members = [member.eval().to(device) for member in members]
        self._device = device

    def __call__(self, pixels: Floats) -> Floats:
        """Probabilities of `pixels`."""
        with torch.inference_mode():
            raw = torch.from_numpy(pixels).to(self._device)
            answers = [_probabilities(member(raw)) for member in self.members]
            mean: Floats = torch.stack(answers).mean(0).cpu().numpy()
        return mean


def _probabilities(logits: Tensor) -> Tensor:
    if logits.shape[1] == 1:
        second = logits.float().sigmoid()
        return torch.cat([1 - second, second], dim=1)
    return logits.float().softmax(1)
