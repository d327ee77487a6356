"""An existing map as the teacher: its classes with a stated confidence, or its probabilities."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from rskd.errors import ClassesMismatch, ModelUnusable, NoOverlap
from rskd.events import Reporter, Stage
from rskd.geo.grid import Grid
from rskd.geo.label_classes import LabelClass
from rskd.geo.label_sources import NO_CODE, open_source
from rskd.geo.legend import default_palette, raster_legend
from rskd.geo.scene import Scene
from rskd.geo.secrets import conceal
from rskd.geo.sources import SERVICES, Source, open_raster, unreadable
from rskd.geo.warps import warped
from rskd.infer.engine import Strip, megapixels
from rskd.models.teachers.base import Reopen, digest_file, identity
from rskd.models.teachers.classmap import ClassMap, OwnClasses, map_classes
from rskd.models.teachers.pieces import slabs, strips
from rskd.models.teachers.unlearned import Unlearned
from rskd.spec import LabelSpec, LayerSpec, MapTeacher

_MOST_CLASSES = 254

Floats = NDArray[np.float32]
Read = Callable[[Window], tuple[Floats, NDArray[np.bool_]]]
"""Probabilities (K, h, w) of the job's classes and where there are any (h, w), for a window of a scene's grid."""


def open_map(spec: MapTeacher, classes: Sequence[LabelClass] | None, *, reporter: Reporter) -> MapOfTeacher:
    """Opens a map: which classes it holds is found by reading it once.

    A class map's values stand for the job's classes by `spec.classes`, by the names that its own tables give, or,
    where a value has no name, by being the job's own value.

    Raises:
        LayerUnreadable: missing, damaged, not a raster.
        ModelUnusable: not a class map, or not one band a class.
        ClassesMismatch: its classes are not the job's.
    """
    name = LayerSpec(path=spec.path).title
    dataset = open_raster(spec.path, name)
    try:
        if dataset.driver in SERVICES:
            raise ModelUnusable(name, "it comes from a server.", "Save the part that you need as a file first.")
        if spec.probabilities:
            values, own, by_number = _bands_of(dataset, name)
        else:
            values, own, by_number = _values_of(dataset, spec, name, classes)
        content = _content(dataset)
    finally:
        dataset.close()
    mapped = map_classes(name, own, classes, spec.classes, reporter)
    return MapOfTeacher(name, identity(spec, content), mapped, values, spec, by_number)


@dataclass(frozen=True)
class MapOfTeacher(Unlearned):
    """A map with the job's view of it (`rskd.models.teachers.base.Teacher`)."""

    name: str
    key: str
    class_map: ClassMap
    values: tuple[int, ...]
    """What the map's own classes are written as; with probabilities, numbers of bands from 0."""
    spec: MapTeacher
    by_number: tuple[int, ...] = ()
    """Values without a name that were taken for the job's named class of that number."""

    def check_place(self, scene: Scene) -> None:
        """Raises NoOverlap where the map lies elsewhere, and CrsMissing where that cannot be known."""
        with self.codes(scene):
            pass

    @contextmanager
    def codes(self, scene: Scene) -> Iterator[Callable[[Window], NDArray[np.int64]]]:
        """Reads the values (h, w) of a class map in windows of a scene's grid; `NO_CODE` where there is none."""
        spec = LabelSpec(path=self.spec.path, band=self.spec.band, crs=self.spec.crs)
        with closing(open_source(spec, scene.grid, crs=None, scene=scene.title)) as source:
            yield source.codes

    def answers(self, scene: Scene, *, stage: Stage | None = None, reopen: Reopen | None = None) -> Iterator[Strip]:  # noqa: ARG002
        """See `rskd.models.teachers.base.Teacher.answers`; pixels without an answer are those without a map."""
        with ExitStack() as files:
            read = self._of_bands(scene.grid, files) if self.spec.probabilities else self._of_values(scene.grid, files)
            found = False
            for window in (strip for slab in slabs(scene.extent(), len(self.values)) for strip in strips(slab)):
                probabilities, valid = read(window)
                found = found or bool(valid.any())
                strip = Strip(window, probabilities, valid & scene.inside(window))
                yield self.class_map.apply(strip) if self.spec.probabilities else strip
                if stage is not None:
                    stage.advance(megapixels(window))
            if not found:
                raise NoOverlap(self.name, scene.title)

    def _of_values(self, grid: Grid, files: ExitStack) -> Read:
        """The map's class gets `confidence`, the others share the rest."""
        source = open_source(LabelSpec(path=self.spec.path, band=self.spec.band, crs=self.spec.crs), grid, crs=None)
        files.callback(source.close)
        known = np.array(
            [value for value, to in zip(self.values, self.class_map.targets, strict=True) if to is not None]
        )
        targets = np.array([to for to in self.class_map.targets if to is not None])
        order = np.argsort(known)
        known, targets = known[order], targets[order]
        count = len(self.class_map.classes)
        rest = (1 - self.spec.confidence) / (count - 1)

        def read(window: Window) -> tuple[Floats, NDArray[np.bool_]]:
            codes = source.codes(window)
            place = np.searchsorted(known, codes).clip(max=len(known) - 1)
            valid = (known[place] == codes) & (codes != NO_CODE)
            chosen = targets[place] == np.arange(count)[:, None, None]  # (K, h, w)
            return np.where(chosen, self.spec.confidence, rest).astype(np.float32) * valid, valid

        return read

    def _of_bands(self, grid: Grid, files: ExitStack) -> Read:
        """Probabilities bilinearly, or averaged where the map is finer; scaled to sum to 1."""
        source = Source(LayerSpec(path=self.spec.path, crs=self.spec.crs), self.name)
        files.callback(source.close)
        vrt = warped(source, grid, files)

        def read(window: Window) -> tuple[Floats, NDArray[np.bool_]]:
            try:
                scores = vrt.read(window=window).astype(np.float32)
            except RasterioError as error:
                raise unreadable(self.name, error) from error
            total = scores.sum(axis=0)  # NaN in gaps
            valid = np.isfinite(total) & (total > 0)
            return np.divide(scores, total, out=np.zeros_like(scores), where=valid), valid

        return read


def _bands_of(dataset: Any, name: str) -> tuple[tuple[int, ...], OwnClasses, tuple[int, ...]]:
    if dataset.count < 2:
        hint = "A map with one class value a pixel is one without `probabilities: true`."
        raise ModelUnusable(name, "it has one band; probabilities need one a class.", hint)
    titles = [title or "" for title in dataset.descriptions]
    named = all(titles) and len(set(titles)) == len(titles)
    return tuple(range(dataset.count)), OwnClasses.by_names(titles if named else None, dataset.count), ()


def _values_of(
    dataset: Any, spec: MapTeacher, name: str, job: Sequence[LabelClass] | None
) -> tuple[tuple[int, ...], OwnClasses, tuple[int, ...]]:
    """The values that occur, with the names and colours that the file's tables give them; those matched by number."""
    if spec.band > dataset.count:
        raise ModelUnusable(name, f"it has {dataset.count} bands, and no band {spec.band}.", "Change `band:`.")
    ignored = {str(value) for value in spec.ignore}
    values = [value for value in _occurring(dataset, spec.band, name) if str(value) not in ignored]
    if not values:
        raise ClassesMismatch(f"“{name}” holds no class.", "Check `ignore:` and the map's nodata value.")
    legend = raster_legend(dataset, spec.band)
    jobs = {known.value: known.name for known in job or ()}
    classes, by_number = [], []
    for value, spare in zip(values, default_palette(len(values)), strict=True):
        entry = legend.get(value)
        title = (entry and entry.name) or jobs.get(value) or str(value)
        classes.append(LabelClass(value, title, (entry and entry.color) or spare))
        if not (entry and entry.name) and title != str(value) and not {title, str(value)} & set(spec.classes or ()):
            by_number.append(value)
    return tuple(values), OwnClasses(tuple(classes)), tuple(by_number)


def _occurring(dataset: Any, band: int, name: str) -> list[int]:
    """Whole numbers in a band, nodata left out; read block by block."""
    found: set[int] = set()
    for _, window in dataset.block_windows(band):
        try:
            pixels = dataset.read(band, window=window, masked=True).compressed()
        except RasterioError as error:
            raise unreadable(name, error) from error
        here = np.unique(pixels[np.isfinite(pixels)])
        if (np.rint(here) != here).any():
            hint = "Give a class map, or one band of probability a class with `probabilities: true`."
            raise ModelUnusable(name, "it holds fractional values, not classes.", hint)
        found.update(int(value) for value in here)
        if len(found) > _MOST_CLASSES:
            raise ModelUnusable(name, f"it holds more than {_MOST_CLASSES} values: it is no class map.")
    return sorted(found)


def _content(dataset: Any) -> list[str]:
    """Digests of all files of a raster; of what lies elsewhere, the address."""
    return [digest_file(file) if os.path.isfile(file) else conceal(str(file)) for file in dataset.files]  # noqa: PTH113
