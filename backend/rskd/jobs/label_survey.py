"""What the labels hold inside the area of a job, before anything is learned: for who is still choosing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import numpy as np
import shapely
from affine import Affine

from rskd.errors import JobInvalid, LabelsUnusable, NoOverlap
from rskd.geo.area import Area, open_area
from rskd.geo.grid import Grid
from rskd.geo.label_sources import RasterSource, VectorSource, open_source
from rskd.geo.labels import IGNORE, Labels, count_codes, open_labels
from rskd.geo.layouts import SHARES, TRAIN, VALIDATION
from rskd.geo.parts import PART_NAMES
from rskd.geo.scene import open_scene
from rskd.spec import DistillJob, SplitSpec

_LOOKED_AT = 50_000_000
"""Pixels, a second or two; of a larger area polygons are measured, and of a raster as many pixels are looked at."""

_COUNTED_AT_ONCE = 1024
_INNER_VALIDATION = 0.2  # of the training ground, where a split names no validation part


def run(job: DistillJob) -> dict[str, Any]:
    """Values, their shares and the parts of the split, JSON-ready; of the job, the first layer's pixels are not read.

    Keys: `values`, a row a value in the order of the classes: `value` (None: ground without a feature, which is the
    background), `name`, `color` as a job without `colors` would have it, `share` of the labelled pixels; `labelled`,
    their share of the area; `parts`, the share of the labelled pixels that `train`, `validation` and `test` get, and
    `exact`, False where that is only what an automatic split aims at; `sampled`, whether the area is so large that not
    every pixel was looked at. All numbers are then about right, values of a raster that are rare may be missing, and
    what cannot be known is None, or for `values` empty.

    Raises:
        JobInvalid: the job has no labels, or several scenes.
        RskdError: what opening the layers and labels raises.
    """
    if job.labels is None or job.layers is None:
        raise JobInvalid("Only a job with `layers:` and `labels:` has labels to look at.")
    if job.task == "change":  # refused when the job was read
        raise ValueError(job.task)
    with open_scene(job.layers[:1], area=job.area, crs=job.crs) as scene:
        grid, title = scene.grid.crop(scene.extent()), scene.title
    area = None if job.area is None else open_area(job.area, grid, crs=job.crs, scene=title)
    rough = _Rough(job, grid, title) if grid.width * grid.height > _LOOKED_AT else None
    try:
        labels = open_labels(job.labels, grid, task=job.task, crs=job.crs, area=area, scene=title, count=rough)
    except LabelsUnusable:
        if rough is None or not rough.may_have_missed:
            raise
        return _answer([], None, SHARES if job.split == "auto" else None, exact=False, sampled=True)
    with labels:
        if rough is not None:
            parts, exact = SHARES if job.split == "auto" else None, False
        else:
            parts, exact = (SHARES, False) if job.split == "auto" else _parts(job.split, job.crs, labels, grid, title)
    labelled = sum(labels.counts)
    inside = _ground(area, grid) if rough is not None or area is None else _pixels(area, grid)
    rows = [
        {"value": value, "name": known.name, "color": known.color, "share": count / labelled}
        for known, values, count in zip(labels.classes, labels.values, labels.counts, strict=True)
        for value in values or [None]
    ]
    return _answer(rows, min(1.0, labelled / inside), parts, exact=exact, sampled=rough is not None)


def _answer(
    rows: list[dict[str, Any]], labelled: float | None, parts: Mapping[int, float] | None, *, exact: bool, sampled: bool
) -> dict[str, Any]:
    named = None if parts is None else {name: parts[part] for part, name in PART_NAMES.items()}
    return {"values": rows, "labelled": labelled, "parts": named, "exact": exact, "sampled": sampled}


class _Rough:
    """Counts where not every pixel can be looked at: polygons by their size, of a raster a lattice of its pixels."""

    def __init__(self, job: DistillJob, grid: Grid, title: str) -> None:
        self._job, self._grid, self._title = job, grid, title
        self.may_have_missed = False
        """Whether what was not found may be there all the same."""

    def __call__(self, source: RasterSource | VectorSource, area: Area | None) -> Counter[int]:
        if isinstance(source, VectorSource):
            return source.sizes((area or _whole(self._grid)).cut)
        counts = self._on_lattice()
        self.may_have_missed = True
        return counts

    def _on_lattice(self) -> Counter[int]:
        job, (grid, step) = self._job, _lattice(self._grid)
        if job.labels is None:  # refused before
            raise ValueError(job.labels)
        try:
            area = None if job.area is None else open_area(job.area, grid, crs=job.crs, scene=self._title)
            source = open_source(job.labels, grid, crs=job.crs, scene=self._title)
        except NoOverlap:  # no pixel of the lattice: smaller than its meshes
            return Counter()
        with closing(source):
            return Counter({code: count * step**2 for code, count in count_codes(source, area).items()})


def _lattice(grid: Grid) -> tuple[Grid, int]:
    """A grid of so many pixels at most, and the number of the grid's own pixels that one of them stands for, a side."""
    step = math.ceil(math.sqrt(grid.width * grid.height / _LOOKED_AT))
    width, height = math.ceil(grid.width / step), math.ceil(grid.height / step)
    return Grid(grid.crs, grid.transform * Affine.scale(step), width, height), step


def _whole(grid: Grid) -> Area:
    corners = ((0, 0), (grid.width, 0), (grid.width, grid.height), (0, grid.height))
    return Area(np.array([shapely.Polygon([grid.transform * corner for corner in corners])]), grid)


def _ground(area: Area | None, grid: Grid) -> float:
    """Pixels inside, from the polygons alone."""
    if area is None:
        return grid.width * grid.height
    return max(1.0, float(shapely.area(area.cut(np.array([shapely.box(0, 0, grid.width, grid.height)])))[0]))


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
