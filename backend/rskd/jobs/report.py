"""Pictures of a distillation: crops side by side, learning curves, the map; and the report of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rasterio.windows import Window

from rskd.evaluate.picture import RGB, coloured, curves_svg, disagreement, stretched, visible_bands, write_panels
from rskd.evaluate.report import Crop, ReportFacts, write_report
from rskd.geo.labels import IGNORE
from rskd.geo.layouts import TEST, TRAIN
from rskd.jobs.maps import Readers
from rskd.jobs.setting import Setting
from rskd.spec import DistillJob

if TYPE_CHECKING:
    from rskd.jobs.training import Outcome

_CROPS = 3
_CROP_SIDE = 192
_PICTURE_SIDE = 1200
"""Pixels of a panel of `map.png`, at most: a window from the middle of larger maps."""

_TITLES = {"labels": "Labels", "teacher": "Teacher", "student": "Student", "baseline": "Without teacher"}
_DIFFERENCE = "Teacher ≠ student"


def write_job_report(
    path: Path,
    resolved: DistillJob,
    setting: Setting,
    metrics: Mapping[str, Any],
    outcomes: Mapping[str, Outcome],
    readers: Readers,
    files: Sequence[str],
) -> None:
    """Writes `report.html`.

    Raises:
        OutputUnwritable: no space, no permission.
    """
    facts = ReportFacts(
        title=_title(resolved, setting),
        job=resolved.model_dump(mode="json", exclude_none=True),
        metrics=dict(metrics),
        crops=_crops(setting, readers),
        curves=_curves(outcomes),
        warnings=setting.reporter.warnings,
        files=files,
    )
    write_report(path, facts)


def _title(resolved: DistillJob, setting: Setting) -> str:
    """What the panel calls the distillation too: the layer that gives the grid; of several scenes, their folder."""
    return setting.sites[0].spec.layers[0].title if len(setting.sites) == 1 else Path(resolved.out).name


def write_picture(path: Path, setting: Setting, readers: Readers) -> None:
    """Writes `map.png`: image, labels, teacher and students of the first scene side by side.

    With `labels: share:` the labels that were learned from are shown too.

    Raises:
        OutputUnwritable: no space, no permission.
    """
    extent = setting.sites[0].scene.extent()
    height, width = min(int(extent.height), _PICTURE_SIDE), min(int(extent.width), _PICTURE_SIDE)
    middle = Window(
        extent.col_off + (extent.width - width) // 2, extent.row_off + (extent.height - height) // 2, width, height
    )
    panels = [panel for panel in _pictures(setting, readers, 0, middle) if panel[0] != _DIFFERENCE]
    spec, labels = setting.sites[0].spec.labels, setting.labels[0]
    if spec is not None and labels is not None and spec.share < 1:
        learned = np.where(setting.splits[0].read(middle) == TRAIN, labels.read(middle), np.uint8(IGNORE))
        panels.insert(2, ("Labels learned from", coloured(learned, [known.color for known in setting.classes])))
    write_panels(path, panels, [(known.name, known.color) for known in setting.classes])


def _crops(setting: Setting, readers: Readers) -> list[Crop]:
    """Windows of the test part that show most classes, spread over scenes."""
    found = []
    for scene, split in enumerate(setting.splits):
        for window in split.windows(TEST, _CROP_SIDE):
            answers = readers["student"][scene](window)
            found.append((len(np.unique(answers)) * answers.size, scene, window))
    found.sort(key=lambda one: (-one[0], one[1], one[2].row_off, one[2].col_off))
    return [
        Crop(f"Test ground, {setting.sites[scene].name}, row {window.row_off}, column {window.col_off}",
             _pictures(setting, readers, scene, window))
        for _, scene, window in found[:_CROPS]
    ]  # fmt: skip


def _pictures(setting: Setting, readers: Readers, scene: int, window: Window) -> list[tuple[str, RGB]]:
    colors = [known.color for known in setting.classes]
    site = setting.sites[scene]
    visible = visible_bands([band.name for band in site.scene.bands])
    pictures = [("Image", stretched(*site.scene.read(window, visible)))]
    maps = {name: readers[name][scene](window) for name in _TITLES if name in readers}
    pictures += [(_TITLES[name], coloured(channels, colors)) for name, channels in maps.items()]
    return [*pictures, (_DIFFERENCE, disagreement(maps["teacher"], maps["student"]))]


def _curves(outcomes: Mapping[str, Outcome]) -> list[tuple[str, str]]:
    """Loss and validation score of each training."""
    losses, scores = [], []
    called = {name: title.lower() for name, title in _TITLES.items()}
    score_name = ""
    for name, outcome in outcomes.items():
        rows = outcome.trained.curves
        steps = [row["step"] for row in rows]
        losses.append((called[name], steps, [row["loss"] for row in rows]))
        if outcome.trained.score_name:
            score_name = outcome.trained.score_name.replace("_", " ")
            scores.append((called[name], steps, [row[outcome.trained.score_name] for row in rows]))
    figures = [("Training loss", curves_svg(losses, "loss"))]
    if scores:
        figures.append(("Score on the validation blocks", curves_svg(scores, score_name)))
    return figures
