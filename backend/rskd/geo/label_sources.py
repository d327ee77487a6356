"""What label files say of each pixel, before it is known which values are classes.

Both kinds answer in *codes*: whole numbers, `NO_CODE` where the file says nothing. Nothing is ever held whole: a
raster is warped window by window, polygons are burnt window by window from a spatial index.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pyproj
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import CRSError, RasterioError, RasterioIOError
from rasterio.features import rasterize
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from rskd.errors import CrsMissing, LabelsUnusable, LayerUnreadable, NoOverlap
from rskd.geo.damage import reason_of, refuse_other_kinds
from rskd.geo.grid import Grid
from rskd.geo.legend import Key, open_quietly, raster_legend, vector_legend
from rskd.geo.secrets import conceal, reveal
from rskd.spec import LabelSpec

NO_CODE = int(np.iinfo(np.int64).min)
"""Nothing is said of this pixel."""

# Warps need some CRS on both sides; the same one on both means that coordinates are taken as they are.
_LOCAL = CRS.from_wkt('LOCAL_CS["local",UNIT["metre",1]]')
# Outside and nodata in warped labels: no 16-bit type holds it, and float64 holds every 32-bit number beside it.
_NOTHING = -(2**31)
_NOTHING_WIDE = -(2.0**60)


def open_source(spec: LabelSpec, grid: Grid, *, crs: str | None, scene: str = "layers") -> RasterSource | VectorSource:
    """A raster or vector label file, whichever it is; `scene` is what the grid is called in messages.

    Raises:
        LayerUnreadable: it is neither.
        LabelsUnusable: a field or band that is not there.
        CrsMissing: it has no CRS, the grid has one, and neither `spec.crs` nor `crs` says which.
        NoOverlap: it lies elsewhere.
    """
    try:
        dataset = open_quietly(spec.path)
    except RasterioIOError as raster_error:
        try:
            pyogrio.list_layers(reveal(spec.path))
        except (DataSourceError, DataLayerError):
            refuse_other_kinds(spec.path, spec.path)
            raise LayerUnreadable(spec.path, reason_of(raster_error)) from raster_error
        return VectorSource(spec, grid, crs=crs, scene=scene)
    if dataset.count == 0:  # a container with subdatasets, or a GeoPackage that holds polygons only
        dataset.close()
        return VectorSource(spec, grid, crs=crs, scene=scene)
    return RasterSource(spec, dataset, grid, crs=crs, scene=scene)


def _crs_of(spec: LabelSpec, own: CRS | str | None, grid: Grid, crs: str | None) -> CRS:
    if grid.local:
        return _LOCAL
    said = spec.crs or own or crs
    if not said or said == "local":
        raise CrsMissing(spec.path)
    try:
        with rasterio.Env():  # without one, PROJ prints what it thinks
            return CRS.from_user_input(said)
    except CRSError as error:
        raise LabelsUnusable(f"“{said}” is no coordinate reference system: {error}", "Write `crs: EPSG:…`.") from error


class RasterSource:
    """One band of a class raster, warped lazily with nearest neighbour. Codes are its values."""

    numbers = True

    def __init__(
        self, spec: LabelSpec, dataset: DatasetReader, grid: Grid, *, crs: str | None, scene: str = "layers"
    ) -> None:
        self.title, self._band, self._grid, self._dataset = spec.path, spec.band, grid, dataset
        self._lock, self._field = threading.Lock(), spec.field
        try:
            self._check_band()
            self.legend = raster_legend(dataset, spec.band)
            source_crs = _crs_of(spec, dataset.crs, grid, crs)
            self.extent = self._overlap(source_crs, scene)
            self._vrt = self._warped(source_crs)
        except BaseException:
            dataset.close()
            raise

    def _check_band(self) -> None:
        if self._field is not None:
            message = f"“{self.title}” is a raster and has no field “{self._field}”."
            raise LabelsUnusable(message, "Leave `field:` out, or give the polygons that have it.")
        if self._band > self._dataset.count:
            message = f"“{self.title}” has no band {self._band}; it has {self._dataset.count}."
            raise LabelsUnusable(message, "Choose the band with `band:`.")
        if np.dtype(self._dataset.dtypes[self._band - 1]).kind == "c":
            raise LabelsUnusable(f"“{self.title}” holds complex numbers.", "Labels are whole numbers.")

    def _overlap(self, crs: CRS, scene: str) -> Window:
        if crs == _LOCAL:
            bounds = Grid(None, self._dataset.transform, self._dataset.width, self._dataset.height).bounds()
        else:
            bounds = Grid(crs, self._dataset.transform, self._dataset.width, self._dataset.height).bounds()
            bounds = transform_bounds(crs, self._grid.crs, *bounds, densify_pts=21)
        window = self._grid.window_of(bounds) if np.isfinite(bounds).all() else self._grid.window
        if not window.width or not window.height:
            raise NoOverlap(Path(self.title).name, scene)
        return window

    def _warped(self, crs: CRS) -> WarpedVRT:
        kind = np.dtype(self._dataset.dtypes[self._band - 1])
        small = kind.kind in "iu" and kind.itemsize <= 2
        self._nothing = _NOTHING if small else _NOTHING_WIDE
        return WarpedVRT(
            self._dataset,
            src_crs=crs,
            crs=self._grid.crs or _LOCAL,
            transform=self._grid.transform,
            width=self._grid.width,
            height=self._grid.height,
            resampling=Resampling.nearest,
            dtype="int32" if small else "float64",
            nodata=self._nothing,
        )

    def codes(self, window: Window) -> NDArray[np.int64]:
        """Values as whole numbers. Raises LayerUnreadable, LabelsUnusable (fractional values)."""
        codes = np.full((window.height, window.width), NO_CODE, np.int64)
        part = overlap(window, self.extent)
        if part is None:
            return codes
        try:
            with self._lock:
                values = self._vrt.read(self._band, window=part)
        except RasterioError as error:
            raise LayerUnreadable(self.title, reason_of(error)) from error
        said = values != self._nothing
        if values.dtype.kind == "f":
            said &= np.isfinite(values)
            self._check_whole(values[said])
            values = np.where(said, values, 0)
        top, left = part.row_off - window.row_off, part.col_off - window.col_off
        here = np.s_[top : top + part.height, left : left + part.width]
        codes[here] = np.where(said, values.astype(np.int64), NO_CODE)
        return codes

    def _check_whole(self, values: NDArray[np.generic]) -> None:
        if (np.rint(values) != values).any():
            message = f"“{self.title}” holds fractional values; class labels are whole numbers."
            raise LabelsUnusable(message, "Give a class raster. Continuous targets come in a later version.")

    def key(self, code: int) -> Key:
        """The value itself."""
        return int(code)

    def close(self) -> None:
        """Closes the files."""
        self._vrt.close()
        self._dataset.close()


class VectorSource:
    """Features burnt into pixels; where they overlap, the later one in the file wins.

    Codes number the field's values. Without a field all features are one class, named after the layer.
    """

    def __init__(self, spec: LabelSpec, grid: Grid, *, crs: str | None, scene: str = "layers") -> None:
        self.title, self._grid, self._all_touched = spec.path, grid, spec.all_touched
        self._layer = _layer_of(spec)
        info = _info(spec.path, self._layer)
        if not info["features"] or info["total_bounds"] is None:
            raise LabelsUnusable(f"“{spec.path}” holds no shapes.", "Choose a layer with polygons in it.")
        own_crs = _crs_of(spec, info["crs"], grid, crs)
        self.fields = [str(field) for field in info["fields"]]
        self._check_field(spec)
        shapes, values = self._features(spec, own_crs)
        self.keys = sorted({v for v in values if v is not None}, key=lambda v: (isinstance(v, str), v))
        number = {key: code for code, key in enumerate(self.keys)}
        self.numbers = bool(self.keys) and not isinstance(self.keys[-1], str)
        self._shapes = shapes[[v is not None for v in values]]
        self._codes = np.array([number[v] for v in values if v is not None], np.int32)
        self._tree = shapely.STRtree(self._shapes)
        self._sheet = self._to_pixels(_outline(info["total_bounds"]), own_crs)
        self.extent = self._extent(scene)
        self.legend = vector_legend(spec.path, spec.field)
        self.fills_background = False

    def _check_field(self, spec: LabelSpec) -> None:
        if spec.field is not None and spec.field not in self.fields:
            message = f"“{spec.path}” has no field “{spec.field}”. It has {', '.join(self.fields) or 'none'}."
            raise LabelsUnusable(message, "Name the class field with `field:`.", fields=self.fields)

    def _features(self, spec: LabelSpec, crs: CRS) -> tuple[NDArray[np.object_], list[Key | None]]:
        """Shapes in pixels of the grid, and the field's value of each; only those that can touch the grid."""
        columns = [spec.field] if spec.field else []
        try:
            _, _, wkb, fields = pyogrio.raw.read(
                reveal(spec.path), layer=self._layer, columns=columns, bbox=_bbox(self._grid, crs), force_2d=True
            )
        except (DataSourceError, DataLayerError) as error:
            raise LayerUnreadable(spec.path, conceal(str(error))) from error
        if wkb is None:
            raise LabelsUnusable(f"“{spec.path}” holds no shapes, only a table.", "Give a polygon layer or a raster.")
        shapes = self._to_pixels(shapely.from_wkb(wkb), crs)
        values = _keys(fields[0], spec) if spec.field else [self._layer] * len(shapes)
        solid = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)) & np.isfinite(shapely.bounds(shapes)).all(
            axis=-1
        )
        return shapes[solid], [value for value, keep in zip(values, solid, strict=True) if keep]

    def _to_pixels(self, shapes: Any, crs: CRS) -> Any:
        to_grid = None
        if not self._grid.local and crs != self._grid.crs:
            source, target = pyproj.CRS.from_user_input(crs), pyproj.CRS.from_user_input(self._grid.crs)
            to_grid = pyproj.Transformer.from_crs(source, target, always_xy=True)
        to_pixel = ~self._grid.transform

        def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
            x, y = points.T
            if to_grid is not None:
                x, y = to_grid.transform(x, y)
            return np.column_stack(to_pixel * (x, y))

        return shapely.transform(shapes, moved)

    def _extent(self, scene: str) -> Window:
        left, top, right, bottom = shapely.bounds(self._sheet)
        grid = Grid(None, Affine.identity(), self._grid.width, self._grid.height)
        whole = np.isfinite([left, top, right, bottom]).all()
        # A point or a line has no size of its own: one pixel round it.
        window = grid.window_of((left - 1, top - 1, right + 1, bottom + 1)) if whole else grid.window
        if not len(self._shapes) or not window.width or not window.height:
            raise NoOverlap(Path(self.title).name, scene)
        return window

    def fill_background(self, name: str, *, everywhere: bool) -> None:
        """Makes what no feature covers the class `name`: everywhere on the grid, or within the layer's own extent."""
        self.fills_background = True
        self.keys.append(name)
        if everywhere:
            self.extent = self._grid.window
            self._sheet = shapely.box(0, 0, self._grid.width, self._grid.height)

    def codes(self, window: Window) -> NDArray[np.int64]:
        """Numbers of the field's values."""
        burnt = np.full((window.height, window.width), -1, np.int32)
        at = Affine.translation(window.col_off, window.row_off)
        if self.fills_background:
            rasterize([(self._sheet, len(self.keys) - 1)], out=burnt, transform=at)
        box = shapely.box(window.col_off, window.row_off, window.col_off + window.width, window.row_off + window.height)
        found = np.sort(self._tree.query(box))  # in the order of the file
        if len(found):
            shapes = zip(self._shapes[found], self._codes[found].tolist(), strict=True)
            rasterize(shapes, out=burnt, transform=at, all_touched=self._all_touched)
        codes = np.where(burnt < 0, NO_CODE, burnt.astype(np.int64))
        part = overlap(window, self._grid.window)
        inside = np.zeros(codes.shape, bool)
        if part is not None:
            top, left = part.row_off - window.row_off, part.col_off - window.col_off
            inside[top : top + part.height, left : left + part.width] = True
        codes[~inside] = NO_CODE
        return codes

    def sizes(self, cut: Callable[[NDArray[np.object_]], NDArray[np.object_]]) -> Counter[int]:
        """About how many pixels each code has, told from the shapes alone: however large the grid, none is missed.

        Args:
            cut: what counts of each shape, in pixels of the grid.
        """
        shapes = cut(self._shapes)
        areas, lengths = shapely.area(shapes), shapely.length(shapes)
        pixels = np.where(areas > 0, areas, lengths)
        there = ~shapely.is_empty(shapes)
        sums = np.bincount(self._codes[there], pixels[there].clip(min=1), minlength=len(self.keys))
        counts = Counter({code: round(size) for code, size in enumerate(sums.tolist()) if size})
        if self.fills_background:
            rest = float(shapely.area(cut(np.array([self._sheet]))[0]) - areas[there].sum())
            if rest >= 1:
                counts[len(self.keys) - 1] += round(rest)
        return counts

    def key(self, code: int) -> Key:
        """The field's value."""
        return self.keys[code]

    def close(self) -> None:
        """Nothing stays open."""


def _layer_of(spec: LabelSpec) -> str:
    names = [str(name) for name, kind in pyogrio.list_layers(reveal(spec.path)) if kind is not None]
    if spec.layer is not None and spec.layer not in names:
        message = f"“{spec.path}” has no layer “{spec.layer}”. It has {', '.join(names)}."
        raise LabelsUnusable(message, "Choose one with `layer:`.", layers=names)
    if spec.layer is None and len(names) > 1:
        message = f"“{spec.path}” holds several layers: {', '.join(names)}."
        raise LabelsUnusable(message, "Choose one with `layer:`.", layers=names)
    if not names:
        raise LabelsUnusable(f"“{spec.path}” holds no shapes.", "Give a polygon layer or a class raster.")
    return spec.layer or names[0]


def _outline(bounds: tuple[float, float, float, float]) -> shapely.Polygon:
    # Straight edges bend between CRSs: twenty points an edge follow them.
    xmin, ymin, xmax, ymax = bounds
    side = max(xmax - xmin, ymax - ymin)
    box = shapely.box(xmin, ymin, xmax, ymax)
    return shapely.segmentize(box, side / 20) if side > 0 else box


def _info(path: str, layer: str) -> dict[str, Any]:
    try:
        return dict(pyogrio.read_info(reveal(path), layer=layer, force_total_bounds=True))
    except (DataSourceError, DataLayerError) as error:
        raise LayerUnreadable(path, conceal(str(error))) from error


def _bbox(grid: Grid, crs: CRS) -> tuple[float, float, float, float] | None:
    """The grid's box in the layer's CRS, a little wider; None where there is no such box."""
    bounds = grid.bounds()
    if not grid.local and crs != grid.crs:
        bounds = transform_bounds(grid.crs, crs, *bounds, densify_pts=21)
    xmin, ymin, xmax, ymax = bounds
    if not np.isfinite(bounds).all() or xmin > xmax:
        return None
    more = 0.01 * max(xmax - xmin, ymax - ymin)
    return xmin - more, ymin - more, xmax + more, ymax + more


def _keys(values: NDArray[np.generic], spec: LabelSpec) -> list[Key | None]:
    """A field's values as whole numbers or texts; None where the field is empty."""
    if values.dtype.kind == "f":
        some = values[np.isfinite(values)]
        if (np.rint(some) != some).any():
            message = f"The field “{spec.field}” of “{Path(spec.path).name}” holds fractional numbers."
            raise LabelsUnusable(message, "Classes are whole numbers or texts.")
        return [int(value) if np.isfinite(value) else None for value in values]
    if values.dtype.kind in "iub":
        return [int(value) for value in values]
    return [None if value is None or str(value) in ("", "nan") else str(value) for value in values]


def overlap(first: Window, second: Window) -> Window | None:
    """What two windows of whole pixels share; None if nothing."""
    left, top = max(first.col_off, second.col_off), max(first.row_off, second.row_off)
    right = min(first.col_off + first.width, second.col_off + second.width)
    bottom = min(first.row_off + first.height, second.row_off + second.height)
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None
