"""A student over layers: a class map, and on request polygons, probabilities and confidence."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader
from rasterio.windows import Window

from rskd.card import StudentCard
from rskd.errors import JobInvalid, MemoryShort, OutputUnwritable
from rskd.events import Reporter
from rskd.geo.grid import Grid
from rskd.geo.polygons import polygonize
from rskd.geo.scene import Scene, open_scene
from rskd.geo.writers import MapKind, MapWriter
from rskd.infer.engine import (
    BUFFER_BYTES,
    Predictor,
    Strip,
    bytes_of_narrowest_slab,
    bytes_of_windows,
    megapixels,
    stream,
)
from rskd.infer.session import MatchedStudent, Student, open_student
from rskd.jobs.staging import staged
from rskd.spec import Bounds, LayerSpec, PredictJob

Output = Literal["map", "vector", "probabilities", "confidence"]
_OF_PROBABILITIES: tuple[Literal["probabilities", "confidence"], ...] = ("probabilities", "confidence")

_SAME_GSD = 0.02  # a difference that is left alone
_AT_REST = 0.6e9  # bytes: Python with its libraries, GDAL's cache, a small student's inner arrays (measured)
_SUFFIXES: dict[Output, tuple[str, ...]] = {
    "map": (".tif", ".tiff"),
    "vector": (".gpkg",),
    "probabilities": (".tif", ".tiff"),
    "confidence": (".tif", ".tiff"),
}


def run(job: PredictJob, reporter: Reporter) -> dict[str, Any]:
    """Maps the layers; all results appear together at the end, or none does.

    Returns:
        JSON-ready: paths, classes with pixels, share and area, size, speed, device.

    Raises:
        RskdError: whatever the user can put right, see `rskd.errors`.
    """
    started = time.perf_counter()
    _outputs(job)  # before anything is opened
    student = open_student(job.student, threads=job.threads, device=job.device, reporter=reporter)
    card = student.card
    with matching_scene(job.layers, card, area=job.area, crs=job.crs, reporter=reporter) as scene:
        facts = map_scene(job, scene, student, reporter)
    return {**facts, **_speed(student, facts, started)}


def map_scene(job: PredictJob, scene: Scene, student: Student, reporter: Reporter) -> dict[str, Any]:
    """Maps a scene that is open already, on its own grid; all results appear together, or none does.

    Returns:
        JSON-ready: paths of the results, classes, size, ground sampling distance.
    """
    outputs = _outputs(job)
    try:
        matched = student.match(scene, reporter, named=[layer.name for layer in job.layers if layer.name])
        with staged(outputs) as places:
            facts = _Mapping(job, scene, matched, reporter).write(places)
    except MemoryError as error:
        hint = "Lower memory_gb or threads, or close other programs."
        raise MemoryShort("There was not enough memory to map the layers.", hint) from error
    return {**{name: str(path) for name, path in outputs.items()}, **facts}


class _Mapping:
    """One student over one scene."""

    def __init__(self, job: PredictJob, scene: Scene, predictor: MatchedStudent, reporter: Reporter) -> None:
        self._job, self._scene, self._predictor, self._reporter = job, scene, predictor, reporter
        self._card = predictor.student.card
        self._extent = scene.extent()
        self._grid = scene.grid.crop(self._extent)  # of the outputs
        self._buffer_bytes = _buffer_bytes(job.memory_gb, predictor, predictor.student.megabytes)

    def write(self, places: Mapping[Output, Path]) -> dict[str, Any]:
        """Writes every output to its place; returns what is worth telling."""
        facts = self._write_rasters(places)
        if "vector" in places:
            facts["polygons"] = self._write_polygons(places["map"], places["vector"])
        return facts

    def _write_rasters(self, places: Mapping[Output, Path]) -> dict[str, Any]:
        tally = _Tally(self._card, self._scene.grid)
        values = np.array([card.value for card in self._card.classes])
        size = megapixels(self._extent)
        with ExitStack() as stack:
            stage = stack.enter_context(self._reporter.stage("map", "map", total=size, unit="MP"))
            class_map = stack.enter_context(self._writer(places["map"], "classes", cog=self._job.cog))
            others = [
                stack.enter_context(self._writer(places[kind], kind)) for kind in _OF_PROBABILITIES if kind in places
            ]
            strips = stack.enter_context(
                closing(
                    stream(
                        self._scene,
                        self._predictor,
                        stage=stage,
                        window=self._extent,
                        block_origin=(int(self._extent.row_off), int(self._extent.col_off)),
                        buffer_bytes=self._buffer_bytes,
                    )
                )
            )
            for strip in strips:
                here = self._on_output(strip.window)
                winners = strip.winners()
                tally.add(winners, strip)
                class_map.write(here, np.where(strip.valid, values[winners], class_map.nodata))
                for other in others:
                    other.write_probabilities(here, strip.probabilities, strip.valid)
        if not tally.pixels.any():
            hint = "Check the layers' nodata values and the area: the map holds nodata only."
            self._reporter.warn("nothing-mapped", "No pixel has data in all the bands that the student needs.", hint)
        return {"classes": tally.classes(), "megapixels": size, "gsd": self._grid.gsd}

    def _writer(self, place: Path, kind: MapKind, *, cog: bool = False) -> MapWriter:
        return MapWriter(place, self._grid, kind=kind, classes=self._card.classes, cog=cog)

    def _on_output(self, window: Window) -> Window:
        left, top = window.col_off - self._extent.col_off, window.row_off - self._extent.row_off
        return Window(left, top, window.width, window.height)

    def _write_polygons(self, class_map: Path, vector: Path) -> int:
        skip = () if self._card.background is None else (self._card.background,)
        with (
            _opened(class_map) as source,
            self._reporter.stage("polygons", "polygons", total=megapixels(self._extent), unit="MP") as stage,
        ):

            def read(window: Window) -> NDArray[Any]:
                values: NDArray[Any] = source.read(1, window=window)
                return values

            return polygonize(
                read,
                self._grid,
                self._card.classes,
                vector,
                skip=skip,
                min_area_m2=self._job.min_area_m2,
                sieve=self._job.sieve,
                advance=lambda pixels: stage.advance(pixels / 1e6),
            )


def _opened(raster: Path) -> DatasetReader:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # local imagery need not have a place
        return rasterio.open(raster)


class _Tally:
    """Pixels and ground of each class."""

    def __init__(self, card: StudentCard, grid: Grid) -> None:
        self._card, self._grid = card, grid
        self.pixels = np.zeros(len(card.classes), np.int64)
        self._area_m2 = np.zeros(len(card.classes))

    def add(self, winners: NDArray[np.uint8], strip: Strip) -> None:
        counts = np.bincount(winners[strip.valid], minlength=len(self.pixels))
        self.pixels += counts
        if not self._grid.local:
            # Each strip's own pixel size: in degrees it changes with latitude.
            self._area_m2 += counts * self._grid.crop(strip.window).gsd ** 2

    def classes(self) -> list[dict[str, Any]]:
        total = max(1, int(self.pixels.sum()))
        return [
            {
                **card.model_dump(),
                "pixels": int(count),
                "share": float(count / total),
                "area_m2": None if self._grid.local else float(area),
            }
            for card, count, area in zip(self._card.classes, self.pixels, self._area_m2, strict=True)
        ]


def _speed(student: Student, facts: Mapping[str, Any], started: float) -> dict[str, Any]:
    seconds = time.perf_counter() - started
    return {
        "student": student.card.name,
        "device": student.device.got,
        "threads": student.threads,
        "seconds": round(seconds, 3),
        "megapixels_per_second": round(facts["megapixels"] / seconds, 3),
    }


def matching_scene(
    layers: Sequence[LayerSpec], card: StudentCard, *, area: str | Bounds | None, crs: str | None, reporter: Reporter
) -> Scene:
    """The layers at the student's ground sampling distance; that they are resampled is said."""
    scene = open_scene(layers, area=area, crs=crs)
    own = scene.grid.gsd
    if card.local or scene.grid.local:
        if card.local != scene.grid.local:
            message = "The student and the layers cannot be compared in resolution: one of them has no place on Earth."
            reporter.warn("resolution-unknown", message, "Make sure that a pixel is as large as in training.")
        return scene
    if not abs(own / card.gsd - 1) > _SAME_GSD:  # also where the layers' is not a number
        return scene
    scene.close()
    message = f"The layers have {own:.3g} m a pixel; they are resampled to the student's {card.gsd:.3g} m."
    reporter.info(message, gsd=own, student_gsd=card.gsd)
    return open_scene(layers, area=area, crs=crs, gsd=card.gsd)


def _buffer_bytes(memory_gb: float | None, predictor: Predictor, model_megabytes: float) -> int:
    """What open strips may take, within `memory_gb` for everything."""
    if memory_gb is None:
        return BUFFER_BYTES
    fixed = _AT_REST + 2e6 * model_megabytes + bytes_of_windows(predictor)
    least = fixed + bytes_of_narrowest_slab(predictor)
    if least > memory_gb * 1e9:
        message = f"This student needs about {least / 1e9:.1f} GB, and {memory_gb:g} GB are allowed."
        raise MemoryShort(message, f"Set memory_gb to {least / 1e9 + 0.05:.1f} or more.", needed_gb=least / 1e9)
    return min(BUFFER_BYTES, int(memory_gb * 1e9 - fixed))


def _outputs(job: PredictJob) -> dict[Output, Path]:
    """The wanted outputs, known to be files of the right kind that overwrite nothing of the input."""
    asked: dict[Output, str | None] = {
        "map": job.out,
        "vector": job.vector,
        "probabilities": job.probabilities,
        "confidence": job.confidence,
    }
    outputs = {name: Path(path).absolute() for name, path in asked.items() if path is not None}
    inputs = [job.student, *(layer.path for layer in job.layers), *([job.area] if isinstance(job.area, str) else [])]
    taken: dict[str, Output] = {}
    for name, path in outputs.items():
        if path.suffix.lower() not in _SUFFIXES[name]:
            kind = "a GeoPackage" if name == "vector" else "a GeoTIFF"
            message = f"The {name} “{path}” must end in {' or '.join(_SUFFIXES[name])}."
            raise JobInvalid(message, f"It is written as {kind}: choose such a name.", fields=[name])
        if path.is_dir():
            raise OutputUnwritable(str(path), "it is a folder")
        if any(_same_file(path, Path(given)) for given in inputs):
            hint = "Choose another name for the output."
            raise JobInvalid(f"The {name} “{path}” is also an input.", hint, fields=[name])
        twin = taken.setdefault(str(path.resolve()), name)
        if twin != name:
            message = f"The {twin} and the {name} have the same path “{path}”."
            raise JobInvalid(message, "Choose another name for one of them.", fields=[twin, name])
    return outputs


def _same_file(output: Path, given: Path) -> bool:
    try:
        return output.samefile(given)
    except OSError:  # one of them does not exist
        return output.resolve() == given.absolute()
