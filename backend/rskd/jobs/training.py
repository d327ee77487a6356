"""The trainings of a distillation: the student, its baseline, and the probe before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rskd.evaluate.quality import BLOCK, QualityTally
from rskd.geo.labels import IGNORE
from rskd.geo.layouts import TRAIN
from rskd.jobs.budget import FEW_STEPS, PROBE_SHARE
from rskd.jobs.course import course_of, measured_step
from rskd.jobs.setting import Setting

if TYPE_CHECKING:
    from torch import nn

    from rskd.distill.data import TileSource
    from rskd.distill.distiller import Distiller
    from rskd.distill.preview import Preview
    from rskd.distill.recipe import Recipe
    from rskd.distill.targets import SoftTargets
    from rskd.distill.trainer import Trained
    from rskd.distill.validation import Validation
    from rskd.models.normalise import Normalised
    from rskd.models.teachers.base import Teacher
    from rskd.models.teachers.live import LiveTeacher


@dataclass(frozen=True)
class Outcome:
    """A trained network, in evaluation mode on the processor, and how it came to be."""

    network: Normalised
    trained: Trained


def teacher_inside(setting: Setting, teacher: Teacher) -> LiveTeacher | None:
    """The network inside a teacher, where the recipe looks there; None where answers are enough.

    Raises:
        JobInvalid: the recipe looks inside, and there is no network, or one for other pixels.
    """
    from rskd.distill.recipe import Recipe
    from rskd.models.teachers.live import live

    terms = [term.name for term in Recipe.of(setting.job.recipe, labels=True).terms if term.inner]
    return live(teacher, setting.sites[0].scene, terms) if terms else None


class Trainer:
    """Trains the student's network over one setting, with or without its teacher."""

    def __init__(
        self, setting: Setting, targets: Sequence[SoftTargets], folder: Path, teacher: Teacher | None = None
    ) -> None:
        from rskd.distill.labelled import class_weights, label_counts

        self._setting, self._folder, self._with_targets = setting, folder, bool(targets)
        self._live = None if teacher is None else teacher_inside(setting, teacher)
        shown = None if self._live is None else self._live.bands
        self._materials = setting.materials(setting.bands, targets, shown)
        counts = label_counts(self._materials, len(setting.classes), TRAIN)
        self._weights = class_weights(counts) if counts.any() else None

    def step_seconds(self) -> float:
        """How long one step of the student takes here."""
        network, taught = self._setting.fresh_student(), self._with_targets
        recipe = self._recipe(taught=taught)
        distil = partial(self._distiller, recipe=recipe)
        return measured_step(self._setting, network, self._source(taught=taught), recipe, distil=distil)

    def check_lead(self, steps: int, *, teacher_steps: int = 0) -> None:
        """Scores the teacher and a student briefly trained alone on validation blocks; warns where it does not lead.

        `teacher_steps` are those of a teacher that was trained here.
        """
        from rskd.distill.probe import student_alone_probe, warn_without_lead

        validation = self._validation()
        if self._weights is None or validation.score_name != "mean_iou":
            return
        alone = student_alone_probe(
            self._setting.fresh_student(),
            self._source(taught=False),
            validation,
            self._recipe(taught=False),
            course_of(self._setting, steps),
            share=PROBE_SHARE,
            folder=self._folder / "probe",
            device=self._setting.device,
            threads=self._setting.threads,
            reporter=self._setting.reporter,
        )
        if alone is not None:
            few = teacher_steps if 0 < teacher_steps < FEW_STEPS else None
            warn_without_lead(validation.teacher_score(), alone, self._setting.reporter, few_steps=few)

    def train(self, name: str, steps: int, *, taught: bool) -> Outcome:
        """Trains from the same start, with the same seed and steps, with the teacher or without.

        With the teacher, pictures of how it goes are drawn.
        """
        from rskd.distill.trainer import train

        network, recipe = self._setting.fresh_student(), self._recipe(taught=taught)
        trained = train(
            network,
            self._source(taught=taught),
            self._validation(),
            recipe,
            course_of(self._setting, steps),
            folder=self._folder / name,
            device=self._setting.device,
            threads=self._setting.threads,
            reporter=self._setting.reporter,
            name=name,
            show=self._preview().show if taught else None,
            distiller=self._distiller(network, recipe),
        )
        return Outcome(network, trained)

    def _distiller(self, network: nn.Module, recipe: Recipe) -> Distiller:
        from rskd.distill.distiller import Distiller
        from rskd.models.students import entry

        setting = self._setting
        return Distiller(
            network,
            recipe,
            bands=setting.cards,
            tile=setting.job.training.tile,
            teacher=self._live if recipe.needs_live_teacher else None,
            peers=[setting.fresh(entry(name), at + 1) for at, name in enumerate(recipe.peers)],
            seed=setting.job.training.seed,
        )

    def _preview(self) -> Preview:
        from rskd.distill.preview import Preview

        setting, path = self._setting, self._folder / "preview.png"
        return Preview(self._materials[0], setting.cards, setting.classes, path=path, say=setting.reporter.preview)

    def gap(self, outcome: Outcome) -> dict[str, Any]:
        """The generalisation gap of a trained student, see `rskd.distill.gap`."""
        from rskd.distill.gap import generalisation_gap
        from rskd.distill.recipe import Recipe

        setting, size = self._setting, 2 * self._setting.job.training.tile
        recipe = Recipe.of(setting.job.recipe, labels=self.has_labels)
        with setting.reporter.stage("generalisation-gap", "Generalisation gap"):
            return generalisation_gap(outcome.network, self._materials, setting.cards, recipe, size=size)

    def quality(self) -> dict[str, Any]:
        """The data quality of the training part, see `rskd.evaluate.quality`."""
        tally = QualityTally()
        for material in self._materials:
            for window in material.split.windows(TRAIN, 8 * BLOCK):
                patch = material.read(window)
                answered = np.full(patch.target.shape, IGNORE, np.uint8)
                if patch.answers is not None and patch.answered is not None:
                    answered = np.where(patch.answered, patch.answers.argmax(axis=0), IGNORE).astype(np.uint8)
                tally.add(patch.part == TRAIN, patch.valid, patch.target, answered)
        return tally.result()

    @property
    def has_labels(self) -> bool:
        """Whether a student can be trained without a teacher."""
        return self._weights is not None

    def _source(self, *, taught: bool) -> TileSource:
        from rskd.distill.data import TileSource

        training = self._setting.job.training
        return TileSource(
            self._materials,
            self._setting.cards,
            tile=training.tile,
            seed=training.seed,
            classes=len(self._setting.classes),
            teacher=taught,
        )

    def _recipe(self, *, taught: bool) -> Recipe:
        from rskd.distill.recipe import Recipe

        if not taught:
            return Recipe.supervised(self._weights)
        return Recipe.of(self._setting.job.recipe, labels=self.has_labels, class_weights=self._weights)

    def _validation(self) -> Validation:
        from rskd.distill.validation import Validation

        setting, training = self._setting, self._setting.job.training
        return Validation(self._materials, setting.cards, size=2 * training.tile, batch=4, classes=len(setting.classes))
