"""The answers of several teachers, brought together in one store (block T1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rskd.errors import LabelsUnusable, OutputUnwritable
from rskd.geo.labels import IGNORE
from rskd.geo.layouts import TRAIN
from rskd.infer.engine import Strip, megapixels
from rskd.jobs.setting import Setting

if TYPE_CHECKING:
    from rasterio.windows import Window

    from rskd.distill.material import Material
    from rskd.distill.targets import SoftTargets
    from rskd.models.teachers.several import SeveralOpened

_MOST_PIXELS = 500_000
"""Labelled pixels from which weights are learned, at most, spread evenly."""

_BLOCK = 512


@contextmanager
def together(
    setting: Setting, teacher: SeveralOpened, answers: Sequence[Sequence[SoftTargets]], folder: Path
) -> Iterator[tuple[SoftTargets, ...]]:
    """A store for every scene, of all teachers' answers by the weights that the job asks for.

    Args:
        setting: scenes, labels and splits.
        teacher: all of them.
        answers: of each teacher, a store a scene.
        folder: of all stores.

    Raises:
        LabelsUnusable: weights that are found by labels, and there are none in that part.
        OutputUnwritable: the store cannot be written.
    """
    weigh = _Weights(setting, teacher, answers)
    with ExitStack() as stack:
        yield tuple(
            stack.enter_context(_site(setting, teacher, answers, weigh, at, folder)) for at in range(weigh.sites)
        )


def _site(
    setting: Setting,
    teacher: SeveralOpened,
    answers: Sequence[Sequence[SoftTargets]],
    weigh: _Weights,
    at: int,
    folder: Path,
) -> SoftTargets:
    from rskd.distill.targets import find_targets, write_targets
    from rskd.models.teachers.pieces import slabs, strips

    site, reporter = setting.sites[at], setting.reporter
    parts = [one[at].facts["key"] for one in answers]
    facts = [teacher.spec.weights, parts, [round(float(weight), 6) for weight in weigh.of_teachers]]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
    kept = find_targets(folder, key, reporter)
    if kept is not None:
        return kept
    extent = site.scene.extent()
    said = {"kind": teacher.kind, "name": teacher.name, "key": teacher.key, "weights": facts[2]}
    size = megapixels(extent)
    with reporter.stage("together", f"Answers of all teachers, {site.name}", total=size, unit="MP") as stage:

        def strips_of_all() -> Iterator[Strip]:
            count = len(setting.classes) * len(answers)
            for window in (strip for slab in slabs(extent, count) for strip in strips(slab)):
                yield weigh.strip(at, window)
                stage.advance(megapixels(window))

        write_targets(
            folder,
            key,
            strips_of_all(),
            site.scene.grid,
            setting.classes,
            teacher=said,
            area=json.dumps(setting.job.area),
        )
    made = find_targets(folder, key, reporter)
    if made is None:
        raise OutputUnwritable(str(folder / key), "what was written does not read back")
    return made


class _Weights:
    """Weights of teachers, one a teacher (`of_teachers`, summing to 1) and, where asked for, one a pixel."""

    def __init__(self, setting: Setting, teacher: SeveralOpened, answers: Sequence[Sequence[SoftTargets]]) -> None:
        self._setting, self._answers, self._way = setting, answers, teacher.spec.weights
        self.sites = len(setting.sites)
        self.of_teachers = self._found()
        if self._way in ("validation", "cross-entropy", "learned"):
            names = [one.name for one in teacher.teachers]
            shares = dict(zip(names, (round(float(one), 3) for one in self.of_teachers), strict=True))
            listed = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
            setting.reporter.info(f"Weights of the teachers: {listed}.", weights=shares)

    def strip(self, at: int, window: Window) -> Strip:
        """The teachers' answers together, in a window of a scene."""
        from rskd.models.teachers import several

        read = [one[at].probabilities(window) for one in self._answers]
        answers, valid = np.stack([one[0] for one in read]), np.stack([one[1] for one in read])
        match self._way:
            case "entropy":
                weights = several.by_entropy(answers)
            case "cross-entropy":
                target, known = self._training_labels(at, window)
                weights = several.by_cross_entropy(answers, target, known, self.of_teachers)
            case "agreement":
                weights = several.agreement(answers, valid)
            case _:
                weights = self.of_teachers[:, None, None]
        return Strip(window, *several.combined(answers, valid, weights))

    def _found(self) -> NDArray[np.float32]:
        count = len(self._answers)
        match self._way:
            case "validation":
                scores = np.array([self._score(one) for one in self._answers], np.float32)
                return scores / scores.sum() if scores.sum() > 0 else np.full(count, 1 / count, np.float32)
            case "learned" | "cross-entropy":
                from rskd.models.teachers.several import learned

                right = self._right()
                if self._way == "learned":
                    return learned(right)
                mean = right.mean(axis=1)
                shares: NDArray[np.float32] = (mean / mean.sum()).astype(np.float32)
                return shares
            case _:
                return np.full(count, 1 / count, np.float32)

    def _score(self, targets: Sequence[SoftTargets]) -> float:
        from rskd.distill.validation import Validation

        setting = self._setting
        materials, size = setting.on_disk(setting.bands, targets), 2 * setting.job.training.tile
        validation = Validation(materials, setting.cards, size=size, batch=4, classes=len(setting.classes))
        if validation.score_name != "mean_iou":
            hint = "Give labels there, or other weights: equal, entropy, agreement."
            raise LabelsUnusable("The validation blocks hold no labels to weigh the teachers by.", hint)
        return validation.teacher_score()

    def _right(self) -> NDArray[np.float32]:
        """The probability (M, P) that each teacher gives to the labels of training pixels."""
        windows = [
            (at, window)
            for at, material in enumerate(self._materials)
            for window in material.split.windows(TRAIN, _BLOCK)
        ]
        step = max(1, sum(int(w.width * w.height) for _, w in windows) // _MOST_PIXELS)
        found = []
        for at, window in windows:
            target, known = self._training_labels(at, window)
            rows, cols = (places[::step] for places in np.nonzero(known))
            read = [one[at].probabilities(window)[0][target[rows, cols], rows, cols] for one in self._answers]
            found.append(np.maximum(np.stack(read), 1e-6))
        right = np.concatenate(found, axis=1) if found else np.empty((len(self._answers), 0), np.float32)
        if not right.shape[1]:
            hint = "Give labels there, or other weights: equal, entropy, agreement."
            raise LabelsUnusable("The training part holds no labels to weigh the teachers by.", hint)
        return right

    def _training_labels(self, at: int, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        target, part = self._materials[at].labels(window)
        return target, (part == TRAIN) & (target != IGNORE)

    @property
    def _materials(self) -> tuple[Material, ...]:
        return self._setting.on_disk(self._setting.bands)
