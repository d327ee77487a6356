"""Losses on how channels, classes or layers lie to each other."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import both_sides, counted_on_grid, counting, kept, pooled, unit, weighed_mean


@method(
    "relation",
    needs=("teacher", "taps"),
    cost="N·C²·P",
    source="Liu et al. 2021 (ICKD), arXiv:2109.08866",
    adapter=True,
)
def channel_correlation(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """How channels go together: mean over tiles and channel pairs of (cos in the student - cos in the teacher)².

    Cosines are of two channels over the positions that count. Of logits the channels are
    classes: which the network takes for each other. ICKD's formula with cosines in place of products.

    Args:
        student, teacher: (N, C, H, W), the same number of channels; of two grids the smaller one is taken.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.

    Returns:
        Float32 scalar from 0 to 4; 0 if nothing counts.

    Raises:
        ValueError: channels differ.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    if learned.shape[1] != taught.shape[1]:
        raise ValueError(f"channels differ: student {learned.shape[1]}, teacher {taught.shape[1]}; give an adapter")
    maps = [unit(side.flatten(2), dim=2) for side in (learned, taught)]
    apart = (maps[0] @ maps[0].mT - maps[1] @ maps[1].mT).square().mean((1, 2))
    return weighed_mean(apart, counts.flatten(1).any(1).float())


@method(
    "relation",
    needs=("teacher", "levels"),
    cost="N·C·C'·P",
    source="Yim et al. 2017 (FSP), CVPR",
    adapter=True,
    paired=True,
)
def fsp(
    student: list[Tensor],
    teacher: list[Tensor],
    target: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Flow between layers: mean over neighbouring levels, tiles and channel pairs of the squared difference of Grams.

    The Gram matrix of two levels is F1ᵀ F2 over the positions that count, divided by their number, F2 brought to F1's
    grid or the reverse, whichever is smaller.

    Args:
        student, teacher: lists of two or more features (N, C, H, W), the same channels level by level.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.

    Returns:
        Float32 scalar in units of the features to the fourth: float16 features of a size in the hundreds need a
        projection to smaller ones, since their gradient is more than float16 holds.

    Raises:
        ValueError: fewer than two levels, or shapes that differ.
    """
    del target
    if len(student) != len(teacher) or len(student) < 2:
        raise ValueError(
            f"flow between layers needs two levels or more, alike on both sides: {len(student)}, {len(teacher)}"
        )
    values = []
    for at in range(len(student) - 1):
        learned, counts = _flow(student[at], student[at + 1], mask)
        taught, _ = _flow(teacher[at].detach(), teacher[at + 1].detach(), mask)
        if learned.shape != taught.shape:
            raise ValueError(
                f"levels {at} and {at + 1} differ: {tuple(learned.shape)}, {tuple(taught.shape)}; give adapters"
            )
        values.append(weighed_mean((learned - taught).square().mean((1, 2)), counts))
    return torch.stack(values).mean()


def _flow(first: Tensor, second: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    size = [min(sides) for sides in zip(first.shape[2:], second.shape[2:], strict=True)]
    sides = [counted_on_grid(side, mask, size) for side in (first, second)]
    counts = counting(sides[0], mask)
    one, other = (kept(side, counts).flatten(2) for side in sides)
    number = counts.flatten(1).sum(1)
    return one @ other.mT / number.clamp_min(1)[:, None, None], (number > 0).float()


@method("relation", needs=("teacher",), cost="N·K²·P", source="survey, block G1 (ranking-preserving KD, reference 111)")
def ranking(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    margin: Annotated[float, Field(ge=0, description="By how much at least the order must be kept")] = 0.0,
    of: Annotated[Literal["classes", "pixels"], Field(description="What is ranked")] = "classes",
    grid: Annotated[int, Field(ge=1, le=32, description="Cells a side, where pixels are ranked")] = 8,
) -> Tensor:
    """The teacher's order: mean over pairs (i above j) of max(0, margin - (s_i - s_j)).

    Ranked are the classes of each pixel, or by class the cells of a tile. The margin is at most the teacher's own
    difference, so that a student equal to its teacher has no loss.

    Args:
        student, teacher: logits (N, K, H, W) of the same shape.
        target: not used.
        mask: True where a pixel counts.
        margin: in logits.
        of: classes or pixels.
        grid: of cells, where pixels are ranked.

    Returns:
        Float32 scalar in logits; 0 where every order is kept.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    if learned.shape != taught.shape:
        raise ValueError(f"student {tuple(student.shape)} and teacher {tuple(teacher.shape)} differ")
    if of == "pixels":
        learned, taught, counts = _ranked_cells(learned, taught, counts, grid)
    above = taught.unsqueeze(1) - taught.unsqueeze(2)  # (N, K, K, ...)
    short = (above.clamp(max=margin) - (learned.unsqueeze(1) - learned.unsqueeze(2))).relu()
    pairs = (above > 0) & (counts if of == "pixels" else counts[:, None, None])
    return weighed_mean(short, pairs.float())


def _ranked_cells(student: Tensor, teacher: Tensor, counts: Tensor, grid: int) -> tuple[Tensor, Tensor, Tensor]:
    """Cells in the place of channels: (N, cells, K), with the pairs of cells that count, (N, cells, cells, 1)."""
    learned, known = pooled(student, counts, grid)
    taught, _ = pooled(teacher, counts, grid)
    known = known.flatten(1)
    pairs = (known.unsqueeze(1) & known.unsqueeze(2)).unsqueeze(-1)
    return learned.flatten(2).mT, taught.flatten(2).mT, pairs
