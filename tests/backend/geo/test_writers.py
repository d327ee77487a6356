"""Maps are read back with rasterio and, where installed, with GDAL's own tools."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.errors import OutputUnwritable
from rskd.geo.grid import Grid
from rskd.geo.writers import MapWriter, class_storage

resource = pytest.importorskip("resource", reason="limits on file size are POSIX")

CLASSES = [
    ClassCard(value=2, name="forêt", color="#1b7837"),
    ClassCard(value=5, name="water & ice", color="#0000ff"),
    ClassCard(value=9, name="bare", color="#ffffff"),
]
GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_000_000), 1300, 1100)


def classes(values):
    return [ClassCard(value=int(value), name=f"class {value}", color="#102030") for value in values]


def noise(grid, kinds=CLASSES, seed=0):
    values = np.array([c.value for c in kinds])
    return values[np.random.default_rng(seed).integers(0, len(kinds), (grid.height, grid.width))]


def write(path, pixels, grid=GRID, kinds=CLASSES, **options):
    with MapWriter(path, grid, classes=kinds, **options) as writer:
        for window in grid.blocks(512, 512):
            rows, columns = window.toslices()
            writer.write(window, pixels[..., rows, columns])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("values", "storage"),
    [
        ([1, 2], ("uint8", 255)),
        ([0, 255], ("uint8", 254)),
        ([1, 255], ("uint8", 0)),
        (range(256), ("uint16", 65535)),
        ([111, 523], ("uint16", 65535)),
        ([-1, 3], ("int16", 32767)),
        ([0, 70_000], ("int32", 2**31 - 1)),
    ],
)
def test_storage_is_the_smallest_with_a_value_to_spare(values, storage):
    assert class_storage(classes(values)) == storage


def test_values_that_no_map_can_hold_are_refused():
    with pytest.raises(ValueError, match="32 bits"):
        class_storage(classes([2**31]))


def test_a_class_map_holds_values_colours_nodata_and_layout(tmp_path):
    pixels = noise(GRID)
    pixels[:600, :600] = 255
    write(tmp_path / "map.tif", pixels)
    with rasterio.open(tmp_path / "map.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(1), pixels)
        assert (dataset.dtypes, dataset.nodata, dataset.crs) == (("uint8",), 255, GRID.crs)
        assert dataset.transform == GRID.transform
        assert dataset.block_shapes == [(512, 512)]
        assert dataset.overviews(1) == [2, 4]
        assert dataset.colorinterp == (ColorInterp.palette,)
        assert [dataset.colormap(1)[c.value] for c in CLASSES] == [
            (0x1B, 0x78, 0x37, 255),
            (0, 0, 255, 255),
            (255, 255, 255, 255),
        ]
        assert dataset.tags(ns="IMAGE_STRUCTURE")["COMPRESSION"] == "LZW"
    assert names(tmp_path) == ["map.tif", "map.tif.aux.xml"]


def test_overviews_of_classes_hold_the_commonest_class(tmp_path):
    grid = Grid(GRID.crs, GRID.transform, 1024, 512)
    pixels = np.full((512, 1024), 5)
    pixels[::2, ::2] = 9  # one of four
    write(tmp_path / "map.tif", pixels, grid)
    with rasterio.open(tmp_path / "map.tif", overview_level=0) as overview:
        assert overview.shape == (256, 512)
        assert (overview.read(1) == 5).all()


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="GDAL's command line tools are not installed")
@pytest.mark.parametrize("cog", [False, True])
def test_gdal_names_the_classes(tmp_path, cog):
    write(tmp_path / "map.tif", noise(GRID), cog=cog)
    text = subprocess.run(["gdalinfo", "-json", tmp_path / "map.tif"], capture_output=True, check=True).stdout
    information = json.loads(text)
    (band,) = information["bands"]
    rows = [row["f"] for row in information["rat"]["row"]]
    assert rows == [[2, "forêt", 27, 120, 55], [5, "water & ice", 0, 0, 255], [9, "bare", 255, 255, 255]]
    categories = subprocess.run(["gdalinfo", tmp_path / "map.tif"], capture_output=True, check=True, text=True).stdout
    assert "2: forêt\n      3: \n      4: \n      5: water & ice\n" in categories
    assert len(band["colorTable"]["entries"]) == 256


def test_a_crs_that_tiff_cannot_hold_survives_the_class_names(tmp_path):
    # GDAL keeps a CRS of its own making in the side-car.
    crs = CRS.from_string("+proj=ob_tran +o_proj=longlat +o_lon_p=-162 +o_lat_p=39 +lon_0=180 +R=6371229 +no_defs")
    grid = Grid(crs, Affine(0.1, 0, 5, 0, -0.1, 5), 20, 10)
    write(tmp_path / "map.tif", noise(grid), grid)
    with rasterio.open(tmp_path / "map.tif") as dataset:
        assert dataset.crs == crs


@pytest.mark.parametrize("values", [[-3, 4], [111, 523], [0, 100_000]])
def test_wide_values_are_kept(tmp_path, values):
    grid = Grid(GRID.crs, GRID.transform, 60, 50)
    pixels = noise(grid, classes(values))
    write(tmp_path / "map.tif", pixels, grid, classes(values))
    with rasterio.open(tmp_path / "map.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(1), pixels)
        assert (dataset.colorinterp[0] == ColorInterp.palette) == (values == [111, 523])


@pytest.mark.parametrize("cog", [False, True])
def test_answers_become_all_three_kinds(tmp_path, cog):
    random, grid = np.random.default_rng(1), Grid(GRID.crs, GRID.transform, 600, 550)
    probabilities = random.random((3, grid.height, grid.width), np.float32)
    valid = random.random((grid.height, grid.width)) < 0.8
    for kind in ("classes", "probabilities", "confidence"):
        with MapWriter(tmp_path / f"{kind}.tif", grid, kind=kind, classes=CLASSES, cog=cog) as writer:
            for window in grid.blocks(512):
                rows = window.toslices()[0]
                writer.write_probabilities(window, probabilities[:, rows], valid[rows])
    with rasterio.open(tmp_path / "classes.tif") as dataset:
        assert (dataset.read(1)[valid] == np.array([2, 5, 9])[probabilities.argmax(0)][valid]).all()
        assert (dataset.read(1)[~valid] == 255).all()
    with rasterio.open(tmp_path / "probabilities.tif") as dataset:
        assert dataset.descriptions == ("forêt", "water & ice", "bare")
        np.testing.assert_array_equal(dataset.read(), np.where(valid, probabilities, np.nan))
        assert np.isnan(dataset.nodata)
        assert (dataset.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG") == cog
        assert dataset.overviews(3) == [2]
    with rasterio.open(tmp_path / "probabilities.tif", overview_level=0) as overview:
        four = np.where(valid, probabilities, np.nan)[0, :2, :2]
        assert overview.read(1)[0, 0] == pytest.approx(np.nanmean(four), rel=1e-6)
    with rasterio.open(tmp_path / "confidence.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(1), np.where(valid, probabilities.max(0), np.nan))


def test_what_is_not_written_is_nodata(tmp_path):
    with MapWriter(tmp_path / "map.tif", GRID, classes=CLASSES) as writer:
        writer.write(Window(600, 600, 3, 2), np.full((2, 3), 9))
    with rasterio.open(tmp_path / "map.tif") as dataset:
        pixels = dataset.read(1)
    assert (pixels[600:602, 600:603] == 9).all()
    assert (pixels != 255).sum() == 6


def test_local_and_rotated_grids_are_kept(tmp_path):
    rotated = Grid(GRID.crs, GRID.transform * Affine.rotation(30), 30, 20)
    write(tmp_path / "rotated.tif", noise(rotated), rotated)
    with rasterio.open(tmp_path / "rotated.tif") as dataset:
        assert dataset.transform.almost_equals(rotated.transform)
    local = Grid(None, Affine.identity(), 30, 20)
    write(tmp_path / "local.tif", noise(local), local, cog=True)
    with pytest.warns(NotGeoreferencedWarning):
        dataset = rasterio.open(tmp_path / "local.tif")
    with dataset:
        np.testing.assert_array_equal(dataset.read(1), noise(local))
        assert dataset.crs is None


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_map_leaves_the_old_one(tmp_path, failure):
    write(tmp_path / "map.tif", noise(GRID))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail():
        with MapWriter(tmp_path / "map.tif", GRID, classes=CLASSES) as writer:
            writer.write(Window(0, 0, 512, 512), noise(GRID)[:512, :512])
            raise failure

    with pytest.raises(failure):
        fail()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("kind", ["classes", "confidence"])
@pytest.mark.parametrize("cog", [False, True])
def test_a_disk_that_fills_up_anywhere_leaves_the_old_map(tmp_path, cog, kind):
    # Most of these limits bite while GDAL closes the file or makes overviews, where it raises nothing.
    grid = Grid(GRID.crs, GRID.transform, 600, 520)
    pixels = noise(grid)
    write(tmp_path / "whole.tif", pixels, grid, kind=kind, cog=cog)
    size = (tmp_path / "whole.tif").stat().st_size
    out = tmp_path / "out"
    out.mkdir()
    write(out / "map.tif", noise(grid, seed=1), grid, kind=kind, cog=cog)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in [1, 500, *np.linspace(1000, size - 1, 16).astype(int), size - 2]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
        try:
            with pytest.raises(OutputUnwritable):
                write(out / "map.tif", pixels, grid, kind=kind, cog=cog)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before, limit
    write(out / "map.tif", pixels, grid, kind=kind, cog=cog)
    with rasterio.open(out / "map.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(1), pixels)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable, match=r"file/map\.tif"):
        write(tmp_path / "file" / "map.tif", noise(GRID))
