"""What the trainings of one job share: their course, and the seconds that a step takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from rskd.jobs.setting import Setting

if TYPE_CHECKING:
    from torch import nn

    from rskd.distill.data import TileSource
    from rskd.distill.distiller import Distiller
    from rskd.distill.recipe import Recipe
    from rskd.distill.trainer import Course

_VALIDATIONS = 20
"""How often a training is scored, each time with a checkpoint."""

_PATIENCE = 6
"""Scores in a row without a better one that end a training early."""


def course_of(setting: Setting, steps: int) -> Course:
    """The course of a training of so many steps."""
    from rskd.distill.trainer import Course

    training = setting.job.training
    return Course(
        steps=steps,
        epoch_steps=math.ceil(steps / _VALIDATIONS),
        batch=training.batch,
        learning_rate=training.learning_rate,
        seed=training.seed,
        patience=_PATIENCE,
    )


OF_TEACHER = " of the teacher"
"""Ends the names of stages that the student has too."""


def measured_step(
    setting: Setting,
    network: nn.Module,
    source: TileSource,
    recipe: Recipe,
    *,
    of: str = "",
    distil: Callable[[nn.Module], Distiller] | None = None,
) -> float:
    """Seconds of one step on this machine; `of` says in the stage's name whose, `distil` as in `measure_step`."""
    from rskd.distill.pace import measure_step

    training = setting.job.training
    with setting.reporter.stage("measuring-step", f"Measuring a step{of}"):
        return measure_step(
            network,
            source,
            recipe,
            batch=training.batch,
            learning_rate=training.learning_rate,
            device=setting.device,
            threads=setting.threads,
            distil=distil,
        )
