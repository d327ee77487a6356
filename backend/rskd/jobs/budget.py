"""A time budget made into numbers of steps, once, so that a rerun gives the same weights."""

from __future__ import annotations

from dataclasses import dataclass

PROBE_SHARE = 0.1
"""Steps of the student-alone probe, as a share of the student's."""

RESERVE = 0.2
"""Share of the time budget kept for reading, validation, the map, its evaluation and the report."""

TEACHER_SHARE = 0.5
"""Share of what is left that a teacher trained here gets; the rest trains the student and its baseline."""

FEW_STEPS = 100
"""Below so many optimiser steps little is learned: see `docs/job-file.md`, *Recipe and training*."""


@dataclass(frozen=True)
class Costs:
    """Seconds that were measured on this machine for this job."""

    student_step: float
    teacher_step: float = 0.0
    soft_targets: float = 0.0
    """Expected for the teacher's one pass over all scenes; 0 where they are kept from an earlier run."""


@dataclass(frozen=True)
class Steps:
    """Optimiser steps of each training."""

    student: int
    teacher: int


def plan_steps(
    costs: Costs, *, most: int, max_minutes: float | None, spent: float, trainings: int, trains_teacher: bool
) -> Steps:
    """Fits the trainings into what is left of the budget.

    Args:
        costs: what one step of each training takes here.
        most: steps that `training.epochs` allows, the upper bound of each training.
        max_minutes: budget of the whole job; None trains for all epochs.
        spent: seconds gone by.
        trainings: how often the student is trained: 1, or 2 with a baseline.
        trains_teacher: whether the teacher is trained here too.

    Returns:
        At least one step of each; none of a teacher that is not trained here.
    """
    if max_minutes is None:
        return Steps(student=most, teacher=most if trains_teacher else 0)
    left = max(max_minutes * 60 * (1 - RESERVE) - spent - costs.soft_targets, 0.0)
    teacher = max(1, min(most, int(left * TEACHER_SHARE / costs.teacher_step))) if trains_teacher else 0
    # What a teacher bounded by its epochs leaves over goes to the student.
    for_student = left - teacher * costs.teacher_step
    student = int(for_student / (costs.student_step * (trainings + PROBE_SHARE)))
    return Steps(student=max(1, min(most, student)), teacher=teacher)


def expected_parts(steps: Steps, costs: Costs, *, trainings: int) -> dict[str, float]:
    """Seconds that each part of the rest of the job will take; `finishing` is what the reserve is for.

    Args:
        steps: that are planned.
        costs: what one step of each training takes here.
        trainings: how often the student is trained.
    """
    student = steps.student * costs.student_step
    parts = {
        "teacher": steps.teacher * costs.teacher_step,
        "answers": costs.soft_targets,
        "probe": PROBE_SHARE * student,
        "student": student,
        "baseline": (trainings - 1) * student,
    }
    return {**parts, "finishing": sum(parts.values()) * RESERVE / (1 - RESERVE)}


def enough_minutes(costs: Costs, steps: int, *, spent: float, trainings: int, trains_teacher: bool) -> float:
    """The smallest budget that buys `steps` of each training; the other arguments as in `plan_steps`."""
    student = steps * costs.student_step * (trainings + PROBE_SHARE)
    teacher = steps * costs.teacher_step if trains_teacher else 0.0
    # A teacher gets its share and no more; what it leaves is not less than that share.
    left = max(teacher / TEACHER_SHARE, student / (1 - TEACHER_SHARE)) if trains_teacher else student
    return (left + spent + costs.soft_targets) / (1 - RESERVE) / 60
