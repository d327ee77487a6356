"""Maps as GeoTIFFs: tiled, compressed, with overviews, class names and colours; whole or not at all."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError  # some of GDAL's errors reach us undressed
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from rskd.errors import OutputUnwritable
from rskd.geo.atomic import atomic_path
from rskd.geo.grid import Grid
from rskd.geo.sidecar import MapClass, rgb, write_class_names

BLOCK = 512
"""Side of a tile in files, in pixels; windows that keep to it are compressed once."""

_FULL = "the disk may be full"

# Files that GDAL reads together with a raster: names and statistics, external overviews, external mask.
COMPANIONS = (".aux.xml", ".ovr", ".msk")

MapKind = Literal["classes", "probabilities", "confidence"]


def class_storage(classes: Sequence[MapClass]) -> tuple[str, int]:
    """Smallest data type that holds the class values and a nodata value that is none of them.

    Returns:
        (dtype, nodata); nodata is the type's largest value where it is free (255), else 0, else the largest free one.

    Raises:
        ValueError: values outside of int32.
    """
    values = {c.value for c in classes}
    for dtype in ("uint8", "uint16", "int16", "int32"):
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        if low <= min(values) and max(values) <= high and len(values) <= high - low:
            candidates = chain((high, 0), range(high, low - 1, -1))
            return dtype, next(value for value in candidates if value not in values)
    raise ValueError(f"class values {min(values)} to {max(values)} do not fit into 32 bits")


class MapWriter:
    """Writes one map, window by window; used as a context manager.

    The file appears under its name when the block ends without an exception; else nothing is left and a file that was
    there stays. It is read back before that: GDAL may meet a full disk while closing and say nothing.

    kind `classes`: (H, W), the labels' own values; colour table (8 and 16 bits) and, in `<path>.aux.xml`, category
    names and a raster attribute table. `probabilities`: (K, H, W) Float32, a band a class, named. `confidence`:
    (H, W) Float32, the largest probability. `nodata` is what pixels without an answer hold (NaN in the latter two);
    what is never written holds it too.
    """

    def __init__(
        self, path: str | Path, grid: Grid, *, kind: MapKind = "classes", classes: Sequence[MapClass], cog: bool = False
    ) -> None:
        self.path, self.grid, self.kind, self.classes, self.cog = Path(path), grid, kind, tuple(classes), cog
        storage: tuple[str, float] = class_storage(classes) if kind == "classes" else ("float32", float("nan"))
        self.dtype, self.nodata = storage
        self._values = np.array([c.value for c in classes], np.int64)
        self._written: list[tuple[Window, int]] = []  # with the pixels' checksum
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._part = opening.enter_context(atomic_path(self.path, COMPANIONS))
            # COG is made from a finished file; the plain one then goes away with the other leftovers.
            self._plain = self._part.with_name(self._part.name + ".plain.tif") if self.cog else self._part
            with self._failures():
                self._dataset = rasterio.open(self._plain, "w", **self._profile())
                self._describe()
            self._open = opening.pop_all()
        return self

    def write(self, window: Window, pixels: NDArray[Any]) -> None:
        """Writes (H, W) or (C, H, W) to a window of the grid; each pixel at most once.

        Raises:
            OutputUnwritable: no space, or another failure of the disk.
        """
        bands = np.ascontiguousarray(pixels if pixels.ndim == 3 else pixels[np.newaxis], self.dtype)  # (C, H, W)
        with self._failures():
            self._dataset.write(bands, window=window)
        self._written.append((window, zlib.crc32(bands.data)))

    def write_probabilities(self, window: Window, probabilities: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
        """Writes what this kind of map shows of probabilities (K, H, W), nodata where not `valid` (H, W).

        Raises:
            OutputUnwritable: as `write`.
        """
        if self.kind == "classes":
            shown: NDArray[Any] = self._values[probabilities.argmax(axis=0)]
        else:
            shown = probabilities if self.kind == "probabilities" else probabilities.max(axis=0)
        self.write(window, np.where(valid, shown, self.nodata))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The exits of the stack run even if closing fails: they take the unfinished file away.
        self._open.push(self._finish)
        self._open.__exit__(kind, error, trace)

    def _finish(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            with suppress(OutputUnwritable), self._failures():
                self._dataset.close()
            return
        with self._failures():
            self._dataset.close()
            if self.cog:
                self._copy_as_cog()
            else:
                self._add_overviews()
            self._read_back()
            if self.kind == "classes":
                write_class_names(self._part.with_name(self._part.name + ".aux.xml"), self.classes)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turns failures of GDAL into OutputUnwritable; keeps quiet about files without a place on Earth."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                yield
        except (RasterioError, CPLE_BaseError, OSError) as error:
            raise OutputUnwritable(str(self.path), _reason(error)) from error

    def _profile(self) -> dict[str, Any]:
        # LZW is the fastest to write and the most portable; floats hardly shrink without the predictor.
        compression = {"compress": "LZW"} if self.kind == "classes" else {"compress": "ZSTD", "predictor": 3}
        return {
            "driver": "GTiff",
            "width": self.grid.width,
            "height": self.grid.height,
            "crs": self.grid.crs,
            # An image without a place on Earth stays one: QGIS draws those below the x axis.
            "transform": None if self.grid.transform.is_identity else self.grid.transform,
            "count": len(self.classes) if self.kind == "probabilities" else 1,
            "dtype": self.dtype,
            "nodata": self.nodata,
            "interleave": "band",
            "tiled": True,
            "blockxsize": BLOCK,
            "blockysize": BLOCK,
            "BIGTIFF": "IF_SAFER",
            **compression,
        }

    def _describe(self) -> None:
        names = [c.name for c in self.classes] if self.kind == "probabilities" else [self.kind.removesuffix("es")]
        for band, name in enumerate(names, 1):
            self._dataset.set_band_description(band, name)
        if self.dtype in {"uint8", "uint16"}:  # the types for which TIFF has colour tables
            self._dataset.write_colormap(1, {c.value: (*rgb(c.color), 255) for c in self.classes})

    @property
    def _resampling(self) -> Resampling:
        return Resampling.mode if self.kind == "classes" else Resampling.average

    def _add_overviews(self) -> None:
        if factors := _overview_factors(self.grid):
            with rasterio.open(self._part, "r+") as dataset:
                dataset.build_overviews(factors, self._resampling)

    def _copy_as_cog(self) -> None:
        options = {"COMPRESS": "LZW"} if self.kind == "classes" else {"COMPRESS": "ZSTD", "PREDICTOR": "YES"}
        options |= {"BLOCKSIZE": str(BLOCK), "OVERVIEW_RESAMPLING": self._resampling.name, "BIGTIFF": "IF_SAFER"}
        try:
            rasterio.shutil.copy(self._plain, self._part, driver="COG", **options)
        except SystemError as error:  # rasterio's word for a failure of which GDAL says nothing
            raise OSError("the copy failed") from error

    def _read_back(self) -> None:
        """Raises OSError where the file is not what was written."""
        levels = len(_overview_factors(self.grid))
        with rasterio.open(self._part) as dataset:
            if len(dataset.overviews(1)) < levels:
                raise OSError("overviews are missing")
            for level in (None, *range(levels)):
                self._check_level(dataset, level)
            if any(zlib.crc32(dataset.read(window=window).data) != checksum for window, checksum in self._written):
                raise OSError("it does not hold what was written")

    def _check_level(self, dataset: DatasetReader, level: int | None) -> None:
        """Every block of the raster (None) or of an overview has a place within the file and can be read."""
        size = self._part.stat().st_size
        with rasterio.open(self._part, **({} if level is None else {"overview_level": level})) as here:
            for band in here.indexes:
                for (row, column), window in here.block_windows(band):
                    items = (f"BLOCK_{what}_{column}_{row}" for what in ("OFFSET", "SIZE"))
                    place = [dataset.get_tag_item(item, "TIFF", bidx=band, ovr=level) for item in items]
                    if None in place or sum(map(int, place)) > size:
                        raise OSError("it is cut short")
                    if level is not None:
                        here.read(band, window=window)


def _overview_factors(grid: Grid) -> list[int]:
    factors: list[int] = []
    while max(grid.width, grid.height) > BLOCK * 2 ** len(factors):
        factors.append(2 ** (len(factors) + 1))
    return factors


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # rasterio says “See previous exception for details”: the innermost one has GDAL's words.
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{_FULL} ({error})"
