"""Against rasterio.features.geometry_mask over the whole grid, with polygons moved by rasterio.warp.transform_geom."""

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.features import geometry_mask
from rasterio.warp import transform_geom
from rasterio.windows import Window

from rskd.errors import CrsMissing, JobInvalid, LayerUnreadable, NoOverlap
from rskd.geo.area import Area, open_area
from rskd.geo.grid import Grid

UTM = CRS.from_epsg(32633)
NORTH_UP = Grid(UTM, Affine(10, 0, 500_000, 0, -10, 6_000_000), 120, 90)
ROTATED = Grid(UTM, NORTH_UP.transform * Affine.rotation(25), 120, 90)
LOCAL = Grid(None, Affine.identity(), 120, 90)


def write_vector(path, shapes, crs="EPSG:32633", geometry_type="Unknown", layer=None):
    geometry = np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object)
    pyogrio.raw.write(path, geometry, [], [], geometry_type=geometry_type, crs=crs, layer=layer, append=path.exists())
    return str(path)


def blob(x, y, radius):
    """A circle with a hole, and an island in the hole."""
    ring = shapely.Point(x, y).buffer(radius).difference(shapely.Point(x, y).buffer(radius / 2))
    return shapely.union(ring, shapely.Point(x, y).buffer(radius / 4))


@pytest.mark.parametrize("grid", [NORTH_UP, ROTATED], ids=["north-up", "rotated"])
def test_polygons_in_another_crs_give_the_mask_of_the_whole_grid(tmp_path, grid):
    x, y = grid.transform * (60, 45)
    shapes = [blob(x, y, 380), blob(x + 300, y + 200, 150)]
    in_degrees = [
        shapely.geometry.shape(transform_geom(UTM, "EPSG:4326", shapely.geometry.mapping(shape))) for shape in shapes
    ]
    area = open_area(write_vector(tmp_path / "area.gpkg", in_degrees, "EPSG:4326"), grid)
    back = [transform_geom("EPSG:4326", UTM, shapely.geometry.mapping(shape)) for shape in in_degrees]
    expected = geometry_mask(back, (90, 120), transform=grid.transform, invert=True)
    assert 0.1 < expected.mean() < 0.9
    np.testing.assert_array_equal(area.mask(grid.window), expected)


def test_windows_are_cuts_of_the_whole_also_past_the_edges():
    area = Area(np.array([blob(500_500, 5_999_600, 390)]), NORTH_UP)
    around = np.pad(area.mask(NORTH_UP.window), 50)
    rng = np.random.default_rng(1)
    for _ in range(60):
        top, left = int(rng.integers(-50, 100)), int(rng.integers(-50, 130))
        rows, columns = int(rng.integers(1, 40)), int(rng.integers(1, 40))
        expected = around[top + 50 : top + 50 + rows, left + 50 : left + 50 + columns]
        np.testing.assert_array_equal(area.mask(Window(left, top, columns, rows)), expected)


def test_a_polygon_past_the_grid_leaves_the_outside_out():
    area = Area(np.array([shapely.box(490_000, 5_990_000, 510_000, 6_010_000)]), NORTH_UP)
    mask = area.mask(Window(-5, -5, 10, 10))
    assert mask[5:, 5:].all()
    assert mask.sum() == 25
    assert area.extent() == NORTH_UP.window


def test_a_box_holds_the_pixels_whose_centres_are_inside():
    area = open_area((500_014, 5_999_955, 500_046, 5_999_990), NORTH_UP)
    rows, columns = np.nonzero(area.mask(NORTH_UP.window))
    # Centres lie at 500,005 + 10 column and 5,999,995 - 10 row: columns 1 to 4, rows 1 to 3 (5,999,955 is on the edge).
    assert set(columns) == {1, 2, 3, 4}
    assert {1, 2, 3} <= set(rows) <= {1, 2, 3, 4}
    assert area.extent() == Window(1, 1, 4, 4)


def test_extent_is_the_window_around_what_touches_the_grid():
    shapes = np.array([shapely.box(500_100, 5_999_800, 500_200, 5_999_900), shapely.box(0, 0, 10, 10)])
    assert Area(shapes, NORTH_UP).extent() == Window(10, 10, 10, 10)


def test_a_local_area_is_in_pixels_whatever_crs_the_file_claims(tmp_path):
    shape = shapely.box(10, 20, 40, 30)
    path = write_vector(tmp_path / "area.geojson", [shape], "EPSG:4326", "Polygon")
    area = open_area(path, LOCAL)
    assert area.extent() == Window(10, 20, 30, 10)
    assert area.mask(LOCAL.window).sum() == 300


def test_the_polygon_layer_is_found_among_others(tmp_path):
    path = tmp_path / "several.gpkg"
    write_vector(path, [shapely.Point(500_100, 5_999_900)], geometry_type="Point", layer="points")
    write_vector(path, [shapely.box(500_100, 5_999_800, 500_200, 5_999_900)], geometry_type="Polygon", layer="fields")
    assert open_area(str(path), NORTH_UP).extent() == Window(10, 10, 10, 10)


def test_no_overlap_names_area_and_scene(tmp_path):
    path = write_vector(tmp_path / "elsewhere.gpkg", [shapely.box(0, 0, 10, 10)])
    with pytest.raises(NoOverlap, match=r"elsewhere.*image"):
        open_area(path, NORTH_UP, scene="image")
    with pytest.raises(NoOverlap):
        open_area((0, 0, 10, 10), NORTH_UP)


def test_a_polygon_between_pixel_centres_is_no_area():
    with pytest.raises(NoOverlap):
        open_area((500_001, 5_999_996, 500_003, 5_999_999), NORTH_UP)


def test_missing_file_and_file_without_polygons_are_refused(tmp_path):
    with pytest.raises(LayerUnreadable, match="gone"):
        open_area(str(tmp_path / "gone.gpkg"), NORTH_UP)
    (tmp_path / "text.gpkg").write_text("not a GeoPackage", encoding="utf-8")
    with pytest.raises(LayerUnreadable, match="text"):
        open_area(str(tmp_path / "text.gpkg"), NORTH_UP)
    points = write_vector(tmp_path / "points.gpkg", [shapely.Point(500_100, 5_999_900)], geometry_type="Point")
    with pytest.raises(LayerUnreadable, match="no polygons"):
        open_area(points, NORTH_UP)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_polygons_without_a_crs_need_one(tmp_path):
    path = write_vector(tmp_path / "area.shp", [shapely.box(500_100, 5_999_800, 500_200, 5_999_900)], None, "Polygon")
    with pytest.raises(CrsMissing, match="area"):
        open_area(path, NORTH_UP)
    assert open_area(path, NORTH_UP, crs="EPSG:32633").extent() == Window(10, 10, 10, 10)


def test_a_box_without_size_is_refused():
    with pytest.raises(JobInvalid, match="no size"):
        open_area((5, 5, 1, 9), NORTH_UP)
