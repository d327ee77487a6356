"""A student over layers, or a finished map, compared with labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.errors import JobInvalid, NoOverlap
from rskd.evaluate.metrics import BlockedConfusion, ObjectCounts, scores
from rskd.events import Reporter
from rskd.geo.atomic import write_text
from rskd.geo.grid import windows_of
from rskd.geo.labels import IGNORE, LabelClass, Labels, find_classes, open_labels
from rskd.geo.scene import Scene, open_scene
from rskd.infer.engine import megapixels, stream
from rskd.infer.session import open_student
from rskd.jobs.predict import matching_scene
from rskd.jobs.sites import warn_of_numbers
from rskd.spec import EvaluateJob, LabelSpec, LayerSpec, Task

_BLOCK = 256
"""Side in pixels of the blocks that intervals are drawn over."""

_WINDOW = 1024

Answers = Iterator[tuple[Window, NDArray[np.uint8]]]
"""Windows of the grid with class channels, 255 where there is none."""


def run(job: EvaluateJob, reporter: Reporter) -> dict[str, Any]:
    """Counts every pixel that has both a label and an answer.

    Returns:
        JSON-ready, see `rskd.evaluate.metrics.scores`; written to `job.out` too, if that is given.

    Raises:
        RskdError: whatever the user can put right, see `rskd.errors`.
    """
    facts = _of_student(job, reporter) if job.subject.lower().endswith(".onnx") else _of_map(job, reporter)
    if not facts["pixels"]:
        raise NoOverlap(Path(job.subject).name, Path(job.labels.path).name)
    if job.out is not None:
        write_text(Path(job.out), json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False))
    return facts


def _of_student(job: EvaluateJob, reporter: Reporter) -> dict[str, Any]:
    if not job.layers:
        raise JobInvalid(
            "A student is evaluated over layers, and none are given.", "Name the layers after the student."
        )
    student = open_student(job.subject, threads=job.threads, reporter=reporter)
    card = student.card
    named = [layer.name for layer in job.layers if layer.name]
    with (
        matching_scene(job.layers, card, area=job.area, crs=job.crs, reporter=reporter) as scene,
        _labels(job.labels, scene, [LabelClass.of(one) for one in card.classes], card.task, job.crs) as labels,
    ):
        matched = student.match(scene, reporter, named=named)
        warn_of_numbers(labels, job.labels, reporter)
        with (
            reporter.stage("evaluating", "Evaluating", total=megapixels(scene.extent()), unit="MP") as stage,
            closing(stream(scene, matched, stage=stage)) as strips,
        ):
            answers = (
                (strip.window, np.where(strip.valid, strip.probabilities.argmax(0), IGNORE).astype(np.uint8))
                for strip in strips
            )
            return _compared(answers, labels, card.classes)


def _of_map(job: EvaluateJob, reporter: Reporter) -> dict[str, Any]:
    with open_scene([LayerSpec(path=job.subject)], area=job.area, crs=job.crs) as scene:
        # The map's own classes are read as labels are: values, names and colours from the same places.
        own = LabelSpec(path=job.subject)
        classes = _classes_of_map(own, job.labels, scene, job.crs)
        with (
            _labels(own, scene, classes, "land-cover", job.crs) as found,
            _labels(job.labels, scene, classes, "land-cover", job.crs) as labels,
        ):
            extent = scene.extent()
            warn_of_numbers(labels, job.labels, reporter)
            with reporter.stage("evaluating", "Evaluating", total=megapixels(extent), unit="MP") as stage:

                def answers() -> Answers:
                    for window in windows_of(extent, _WINDOW, _WINDOW):
                        yield window, found.read(window)
                        stage.advance(megapixels(window))

                return _compared(answers(), labels, tuple(one.card for one in found.classes))


def _classes_of_map(own: LabelSpec, labels: LabelSpec, scene: Scene, crs: str | None) -> tuple[LabelClass, ...]:
    """All that the map may hold; beside a label raster also the values that only this one has."""
    of_raster = labels.field is None and labels.classes is None
    specs = [own, labels] if of_raster else [own]
    files = [(spec, scene.grid, scene.area) for spec in specs]
    return find_classes(files, task="land-cover", crs=crs, tables=True, names=[scene.title] * len(files))


def _labels(spec: LabelSpec, scene: Scene, classes: Sequence[LabelClass], task: Task, crs: str | None) -> Labels:
    return open_labels(spec, scene.grid, task=task, classes=classes, crs=crs, area=scene.area, scene=scene.title)


def _compared(answers: Answers, labels: Labels, classes: tuple[ClassCard, ...]) -> dict[str, Any]:
    confusion = BlockedConfusion(len(classes))
    objects = None if labels.background is None else ObjectCounts(labels.background)
    for window, predicted in answers:
        reference = labels.read(window)
        confusion.update(reference, predicted, _blocks(window))
        if objects is not None:
            objects.update(reference, predicted)
    return scores(confusion, classes, background=labels.background, objects=objects)


def _blocks(window: Window) -> NDArray[np.int32]:
    rows = np.arange(window.row_off, window.row_off + window.height) // _BLOCK
    columns = np.arange(window.col_off, window.col_off + window.width) // _BLOCK
    numbers: NDArray[np.int32] = np.add.outer(rows * 2**15, columns).astype(np.int32)
    return numbers
