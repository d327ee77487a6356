"""Losses between layers of different depth: a table, a learned attention, a fusion from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import both_sides, counting, kept, on_grid, pooled, same_shape, unit, weighed_mean


class Reach(nn.Module):
    """What cross-layer losses learn: a projection from each student level to each teacher level.

    Args:
        student, teacher: channels of the levels, finest first.
    """

    def __init__(self, student: Sequence[int], teacher: Sequence[int]) -> None:
        super().__init__()
        self.projections = nn.ModuleList(nn.ModuleList(nn.Conv2d(s, t, 1) for t in teacher) for s in student)

    def to_level(self, features: Tensor, student: int, teacher: int) -> Tensor:
        """The student's level with the channels of the teacher's."""
        projected: Tensor = self.projections[student][teacher](features)  # type: ignore[index]
        return projected


class Attention(Reach):
    """Beside the projections, learns how much each student level looks to each teacher level, tile by tile (SemCKD).

    A level is described by how alike the tiles of a batch are in it on a small grid, so by numbers that do not depend
    on its channels: the similarity of its cells to each other.

    Args:
        student, teacher: channels of the levels, finest first.
        width: of queries and keys.
        grid: cells a side that describe a level.
    """

    def __init__(self, student: Sequence[int], teacher: Sequence[int], width: int = 32, grid: int = 4) -> None:
        super().__init__(student, teacher)
        self.grid = grid
        self.query, self.key = nn.Linear(grid**4, width), nn.Linear(grid**4, width)

    def forward(self, student: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
        """(N, levels of the student, levels of the teacher), sums of 1 over the teacher's."""
        queries = torch.stack([self.query(self._described(level)) for level in student], 1)
        keys = torch.stack([self.key(self._described(level)) for level in teacher], 1)
        shares: Tensor = (queries @ keys.mT / queries.shape[-1] ** 0.5).softmax(2)
        return shares

    def _described(self, features: Tensor) -> Tensor:
        cells = unit(on_grid(features.detach().float(), (self.grid, self.grid)).flatten(2))
        return (cells.mT @ cells).flatten(1)


class Fusion(nn.Module):
    """Fuses the student's levels from the coarsest to the finest, each projected to the teacher's channels (ReviewKD).

    Args:
        student, teacher: channels of the levels, finest first.
        width: channels in between.
    """

    def __init__(self, student: Sequence[int], teacher: Sequence[int], width: int = 64) -> None:
        super().__init__()
        self.enter = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in student)
        self.weigh = nn.ModuleList(nn.Conv2d(2 * width, 2, 1) for _ in student)
        self.leave = nn.ModuleList(nn.Conv2d(width, channels, 3, padding=1) for channels in teacher)

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """A fused feature for each level, finest first."""
        fused: list[Tensor] = []
        above: Tensor | None = None
        for at in reversed(range(len(levels))):
            here: Tensor = self.enter[at](levels[at])
            if above is not None:
                above = on_grid(above, here.shape[2:])
                share = self.weigh[at](torch.cat([here, above], 1)).sigmoid()
                here = here * share[:, :1] + above * share[:, 1:]
            above = here
            fused.append(self.leave[at](here))
        return fused[::-1]


@method(
    "cross-layer",
    needs=("teacher", "levels"),
    cost="N·levels·C·C'·P",
    source="survey, block F4 (fixed table, deep teacher to shallow student)",
    learned=Reach,
)
def deep_to_shallow(
    student: list[Tensor],
    teacher: list[Tensor],
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    learned: Reach,
    table: Sequence[Sequence[float]] | None = None,
) -> Tensor:
    """A fixed table: sum over pairs of levels of table[s][t] · mean (projected student level s - teacher level t)².

    Without a table each student level learns, in equal parts, from its own teacher level and all deeper ones.

    Args:
        student, teacher: lists of features (N, C, H, W), finest first; channels, sizes and numbers may differ.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        learned: projections, `Reach`.
        table: a row a student level, a weight a teacher level; rows sum to 1.

    Returns:
        Float32 scalar, mean over the student's levels.
    """
    del target
    shares = _deeper(len(student), len(teacher)) if table is None else table
    value = student[0].new_zeros((), dtype=torch.float32)
    for s, level in enumerate(student):
        for t, other in enumerate(teacher):
            if shares[s][t]:
                apart, weight = _apart(learned, level, other, s, t, mask)
                value = value + shares[s][t] * weighed_mean(apart, weight)
    return value / len(student)


@method(
    "cross-layer",
    needs=("teacher", "levels"),
    cost="N·levels²·C·C'·P",
    source="Chen et al. 2021 (SemCKD), arXiv:2012.03236",
    learned=Attention,
)
def semckd(
    student: list[Tensor],
    teacher: list[Tensor],
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    learned: Attention,
) -> Tensor:
    """Learned attention: mean over tiles and student levels of sum over t of a[s, t] · mean (projected s - t)².

    Args:
        student, teacher: lists of features (N, C, H, W), finest first; channels, sizes and numbers may differ.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        learned: projections and attention, `Attention`.

    Returns:
        Float32 scalar; tiles in which nothing counts are left out.
    """
    del target
    share = learned(
        [kept(s, counting(s, mask)) for s in student], [kept(t.detach(), counting(t, mask)) for t in teacher]
    )
    by_tile = []
    for s, level in enumerate(student):
        for t, other in enumerate(teacher):
            apart, weight = _apart(learned, level, other, s, t, mask)
            total = weight.sum((1, 2))
            by_tile.append(share[:, s, t] * (apart * weight).sum((1, 2)) / total.clamp_min(1))
    anything = torch.ones(len(student[0])) if mask is None else mask.flatten(1).any(1).float()
    return weighed_mean(torch.stack(by_tile).sum(0) / len(student), anything.to(share.device))


@method(
    "cross-layer",
    needs=("teacher", "levels"),
    cost="N·levels·64·C·9·P",
    source="Chen et al. 2021 (ReviewKD), arXiv:2104.09044",
    learned=Fusion,
    paired=True,
)
def review(
    student: list[Tensor],
    teacher: list[Tensor],
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    learned: nn.Module | None = None,
    pyramid: Annotated[int, Field(ge=0, le=4, description="Coarser grids compared beside a level's own")] = 3,
) -> Tensor:
    """Review: levels fused from the top down, each compared with the teacher's at its own and at pooled grids.

    A level's value is the weighed mean of the squared difference at its own grid (weight 1) and at grids of 4, 2 and 1
    cells a side (1/2, 1/4, 1/8); levels are summed.

    Args:
        student, teacher: lists of features (N, C, H, W), finest first, as many levels on both sides.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        learned: fuses and projects the student's levels, `Fusion`; None takes them as they are.
        pyramid: 0 to 4 (grids of 4, 2, 1, 1 cells).

    Returns:
        Float32 scalar, a sum over levels.
    """
    del target
    if len(student) != len(teacher):
        raise ValueError(f"as many levels on both sides: {len(student)} and {len(teacher)}")
    clean = [kept(level, counting(level, mask)) for level in student]
    fused = clean if learned is None else learned(clean)
    levels = [_level(own, other, mask, pyramid) for own, other in zip(fused, teacher, strict=True)]
    return torch.stack(levels).sum()


def _level(student: Tensor, teacher: Tensor, mask: Tensor | None, pyramid: int) -> Tensor:
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    value, total, weight = weighed_mean((learned - taught).square().mean(1), counts.float()), 1.0, 1.0
    for step in range(pyramid):
        weight, grid = weight / 2, max(4 >> step, 1)
        (coarse, known), (other, _) = pooled(learned, counts, grid), pooled(taught, counts, grid)
        value = value + weight * weighed_mean((coarse - other).square().mean(1), known.float())
        total += weight
    return value / total


def _apart(learned: Reach, level: Tensor, other: Tensor, s: int, t: int, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Squared difference (N, H, W) of a projected student level and a teacher level, and which cells count."""
    projected = learned.to_level(kept(level, counting(level, mask)), s, t)
    own, teacher, counts = both_sides(projected, other, mask)
    return (own - teacher).square().mean(1), counts.float()


def _deeper(student: int, teacher: int) -> list[list[float]]:
    """Row s: equal parts for the teacher's level at the same depth and all deeper ones."""
    table = []
    for s in range(student):
        first = min(round(s * (teacher - 1) / max(1, student - 1)), teacher - 1)
        table.append([0.0 if t < first else 1 / (teacher - first) for t in range(teacher)])
    return table
