"""The part of a scene to work on: polygons or a box, rasterised window by window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pyproj
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.features import geometry_mask
from rasterio.windows import Window

from rskd.errors import CrsMissing, JobInvalid, LayerUnreadable, NoOverlap
from rskd.geo.grid import Grid
from rskd.geo.secrets import conceal, reveal
from rskd.spec import Bounds

_BLOCK = 1024
_WITH_AREA = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON, shapely.GeometryType.GEOMETRYCOLLECTION)


class Area:
    """Polygons on a grid; a pixel is inside where its centre is."""

    def __init__(self, polygons: NDArray[np.object_], grid: Grid) -> None:
        """`polygons` are in map units of `grid`."""
        self.grid = grid
        to_pixels = ~grid.transform
        # In pixels of the whole grid: a window is then a whole-number shift, and windows agree with each other exactly.
        self._polygons = shapely.transform(polygons, lambda xy: np.column_stack(to_pixels * (xy[:, 0], xy[:, 1])))
        self._tree = shapely.STRtree(self._polygons)

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """(H, W): True inside; False also where the window reaches past the grid."""
        left, top, width, height = window.flatten()
        near = self._tree.query(shapely.box(left, top, left + width, top + height), predicate="intersects")
        if not len(near):
            return np.zeros((height, width), bool)
        here = geometry_mask(
            self._polygons[near], (height, width), transform=Affine.translation(left, top), invert=True
        )
        inside: NDArray[np.bool_] = here & self.grid.within(window)
        return inside

    def extent(self) -> Window:
        """Smallest window of the grid around all polygons that touch it; of no size where none does."""
        touching = self._tree.query(shapely.box(0, 0, self.grid.width, self.grid.height), predicate="intersects")
        if not len(touching):
            return Window(0, 0, 0, 0)
        pixels = Grid(None, Affine.identity(), self.grid.width, self.grid.height)
        return pixels.window_of(tuple(shapely.total_bounds(self._polygons[touching])))

    def cut(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """What of each shape, in pixels of the grid, lies inside."""
        everything = shapely.intersection(
            shapely.union_all(shapely.make_valid(self._polygons)), shapely.box(0, 0, self.grid.width, self.grid.height)
        )
        shapely.prepare(everything)
        crossing = ~shapely.contains_properly(everything, shapes)
        kept = shapes.copy()
        kept[crossing] = shapely.intersection(shapely.make_valid(shapes[crossing]), everything)
        return kept

    def empty(self) -> bool:
        """True where no pixel is inside."""
        extent = self.extent()
        if not extent.width * extent.height:
            return True
        blocks = self.grid.crop(extent).blocks(_BLOCK, _BLOCK)
        return not any(self.mask(_moved(block, extent)).any() for block in blocks)


def _moved(block: Window, by: Window) -> Window:
    return Window(block.col_off + by.col_off, block.row_off + by.row_off, block.width, block.height)


def open_area(area: str | Bounds, grid: Grid, *, crs: str | None = None, scene: str = "", key: str = "area") -> Area:
    """An area from the polygons of a vector file, or from a box in the grid's CRS (its own units where local).

    Args:
        area: path of anything that OGR reads, or (xmin, ymin, xmax, ymax).
        grid: the pixels that the area is cut from.
        crs: of a vector file that does not say its own.
        scene: what the grid is called in messages.
        key: of the job that gives a box, likewise.

    Raises:
        LayerUnreadable: the file is missing, damaged or holds no polygons.
        CrsMissing: polygons without a CRS on a grid with one.
        NoOverlap: no pixel of the grid is inside.
        JobInvalid: a box whose sides are the wrong way round.
    """
    name, found = _open(area, grid, crs, key)
    if found.empty():
        raise NoOverlap(name, scene)
    return found


def area_extent(area: str | Bounds, grid: Grid, *, crs: str | None = None) -> tuple[str, Window]:
    """Name of an area and the window of `grid` around it, of no size where it lies elsewhere; see `open_area`.

    Nothing is rasterised: the grid may be as large as the Earth.
    """
    name, found = _open(area, grid, crs)
    return name, found.extent()


def _open(area: str | Bounds, grid: Grid, crs: str | None, key: str = "area") -> tuple[str, Area]:
    name = Path(area).stem if isinstance(area, str) else key
    return name, Area(_read(area, name, grid, crs) if isinstance(area, str) else np.array([_box(area)]), grid)


def _box(bounds: Bounds) -> shapely.Polygon:
    xmin, ymin, xmax, ymax = bounds
    if not (xmin < xmax and ymin < ymax):
        raise JobInvalid(f"The box {list(bounds)} has no size.", "Give [xmin, ymin, xmax, ymax].")
    return shapely.box(xmin, ymin, xmax, ymax)


def _read(path: str, name: str, grid: Grid, crs: str | None) -> NDArray[np.object_]:
    path = reveal(path)
    try:
        layer = _polygon_layer(path, name)
        own_crs = pyogrio.read_info(path, layer=layer)["crs"] or crs
        if own_crs is None and not grid.local:
            raise CrsMissing(name)
        # Pixel coordinates come in files that claim a CRS all the same (GeoJSON): a local grid takes them as they are.
        to_grid = None if grid.local else pyproj.Transformer.from_crs(own_crs, grid.crs, always_xy=True)
        _, _, shapes, _ = pyogrio.raw.read(path, layer=layer, columns=[], force_2d=True, bbox=_around(grid, to_grid))
    except (DataSourceError, DataLayerError) as error:
        raise LayerUnreadable(name, conceal(str(error))) from error
    except pyproj.exceptions.CRSError as error:
        raise CrsMissing(name) from error
    polygons = shapely.from_wkb(shapes)
    polygons = polygons[np.isin(shapely.get_type_id(polygons), _WITH_AREA)]
    if to_grid is None:
        return polygons  # type: ignore[no-any-return]
    moved = shapely.transform(polygons, lambda xy: np.column_stack(to_grid.transform(xy[:, 0], xy[:, 1])))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise LayerUnreadable(name, f"a corner of its polygons has no place in {grid.crs}.", "Clip it to the scene.")
    return moved  # type: ignore[no-any-return]


def _polygon_layer(path: str, name: str) -> str:
    """The first layer of the file that may hold polygons."""
    for layer, kind in pyogrio.list_layers(path):
        if kind is not None and any(word in kind for word in ("Polygon", "Surface", "Collection", "Unknown")):
            return str(layer)
    raise LayerUnreadable(name, "it holds no polygons.", "Choose a polygon layer.")


def _around(grid: Grid, to_grid: pyproj.Transformer | None) -> Bounds | None:
    """Bounds of the grid in the CRS of the file, for reading only what is near; None where they cannot be told."""
    if to_grid is None:
        return None
    bounds: Bounds = to_grid.transform_bounds(*grid.bounds(), direction="INVERSE")
    xmin, ymin, xmax, ymax = bounds
    # Across the antimeridian pyproj gives xmin > xmax.
    return bounds if np.isfinite(bounds).all() and xmin < xmax and ymin < ymax else None
