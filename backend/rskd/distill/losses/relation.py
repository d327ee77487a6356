"""Losses on how samples lie to each other: pixels or tiles of a batch, whatever their channels.

Features (N, C, H, W) are averaged to at most `grid` x `grid` cells a tile, over the pixels that count; each cell is a
sample, and pairs of samples are within the whole batch (within a tile in `pairwise`). Embeddings (N, D) are samples as
they are. So memory grows with (N · grid²)², never with the pixels.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import (
    SMALL,
    counting,
    gram,
    pooled,
    relative_entropy,
    rows,
    same_tiles,
    unit,
    weighed_mean,
)

Grid = Annotated[int, Field(ge=1, le=32, description="Cells a side to which a tile is averaged first")]


@method("relation", needs=("teacher", "taps"), cost="(N·grid²)²·C", source="Tung and Mori 2019 (SP), arXiv:1907.09682")
def similarity_preserving(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    grid: Grid = 4,
) -> Tensor:
    """Similarity preserving: mean over samples of ||row of student's Gram - row of teacher's||², rows of length 1.

    Args:
        student, teacher: features (N, C, H, W), or embeddings (N, D), of the same tiles; channels and size may differ.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size, or (N,).
        grid: at most 32.

    Returns:
        Float32 scalar from 0 to 4; 0 if nothing counts. The paper divides by B² (B samples): its weight of 3000 at
        B = 64 is about 47 here.
    """
    del target
    student, teacher = _samples(student, teacher, mask, grid)
    grams = [unit(_directed(side) @ _directed(side).T) for side in (student, teacher)]
    return _mean((grams[0] - grams[1]).square().sum(1))


@method("relation", needs=("teacher", "taps"), cost="(N·grid²)³", source="Park et al. 2019 (RKD), arXiv:1904.05068")
def rkd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    distance: Annotated[float, Field(ge=0, description="Weight of the distances between pairs")] = 1.0,
    angle: Annotated[float, Field(ge=0, description="Weight of the angles of triplets")] = 2.0,
    grid: Annotated[int, Field(ge=1, le=4, description="Cells a side to which a tile is averaged first")] = 2,
) -> Tensor:
    """Relational KD: smooth L1 between distances of all pairs (in units of their mean), and between all angles.

    Args:
        student, teacher: features (N, C, H, W), or embeddings (N, D), of the same tiles.
        target: not used.
        mask: as in `similarity_preserving`.
        distance, angle: weights, in the paper's ratio of 1 to 2.
        grid: at most 4: triplets are the cube of samples.

    Returns:
        Float32 scalar: mean over all pairs plus mean over all triplets, a sample with itself among them (0).
    """
    del target
    student, teacher = _samples(student, teacher, mask, grid)
    if len(student) < 2:
        return _none(student)
    value = student.new_zeros(())
    if distance:
        value = value + distance * F.smooth_l1_loss(_distances(student), _distances(teacher))
    if angle:
        value = value + angle * F.smooth_l1_loss(_angles(student), _angles(teacher))
    return value


@method(
    "relation", needs=("teacher", "taps"), cost="(N·grid²)²·C", source="Passalis and Tefas 2018 (PKT), arXiv:1803.10837"
)
def pkt(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    grid: Grid = 4,
) -> Tensor:
    """Probabilistic knowledge transfer: mean over samples of KL between how likely each sample is its neighbour.

    Likely: (cos + 1) / 2, each row brought to a sum of 1; a sample is a neighbour of itself.

    Args: as `similarity_preserving`.

    Returns:
        Float32 scalar in nats. Codes that take the mean over B² report 1/B of it.
    """
    del target
    student, teacher = _samples(student, teacher, mask, grid)
    near = []
    for side in (student, teacher):
        close = (gram(side) + 1) / 2 + SMALL
        near.append((close / close.sum(1, keepdim=True)).log())
    return _mean(relative_entropy(*near).sum(1))


@method("relation", needs=("teacher", "taps"), cost="(N·grid²)²·C", source="Peng et al. 2019 (CC), arXiv:1904.01802")
def cc(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    kernel: Annotated[Literal["gaussian", "bilinear"], Field(description="How alike two samples are")] = "gaussian",
    gamma: Annotated[float, Field(gt=0, description="Of the Gaussian kernel exp(-gamma · distance²)")] = 0.4,
    grid: Grid = 4,
) -> Tensor:
    """Correlation congruence: mean over pairs of (k(student's pair) - k(teacher's pair))², of vectors of length 1.

    Args: as `similarity_preserving`. The Gaussian kernel is computed as it is, not by the paper's Taylor series.

    Returns:
        Float32 scalar from 0 to 4, the Frobenius norm squared over B².
    """
    del target
    student, teacher = _samples(student, teacher, mask, grid)
    alike = [gram(side) for side in (student, teacher)]
    if kernel == "gaussian":
        # Of unit vectors the squared distance is 2 - 2 cos.
        alike = [(-gamma * (2 - 2 * cosine)).exp() for cosine in alike]
    return _mean((alike[0] - alike[1]).square())


@method("relation", needs=("teacher", "taps"), cost="N·grid⁴·C", source="Liu et al. 2019 (SKD), arXiv:1903.04197")
def pairwise(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    grid: Grid = 8,
) -> Tensor:
    """Pixel pairs within a tile: mean over all pairs of cells of (cos in the student - cos in the teacher)².

    Args: as `similarity_preserving`, features (N, C, H, W). Cells are means (the paper takes maxima).

    Returns:
        Float32 scalar from 0 to 4.
    """
    del target
    student, teacher, counts = _cells(student, teacher, mask, grid)
    alike = [gram(side.flatten(2).transpose(1, 2)) for side in (student, teacher)]
    known = counts.flatten(1)
    pairs = known.unsqueeze(1) & known.unsqueeze(2)
    return weighed_mean((alike[0] - alike[1]).square(), pairs.float())


@method("relation", needs=("teacher", "taps"), cost="(N·grid²)²·C", source="Yang et al. 2022 (CIRKD), arXiv:2204.06986")
def cirkd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Annotated[float, Field(gt=0, description="Of the similarities between cells")] = 0.1,
    grid: Grid = 4,
) -> Tensor:
    """Pixels across images: mean over tile pairs and cells of KL between softmaxes of a cell's cosines to the other.

    For each ordered pair of tiles (a, b), a with itself among them, each cell of a is described by its cosines to all
    cells of b; student and teacher are compared by row.

    Args: as `similarity_preserving`, features (N, C, H, W). No memory bank; no T² (as in the paper).

    Returns:
        Float32 scalar in nats.
    """
    del target
    student, teacher, counts = _cells(student, teacher, mask, grid)
    known = counts.flatten(1)
    alike = []
    for side in (student, teacher):
        cells = unit(side.flatten(2).transpose(1, 2), dim=-1)
        cosines = torch.einsum("apc,bqc->abpq", cells, cells) / temperature
        alike.append(cosines.masked_fill(~known[None, :, None, :], -1e9).log_softmax(-1))
    nats = relative_entropy(*alike).where(known[None, :, None, :], 0).sum(-1)
    # Tiles in which nothing counts describe nobody.
    describes = known.any(1)[None, :, None]
    return weighed_mean(nats, (known[:, None, :] & describes).float())


def _cells(student: Tensor, teacher: Tensor, mask: Tensor | None, grid: int) -> tuple[Tensor, Tensor, Tensor]:
    """Both sides on one pooled grid, the teacher detached, and the cells that count on both."""
    same_tiles(student, teacher)
    if student.ndim == 4:
        grid = min(grid, *student.shape[2:], *teacher.shape[2:])
    (learned, here), (taught, there) = (
        pooled(side, counting(side, mask), grid) for side in (student, teacher.detach())
    )
    return learned, taught, here & there


def _samples(student: Tensor, teacher: Tensor, mask: Tensor | None, grid: int) -> tuple[Tensor, Tensor]:
    """(B, C) and (B, C'): the cells or embeddings that count."""
    learned, taught, counts = _cells(student, teacher, mask, grid)
    return rows(learned, counts), rows(taught, counts)


def _directed(samples: Tensor) -> Tensor:
    """Samples in units of the largest entry: products of large features stay finite."""
    return samples / _size(samples)


def _size(samples: Tensor) -> Tensor:
    return samples.detach().abs().amax().clamp_min(SMALL) if samples.numel() else samples.new_ones(())


def _distances(samples: Tensor) -> Tensor:
    """Of all pairs, in units of the mean of those that are not 0."""
    apart = (samples.unsqueeze(0) - samples.unsqueeze(1)) / _size(samples)
    squared = apart.square().sum(-1)
    # The root's slope at 0 is infinite: pairs of equal samples stay out of it.
    far = squared > SMALL**2
    lengths = squared.where(far, 1).sqrt().where(far, 0)
    return lengths / (lengths.sum() / far.sum().clamp_min(1)).clamp_min(SMALL)


def _angles(samples: Tensor) -> Tensor:
    """Cosines of the angles at each sample between each two others, (B, B, B)."""
    return gram(samples.unsqueeze(0) - samples.unsqueeze(1))


def _mean(values: Tensor) -> Tensor:
    return values.mean() if values.numel() else values.sum()


def _none(samples: Tensor) -> Tensor:
    return samples.sum() * 0
