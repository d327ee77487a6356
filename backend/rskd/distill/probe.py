"""Whether the teacher knows more than its student would find out alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from torch import nn

from rskd.distill.data import TileSource
from rskd.distill.recipe import Recipe
from rskd.distill.trainer import Course, train
from rskd.distill.validation import Validation
from rskd.events import Reporter


def student_alone_probe(
    network: nn.Module,
    source: TileSource,
    validation: Validation,
    recipe: Recipe,
    course: Course,
    *,
    share: float,
    folder: Path,
    device: torch.device,
    threads: int,
    reporter: Reporter,
) -> float | None:
    """Mean IoU on the validation blocks of a student trained on the labels alone, briefly; None without any there.

    A low estimate of the student's own best: it sees a small share of the steps.

    Args:
        network: a fresh student, not the one to be distilled; it is changed.
        source: tiles without a teacher.
        validation: the same as the teacher is scored on (`Validation.teacher_score`).
        recipe: `Recipe.supervised`.
        course: of the whole training.
        share: of its steps, 0 to 1.
        folder: of the probe's checkpoints alone.
        device: as in `train`.
        threads: as in `train`.
        reporter: as in `train`.

    Raises:
        As `train`.
    """
    if validation.score_name != "mean_iou":
        return None
    steps = max(1, round(share * course.steps))
    short = dataclasses.replace(course, steps=steps, epoch_steps=max(1, -(-steps // 3)), patience=None)
    place = {"folder": folder, "device": device, "threads": threads, "reporter": reporter, "name": "probe"}
    return train(network, source, validation, recipe, short, **place).score  # type: ignore[arg-type]


def warn_without_lead(teacher: float, alone: float, reporter: Reporter, *, few_steps: int | None = None) -> None:
    """Says what the teacher's lead over the probe is; a warning where there is none, never a stop.

    Args:
        teacher: its mean IoU on the validation blocks.
        alone: the probe's.
        reporter: hears it.
        few_steps: that the teacher was trained for, where these are too few to look for another cause.
    """
    facts = {"teacher": round(teacher, 4), "student_alone": round(alone, 4), "lead": round(teacher - alone, 4)}
    words = (
        f"on the validation blocks it has a mean IoU of {teacher:.3f}, "
        f"and a student briefly trained on the labels alone {alone:.3f}"
    )
    if teacher > alone:
        reporter.info(f"The teacher leads: {words}.", **facts)
        return
    hint = "Check the teacher's bands, scale and class map, or take a better teacher; `baseline: true` shows the rest."
    if few_steps is not None:
        steps = f"{few_steps:,} step{'s' * (few_steps != 1)}"
        hint = f"It was trained for {steps} only: give it more, with `max_minutes`, `epochs` or `teacher_steps`."
        facts["teacher_steps"] = few_steps
    reporter.warn("teacher-does-not-lead", f"The teacher does not lead its student: {words}.", hint, **facts)
