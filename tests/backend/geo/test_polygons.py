"""Polygons against GDAL's polygonizer and sieve on whole arrays, areas against geodesics and closed forms."""

import math
import sqlite3
from contextlib import closing

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio import features
from rasterio.crs import CRS

from rskd.card import ClassCard
from rskd.errors import JobInvalid, OutputUnwritable
from rskd.geo.grid import Grid
from rskd.geo.polygons import polygonize

resource = pytest.importorskip("resource", reason="limits on file size are POSIX")

CLASSES = [ClassCard(value=value, name=f"class {value}", color="#102030") for value in (1, 2, 3, 7)]
PLACE = Affine(10, 0, 500_000.3, 0, -10, 6_000_000.7)
UTM = CRS.from_epsg(32633)


def grid_of(pixels, crs=UTM, transform=PLACE):
    return Grid(crs, transform, pixels.shape[1], pixels.shape[0])


def reader(pixels):
    return lambda window: pixels[window.toslices()]


def patches(height, width, seed, size=9):
    """Smooth patches with ragged edges, some specks and holes without a class (0)."""
    random = np.random.default_rng(seed)
    coarse = random.choice([0, 1, 2, 3, 7], (height // size + 1, width // size + 1), p=[0.1, 0.3, 0.3, 0.2, 0.1])
    rows, columns = np.indices((height, width)) + random.integers(-2, 3, (2, height, width))
    return coarse[rows.clip(0) // size, columns.clip(0) // size].clip(0).astype(np.uint8)


def specks(height, width, seed):
    return np.random.default_rng(seed).choice(np.array([0, 1, 2], np.uint8), (height, width))


def spiral(size):
    """One pixel wide arms: every polygon crosses nearly every seam, many times."""
    pixels = np.ones((size, size), np.uint8)
    for ring in range(1, size // 2, 2):
        pixels[ring, ring - 1 : size - ring] = 2
        pixels[ring : size - ring, size - ring - 1] = 2
        pixels[size - ring - 1, ring : size - ring] = 2
        pixels[ring + 2 : size - ring, ring] = 2
    return pixels


def written(path):
    """As a set of (normalised WKB, value); with names and areas checked for type."""
    information, _, geometry, (values, names, areas) = pyogrio.raw.read(path)
    assert list(information["fields"]) == ["class", "name", "area_m2"]
    assert (names == np.array([f"class {value}" for value in values])).all()
    assert (areas > 0).all()
    return sorted(zip(shapely.to_wkb(shapely.normalize(shapely.from_wkb(geometry)), hex=True), values, strict=True))


def by_gdal(pixels, transform, values=(1, 2, 3, 7)):
    shapes = features.shapes(pixels, np.isin(pixels, values), connectivity=4)
    found = [(shapely.geometry.shape(shape), int(value)) for shape, value in shapes]
    found = [(shapely.transform(shape, lambda p: np.column_stack(transform * p.T)), value) for shape, value in found]
    return sorted((shapely.normalize(shape).wkb_hex, value) for shape, value in found)


@pytest.mark.parametrize(
    "pixels", [patches(83, 61, 1), specks(40, 50, 2), spiral(41)], ids=["patches", "specks", "spiral"]
)
@pytest.mark.parametrize("transform", [PLACE, PLACE * Affine.rotation(30)], ids=["north-up", "rotated"])
def test_polygons_are_gdals_for_any_height_of_strips(tmp_path, pixels, transform):
    expected = by_gdal(pixels, transform)
    for strip in (1, 2, 7, 40, 1000):
        path = tmp_path / f"{strip}.gpkg"
        count = polygonize(reader(pixels), grid_of(pixels, transform=transform), CLASSES, path, strip=strip)
        assert count == len(expected)
        assert written(path) == expected
    geometry = shapely.from_wkb(pyogrio.raw.read(tmp_path / "1.gpkg")[2])
    assert shapely.is_valid(geometry).all()
    assert len(list(tmp_path.iterdir())) == 5


def test_real_labels_give_gdals_polygons(tmp_path, shared_data):
    with rasterio.open(next((shared_data / "gewata_landsat_lulc").rglob("*lulc*.tif"))) as dataset:
        pixels = dataset.read(1, window=((0, 400), (0, 700)))
        transform, crs = dataset.transform, dataset.crs
    classes = [ClassCard(value=int(v), name=f"class {v}", color="#000000") for v in np.unique(pixels) if v]
    values = [c.value for c in classes]
    polygonize(reader(pixels), grid_of(pixels, crs, transform), classes, tmp_path / "a.gpkg", strip=64)
    assert written(tmp_path / "a.gpkg") == by_gdal(pixels, transform, values)


def test_skipped_values_and_values_without_a_class_get_no_polygons(tmp_path):
    pixels = patches(50, 60, 3)
    pixels[10:20, 10:20] = 200
    polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "a.gpkg", skip=[2], strip=16)
    assert written(tmp_path / "a.gpkg") == by_gdal(pixels, PLACE, (1, 3, 7))


def test_no_polygons_make_an_empty_layer(tmp_path):
    pixels = np.zeros((20, 20), np.uint8)
    told = []
    assert (
        polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "my map.gpkg", strip=6, advance=told.append)
        == 0
    )
    information = pyogrio.read_info(tmp_path / "my map.gpkg")
    assert (information["layer_name"], information["features"]) == ("my map", 0)
    assert (information["geometry_type"], information["crs"]) == ("Polygon", "EPSG:32633")
    assert told == [120, 120, 120, 40]


@pytest.mark.parametrize("name", ['my "map".1.gpkg', "größe'.GPKG", "a b%[1].gpkg"])
def test_odd_names_are_fine(tmp_path, name):
    pixels = patches(9, 9, 9)
    count = polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / name)
    assert pyogrio.read_info(tmp_path / name)["features"] == count > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_wide_class_values(tmp_path):
    pixels = np.array([[-5, -5], [70_000, -5]], np.int64)
    classes = [ClassCard(value=v, name=f"class {v}", color="#000000") for v in (-5, 70_000)]
    polygonize(reader(pixels), grid_of(pixels), classes, tmp_path / "a.gpkg", strip=1)
    assert {value for _, value in written(tmp_path / "a.gpkg")} == {-5, 70_000}


# --- sieve and minimum area


@pytest.mark.parametrize("smallest", [2, 5, 30])
@pytest.mark.parametrize("pixels", [patches(83, 61, 4, size=5), specks(60, 50, 5)], ids=["patches", "specks"])
def test_sieve_is_gdals_for_any_height_of_strips(tmp_path, pixels, smallest):
    whole = features.sieve(pixels, smallest, mask=pixels > 0, connectivity=4)
    expected = by_gdal(np.where(pixels > 0, whole, 0).astype(np.uint8), PLACE)
    for strip in (3, 1000):
        path = tmp_path / f"{strip}.gpkg"
        polygonize(reader(pixels), grid_of(pixels), CLASSES, path, strip=strip, sieve=smallest)
        assert written(path) == expected
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1000.gpkg", "3.gpkg"]


def test_a_speck_joins_the_larger_neighbour_even_if_that_one_gets_no_polygons(tmp_path):
    pixels = np.full((9, 9), 2, np.uint8)
    pixels[:, 6:] = 1
    pixels[4, 3] = 1  # inside 2
    pixels[0, 0] = 0  # no class: stays out
    polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "a.gpkg", skip=[2], sieve=2)
    (one,) = written(tmp_path / "a.gpkg")
    assert shapely.from_wkb(one[0]).area == pytest.approx(27 * 100)


def test_small_polygons_are_left_out_by_area_also_over_seams(tmp_path):
    pixels = np.full((30, 30), 2, np.uint8)
    pixels[2:7, 3:5] = 1  # 10 pixels, cut by every strip of 2
    pixels[10, 10:19] = 1  # 9 pixels
    areas = []
    for strip in (2, 100):
        polygonize(
            reader(pixels), grid_of(pixels), CLASSES, tmp_path / "a.gpkg", strip=strip, skip=[2], min_area_m2=950
        )
        *_, (_, _, area) = pyogrio.raw.read(tmp_path / "a.gpkg")
        areas.append(area)
    assert [len(area) for area in areas] == [1, 1]
    np.testing.assert_allclose(areas[0], areas[1], rtol=1e-12)


# --- areas


def areas_of(tmp_path, pixels, grid):
    polygonize(reader(pixels), grid, CLASSES, tmp_path / "areas.gpkg")
    _, _, geometry, (_, _, areas) = pyogrio.raw.read(tmp_path / "areas.gpkg")
    return shapely.from_wkb(geometry), areas


def geodesic(polygon, crs):
    to_lon_lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon_lat = shapely.transform(polygon, lambda p: np.column_stack(to_lon_lat.transform(*p.T)))
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(lon_lat)[0])


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        (32633, PLACE),
        (32633, PLACE * Affine.rotation(30)),
        (3857, Affine(10, 0, 1_500_000, 0, -10, 8_400_000)),
        (4326, Affine(1e-4, 0, 15, 0, -1e-4, 60)),
        (4326, Affine(1e-4, 0, 179.999, 0, -1e-4, -17)),  # over the antimeridian
        (3031, Affine(10, 0, -400, 0, -10, 300)),  # over the south pole
        (32760, Affine(10, 0, 830_000, 0, -10, 8_000_000)),  # over the antimeridian too
    ],
)
def test_areas_are_geodesic(tmp_path, crs, transform):
    pixels = patches(60, 70, 6)
    grid = grid_of(pixels, CRS.from_epsg(crs), transform)
    polygons, areas = areas_of(tmp_path, pixels, grid)
    expected = [geodesic(polygon, crs) for polygon in polygons]
    np.testing.assert_allclose(areas, expected, rtol=1e-5, atol=0.5)  # geodesic areas round to about 0.1 m²


def test_area_of_a_large_box_in_degrees_is_that_between_its_parallels(tmp_path):
    # Closed form on the ellipsoid; geodesic edges would miss it by far.
    def zone(lat):  # area from the equator, a radian of longitude
        a, e = 6_378_137.0, 0.0818191908426215
        s = math.sin(math.radians(lat))
        return a * a * (1 - e * e) / 2 * (s / (1 - e * e * s * s) + math.atanh(e * s) / e)

    pixels = np.full((10, 20), 7, np.uint8)
    _, areas = areas_of(tmp_path, pixels, grid_of(pixels, CRS.from_epsg(4326), Affine(1, 0, -10, 0, -1, 60)))
    assert areas == pytest.approx([math.radians(20) * (zone(60) - zone(50))], rel=1e-9)


def test_area_of_a_drones_pixel(tmp_path):
    pixels = np.zeros((3, 3), np.uint8)
    pixels[1, 1] = 1
    _, areas = areas_of(tmp_path, pixels, grid_of(pixels, UTM, Affine(0.02, 0, 500_000, 0, -0.02, 6_000_000)))
    assert areas == pytest.approx([0.02**2 / 0.9996**2], rel=1e-6)  # scale on the central meridian


def test_local_polygons_lie_where_qgis_draws_the_image_and_areas_are_plain(tmp_path):
    pixels = np.zeros((4, 5), np.uint8)
    pixels[0, 1:3] = 1
    polygons, areas = areas_of(tmp_path, pixels, grid_of(pixels, None, Affine.identity()))
    assert polygons[0].bounds == (1, -1, 3, 0)
    assert areas == [2]
    polygons, areas = areas_of(tmp_path, pixels, grid_of(pixels, None, Affine(0.5, 0, 100, 0, -0.5, 200)))
    assert polygons[0].bounds == (100.5, 199.5, 101.5, 200)
    assert areas == [0.5]
    assert pyogrio.read_info(tmp_path / "areas.gpkg")["crs"] is None


# --- faults


@pytest.mark.parametrize("sieve", [0, 4])
def test_a_disk_that_fills_up_anywhere_leaves_the_old_layer(tmp_path, sieve):
    pixels = patches(90, 120, 7, size=6)
    polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "whole.gpkg", sieve=sieve)
    size = (tmp_path / "whole.gpkg").stat().st_size
    out = tmp_path / "out"
    out.mkdir()
    polygonize(reader(pixels[:9]), grid_of(pixels[:9]), CLASSES, out / "a.gpkg")
    before = (out / "a.gpkg").read_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in np.linspace(1, size - 1, 10).astype(int):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
        try:
            with pytest.raises(OutputUnwritable):
                polygonize(reader(pixels), grid_of(pixels), CLASSES, out / "a.gpkg", sieve=sieve)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert [(p.name, p.read_bytes()) for p in out.iterdir()] == [("a.gpkg", before)], limit


def test_another_format_is_refused(tmp_path):
    pixels = np.zeros((2, 2), np.uint8)
    with pytest.raises(JobInvalid, match=r"map\.shp"):
        polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "map.shp")
    assert not list(tmp_path.iterdir())


def test_a_failing_reader_leaves_nothing_and_passes_on(tmp_path):
    def read(window):
        if window.row_off:
            raise RuntimeError("stop")
        return np.ones((window.height, window.width), np.uint8)

    with pytest.raises(RuntimeError, match="stop"):
        polygonize(read, Grid(UTM, PLACE, 10, 10), CLASSES, tmp_path / "a.gpkg", strip=5)
    with pytest.raises(RuntimeError, match="stop"):
        polygonize(read, Grid(UTM, PLACE, 10, 10), CLASSES, tmp_path / "a.gpkg", strip=5, sieve=3)
    assert not list(tmp_path.iterdir())


def test_the_journal_of_an_older_layer_does_not_reach_the_new_one(tmp_path):
    (tmp_path / "a.gpkg").write_text("old")
    (tmp_path / "a.gpkg-journal").write_text("old")
    pixels = patches(20, 20, 8)
    count = polygonize(reader(pixels), grid_of(pixels), CLASSES, tmp_path / "a.gpkg")
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        assert database.execute("SELECT count(*) FROM rtree_a_geom").fetchone() == (count,)
