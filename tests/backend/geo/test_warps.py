"""Lazily warped layers against rasterio.warp.reproject on whole arrays."""

import math
from contextlib import ExitStack

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.warp import reproject, transform
from rasterio.windows import Window

from rskd.geo.grid import Grid
from rskd.geo.sources import Source
from rskd.geo.warps import warped
from rskd.spec import LayerSpec

UTM = CRS.from_epsg(32633)
LAEA = CRS.from_epsg(3035)
CORNER = Affine(10, 0, 500_000, 0, -10, 6_000_000)
SIZE = 300
RNG = np.random.default_rng(11)


def grid_over(crs, gsd, size, turn=0.0):
    """A grid whose corner lies some pixels inside the test rasters."""
    x, y = transform(UTM, crs, [500_215], [5_999_767]) if crs != UTM else ([500_215], [5_999_767])
    if crs.is_geographic:
        scale = Affine.scale(gsd / (111_320 * math.cos(math.radians(y[0]))), -gsd / 111_320)
    else:
        scale = Affine.scale(gsd, -gsd)
    return Grid(crs, Affine.translation(x[0], y[0]) * Affine.rotation(turn) * scale, size, size)


def lazily(path, grid, **spec):
    source = Source(LayerSpec(path=path, **spec), "image")
    with ExitStack() as files:
        return warped(source, grid, files).read()


def at_once(pixels, grid, resampling, shrink=1.0):
    """All of the raster warped in memory, band by band apart; gaps are NaN on both sides."""
    found = np.full((len(pixels), grid.height, grid.width), np.nan, np.float32)
    scale = min(1.0, 1 / shrink)
    reproject(
        pixels.astype(np.float32),
        found,
        src_crs=UTM,
        src_transform=CORNER,
        dst_crs=grid.crs,
        dst_transform=grid.transform,
        src_nodata=np.nan,
        dst_nodata=np.nan,
        resampling=resampling,
        UNIFIED_SRC_NODATA="NO",
        XSCALE=scale,
        YSCALE=scale,
    )
    return found


CASES = {
    "finer": (grid_over(UTM, 7, 200), Resampling.bilinear, 1),
    "turned": (grid_over(UTM, 10, 150, turn=-20), Resampling.bilinear, 1),
    "other CRS": (grid_over(LAEA, 9, 200), Resampling.bilinear, 1),
    "twice": (grid_over(UTM, 20, 100), Resampling.average, 2),
    "turned, three times": (grid_over(UTM, 30, 70, turn=33), Resampling.average, 3),
    "other CRS, five times": (grid_over(LAEA, 50, 40), Resampling.average, 5),
    "degrees, five times": (grid_over(CRS.from_epsg(4326), 50, 40), Resampling.average, 5),
}


@pytest.mark.parametrize("case", CASES, ids=list(CASES))
def test_equals_the_warp_of_the_whole_array(write_raster, case):
    grid, resampling, shrink = CASES[case]
    pixels = RNG.random((2, SIZE, SIZE), np.float32)
    pixels[0, 60:90, 40:80] = np.nan
    pixels[1, 100, 100] = np.nan
    expected = at_once(pixels, grid, resampling, shrink)
    assert 0.5 < np.isfinite(expected).mean() <= 1
    np.testing.assert_array_equal(lazily(write_raster("a.tif", pixels), grid), expected)


def test_shrinking_less_than_twice_is_bilinear_with_a_kernel_as_wide_as_the_pixel(write_raster):
    grid = grid_over(UTM, 15, 150)
    pixels = RNG.random((1, SIZE, SIZE), np.float32)
    found = lazily(write_raster("a.tif", pixels), grid)
    np.testing.assert_allclose(found, at_once(pixels, grid, Resampling.bilinear, 1.5), atol=1e-6)


def test_an_average_by_hand_leaves_nodata_out(write_raster):
    pixels = np.array([[1, 3, 10, 10], [5, 0, 10, 10], [0, 0, 7, 0], [0, 0, 0, 0]], np.uint16)
    grid = Grid(UTM, CORNER * Affine.scale(2), 2, 2)
    found = lazily(write_raster("a.tif", pixels, nodata=0), grid)
    np.testing.assert_array_equal(found, [[[3, 10], [np.nan, 7]]])


def test_bilinear_by_hand(write_raster):
    grid = Grid(UTM, CORNER * Affine.translation(0.5, 0), 3, 1)
    found = lazily(write_raster("a.tif", np.array([[0, 10, 20, 60]] * 2, np.int16)), grid)
    np.testing.assert_allclose(found, [[[5, 15, 40]]])


def test_a_turned_grid_of_equal_pixels_is_not_blurred(write_raster):
    """GDAL alone widens the kernel by the turned extent, and a checkerboard loses its contrast."""
    board = (np.indices((SIZE, SIZE)).sum(axis=0) // 8 % 2 * 100).astype(np.float32)
    found = lazily(write_raster("a.tif", board), grid_over(UTM, 10, 150, turn=-45))
    there = found[np.isfinite(found)]
    # Neighbours differ along 1/8 of the rows and columns each: (7/8)² = 0.77 of all pixels lie between equal ones.
    assert np.isin(np.round(there, 3), [0, 100]).mean() == pytest.approx(0.77, abs=0.03)


@pytest.mark.parametrize("gsd", [8, 30])
def test_each_band_has_its_own_gaps_whatever_makes_them(tmp_path, write_raster, gsd):
    """Different nodata a band, NaN and a mask in one file: the same as NaN everywhere from the start."""
    grid = grid_over(UTM, gsd, 1200 // gsd)
    pixels = RNG.integers(1, 200, (2, SIZE, SIZE)).astype(np.float32)
    clean = pixels.copy()
    clean[0, 30:50, 30:90], pixels[0, 30:50, 30:90] = np.nan, -1
    clean[1, 60:80, 30:90], pixels[1, 60:80, 30:90] = np.nan, -2
    clean[1, 100:110, 50:60] = pixels[1, 100:110, 50:60] = np.nan
    mask = np.ones((SIZE, SIZE), bool)
    mask[70:100, 100:140] = False
    clean[:, ~mask] = np.nan
    path = write_raster("a.tif", pixels, mask=mask)
    bands = "".join(
        f'<VRTRasterBand dataType="Float32" band="{band}"><NoDataValue>-{band}</NoDataValue><SimpleSource>'
        f"<SourceFilename>{path}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand>"
        for band in (1, 2)
    )
    mask_band = (
        f'<MaskBand><VRTRasterBand dataType="Byte"><SimpleSource><SourceFilename>{path}</SourceFilename>'
        f"<SourceBand>mask,1</SourceBand></SimpleSource></VRTRasterBand></MaskBand>"
    )
    (tmp_path / "a.vrt").write_text(
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:32633</SRS>'
        f"<GeoTransform>500000,10,0,6000000,0,-10</GeoTransform>{bands}{mask_band}</VRTDataset>",
        encoding="utf-8",
    )
    np.testing.assert_array_equal(lazily(str(tmp_path / "a.vrt"), grid), lazily(write_raster("clean.tif", clean), grid))


@pytest.mark.parametrize("gsd", [8, 30])
def test_alpha_and_nodata_are_left_out_together(write_raster, gsd):
    grid = grid_over(UTM, gsd, 1200 // gsd)
    pixels = RNG.integers(1, 200, (3, SIZE, SIZE)).astype(np.uint8)
    pixels[2] = 255
    pixels[2, 40:90, 50:60] = 0
    pixels[0, 60:65, 20:90] = 0
    clean = pixels[:2].astype(np.float32)
    clean[0, pixels[0] == 0] = np.nan
    clean[:, pixels[2] == 0] = np.nan
    path = write_raster("a.tif", pixels, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.colorinterp = (ColorInterp.gray, ColorInterp.undefined, ColorInterp.alpha)
    np.testing.assert_array_equal(lazily(path, grid), lazily(write_raster("clean.tif", clean), grid))


def test_overviews_are_never_read_for_full_pixels(write_raster):
    grid = grid_over(UTM, 30, 60)
    pixels = RNG.integers(0, 200, (1, SIZE, SIZE)).astype(np.uint8)
    expected = lazily(write_raster("a.tif", pixels), grid)
    path = write_raster("b.tif", pixels)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.nearest)
    with rasterio.open(path, "r+", overview_level=0) as coarse:  # poisoned: whoever reads it, shows it
        coarse.write(np.full((1, SIZE // 2, SIZE // 2), 255, np.uint8))
    np.testing.assert_array_equal(lazily(path, grid), expected)


@pytest.mark.parametrize("dtype", ["uint16", "int32"])
def test_large_integers_keep_their_value(write_raster, dtype):
    highest = {"uint16": 65535, "int32": 2**24}[dtype]
    pixels = np.full((60, 60), highest, dtype)
    found = lazily(write_raster("a.tif", pixels), Grid(UTM, CORNER * Affine.translation(20.3, 20.3), 10, 10))
    np.testing.assert_array_equal(found, np.full((1, 10, 10), highest))


def test_windows_of_the_warp_are_cuts_of_the_whole(write_raster):
    grid = grid_over(LAEA, 15, 130, turn=12)
    source = Source(LayerSpec(path=write_raster("a.tif", RNG.random((2, SIZE, SIZE), np.float32))), "image")
    with ExitStack() as files:
        whole = warped(source, grid, files).read()
    with ExitStack() as files:
        vrt = warped(source, grid, files)
        for _ in range(30):
            top, left = (int(start) for start in RNG.integers(0, 90, 2))
            part = vrt.read(window=Window(left, top, 40, 37))
            np.testing.assert_array_equal(part, whole[:, top : top + 37, left : left + 40])


def test_pixels_without_a_crs_are_resampled_in_their_own_units(write_raster):
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    path = write_raster("a.tif", pixels, crs=None, transform=Affine.identity())
    found = lazily(path, Grid(None, Affine.scale(2), 2, 2), crs="local")
    np.testing.assert_array_equal(found, [[[2.5, 4.5], [10.5, 12.5]]])
