"""Reference data as class channels on a scene's grid.

    file ──► codes (`label_sources`) ──► one streamed count ──► classes ──► channels 0 … K-1, 255 = ignore

Only values that occur inside the area are classes, whatever an attribute table lists besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.errors import LabelsUnusable
from rskd.geo.area import Area
from rskd.geo.grid import Grid, windows_of
from rskd.geo.label_classes import (
    Classes,
    Found,
    LabelClass,
    choose_classes,
    has_background,
    ignored_keys,
    match_classes,
)
from rskd.geo.label_sources import NO_CODE, RasterSource, VectorSource, open_source, overlap
from rskd.geo.legend import Key, default_palette
from rskd.spec import LabelSpec, Task

__all__ = ["IGNORE", "LabelClass", "Labels", "count_codes", "default_palette", "find_classes", "open_labels"]

IGNORE = 255
"""Channel index of pixels that no loss, metric or area counts."""

# Far more different values than classes can be: an image was given for a label raster.
_TOO_MANY_VALUES = 20_000
_COUNTED_AT_ONCE = 1024  # pixels a side
Count = Callable[[RasterSource | VectorSource, Area | None], Counter[int]]
_NEAR = 2**16


class Labels:
    """Class channels, read window by window.

    Attributes:
        classes: in channel order.
        background: channel of the background of a segmentation, else None.
        counts: labelled pixels a channel, inside the area.
        values: of each channel, what the file itself holds; nothing for ground without features.
        by_number: values without a name that were taken for the named class of that number.
    """

    def __init__(
        self,
        classes: tuple[LabelClass, ...],
        read: Callable[[Window], NDArray[np.uint8]],
        *,
        counts: tuple[int, ...],
        background: int | None = None,
        by_number: tuple[int, ...] = (),
        values: tuple[tuple[Key, ...], ...] = (),
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.classes, self.counts, self.background, self.by_number = classes, counts, background, by_number
        self.values = values
        self._read, self._close = read, close

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Channel indices (H, W) on the grid; 255 = ignore, also outside the area and past the edges.

        Raises LayerUnreadable, LabelsUnusable (fractional values).
        """
        return self._read(window)

    def close(self) -> None:
        """Lets go of the files."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_labels(
    spec: LabelSpec,
    grid: Grid,
    *,
    task: Task,
    classes: Sequence[LabelClass] | None = None,
    crs: str | None = None,
    area: Area | None = None,
    scene: str = "layers",
    count: Count | None = None,
) -> Labels:
    """Labels of one scene; counts them once, window by window.

    Values: maps hold the labels' own numbers. Texts, and classes merged by `spec.classes`, are numbered from 1 in
    alphabetical order, or in the order of `spec.classes`. Channels follow the values in ascending order, or the order
    of `spec.classes`. What is not labelled, the nodata value and `spec.ignore` are ignored.

    Background of a segmentation: the class named `spec.background`. Without one, vector labels mean background
    wherever no feature lies: inside `area` if there is one, else within the box round the whole layer, cut by the
    grid. A raster's unnamed value 0 is taken for the background.

    Args:
        spec: the file and how to read it.
        grid: of the scene.
        task: decides about the background.
        classes: the classes that these labels must have, for several scenes or for evaluation; values are matched by
            name where labels have names, else by value, and a scene may lack some of them.
        crs: for a file without its own.
        area: outside it, all is ignored.
        scene: what the grid is called in messages.
        count: how the pixels of each code inside the area are counted; by default all of them are looked at.

    Raises:
        LayerUnreadable: missing or damaged.
        LabelsUnusable: nothing to learn from; says why.
        ClassesMismatch: labels that are not among `classes`.
        NoOverlap, CrsMissing: it is not, or not known to be, where the layers are.
    """
    survey = _Survey.of(spec, grid, task=task, crs=crs, area=area, scene=scene, count=count)
    try:
        if classes is None:
            chosen = choose_classes(spec, survey.found, task=task)
        else:
            chosen = match_classes(spec, survey.found, classes, task=task)
    except BaseException:
        survey.source.close()
        raise
    return survey.labels(chosen)


def find_classes(
    scenes: Sequence[tuple[LabelSpec, Grid, Area | None]],
    *,
    task: Task,
    crs: str | None = None,
    tables: bool = False,
    names: Sequence[str] = (),
) -> tuple[LabelClass, ...]:
    """Classes of several scenes together, for `open_labels(classes=…)`; a scene may lack some of them.

    Options of the first scene's labels hold for all. With `tables`, classes that a file's own tables name count
    although no pixel has them. `names`: what the scenes are called in messages. Raises what `open_labels` raises.
    """
    if not scenes:
        raise LabelsUnusable("No scene has labels.", "Give at least one scene its `labels`.")
    founds = []
    for (spec, grid, area), name in zip(scenes, names or ["layers"] * len(scenes), strict=True):
        survey = _Survey.of(spec, grid, task=task, crs=crs, area=area, scene=name)
        survey.source.close()
        founds.append(survey.found)
    together = Found(
        title=founds[0].title,
        present={key for found in founds for key in (*found.present, *(found.named() if tables else ()))},
        numbers=all(found.numbers for found in founds),
        legend={key: entry for found in reversed(founds) for key, entry in found.legend.items()},
        unlabelled=next((found.unlabelled for found in founds if found.unlabelled), None),
    )
    return choose_classes(scenes[0][0], together, task=task).classes


@dataclass(frozen=True)
class _Survey:
    """A label file and how many pixels of each value lie inside the area; ignored values are left out."""

    source: RasterSource | VectorSource
    counts: Counter[int]  # by code
    found: Found
    area: Area | None

    @classmethod
    def of(
        cls,
        spec: LabelSpec,
        grid: Grid,
        *,
        task: Task,
        crs: str | None,
        area: Area | None,
        scene: str = "layers",
        count: Count | None = None,
    ) -> _Survey:
        source = open_source(spec, grid, crs=crs, scene=scene)
        try:
            unlabelled = _prepare(source, spec, task=task, everywhere=area is not None)
            counts = (count or count_codes)(source, area)
            ignored = ignored_keys(spec, numbers=source.numbers, title=source.title)
            counts = Counter({code: n for code, n in counts.items() if source.key(code) not in ignored})
            if not counts:
                message = f"“{source.title}” has no labels inside the area."
                raise LabelsUnusable(message, "Check `area:`, `ignore:` and the labels' nodata value.")
        except BaseException:
            source.close()
            raise
        keys = [source.key(code) for code in counts]
        return cls(source, counts, Found(source.title, keys, source.numbers, source.legend, unlabelled), area)

    def labels(self, chosen: Classes) -> Labels:
        """Reads the file in `chosen`'s channels."""
        channel_of = {
            code: chosen.channels[key] for code in self.counts if (key := self.source.key(code)) in chosen.channels
        }
        counts = [0] * len(chosen.classes)
        for code, channel in channel_of.items():
            counts[channel] += self.counts[code]
        codes = np.array(sorted(channel_of), np.int64)
        channels = np.array([channel_of[code] for code in codes.tolist()], np.uint8)

        def read(window: Window) -> NDArray[np.uint8]:
            here = self.source.codes(window)
            at = np.searchsorted(codes, here).clip(max=len(codes) - 1)
            known = codes[at] == here
            if self.area is not None:
                known &= self.area.mask(window)
            return np.where(known, channels[at], np.uint8(IGNORE))

        return Labels(
            chosen.classes,
            read,
            counts=tuple(counts),
            background=chosen.background,
            by_number=chosen.by_number,
            values=self._values(chosen),
            close=self.source.close,
        )

    def _values(self, chosen: Classes) -> tuple[tuple[Key, ...], ...]:
        held = [key for key in chosen.channels if key != self.found.unlabelled]
        return tuple(
            tuple(key for key in held if chosen.channels[key] == channel) for channel in range(len(chosen.classes))
        )


def _prepare(source: RasterSource | VectorSource, spec: LabelSpec, *, task: Task, everywhere: bool) -> str | None:
    """Settles what ground without features means; returns the stand-in value of the background, if there is one."""
    if isinstance(source, RasterSource):
        return None
    if task == "land-cover" and spec.field is None:
        message = f"“{source.title}” is a vector layer: which field holds the class? It has {', '.join(source.fields)}."
        raise LabelsUnusable(message, "Name the class field with `field:`.", fields=source.fields)
    if task != "segmentation" or has_background(spec, Found(source.title, source.keys, source.numbers, source.legend)):
        return None
    source.fill_background(spec.background, everywhere=everywhere)
    return spec.background


def count_codes(source: RasterSource | VectorSource, area: Area | None) -> Counter[int]:
    """Pixels of each code inside the area: one pass over the labels, whatever their size."""
    counts: Counter[int] = Counter()
    extent = source.extent if area is None else overlap(source.extent, area.extent())
    for window in windows_of(extent, _COUNTED_AT_ONCE, _COUNTED_AT_ONCE) if extent is not None else ():
        codes = source.codes(window)
        inside = codes != NO_CODE
        if area is not None:
            inside &= area.mask(window)
        counts.update(_tally(codes[inside]))
        if len(counts) > _TOO_MANY_VALUES:
            message = f"“{source.title}” holds more than {_TOO_MANY_VALUES} different values."
            raise LabelsUnusable(message, "Is it an image? Labels are a class raster or polygons.")
    return counts


def _tally(codes: NDArray[np.int64]) -> dict[int, int]:
    low, high = (int(codes.min()), int(codes.max())) if codes.size else (0, 0)
    if high - low < _NEAR:  # counting is several times quicker than sorting
        numbers = np.bincount(codes - low)
        values = np.flatnonzero(numbers)
        return dict(zip((values + low).tolist(), numbers[values].tolist(), strict=True))
    values, numbers = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), numbers.tolist(), strict=True))
