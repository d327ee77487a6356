"""The soft-target store: a teacher's class probabilities as a raster that opens in any GIS.

`<folder>/<key>/targets.tif` (Float32 with NBITS=16, tiled, compressed, nodata where the teacher has no answer) and
`targets.json` beside it, which is written last: a store without it, or that does not match it, is no store. Until then
the strips that are whole may lie in `parts/` (`rskd.distill.answered`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.answered import AnsweredParts, Halves
from rskd.errors import LayerUnreadable, OutputUnwritable
from rskd.events import Reporter
from rskd.geo.atomic import atomic_path, write_text
from rskd.geo.grid import Grid
from rskd.infer.engine import Strip

TOP_K = 8
"""Classes kept a pixel where there are more than `MANY`."""

MANY = 20

NODATA = -1.0

LEAST = 1e-6
"""Probabilities are clamped to this before their logarithm: half floats keep no more than that."""

BLOCK = 256

Floats = NDArray[np.float32]


def targets_key(
    *, teacher: str, grid: Grid, classes: Sequence[ClassCard], area: str = "", sources: Sequence[str] = ()
) -> str:
    """Hex digest that names a store: another teacher, grid, class list, area or source gives another.

    Args:
        teacher: the teacher's own key.
        grid: the student's grid, on which the answers lie.
        classes: of the job, in channel order.
        area: what the answers are limited to, as text.
        sources: what identifies the imagery that the teacher saw: path, size and date of each file.
    """
    facts = [teacher, _grid_facts(grid), [card.model_dump(exclude={"color"}) for card in classes], area, list(sources)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def write_targets(
    folder: Path,
    key: str,
    strips: Iterable[Strip],
    grid: Grid,
    classes: Sequence[ClassCard],
    *,
    teacher: dict[str, Any],
    area: str = "",
    parts: AnsweredParts | None = None,
) -> Path:
    """Writes a store from a teacher's answers as they come in; an unfinished one is never taken for whole.

    Args:
        folder: of all stores; this one becomes `folder / key`.
        key: see `targets_key`.
        strips: windows of `grid` with probabilities (K, h, w) at temperature 1; what none covers has no answer.
        grid: the grid of all strips.
        classes: K of them; above 20 only the 8 likeliest of a pixel are kept.
        teacher: what the sidecar says of it (kind, name, key), JSON types only.
        area: as in the key, for the reader of the sidecar.
        parts: what an earlier pass has left comes first, and each of `strips` is put away with it; all of it goes when
            the store is whole.

    Returns:
        The store's folder.

    Raises:
        OutputUnwritable: no space, no permission, or what was written does not read back.
    """
    store = folder / key
    raster, sidecar = store / "targets.tif", store / "targets.json"
    top_k = _kept_of(classes)
    try:
        store.mkdir(parents=True, exist_ok=True)
        sidecar.unlink(missing_ok=True)
        with atomic_path(raster) as unfinished:
            pieces: Iterator[tuple[Window, Halves]] = (_piece(strip, top_k) for strip in strips)
            if parts is not None:
                pieces = _with_parts(parts, pieces, raster)
            written = _write_raster(unfinished, pieces, grid, _band_names(classes, top_k))
            _check(unfinished, written)
    except (OSError, RasterioError) as error:
        raise OutputUnwritable(str(raster), str(error)) from error
    facts = {
        "format": 1,
        "key": key,
        "teacher": teacher,
        "grid": _grid_facts(grid),
        "area": area,
        "classes": [card.model_dump() for card in classes],
        "top_k": top_k,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "file": _fingerprint(raster),
    }
    write_text(sidecar, json.dumps(facts, indent=1, ensure_ascii=False))
    if parts is not None:
        parts.remove()
    return store


def find_parts(folder: Path, key: str, classes: Sequence[ClassCard], extent: Window) -> AnsweredParts:
    """The beginning of the store that an interrupted pass over `extent` of the grid has left; empty if there is none.

    Args:
        folder: of all stores.
        key: see `targets_key`.
        classes: of the job, in channel order.
        extent: all that the teacher is asked for, in pixels of the grid.
    """
    return AnsweredParts(folder / key, len(_band_names(classes, _kept_of(classes))), extent)


def find_targets(folder: Path, key: str, reporter: Reporter) -> SoftTargets | None:
    """The store of an earlier run, if it is whole; a damaged one is said to `reporter` and left to be made again."""
    if not (folder / key / "targets.json").exists():
        return None
    try:
        return SoftTargets(folder / key)
    except LayerUnreadable as error:
        message = f"{error.message} The teacher's answers are computed again."
        reporter.warn("targets-damaged", message, path=str(folder / key))
        return None


class SoftTargets:
    """A store opened for reading, from any thread.

    Attributes:
        store: its folder.
        facts: the sidecar.
        classes: channels in order.

    Raises:
        LayerUnreadable: the store is missing, cut short or changed since it was written.
    """

    def __init__(self, store: Path) -> None:
        self.store, raster = store, store / "targets.tif"
        try:
            self.facts: dict[str, Any] = json.loads((store / "targets.json").read_text(encoding="utf-8"))
            whole = self.facts["file"] == _fingerprint(raster)
            self.classes = tuple(ClassCard.model_validate(one) for one in self.facts["classes"])
            self._top_k: int | None = self.facts["top_k"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LayerUnreadable(str(store), str(error)) from error
        if not whole:
            raise LayerUnreadable(str(raster), "it has changed since it was written or is cut short.")
        with _quiet_without_crs():
            self._source: DatasetReader = rasterio.open(raster)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._source.close()

    def probabilities(self, window: Window) -> tuple[Floats, NDArray[np.bool_]]:
        """What the teacher answered: (K, H, W) as stored, 1 / K where it has no answer, and where it has one (H, W).

        `window` is in pixels of the grid and may reach past any edge.
        """
        stored = self._stored(window)
        valid = stored[0] != NODATA
        answers = stored if self._top_k is None else _spread(stored, self._top_k, len(self.classes))
        return np.where(valid, answers, np.float32(1 / len(self.classes))), valid

    def read(self, window: Window) -> tuple[Floats, NDArray[np.bool_]]:
        """Log-probabilities (K, H, W) and where the teacher has an answer (H, W), as `probabilities`."""
        answers, valid = self.probabilities(window)
        return log_probabilities(answers), valid

    def _stored(self, window: Window) -> Floats:
        top, left, height, width = (int(n) for n in (window.row_off, window.col_off, window.height, window.width))
        bands = np.full((self._source.count, height, width), NODATA, np.float32)
        rows = max(top, 0), min(top + height, self._source.height)
        cols = max(left, 0), min(left + width, self._source.width)
        if rows[0] < rows[1] and cols[0] < cols[1]:
            part = Window(cols[0], rows[0], cols[1] - cols[0], rows[1] - rows[0])
            with self._lock:
                try:
                    pixels = self._source.read(window=part)
                except RasterioError as error:
                    raise LayerUnreadable(self._source.name, str(error)) from error
            bands[:, rows[0] - top : rows[1] - top, cols[0] - left : cols[1] - left] = pixels
        return bands


def log_probabilities(probabilities: Floats) -> Floats:
    """Logarithms of (K, ...) probabilities, clamped to 1e-6 and summing to 1 again after that and after rounding."""
    clamped = np.maximum(probabilities, np.float32(LEAST))
    logs: Floats = np.log(clamped / clamped.sum(axis=0, keepdims=True))
    return logs


def _kept_of(classes: Sequence[ClassCard]) -> int | None:
    """How many of the classes are kept a pixel; None for all."""
    return TOP_K if len(classes) > MANY else None


def _piece(strip: Strip, top_k: int | None) -> tuple[Window, Halves]:
    answers = strip.probabilities if top_k is None else _strongest(strip.probabilities, top_k)
    # GDAL cuts the low bits off; rounding first halves the error.
    return strip.window, np.where(strip.valid, answers, NODATA).astype(np.float16)


def _with_parts(
    parts: AnsweredParts, pieces: Iterable[tuple[Window, Halves]], raster: Path
) -> Iterator[tuple[Window, Halves]]:
    yield from parts.kept()
    for window, halves in pieces:
        try:
            parts.keep(window, halves)
        except OutputUnwritable as error:  # of the store, as far as anybody knows
            raise OutputUnwritable(str(raster), str(error.facts["reason"])) from error
        yield window, halves


def _write_raster(
    path: Path, pieces: Iterable[tuple[Window, Halves]], grid: Grid, names: Sequence[str]
) -> list[tuple[Window, int]]:
    """Returns the checksum of each window, to be read back."""
    written = []
    with _quiet_without_crs():
        target = rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=grid.width,
            height=grid.height,
            count=len(names),
            dtype="float32",
            nbits=16,
            nodata=NODATA,
            crs=grid.crs,
            transform=grid.transform,
            tiled=True,
            blockxsize=BLOCK,
            blockysize=BLOCK,
            interleave="pixel",
            compress="deflate",
            predictor=2,
            bigtiff="if_safer",
            sparse_ok=True,
        )
    with target:
        target.descriptions = tuple(names)
        for window, halves in pieces:
            pixels = halves.astype(np.float32)
            target.write(pixels, window=window)
            written.append((window, zlib.crc32(pixels.tobytes())))
    return written


def _check(path: Path, written: Sequence[tuple[Window, int]]) -> None:
    # On a full disk GDAL closes the file without a word, its last blocks missing.
    with _quiet_without_crs(), rasterio.open(path) as source:
        for window, checksum in written:
            if zlib.crc32(source.read(window=window).tobytes()) != checksum:
                raise OSError("what was written does not read back; the disk may be full")


def _strongest(probabilities: Floats, count: int) -> Floats:
    """(2 · count, h, w): channel numbers of the likeliest classes, then their probabilities."""
    channels = np.argsort(-probabilities, axis=0, kind="stable")[:count]
    return np.concatenate([channels.astype(np.float32), np.take_along_axis(probabilities, channels, axis=0)])


def _spread(stored: Floats, count: int, classes: int) -> Floats:
    """(K, h, w) again: what the kept classes leave over is shared evenly by the rest."""
    channels, kept = stored[:count], stored[count:]
    rest = np.maximum(1 - kept.sum(axis=0), 0) / (classes - count)
    rest = rest.astype(np.float16).astype(np.float32)  # as all stored numbers
    answers = np.broadcast_to(rest, (classes, *rest.shape)).copy()
    np.put_along_axis(answers, np.maximum(channels, 0).astype(np.int64), kept, axis=0)
    return answers


def _band_names(classes: Sequence[ClassCard], top_k: int | None) -> list[str]:
    if top_k is None:
        return [card.name for card in classes]
    ranks = range(1, top_k + 1)
    return [f"channel of rank {rank}" for rank in ranks] + [f"probability of rank {rank}" for rank in ranks]


def _grid_facts(grid: Grid) -> dict[str, Any]:
    return {
        "crs": None if grid.crs is None else grid.crs.to_wkt(),
        "transform": list(grid.transform)[:6],
        "width": grid.width,
        "height": grid.height,
    }


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "blake2b": hashlib.file_digest(file, "blake2b").hexdigest()[:32]}


@contextmanager
def _quiet_without_crs() -> Iterator[None]:
    with warnings.catch_warnings():
        # Local grids are meant to have no place on Earth.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield
