"""Class maps as polygons in a GeoPackage."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.windows import Window

from rskd.errors import JobInvalid, OutputUnwritable
from rskd.geo.atomic import atomic_path
from rskd.geo.grid import Grid
from rskd.geo.ground_area import GroundArea, transformed
from rskd.geo.seams import Polygons, Read, strip_polygons
from rskd.geo.sidecar import MapClass
from rskd.geo.sieve import sieved

_STRIP_PIXELS = 2**24
_BUFFERED = 20_000
_GEOPACKAGE = 0x47504B47  # “GPKG”, the application_id that the standard asks for
# SQLite reads these with a database: old ones would damage a new file.
_JOURNALS = ("-wal", "-shm", "-journal")


def polygonize(
    read: Read,
    grid: Grid,
    classes: Sequence[MapClass],
    path: str | Path,
    *,
    skip: Collection[int] = (),
    strip: int = 1024,
    min_area_m2: float = 0.0,
    sieve: int = 0,
    advance: Callable[[float], object] = lambda _: None,
) -> int:
    """Writes a polygon for each patch of 4-connected pixels of one class; the same ones for any `strip`.

    Fields: `class` (the value), `name`, `area_m2` (on the ellipsoid; in the grid's units where it is local). Pixels
    with a value that is no class get none. The layer has the file's name. The file appears whole or not at all.

    Args:
        read: class values (H, W) of a window of the grid.
        grid: where the pixels lie.
        classes: value and name of each class.
        path: a `.gpkg` file.
        skip: values that get no polygons (a background), though patches may join them.
        strip: most rows at a time; fewer where rows are long.
        min_area_m2: smaller polygons are left out.
        sieve: patches of fewer pixels join their largest neighbour first (see `rskd.geo.sieve`).
        advance: told the pixels read; they add up to the grid's.

    Returns:
        Number of polygons.

    Raises:
        JobInvalid: `path` does not end in “.gpkg”.
        OutputUnwritable: no space, or another failure of the disk.
    """
    if Path(path).suffix.lower() != ".gpkg":
        raise JobInvalid(f"“{path}” is no GeoPackage.", "Polygons are written as GeoPackage: end the name in “.gpkg”.")
    values = {c.value for c in classes}
    rows = max(1, min(strip, _STRIP_PIXELS // grid.width))
    with ExitStack() as stack:
        part = stack.enter_context(atomic_path(path, _JOURNALS))
        if sieve > 1:
            read = stack.enter_context(sieved(read, grid.width, grid.height, values, sieve, rows=rows, files=part))

        def read_and_tell(window: Window) -> NDArray[Any]:
            pixels = read(window)
            advance(pixels.size)
            return pixels

        layer = _PolygonLayer(Path(path), part, grid, classes, min_area_m2)
        for polygons in strip_polygons(read_and_tell, grid.width, grid.height, values - set(skip), rows):
            layer.add(polygons)
        layer.flush()
        layer.check()
    return layer.count


class _PolygonLayer:
    """A GeoPackage layer that grows."""

    def __init__(self, path: Path, part: Path, grid: Grid, classes: Sequence[MapClass], min_area_m2: float) -> None:
        self._path, self._part, self._min_area = path, part, min_area_m2
        self._names = {c.value: c.name for c in classes}
        self._area = GroundArea(grid)
        # QGIS draws an image without a place on Earth below the x axis, and so must its polygons.
        self._transform = Affine.scale(1, -1) if grid.transform.is_identity else grid.transform
        self._crs = None if grid.crs is None else grid.crs.to_wkt()
        self._buffer: list[tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.float64]]] = []
        self._buffered = 0
        self.count = 0
        self._write(np.empty(0, object), np.empty(0, np.int64), np.empty(0))

    def add(self, polygons: Polygons) -> None:
        areas = self._area(polygons.shapes)
        kept = ~(areas < self._min_area)
        shapes = transformed(polygons.shapes[kept], self._transform)
        self._buffer.append((np.asarray(shapely.to_wkb(shapes)), polygons.values[kept], areas[kept]))
        self._buffered += len(shapes)
        if self._buffered >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        if self._buffered:
            self._write(*(np.concatenate(column) for column in zip(*self._buffer, strict=True)))
        self._buffer, self._buffered = [], 0

    def _write(self, shapes: NDArray[np.object_], values: NDArray[np.int64], areas: NDArray[np.float64]) -> None:
        names = np.array([self._names[value] for value in values.tolist()], object)
        with self._failures():
            pyogrio.raw.write(
                self._part,
                shapes,
                [values.astype(np.int32), names, areas],
                ["class", "name", "area_m2"],
                layer=self._path.stem,
                driver="GPKG",
                geometry_type="Polygon",
                crs=self._crs,
                append=self._part.exists(),
            )
        self.count += len(values)

    def check(self) -> None:
        """Raises OutputUnwritable where the file is not what was written: GDAL may meet a full disk and say nothing."""
        with self._failures():
            information = pyogrio.read_info(self._part, layer=self._path.stem)
        found = (information["crs"] is None, information["geometry_name"], *self._read_as_database())
        if found != (self._crs is None, "geom", _GEOPACKAGE, "ok", self.count, self.count):
            raise OutputUnwritable(str(self._path), "it does not hold what was written; the disk may be full")

    def _read_as_database(self) -> tuple[int, str, int, int]:
        layer = self._path.stem.replace('"', '""')
        # Names cannot be bound as values can; they are quoted.
        rows_of = f'SELECT count(*) FROM "{layer}"'  # noqa: S608  # nosec B608 # a quoted name
        indexed_of = f'SELECT count(*) FROM "rtree_{layer}_geom_rowid"'  # noqa: S608  # nosec B608 # a quoted name
        queries = ("PRAGMA application_id", "PRAGMA quick_check(1)", rows_of, indexed_of)
        try:
            with closing(sqlite3.connect(self._part)) as database:
                application, state, rows, indexed = (database.execute(query).fetchone()[0] for query in queries)
        except sqlite3.Error as error:
            raise OutputUnwritable(str(self._path), str(error)) from error
        return application, state, rows, indexed

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # `check` knows better what is missing
                warnings.filterwarnings("ignore", "'crs' was not provided")  # a local grid has none
                yield
        except (DataSourceError, DataLayerError) as error:
            raise OutputUnwritable(str(self._path), f"the disk may be full ({error})") from error
