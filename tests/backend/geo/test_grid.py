"""Numbers by hand, by pyproj and by rasterio's own window arithmetic."""

import json
import math

import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window, from_bounds

from rskd.geo.grid import Grid, windows_of

UTM = CRS.from_epsg(32633)
NORTH_UP = Grid(UTM, Affine(10, 0, 500_000, 0, -10, 6_000_000), 100, 50)
ROTATED = Grid(UTM, Affine.translation(500_000, 6_000_000) * Affine.rotation(30) * Affine.scale(10, -10), 100, 50)
LOCAL = Grid(None, Affine.identity(), 10, 7)


def test_gsd_of_metres_is_the_pixel_size_also_when_rotated():
    assert NORTH_UP.gsd == 10
    assert ROTATED.gsd == pytest.approx(10)


def test_gsd_of_unequal_sides_is_that_of_the_square_of_same_area():
    assert Grid(UTM, Affine(4, 0, 500_000, 0, -9, 6_000_000), 3, 3).gsd == pytest.approx(6)


def test_gsd_of_us_survey_feet_is_in_metres():
    new_york = Grid(CRS.from_epsg(2263), Affine(2, 0, 980_000, 0, -2, 200_000), 10, 10)
    assert new_york.gsd == pytest.approx(2 * 1200 / 3937)


def test_gsd_of_degrees_is_the_geodesic_size_at_the_centre():
    grid = Grid(CRS.from_epsg(4326), Affine(0.001, 0, 10, 0, -0.002, 60), 100, 50)
    geod = pyproj.Geod(ellps="WGS84")
    _, _, width = geod.inv(10.05, 59.95, 10.051, 59.95)
    _, _, height = geod.inv(10.05, 59.95, 10.05, 59.948)
    assert grid.gsd == pytest.approx(math.sqrt(width * height), rel=1e-6)


def test_gsd_of_web_mercator_is_that_of_the_ground():
    y = 8_399_737.89  # 60° north, where the map is twice as large as the ground
    grid = Grid(CRS.from_epsg(3857), Affine(1, 0, 0, 0, -1, y), 10, 10)
    assert grid.gsd == pytest.approx(0.5, abs=0.002)


def test_gsd_of_small_pixels_in_degrees_keeps_its_precision():
    degrees = 0.02 / 111_319.490793  # 2 cm along the equator
    grid = Grid(CRS.from_epsg(4326), Affine(degrees, 0, 10, 0, -degrees, 0), 100, 100)
    # A degree of latitude is shorter than one of longitude at the equator: 110,574 m against 111,319 m.
    assert grid.gsd == pytest.approx(0.02 * math.sqrt(110_574.39 / 111_319.49), rel=1e-4)


def test_gsd_of_a_local_grid_is_in_its_own_units():
    assert LOCAL.gsd == 1
    assert Grid(None, Affine(0.2, 0, 0, 0, -0.2, 0), 5, 5).gsd == pytest.approx(0.2)


def test_gsd_off_the_earth_is_nan():
    assert math.isnan(Grid(CRS.from_epsg(4326), Affine(10, 0, 500_000, 0, -10, 6_000_000), 10, 10).gsd)


def test_crop_keeps_pixels_where_they_are():
    for grid in (NORTH_UP, ROTATED, LOCAL):
        part = grid.crop(Window(7, -3, 20, 10))
        assert (part.width, part.height) == (20, 10)
        assert part.transform * (2, 5) == pytest.approx(grid.transform * (9, 2))


def test_at_gsd_keeps_origin_and_orientation():
    coarse = ROTATED.at_gsd(30)
    assert coarse.transform * (0, 0) == pytest.approx(ROTATED.transform * (0, 0))
    assert coarse.transform * (5, 4) == pytest.approx(ROTATED.transform * (15, 12))
    assert (coarse.width, coarse.height) == (33, 17)
    assert coarse.gsd == pytest.approx(30)


def test_at_its_own_gsd_a_grid_stays_itself():
    assert NORTH_UP.at_gsd(10) is NORTH_UP


def test_at_a_gsd_larger_than_the_grid_one_pixel_is_left():
    assert (NORTH_UP.at_gsd(9000).width, NORTH_UP.at_gsd(9000).height) == (1, 1)


def test_bounds_of_north_up_and_rotated():
    assert NORTH_UP.bounds() == (500_000, 5_999_500, 501_000, 6_000_000)
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    xmin, ymin, xmax, ymax = ROTATED.bounds()
    assert (xmin, ymax) == pytest.approx((500_000, 6_000_000 + 1000 * sin))
    assert (xmax, ymin) == pytest.approx((500_000 + 1000 * cos + 500 * sin, 6_000_000 - 500 * cos))


def test_footprint_in_degrees_is_that_of_pyproj():
    geojson = NORTH_UP.footprint_geojson()
    to_lon_lat = pyproj.Transformer.from_crs(32633, 4326, always_xy=True)
    corners = [(500_000, 6_000_000), (501_000, 6_000_000), (501_000, 5_999_500), (500_000, 5_999_500)]
    corners = [to_lon_lat.transform(*corner) for corner in corners]
    found = shapely.geometry.shape(geojson)
    assert json.loads(json.dumps(geojson)) == geojson
    assert found.exterior.is_ccw  # RFC 7946
    # The corners are pyproj's; edges between them bend away from straight ones by 1 part in 10,000 at most.
    outline = np.array(found.exterior.coords)
    for corner in corners:
        assert np.abs(outline - corner).max(axis=1).min() < 1e-9
    expected = shapely.Polygon(corners)
    assert 0 < found.symmetric_difference(expected).area < 1e-4 * expected.area


def test_footprint_across_the_antimeridian_is_cut_there():
    grid = Grid(CRS.from_epsg(32601), Affine(1000, 0, 200_000, 0, -1000, 6_000_000), 300, 10)
    found = shapely.geometry.shape(grid.footprint_geojson())
    assert found.geom_type == "MultiPolygon"
    west, east = sorted(found.geoms, key=lambda part: part.bounds[0])
    assert west.bounds[0] == -180
    assert east.bounds[2] == 180
    area, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(found)
    assert area == pytest.approx(300e3 * 10e3, rel=0.003)  # UTM's scale there


def test_a_global_footprint_is_not_cut():
    world = Grid(CRS.from_epsg(4326), Affine(1, 0, -180, 0, -1, 90), 360, 180)
    assert shapely.geometry.shape(world.footprint_geojson()).bounds == (-180, -90, 180, 90)


def test_footprint_of_a_local_grid_has_no_place_on_earth():
    assert LOCAL.footprint_geojson() is None
    assert LOCAL.footprint().bounds == (0, 0, 10, 7)


def test_window_of_covers_and_is_clipped():
    assert NORTH_UP.window_of((500_010, 5_999_980, 500_035, 6_000_100)) == Window(1, 0, 3, 2)
    assert NORTH_UP.window_of(NORTH_UP.bounds()) == NORTH_UP.window
    assert LOCAL.window_of((2, 3, 5.5, 99)) == Window(2, 3, 4, 4)


def test_window_of_elsewhere_has_no_size():
    window = NORTH_UP.window_of((0, 0, 10, 10))
    assert window.width * window.height == 0


def test_window_of_agrees_with_rasterio():
    rng = np.random.default_rng(0)
    for _ in range(50):
        left, top = rng.uniform(0, 60), rng.uniform(0, 30)
        wide, high = rng.uniform(1, 40), rng.uniform(1, 20)
        x, y = NORTH_UP.transform * (left, top)
        bounds = (x, y - 10 * high, x + 10 * wide, y)
        exact = from_bounds(*bounds, transform=NORTH_UP.transform)
        assert NORTH_UP.window_of(bounds) == Window.from_slices(
            (math.floor(exact.row_off), math.ceil(exact.row_off + exact.height)),
            (math.floor(exact.col_off), math.ceil(exact.col_off + exact.width)),
        )


def test_window_of_a_rotated_grid_holds_every_pixel_of_the_box():
    box = (500_300, 5_999_700, 500_500, 5_999_900)
    window = ROTATED.window_of(box)
    rows, columns = np.mgrid[: ROTATED.height, : ROTATED.width] + 0.5
    x, y = ROTATED.transform * (columns, rows)
    rows, columns = np.nonzero((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3]))
    assert rows.min() >= window.row_off
    assert rows.max() < window.row_off + window.height
    assert columns.min() >= window.col_off
    assert columns.max() < window.col_off + window.width


@pytest.mark.parametrize(("rows", "cols"), [(16, 32), (50, 100), (512, 512), (7, None)])
def test_blocks_cover_each_pixel_once(rows, cols):
    seen = np.zeros((50, 100), int)
    for window in NORTH_UP.blocks(rows, cols):
        assert window.height <= rows
        seen[window.toslices()] += 1
    assert (seen == 1).all()


def test_windows_cover_an_extent_once():
    seen = np.zeros((50, 70), int)
    for window in windows_of(Window(10, 5, 50, 30), 16, 32):
        seen[window.toslices()] += 1
    assert (seen[5:35, 10:60] == 1).all()
    assert seen.sum() == 30 * 50
