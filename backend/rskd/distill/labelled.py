"""How often each class is labelled, and how much a rare one weighs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rskd.distill.material import Material
from rskd.geo.grid import windows_of
from rskd.geo.labels import IGNORE

_BLOCK = 1024


def label_counts(materials: Sequence[Material], classes: int, part: int) -> NDArray[np.int64]:
    """Labelled pixels a class (K,) in one part of the split, over all scenes."""
    counts = np.zeros(classes, np.int64)
    for material in materials:
        for window in windows_of(material.extent, _BLOCK, _BLOCK):
            target, where = material.labels(window)
            counts += np.bincount(target[(where == part) & (target != IGNORE)], minlength=classes)
    return counts


def class_weights(counts: NDArray[np.int64]) -> Tensor:
    """Weights (K,) for the cross entropy: 1 / sqrt(frequency), clipped to [0.25, 4], of mean 1 over labelled pixels.

    The mean is 1 before clipping. A class without labels weighs 1: it never comes up.

    Args:
        counts: labelled training pixels a class.
    """
    labelled = counts > 0
    share = counts[labelled] / counts.sum()
    raw = share**-0.5
    weights = np.ones(len(counts), np.float32)
    weights[labelled] = np.clip(raw / (raw * share).sum(), 0.25, 4)
    return torch.from_numpy(weights)
