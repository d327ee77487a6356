"""Where a student's map differs from what its teacher answered: a raster, from what a distillation has left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.targets import SoftTargets  # loads no torch
from rskd.errors import ClassesMismatch, JobInvalid
from rskd.events import Reporter
from rskd.geo.grid import Grid
from rskd.geo.readers import whole_pixel_offset
from rskd.geo.sources import has_crs, open_raster, unreadable
from rskd.geo.writers import BLOCK, MapWriter
from rskd.infer.engine import megapixels
from rskd.spec import DisagreementJob

SAME, DIFFERENT, NEITHER = 0, 1, 255
CLASSES = (
    ClassCard(value=SAME, name="same", color="#f8f8f8"),
    ClassCard(value=DIFFERENT, name="different", color="#b2182b"),
)


def run(job: DisagreementJob, reporter: Reporter) -> dict[str, Any]:
    """Writes 0 where teacher and student agree, 1 where they differ, nodata where either has no class.

    Returns:
        JSON-ready: path (`disagreement`), pixels that were compared, and the share of them that differ.

    Raises:
        JobInvalid: the output is the map itself, or no GeoTIFF.
        LayerUnreadable: map or answers are missing or damaged.
        ClassesMismatch: none of the answers belongs to the map.
        OutputUnwritable: no space, no permission.
    """
    _check_output(job)
    with open_raster(job.map, Path(job.map).stem) as student:
        grid, counts = _grid_of(student), np.zeros(2, np.int64)
        store, place = _store_of(grid, Path(job.targets), Path(job.map).stem)
        with (
            SoftTargets(store) as teacher,
            reporter.stage("disagreement", "disagreement", total=megapixels(grid.window), unit="MP") as stage,
            MapWriter(job.out, grid, classes=CLASSES) as writer,
        ):
            for window in grid.blocks(BLOCK):
                mapped = _read(student, window, job)
                compared = _compared(mapped, teacher, _moved(window, place))
                writer.write(window, compared)
                counts += [np.count_nonzero(compared == value) for value in (SAME, DIFFERENT)]
                stage.advance(megapixels(window))
    pixels = int(counts.sum())
    return {"disagreement": job.out, "pixels": pixels, "share": float(counts[DIFFERENT] / pixels) if pixels else None}


def _check_output(job: DisagreementJob) -> None:
    out = Path(job.out)
    if out.suffix.lower() not in (".tif", ".tiff"):
        raise JobInvalid(f"The output “{out}” must end in .tif or .tiff.", fields=["out"])
    if out.resolve() == Path(job.map).resolve():
        raise JobInvalid(f"The output “{out}” is also an input.", "Choose another name for it.", fields=["out"])


def _grid_of(dataset: Any) -> Grid:
    return Grid(dataset.crs if has_crs(dataset) else None, dataset.transform, dataset.width, dataset.height)


def _store_of(grid: Grid, folder: Path, name: str) -> tuple[Path, tuple[int, int]]:
    """The newest answers in a folder whose pixels are the map's, and the map's first column and row in them."""
    for store in _newest_first(folder):
        with open_raster(str(store / "targets.tif"), store.name) as answers:
            place = whole_pixel_offset(_grid_of(answers), grid)
        if place is not None:
            return store, place
    message = f"None of the teacher's answers in “{folder}” belongs to “{name}”."
    raise ClassesMismatch(message, "Choose the `targets` folder of the distillation that made the map.")


def _newest_first(folder: Path) -> Iterator[Path]:
    said = [folder / "targets.json", *folder.glob("*/targets.json")]
    for sidecar in sorted((file for file in said if file.is_file()), key=_created, reverse=True):
        yield sidecar.parent


def _created(sidecar: Path) -> tuple[str, int]:
    try:
        said = str(json.loads(sidecar.read_text(encoding="utf-8"))["created"])
    except (ValueError, KeyError, TypeError):
        said = ""  # damaged: told when it is opened
    return said, sidecar.stat().st_mtime_ns


def _read(student: Any, window: Window, job: DisagreementJob) -> NDArray[Any]:
    try:
        return np.asarray(student.read(1, window=window))
    except RasterioError as error:
        raise unreadable(Path(job.map).stem, error) from error


def _moved(window: Window, place: tuple[int, int]) -> Window:
    return Window(window.col_off + place[0], window.row_off + place[1], window.width, window.height)


def _compared(mapped: NDArray[Any], teacher: SoftTargets, there: Window) -> NDArray[np.uint8]:
    values = np.array([card.value for card in teacher.classes])
    answers, answered = teacher.probabilities(there)
    differs = mapped != values[answers.argmax(axis=0)]
    both = answered & np.isin(mapped, values)
    return np.where(both, differs, NEITHER).astype(np.uint8)
