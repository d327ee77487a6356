"""Areas on the ellipsoid."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import shapely
from affine import Affine
from numpy.typing import NDArray

from rskd.geo.grid import Grid

# Straight edges on the map are curves on the ground: a point each kilometre keeps a square kilometre to 0.002 %.
_STEP_M = 1000.0


def transformed(shapes: NDArray[np.object_], transform: Affine) -> NDArray[np.object_]:
    """Shapely geometries (n,) taken from pixels to map coordinates."""
    a, b, c, d, e, f = transform[:6]

    def apply(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points.T
        return np.column_stack([a * x + b * y + c, d * x + e * y + f])

    return np.asarray(shapely.transform(shapes, apply))


class GroundArea:
    """Measures polygons of a grid, given in pixels.

    Equal-area coordinates on the WGS 84 ellipsoid give what geodesics (pyproj.Geod) give, in one go for all polygons,
    and to better than the 0.1 m² of a geodesic area: a pixel of a drone is smaller than that.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        if grid.crs is None:
            return
        crs = pyproj.CRS.from_user_input(grid.crs)
        centre = grid.transform * (grid.width / 2, grid.height / 2)
        lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*centre)
        lon, lat = (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else (0.0, 0.0)
        # A box in degrees is a box in the cylindrical one; the azimuthal one has poles like other places.
        kind = "cea" if crs.is_geographic else f"laea +lat_0={lat}"
        equal_area = f"+proj={kind} +lon_0={lon} +datum=WGS84 +units=m"
        self._to_equal_area = pyproj.Transformer.from_crs(crs, equal_area, always_xy=True)

    def __call__(self, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
        """Square metres (n,) of polygons (n,); in the grid's own units where it is local; NaN for no place on Earth."""
        if self._grid.crs is None:
            return np.asarray(shapely.area(shapes) * abs(self._grid.transform.determinant))
        gsd = self._grid.gsd
        dense = shapely.segmentize(shapes, max(1.0, _STEP_M / gsd) if math.isfinite(gsd) else 1.0)
        on_map = transformed(dense, self._grid.transform)
        on_ground = shapely.transform(on_map, lambda points: np.column_stack(self._to_equal_area.transform(*points.T)))
        areas = np.asarray(shapely.area(on_ground))
        return np.where(np.isfinite(areas), areas, np.nan)
