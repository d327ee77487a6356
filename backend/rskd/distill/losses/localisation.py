"""Losses on boxes: edges and angles as distributions over bins (block F6)."""

from __future__ import annotations

import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import same_shape, weighed_mean
from rskd.distill.losses.response import Temperature, divergence


@method(
    "localisation",
    needs=("teacher", "boxes"),
    cost="B·E·bins",
    source="Zheng et al. 2022 (LD), arXiv:2102.12252",
    tasks=("detection",),
)
def box_distribution(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 10.0,
) -> Tensor:
    """Edges as distributions: T² · mean over boxes and edges of KL(teacher || student) over the bins of an edge.

    An angle with bins is one more edge.

    Args:
        student, teacher: logits over bins, (B, E, bins): B boxes, E edges (4, or 5 with an angle).
        target: not used.
        mask: bool (B,), True where a box counts.
        temperature: T > 0.

    Returns:
        Float32 scalar in nats.
    """
    del target
    same_shape(student, teacher)
    counts = (
        torch.ones(student.shape[:2], device=student.device)
        if mask is None
        else mask.float()[:, None].expand(student.shape[:2])
    )
    known = counts.unsqueeze(2) > 0
    learned, taught = (side.float().where(known, 0).movedim(2, 1) for side in (student, teacher.detach()))
    return divergence(learned, taught, counts, temperature)


@method(
    "localisation",
    needs=("teacher", "boxes"),
    cost="B",
    source="Yu and Da 2023 (phase-shifting coder), arXiv:2211.06368",
    tasks=("detection",),
)
def angle_phase(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    steps: Annotated[int, Field(ge=3, le=12, description="Phases by which an angle is coded")] = 3,
    period: Annotated[float, Field(gt=0, description="Turn after which a box is the same, radians")] = math.pi,
) -> Tensor:
    """Angles as phases: mean over boxes and steps of (cos(f·s + 2πn/steps) - cos(f·t + 2πn/steps))², f = 2π / period.

    Continuous where a box has turned once round, unlike a difference of angles.

    Args:
        student, teacher: angles in radians, (B,).
        target: not used.
        mask: bool (B,).
        steps: phases, 3 or more.
        period: π for rectangles, π / 2 for squares.

    Returns:
        Float32 scalar from 0 to 2.
    """
    del target
    same_shape(student, teacher)
    counts = torch.ones_like(student, dtype=torch.bool) if mask is None else mask
    shifts = torch.arange(steps, device=student.device) * (2 * math.pi / steps)
    codes = [
        (2 * math.pi / period * side.float().where(counts, 0).unsqueeze(1) + shifts).cos()
        for side in (student, teacher.detach())
    ]
    return weighed_mean((codes[0] - codes[1]).square().mean(1), counts.float())


@method(
    "localisation",
    needs=("teacher", "boxes", "labels"),
    cost="B",
    source="Chen et al. 2017, NeurIPS (bounded regression)",
    tasks=("detection",),
)
def bounded_box(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    margin: Annotated[float, Field(ge=0, description="By how much the student must beat the teacher")] = 0.0,
) -> Tensor:
    """The teacher as a bound: mean over boxes of the student's squared error, where it is not below the teacher's.

    Args:
        student, teacher, target: box parameters, float (B, D), D = 4, or 5 with an angle. The target is needed.
        mask: bool (B,).
        margin: in squared units of the parameters.

    Returns:
        Float32 scalar; 0 where the student is at least as good as its teacher (less `margin`).
    """
    same_shape(student, teacher)
    if target is None:
        raise ValueError("bounded_box needs the true boxes as target")
    counts = torch.ones(len(student), dtype=torch.bool, device=student.device) if mask is None else mask
    own, other = (
        (side.float() - target.float()).where(counts.unsqueeze(1), 0).square().sum(1)
        for side in (student, teacher.detach())
    )
    return weighed_mean(own.where(own + margin > other, 0), counts.float())
