"""Where the gaps of a file are, and how a file that cannot be used is refused."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.rpc import RPC
from rasterio.windows import Window

from rskd.errors import BandsMissing, CrsMissing, JobInvalid, LayerUnreadable
from rskd.geo.sources import Source
from rskd.spec import LayerSpec

RNG = np.random.default_rng(5)


def opened(path, crs=None, **spec):
    return Source(LayerSpec(path=path, **spec), "image", crs=crs)


def read_all(source):
    return source.read(range(source.count), source.grid.window)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_any_type_is_read_as_float32(write_raster, dtype):
    pixels = RNG.integers(0, 100, (2, 20, 30)).astype(dtype)
    found = read_all(opened(write_raster("a.tif", pixels)))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize(("dtype", "values"), [("uint16", [0, 1, 65534, 65535]), ("int16", [-32768, -1, 0, 32767])])
def test_sixteen_bits_stay_exact(write_raster, dtype, values):
    pixels = np.array([values], dtype)
    np.testing.assert_array_equal(read_all(opened(write_raster("a.tif", pixels)))[0], np.array([values], float))


def test_a_double_that_float32_cannot_hold_is_a_gap(write_raster):
    found = read_all(opened(write_raster("a.tif", np.array([[1e300, 1.0]]))))
    np.testing.assert_array_equal(found, [[[np.nan, 1]]])


def test_nan_and_infinity_are_gaps_beside_another_nodata_value(write_raster):
    pixels = np.array([[1, np.nan, np.inf], [-np.inf, -9999, 2]], np.float32)
    found = read_all(opened(write_raster("a.tif", pixels, nodata=-9999)))
    np.testing.assert_array_equal(found[0], [[1, np.nan, np.nan], [np.nan, np.nan, 2]])


def test_lowest_float_as_nodata_is_a_gap(write_raster):
    lowest = float(np.finfo(np.float32).min)
    found = read_all(opened(write_raster("a.tif", np.array([[lowest, 3]], np.float32), nodata=-3.4028234663852886e38)))
    np.testing.assert_array_equal(found[0], [[np.nan, 3]])


def test_each_band_has_its_own_nodata(tmp_path, write_raster):
    path = write_raster("a.tif", np.array([[[1, 2, 3]], [[1, 2, 3]]], np.uint8))
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"><NoDataValue>{nodata}</NoDataValue><SimpleSource>'
        f"<SourceFilename>{path}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand>"
        for band, nodata in ((1, 1), (2, 3))
    )
    (tmp_path / "a.vrt").write_text(
        f'<VRTDataset rasterXSize="3" rasterYSize="1"><SRS>EPSG:32633</SRS>'
        f"<GeoTransform>500000,10,0,6000000,0,-10</GeoTransform>{bands}</VRTDataset>",
        encoding="utf-8",
    )
    source = opened(str(tmp_path / "a.vrt"))
    assert source.nodata == (1, 3)
    np.testing.assert_array_equal(read_all(source), [[[np.nan, 2, 3]], [[1, 2, np.nan]]])


@pytest.mark.parametrize("nodata", [-9999, 0.5, 256])
def test_nodata_that_the_type_cannot_hold_is_nowhere(write_raster, nodata):
    path = write_raster("a.tif", np.array([[0, 241, 255]], np.uint8))
    np.testing.assert_array_equal(read_all(opened(path, nodata=nodata))[0], [[0, 241, 255]])


def test_the_jobs_nodata_overrides_the_files(write_raster):
    path = write_raster("a.tif", np.array([[0, 7]], np.uint8), nodata=0)
    np.testing.assert_array_equal(read_all(opened(path, nodata=7))[0], [[0, np.nan]])


def test_alpha_is_a_mask_and_no_image_band(write_raster):
    pixels = np.full((4, 2, 2), 9, np.uint8)
    pixels[3] = [[0, 255], [1, 128]]
    source = opened(write_raster("a.tif", pixels, photometric="RGB", alpha="YES", nodata=None))
    assert source.indexes == (1, 2, 3)
    np.testing.assert_array_equal(
        np.isnan(read_all(source)), np.broadcast_to([[True, False], [False, False]], (3, 2, 2))
    )


def test_alpha_and_nodata_both_count(write_raster):
    pixels = np.array([[[5, 5, 0]], [[0, 255, 255]]], np.uint8)
    path = write_raster("a.tif", pixels, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.colorinterp = (ColorInterp.gray, ColorInterp.alpha)
    np.testing.assert_array_equal(read_all(opened(path)), [[[np.nan, 5, np.nan]]])


def test_a_band_marked_alpha_that_is_asked_for_is_an_image_band(write_raster):
    """Some tools mark the near infrared of four-band orthophotos as alpha."""
    pixels = RNG.integers(0, 3, (4, 5, 5)).astype(np.uint8)
    path = write_raster("a.tif", pixels, photometric="RGB", alpha="YES")
    np.testing.assert_array_equal(read_all(opened(path, bands=[4, 1])), pixels[[3, 0]])


def test_a_mask_inside_the_file_counts(write_raster):
    mask = np.array([[True, False], [True, True]])
    found = read_all(opened(write_raster("a.tif", np.ones((2, 2, 2), np.int16), mask=mask)))
    np.testing.assert_array_equal(np.isnan(found), np.stack([~mask, ~mask]))


def test_bands_by_number_and_by_description_in_the_order_asked(write_raster):
    pixels = RNG.integers(0, 99, (3, 4, 4)).astype(np.uint8)
    path = write_raster("a.tif", pixels, descriptions=("red", "green", "red"))
    np.testing.assert_array_equal(read_all(opened(path, bands=["green", 3, "red"])), pixels[[1, 2, 0]])


@pytest.mark.parametrize(("bands", "named"), [([4], "band 4"), (["nir"], "band nir"), ([0], "band 0"), ([], "bands")])
def test_bands_that_are_not_there_are_named(write_raster, bands, named):
    path = write_raster("a.tif", np.ones((3, 4, 4), np.uint8), descriptions=("red", "green"))
    with pytest.raises(BandsMissing, match=rf"image.*{named}.*red, green, 3"):
        opened(path, bands=bands)


def test_a_missing_file_is_named():
    with pytest.raises(LayerUnreadable, match=r"image.*gone\.tif"):
        opened("/nowhere/gone.tif")


def test_something_that_is_no_raster_is_refused(tmp_path):
    (tmp_path / "a.tif").write_text("no raster at all", encoding="utf-8")
    with pytest.raises(LayerUnreadable, match="image"):
        opened(str(tmp_path / "a.tif"))


def test_a_file_that_was_cut_is_refused_at_once(write_raster):
    path = Path(
        write_raster(
            "a.tif", RNG.integers(0, 9, (3, 256, 256)).astype(np.uint8), tiled=True, blockxsize=64, blockysize=64
        )
    )
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(LayerUnreadable, match="image"):
        opened(str(path))


def test_a_damaged_tile_is_told_when_it_is_read(write_raster):
    pixels = RNG.integers(0, 99, (256, 256)).astype(np.uint8)
    path = Path(write_raster("a.tif", pixels, tiled=True, blockxsize=64, blockysize=64, compress="deflate"))
    data = bytearray(path.read_bytes())
    with rasterio.open(path) as file:
        start = int(file.get_tag_item("BLOCK_OFFSET_1_1", "TIFF", bidx=1))
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)
    source = opened(str(path))
    np.testing.assert_array_equal(source.read([0], Window(0, 0, 64, 64))[0], pixels[:64, :64])
    with pytest.raises(LayerUnreadable, match="image"):
        source.read([0], Window(64, 64, 64, 64))


def test_complex_values_are_refused(write_raster):
    with pytest.raises(LayerUnreadable, match="complex"):
        opened(write_raster("a.tif", np.ones((4, 4), np.complex64)))


def test_no_crs_is_an_error_that_names_the_setting(write_raster):
    path = write_raster("a.tif", np.ones((4, 4), np.uint8), crs=None)
    with pytest.raises(CrsMissing, match="image") as error:
        opened(path)
    assert "crs:" in error.value.hint
    assert opened(path, crs="EPSG:32633").grid.crs == CRS.from_epsg(32633)


def test_the_jobs_crs_does_not_replace_the_files_but_the_layers_does(write_raster):
    path = write_raster("a.tif", np.ones((4, 4), np.uint8))
    assert opened(path, "EPSG:3857").grid.crs == CRS.from_epsg(32633)
    assert opened(path, "local").grid.crs == CRS.from_epsg(32633)
    layer = LayerSpec(path=path, crs="EPSG:32634")
    assert Source(layer, "image").grid.crs == CRS.from_epsg(32634)


def test_local_is_in_pixels_or_in_a_world_files_units(tmp_path, write_raster):
    plain = write_raster("a.png", np.ones((4, 4), np.uint8), driver="PNG", crs=None, transform=None)
    assert opened(plain, "local").grid.transform == Affine.identity()
    (tmp_path / "a.pgw").write_text("0.5\n0\n0\n-0.5\n100.25\n199.75\n", encoding="utf-8")
    assert opened(plain, "local").grid.transform == Affine(0.5, 0, 100, 0, -0.5, 200)


def test_an_engineering_crs_is_none(write_raster):
    path = write_raster("a.tif", np.ones((4, 4), np.uint8), crs='LOCAL_CS["site",UNIT["metre",1]]')
    with pytest.raises(CrsMissing):
        opened(path)


def test_a_crs_that_is_none_is_refused(write_raster):
    with pytest.raises(JobInvalid, match="EPSG:nonsense"):
        opened(write_raster("a.tif", np.ones((4, 4), np.uint8), crs=None), "EPSG:nonsense")


def test_coordinates_that_do_not_belong_to_the_crs_are_refused(write_raster):
    with pytest.raises(LayerUnreadable, match="coordinates"):
        opened(write_raster("a.tif", np.ones((4, 4), np.uint8), crs="EPSG:4326"))


def test_control_points_alone_are_no_grid(tmp_path):
    points = [
        GroundControlPoint(row, col, 15 + col / 1e4, 54 - row / 1e4) for row, col in ((0, 0), (0, 9), (9, 0), (9, 9))
    ]
    profile = {"driver": "GTiff", "count": 1, "height": 9, "width": 9, "dtype": "uint8"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(tmp_path / "a.tif", "w", gcps=points, crs="EPSG:4326", **profile) as out:
            out.write(np.ones((1, 9, 9), np.uint8))
    with pytest.raises(LayerUnreadable, match="control points") as error:
        opened(str(tmp_path / "a.tif"))
    assert "Warp" in error.value.hint
    local = Source(LayerSpec(path=str(tmp_path / "a.tif"), crs="local"), "image")
    assert local.grid.transform == Affine.identity()


def test_an_orbit_model_alone_is_no_grid(tmp_path):
    ones = [1.0] * 20
    rpc = RPC(0, 100, 54, 1, ones, ones, 5, 5, 15, 1, ones, ones, 5, 5, None, None)
    profile = {"driver": "GTiff", "count": 1, "height": 9, "width": 9, "dtype": "uint8"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(tmp_path / "a.tif", "w", rpcs=rpc, **profile) as out:
            out.write(np.ones((1, 9, 9), np.uint8))
    with pytest.raises(LayerUnreadable, match="orbit model"):
        opened(str(tmp_path / "a.tif"))


def test_gdals_cache_is_kept_small():
    code = (
        "import os; os.environ.pop('GDAL_CACHEMAX', None)\n"
        "import rskd.geo.sources, rasterio\n"
        "from rasterio._env import get_gdal_config\n"
        "with rasterio.Env(): print(get_gdal_config('GDAL_CACHEMAX'))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert int(answer.stdout) in (256, 256 * 2**20)
