"""Which pixels count, and means over those alone: what every loss does the same way."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from rskd.geo.labels import IGNORE

SMALL = 1e-6
"""Lengths and deviations below it are nothing: float32 still divides by it without overflow."""


def counting(values: Tensor, mask: Tensor | None, *, exact: bool = False) -> Tensor:
    """The mask on the grid of `values`, bool (N, H, W) or (N,).

    A mask of another size than a feature's grid is brought to it: a cell counts where at least half of it counts. For
    answers (`exact`) another size is a mistake.
    """
    places = values.shape[:1] + values.shape[2:]
    if mask is None:
        return torch.ones(places, dtype=torch.bool, device=values.device)
    if mask.shape == places:
        return mask
    if exact or mask.ndim != 3 or values.ndim != 4 or len(mask) != len(values):
        raise ValueError(f"shapes do not fit: values {tuple(values.shape)}, mask {tuple(mask.shape)}")
    return on_grid(mask.unsqueeze(1).float(), values.shape[2:]).squeeze(1) >= 0.5


def weighing(counts: Tensor, weights: Tensor | None) -> Tensor:
    """How much each place counts, float32 shaped like `counts`: 0 where it does not count."""
    if weights is None:
        return counts.float()
    weights = weights.detach().float().nan_to_num(0)  # there is nothing to weigh where a teacher has no answer
    if weights.shape != counts.shape:
        weights = on_grid(weights.unsqueeze(1), counts.shape[1:]).squeeze(1)
    return weights.where(counts, 0)


def kept(values: Tensor, counts: Tensor) -> Tensor:
    """Float32 values, 0 where nothing counts: a NaN in nodata then reaches neither the value nor the gradient."""
    return values.float().where(counts.unsqueeze(1), 0)


def weighed_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Mean of `values` with `weight` of the same shape; 0 with a gradient of 0 where nothing counts."""
    total = weight.sum()
    return (values.where(weight > 0, 0) * weight).sum() / total.where(total > 0, 1)


def same_shape(student: Tensor, teacher: Tensor, *, classes: bool = False) -> None:
    """Refuses sides of different shape; with `classes`, fewer than two channels too."""
    if student.shape != teacher.shape:
        raise ValueError(
            f"shapes do not fit: student {tuple(student.shape)}, teacher {tuple(teacher.shape)}; project the student's "
            "channels with an adapter, or resize one to the other's grid"
        )
    if classes and student.shape[1] < 2:
        raise ValueError("one channel is no choice: give two, (0, logit) for a sigmoid")


def same_tiles(student: Tensor, teacher: Tensor) -> None:
    """Refuses sides that are not the same tiles or samples."""
    if len(student) != len(teacher) or student.ndim != teacher.ndim:
        raise ValueError(f"student {tuple(student.shape)} and teacher {tuple(teacher.shape)} are not the same tiles")


def both_sides(student: Tensor, teacher: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Features of both sides as losses compare them, and the mask on their grid.

    Float32, the teacher detached, on the smaller of the two grids, 0 where nothing counts. What does not count is
    taken out on each side's own grid first: the mean over a cell does not take it up.
    """
    same_tiles(student, teacher)
    size = [min(sides) for sides in zip(student.shape[2:], teacher.shape[2:], strict=True)]
    student, teacher = (counted_on_grid(side, mask, size) for side in (student, teacher.detach()))
    counts = counting(student, mask)
    return kept(student, counts), kept(teacher, counts), counts


def counted_on_grid(values: Tensor, mask: Tensor | None, size: Sequence[int]) -> Tensor:
    """Float32 features on another grid, of the places that count alone; embeddings as they are."""
    counts = counting(values, mask)
    values = kept(values, counts)
    if list(values.shape[2:]) == list(size):
        return values
    if mask is None:
        return on_grid(values, size)
    share = on_grid(counts.unsqueeze(1).float(), size)
    return on_grid(values, size) / share.where(share > 0, 1)


def on_grid(values: Tensor, size: Sequence[int]) -> Tensor:
    """(N, C, H, W) brought to another grid: averaged where it shrinks, bilinear where it grows."""
    if values.shape[2] >= size[0] and values.shape[3] >= size[1]:
        return F.adaptive_avg_pool2d(values, (size[0], size[1]))
    return F.interpolate(values, size=list(size), mode="bilinear", align_corners=False)


def labelled(target: Tensor | None, features: Tensor, counts: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Labels on the grid of `features` (the nearest one), and where both they and the mask count."""
    if target is None:
        raise ValueError(f"{name} needs a target: the labels, or the classes that the teacher sees")
    if target.shape != counts.shape:
        target = F.interpolate(target.unsqueeze(1).float(), size=features.shape[2:], mode="nearest-exact")
        target = target.squeeze(1).long()
    known = counts & (target != IGNORE)
    return target.where(known, 0), known


def rows(values: Tensor, counts: Tensor) -> Tensor:
    """The places that count, one a row: (P, C) float32 of (N, C, H, W) or (N, C)."""
    return values.movedim(1, -1)[counts].float()


def pooled(values: Tensor, counts: Tensor, grid: int) -> tuple[Tensor, Tensor]:
    """Means over the cells of a grid of at most `grid` x `grid` a tile, of the places that count alone.

    Returns:
        (N, C, h, w) float32 and bool (N, h, w): cells in which anything counts. Embeddings (N, D) come back as they
        are.
    """
    if values.ndim == 2:
        return kept(values, counts), counts
    size = (min(values.shape[2], grid), min(values.shape[3], grid))
    share = F.adaptive_avg_pool2d(counts.unsqueeze(1).float(), size)
    mean = F.adaptive_avg_pool2d(kept(values, counts), size) / share.where(share > 0, 1)
    return mean, share.squeeze(1) > 0


def unit(values: Tensor, dim: int = 1) -> Tensor:
    """Vectors of length 1 along `dim`; a vector of zeros stays one.

    Scaled by the largest entry first: squares of values near float32's limit would be infinite. The length is then 1 or
    more, but for a vector that is nothing: its gradient is as of one of length `SMALL`.
    """
    if not values.numel():
        return values
    largest = values.detach().abs().amax(dim, keepdim=True).clamp_min(SMALL)
    return F.normalize(values / largest, dim=dim, eps=1.0)


def gram(vectors: Tensor) -> Tensor:
    """Cosines of all pairs of rows, (..., P, P) of (..., P, C)."""
    directed = unit(vectors, dim=-1)
    return directed @ directed.transpose(-1, -2)


def relative_entropy(student: Tensor, teacher: Tensor) -> Tensor:
    """Elements p log(p / q) of KL(p || q) in nats, from log-probabilities: the student's q and the teacher's p."""
    return F.kl_div(student, teacher, reduction="none", log_target=True)
