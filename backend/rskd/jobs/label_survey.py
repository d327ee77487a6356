"""What the labels hold inside the area of a job, before anything is learned: for who is still choosing."""

from __future__ import annotations

import math
from typing import Any

from affine import Affine

from rskd.errors import JobInvalid
from rskd.geo.area import Area, open_area
from rskd.geo.grid import Grid
from rskd.geo.labels import IGNORE, Labels, open_labels
from rskd.geo.layouts import SHARES, TRAIN, VALIDATION
from rskd.geo.parts import PART_NAMES
from rskd.geo.scene import open_scene
from rskd.spec import DistillJob, SplitSpec

_LOOKED_AT = 4_000_000
"""Pixels; a larger area is looked at in a lattice."""

_COUNTED_AT_ONCE = 1024
_INNER_VALIDATION = 0.2  # of the training ground, where a split names no validation part


def run(job: DistillJob) -> dict[str, Any]:
    """Values, their shares and the parts of the split, JSON-ready; of the job, the first layer's pixels are not read.

    Keys: `values`, a row a value in the order of the classes: `value` (None: ground without a feature, which is the
    background), `name`, `color` as a job without `colors` would have it, `share` of the labelled pixels; `labelled`,
    their share of the area; `parts`, the share of the labelled pixels that `train`, `validation` and `test` get, and
    `exact`, False where that is only what an automatic split aims at; `sampled`, whether the area is so large that a
    lattice of its pixels was looked at.

    Raises:
        JobInvalid: the job has no labels, or several scenes.
        RskdError: what opening the layers and labels raises.
    """
    if job.labels is None or job.layers is None:
        raise JobInvalid("Only a job with `layers:` and `labels:` has labels to look at.")
    if job.task == "change":  # refused when the job was read
        raise ValueError(job.task)
    with open_scene(job.layers[:1], area=job.area, crs=job.crs) as scene:
        grid, step = _lattice(scene.grid.crop(scene.extent()))
        title = scene.title
    area = None if job.area is None else open_area(job.area, grid, crs=job.crs, scene=title)
    with open_labels(job.labels, grid, task=job.task, crs=job.crs, area=area, scene=title) as labels:
        labelled = sum(labels.counts)
        inside = grid.width * grid.height if area is None else _pixels(area, grid)
        parts, exact = (SHARES, False) if job.split == "auto" else _parts(job.split, job.crs, labels, grid, title)
    return {
        "values": [
            {"value": value, "name": known.name, "color": known.color, "share": count / labelled}
            for known, values, count in zip(labels.classes, labels.values, labels.counts, strict=True)
            for value in values or [None]
        ],
        "labelled": labelled / inside,
        "parts": {name: parts[part] for part, name in PART_NAMES.items()},
        "exact": exact,
        "sampled": step > 1,
    }


def _lattice(grid: Grid) -> tuple[Grid, int]:
    """A grid of so many pixels at most, and the number of the grid's own pixels that one of them stands for, a side."""
    step = max(1, math.ceil(math.sqrt(grid.width * grid.height / _LOOKED_AT)))
    width, height = max(1, grid.width // step), max(1, grid.height // step)
    return Grid(grid.crs, grid.transform * Affine.scale(step), width, height), step


def _pixels(area: Area, grid: Grid) -> int:
    return sum(int(area.mask(window).sum()) for window in grid.blocks(_COUNTED_AT_ONCE, _COUNTED_AT_ONCE))


def _parts(split: SplitSpec, crs: str | None, labels: Labels, grid: Grid, title: str) -> tuple[dict[int, float], bool]:
    """The share of each part; whether it is what the split gives, and not only what it aims at."""
    grounds: dict[int, Area] = {}
    for part, name in PART_NAMES.items():
        given = getattr(split, name)
        if isinstance(given, list):
            raise JobInvalid(f"`split: {name}` lists groups of scenes, but this job has one scene.")
        if given is not None:
            grounds[part] = open_area(given, grid, crs=crs, scene=title, key=f"split: {name}")
    counts = dict.fromkeys(grounds, 0)
    for window in grid.blocks(_COUNTED_AT_ONCE, _COUNTED_AT_ONCE):
        labelled = labels.read(window) != IGNORE
        for part, ground in grounds.items():
            counts[part] += int((labelled & ground.mask(window)).sum())
    total = max(1, sum(counts.values()))
    shares = {part: count / total for part, count in counts.items()}
    if VALIDATION in shares:
        return shares, True
    inner = shares[TRAIN] * _INNER_VALIDATION
    return {**shares, TRAIN: shares[TRAIN] - inner, VALIDATION: inner}, False
