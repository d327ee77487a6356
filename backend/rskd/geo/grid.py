"""The pixel grid that everything of a scene shares."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyproj
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.windows import Window

from rskd.spec import Bounds

# Map units are ground metres in UTM and its like (to 0.1 %), not in web Mercator (half of them at 60° north).
_TRUE_TO_GROUND = 0.01
# Whole pixels are meant where a window's edge is off by rounding only.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Grid:
    """Pixels on the ground: `transform` takes (column, row) to map coordinates and may be rotated.

    `crs` is None on a local grid: imagery without a place on Earth, measured in pixels or in a world file's units.
    """

    crs: CRS | None
    transform: Affine
    width: int
    height: int

    @property
    def local(self) -> bool:
        """True without a CRS."""
        return self.crs is None

    @property
    def window(self) -> Window:
        """All of the grid."""
        return Window(0, 0, self.width, self.height)

    @cached_property
    def gsd(self) -> float:
        """Ground sampling distance: side in metres of a square as large as a pixel.

        Taken on the ellipsoid at the grid's centre where map units are not ground metres (degrees, web Mercator);
        the side in the grid's own units where it is local; NaN where the centre is no place on Earth.
        """
        if self.crs is None:
            return math.sqrt(abs(self.transform.determinant))
        ground = self._ground_gsd()
        if not self.crs.is_projected:
            return ground
        on_map = math.sqrt(abs(self.transform.determinant)) * float(self.crs.linear_units_factor[1])
        return on_map if abs(on_map - ground) <= _TRUE_TO_GROUND * ground else ground

    def _ground_gsd(self) -> float:
        column, row = self.width / 2, self.height / 2
        corners = [self.transform * corner for corner in ((column, row), (column + 1, row), (column, row + 1))]
        lon, lat = self._to_lon_lat(*zip(*corners, strict=True))
        if not _on_earth(lon, lat):
            return math.nan
        # Lengths and azimuths, not a polygon's area: that is exact to 0.1 m² only, more than a drone's pixel.
        azimuths, _, sides = pyproj.Geod(ellps="WGS84").inv([lon[0]] * 2, [lat[0]] * 2, lon[1:], lat[1:])
        return math.sqrt(sides[0] * sides[1] * abs(math.sin(math.radians(azimuths[0] - azimuths[1]))))

    def _to_lon_lat(self, x: Sequence[float], y: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        source = pyproj.CRS.from_user_input(self.crs)
        to_lon_lat = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
        lon, lat = to_lon_lat.transform(np.asarray(x), np.asarray(y))  # infinite where there is no such place
        return lon, lat

    def crop(self, window: Window) -> Grid:
        """The grid of one window, which may reach past an edge."""
        transform = self.transform * Affine.translation(window.col_off, window.row_off)
        return Grid(self.crs, transform, int(window.width), int(window.height))

    def at_gsd(self, gsd: float) -> Grid:
        """Same origin and orientation, pixels of `gsd` (as `Grid.gsd`); a last pixel stays where half of it is in."""
        scale = gsd / self.gsd
        if abs(scale - 1) < _ROUNDING:
            return self
        width, height = max(1, round(self.width / scale)), max(1, round(self.height / scale))
        return Grid(self.crs, self.transform * Affine.scale(scale), width, height)

    def bounds(self) -> Bounds:
        """(xmin, ymin, xmax, ymax) in map units; of a rotated grid, the box around it."""
        return tuple(float(side) for side in self.footprint().bounds)  # type: ignore[return-value]

    def footprint(self) -> shapely.Polygon:
        """Outline in map units."""
        corners = ((0, 0), (self.width, 0), (self.width, self.height), (0, self.height))
        return shapely.Polygon([self.transform * corner for corner in corners])

    def footprint_geojson(self) -> dict[str, Any] | None:
        """Outline as a GeoJSON geometry in EPSG:4326, cut at the antimeridian.

        None where local, or where a corner is no place on Earth (a full disc seen from orbit).
        """
        if self.crs is None:
            return None
        # Straight edges on the map are curves in degrees: 20 points an edge follow them.
        outline = shapely.segmentize(self.footprint(), max(self._side_lengths()) / 20)
        lon, lat = self._to_lon_lat(*outline.exterior.coords.xy)
        if not _on_earth(lon, lat):
            return None
        shape = shapely.Polygon(np.column_stack([np.unwrap(lon, period=360), lat]))
        return dict(json.loads(shapely.to_geojson(shapely.orient_polygons(_cut_at_antimeridian(shape)))))

    def _side_lengths(self) -> tuple[float, float]:
        a, b, _, d, e, *_ = self.transform
        return self.width * math.hypot(a, d), self.height * math.hypot(b, e)

    def window_of(self, bounds: Bounds) -> Window:
        """Smallest window of whole pixels that covers `bounds`, clipped to the grid; of no size where they miss it."""
        xmin, ymin, xmax, ymax = bounds
        corners = [~self.transform * corner for corner in ((xmin, ymin), (xmin, ymax), (xmax, ymin), (xmax, ymax))]
        columns, rows = zip(*corners, strict=True)
        left, right = _clipped(min(columns), max(columns), self.width)
        top, bottom = _clipped(min(rows), max(rows), self.height)
        return Window(left, top, right - left, bottom - top)

    def within(self, window: Window) -> NDArray[np.bool_]:
        """(H, W): which pixels of a window, which may reach past any edge, are on the grid."""
        rows = np.arange(window.row_off, window.row_off + window.height)
        columns = np.arange(window.col_off, window.col_off + window.width)
        on: NDArray[np.bool_] = np.outer((rows >= 0) & (rows < self.height), (columns >= 0) & (columns < self.width))
        return on

    def blocks(self, rows: int, cols: int | None = None) -> Iterator[Window]:
        """Disjoint windows of `rows` x `cols` (whole rows if None) over the grid, row by row; the last ones smaller."""
        return windows_of(Window(0, 0, self.width, self.height), rows, cols or self.width)


def windows_of(extent: Window, rows: int, cols: int) -> Iterator[Window]:
    """Disjoint windows of `rows` x `cols` pixels over `extent`, row by row; the last ones smaller."""
    bottom, right = int(extent.row_off + extent.height), int(extent.col_off + extent.width)
    for top in range(int(extent.row_off), bottom, rows):
        for left in range(int(extent.col_off), right, cols):
            yield Window(left, top, min(cols, right - left), min(rows, bottom - top))


def _on_earth(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(lon).all() and (np.abs(lat) <= 90).all())


def _cut_at_antimeridian(shape: shapely.Polygon) -> shapely.Geometry:
    if shape.bounds[0] >= -180 and shape.bounds[2] <= 180:
        return shape
    parts = []
    for turn in (-360, 0, 360):
        here = shapely.intersection(shape, shapely.box(turn - 180, -90, turn + 180, 90))
        parts.append(shapely.transform(here, lambda points, turn=turn: points - (turn, 0)))
    return shapely.union_all(parts)


def _clipped(low: float, high: float, size: int) -> tuple[int, int]:
    first = min(max(math.floor(low + _ROUNDING), 0), size)
    return first, max(first, min(math.ceil(high - _ROUNDING), size))
