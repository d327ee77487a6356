"""Several layers as one array: alignment, masks, names, areas, errors, threads."""

import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.features import geometry_mask
from rasterio.warp import reproject
from rasterio.windows import Window
from shapely.geometry import box

from rskd.errors import BandsMissing, CrsMissing, LayerUnreadable, NoOverlap
from rskd.geo.scene import open_scene
from rskd.spec import LayerSpec

CORNER = Affine(10, 0, 500_000, 0, -10, 6_000_000)
UTM = CRS.from_epsg(32633)
LAEA = CRS.from_epsg(3035)
RNG = np.random.default_rng(3)


def layers(*paths):
    return [LayerSpec(path=path) for path in paths]


def integers(*shape, dtype=np.uint8):
    return RNG.integers(1, 200, shape).astype(dtype)


@pytest.fixture
def three_layers(write_raster):
    """UTM at 10 m with nodata; UTM at 25 m, smaller; LAEA at 15 m with NaN. Their boxes overlap in part."""
    first = integers(2, 120, 150, dtype=np.uint16)
    first[0, 20:30, 20:40] = 0
    second = integers(40, 40)
    third = RNG.random((1, 150, 150), np.float32)
    third[0, 70:80, 70:90] = np.nan
    x, y = rasterio.warp.transform(UTM, LAEA, [499_900], [6_000_100])
    return [
        write_raster("first.tif", first, nodata=0, descriptions=("red", "nir")),
        write_raster(
            "second.tif", second, transform=Affine(25, 0, 500_300, 0, -25, 5_999_800), descriptions=("height",)
        ),
        write_raster("third.tif", third, crs="EPSG:3035", transform=Affine(15, 0, x[0], 0, -15, y[0])),
    ]


def test_the_first_layer_gives_the_grid_and_the_rest_is_warped_to_it(three_layers):
    with open_scene(layers(*three_layers)) as scene:
        assert scene.grid.transform == CORNER
        assert (scene.grid.width, scene.grid.height) == (150, 120)
        assert scene.name == "first"
        pixels, valid = scene.read(scene.grid.window)
    assert pixels.dtype == np.float32
    expected = np.full((4, 120, 150), np.nan, np.float32)
    with rasterio.open(three_layers[0]) as first:
        expected[:2] = first.read()
        expected[:2][expected[:2] == 0] = np.nan
    for row, path in ((2, three_layers[1]), (3, three_layers[2])):
        with rasterio.open(path) as layer:
            reproject(
                layer.read(1).astype(np.float32)[None],
                expected[row : row + 1],
                src_transform=layer.transform,
                src_crs=layer.crs,
                dst_transform=CORNER,
                dst_crs=UTM,
                src_nodata=np.nan,
                dst_nodata=np.nan,
                resampling=Resampling.bilinear,
                XSCALE=1,
                YSCALE=1,
            )
    everywhere = np.isfinite(expected).all(axis=0)
    # reproject looks at one band of integers with no gaps by a quicker way: its edge may differ by one pixel.
    assert np.mean(valid != everywhere) < 0.01
    both = valid & everywhere
    assert 0.2 < both.mean() < 0.9
    np.testing.assert_allclose(pixels[:, both], expected[:, both], atol=2e-5)
    assert not pixels[:, ~valid].any()


def test_windows_are_cuts_of_the_whole_also_past_the_edges(three_layers):
    with open_scene(layers(*three_layers)) as scene:
        pixels, valid = scene.read(scene.grid.window)
        pixels, valid = np.pad(pixels, ((0, 0), (64, 64), (64, 64))), np.pad(valid, 64)
    with open_scene(layers(*three_layers)) as scene:
        for _ in range(60):
            top, left = int(RNG.integers(-64, 140)), int(RNG.integers(-64, 170))
            rows, columns = (int(side) for side in RNG.integers(1, 44, 2))
            found, there = scene.read(Window(left, top, columns, rows))
            cut = np.s_[top + 64 : top + 64 + rows, left + 64 : left + 64 + columns]
            np.testing.assert_array_equal(found, pixels[(slice(None), *cut)])
            np.testing.assert_array_equal(there, valid[cut])


def test_a_window_elsewhere_is_not_valid(three_layers):
    with open_scene(layers(*three_layers)) as scene:
        pixels, valid = scene.read(Window(-500, 900, 8, 9))
    assert pixels.shape == (4, 9, 8)
    assert not pixels.any()
    assert not valid.any()


def test_valid_looks_at_the_bands_that_are_asked_for(write_raster):
    pixels = np.ones((2, 1, 3), np.uint8)
    pixels[0, 0, 0] = pixels[1, 0, 2] = 0
    with open_scene(layers(write_raster("a.tif", pixels, nodata=0))) as scene:
        assert scene.read(scene.grid.window)[1].tolist() == [[False, True, False]]
        assert scene.read(scene.grid.window, [1])[1].tolist() == [[True, True, False]]


def test_bands_come_in_the_order_asked_across_layers(write_raster):
    one, two = integers(2, 9, 9), integers(2, 9, 9)
    with open_scene(layers(write_raster("one.tif", one), write_raster("two.tif", two))) as scene:
        pixels, valid = scene.read(scene.grid.window, [3, 0, 2])
    np.testing.assert_array_equal(pixels, [two[1], one[0], two[0]])
    assert valid.all()


def test_sixteen_bits_are_exact(write_raster):
    with open_scene(layers(write_raster("a.tif", np.array([[65535, 65534, 0]], np.uint16)))) as scene:
        pixels, valid = scene.read(scene.grid.window)
    assert pixels.tolist() == [[[65535, 65534, 0]]]
    assert valid.all()


def test_a_layer_shifted_by_whole_pixels_is_not_resampled(write_raster):
    pixels = integers(30, 40)
    part = pixels[5:25, 10:30]
    paths = write_raster("a.tif", pixels), write_raster("b.tif", part, transform=CORNER * Affine.translation(10, 5))
    with open_scene(layers(*paths)) as scene:
        found, valid = scene.read(scene.grid.window)
    assert valid[5:25, 10:30].all()
    assert valid.sum() == part.size
    np.testing.assert_array_equal(found[1, 5:25, 10:30], part)


def test_a_turned_first_layer_gives_its_own_pixels_and_turns_the_rest(write_raster):
    turned = Affine.translation(500_300, 5_999_300) * Affine.rotation(30) * Affine.scale(10, -10)
    first, plain = integers(60, 60), np.tile(np.arange(200, dtype=np.float32) * 10, (200, 1))
    with open_scene(layers(write_raster("a.tif", first, transform=turned), write_raster("b.tif", plain))) as scene:
        pixels, valid = scene.read(scene.grid.window)
    assert valid.all()
    np.testing.assert_array_equal(pixels[0], first)
    rows, columns = np.mgrid[:60, :60] + 0.5
    x, _ = turned * (columns, rows)
    np.testing.assert_allclose(pixels[1], x - 500_005, atol=0.01)  # the ramp rises a metre a metre


def test_another_gsd_keeps_the_origin_and_averages_what_is_there(write_raster):
    pixels = np.array([[2, 4, 6, 8], [2, 0, 6, 8]], np.uint8)
    with open_scene(layers(write_raster("a.tif", pixels, nodata=0)), gsd=20) as scene:
        assert scene.grid.transform == CORNER * Affine.scale(2)
        found, valid = scene.read(scene.grid.window)
    np.testing.assert_allclose(found, [[[8 / 3, 7]]], rtol=1e-6)
    assert valid.all()


def test_full_resolution_is_read_where_there_are_overviews(write_raster):
    pixels = integers(256, 256)
    path = write_raster("a.tif", pixels)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.average)
    with open_scene(layers(path)) as scene:
        np.testing.assert_array_equal(scene.read(scene.grid.window)[0][0], pixels)


def test_a_vrt_of_files_is_a_layer(tmp_path, write_raster):
    one, two = integers(9, 9), integers(9, 9)
    files = write_raster("one.tif", one), write_raster("two.tif", two)
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"><Description>{name}</Description><SimpleSource>'
        f"<SourceFilename>{path}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        for band, (name, path) in enumerate(zip(("red", "nir"), files, strict=True), 1)
    )
    (tmp_path / "stack.vrt").write_text(
        '<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:32633</SRS>'
        f"<GeoTransform>500000,10,0,6000000,0,-10</GeoTransform>{bands}</VRTDataset>",
        encoding="utf-8",
    )
    with open_scene(layers(str(tmp_path / "stack.vrt"))) as scene:
        assert [band.name for band in scene.bands] == ["red", "nir"]
        np.testing.assert_array_equal(scene.read(scene.grid.window)[0], [one, two])


def test_bands_are_named_by_description_else_by_layer_and_number(write_raster):
    one = write_raster("one.tif", integers(3, 4, 4), descriptions=("red", ""), nodata=7)
    with open_scene([LayerSpec(path=one, name="image", bands=[3, "red"])]) as scene:
        assert [(band.name, band.index, band.layer) for band in scene.bands] == [
            ("image 3", 3, "image"),
            ("red", 1, "image"),
        ]
        assert {(band.dtype, band.nodata) for band in scene.bands} == {("uint8", 7)}


def test_names_that_clash_get_their_layer_in_front(write_raster):
    one = write_raster("one.tif", integers(2, 4, 4), descriptions=("red", "nir"))
    two = write_raster("two.tif", integers(3, 4, 4), descriptions=("red", "swir", "swir"))
    with open_scene(layers(one, two)) as scene:
        assert [band.name for band in scene.bands] == ["one:red", "nir", "two:red", "two:swir 2", "two:swir 3"]
        assert scene.select(["two"], ["red"]) == (2,)
        assert scene.select(None, ["two:red", "one:red"]) == (2, 0)


def test_files_of_one_name_are_numbered(tmp_path, write_raster):
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
    paths = write_raster("before/image.tif", integers(4, 4)), write_raster("after/image.tif", integers(4, 4))
    with open_scene(layers(*paths)) as scene:
        assert [band.layer for band in scene.bands] == ["image", "image (2)"]
        assert [band.name for band in scene.bands] == ["image 1", "image (2) 1"]


def test_select_finds_layers_and_bands_in_the_order_asked(three_layers):
    with open_scene(layers(*three_layers), name="site") as scene:
        assert scene.select(None, None) == (0, 1, 2, 3)
        assert scene.select(["third", "first"], None) == (3, 0, 1)
        assert scene.select(None, ["height", "red"]) == (2, 0)
        with pytest.raises(BandsMissing, match=r"site.*layer fourth.*first, second, third"):
            scene.select(["fourth"], None)
        with pytest.raises(BandsMissing, match=r"height.*It has red, nir"):
            scene.select(["first"], ["height"])


def test_the_area_bounds_the_extent_and_the_inside(three_layers):
    area = (500_400.0, 5_999_100.0, 500_900.0, 5_999_600.0)
    with open_scene(layers(*three_layers), area=area) as scene:
        assert scene.extent() == Window(40, 40, 50, 50)
        expected = geometry_mask([box(*area)], (120, 150), transform=CORNER, invert=True)
        np.testing.assert_array_equal(scene.inside(scene.grid.window), expected)
        assert scene.inside(Window(-5, -5, 5, 5)).sum() == 0


def test_without_an_area_all_of_the_grid_is_inside(write_raster):
    with open_scene(layers(write_raster("a.tif", integers(6, 8)))) as scene:
        assert scene.extent() == Window(0, 0, 8, 6)
        inside = scene.inside(Window(-2, 4, 6, 6))
    assert inside[:2, 2:].all()
    assert inside.sum() == 8


def test_local_layers_share_the_pixel_grid(write_raster):
    pixels, smaller = integers(20, 30), integers(10, 10)
    paths = [
        write_raster(f"{n}.tif", p, crs=None, transform=Affine.identity()) for n, p in (("a", pixels), ("b", smaller))
    ]
    with open_scene(layers(*paths), crs="local", area=(2, 3, 30, 20)) as scene:
        assert scene.grid.local
        assert scene.extent() == Window(2, 3, 28, 17)
        found, valid = scene.read(scene.grid.window)
    np.testing.assert_array_equal(found[0, :10, :10], pixels[:10, :10])
    np.testing.assert_array_equal(found[1, :10, :10], smaller)
    assert valid.sum() == 100


def test_local_layers_do_not_mix_with_placed_ones(write_raster):
    plain = write_raster("plain.tif", integers(9, 9), crs=None, transform=Affine.identity())
    placed = write_raster("placed.tif", integers(9, 9))
    with pytest.raises(CrsMissing, match="plain"):
        open_scene(layers(placed, plain), crs="local")


def test_layers_that_share_no_ground_are_named(write_raster):
    here = write_raster("here.tif", integers(9, 9))
    there = write_raster("there.tif", integers(9, 9), transform=Affine(10, 0, 700_000, 0, -10, 6_000_000))
    with pytest.raises(NoOverlap, match=r"here.*there"):
        open_scene(layers(here, there))


def test_layers_in_another_crs_that_share_no_ground_are_named(write_raster):
    here = write_raster("here.tif", integers(9, 9))
    there = write_raster("there.tif", integers(9, 9), crs="EPSG:4326", transform=Affine(0.01, 0, 20, 0, -0.01, 50))
    with pytest.raises(NoOverlap, match=r"here.*there"):
        open_scene(layers(here, there))


def test_an_area_that_a_layer_does_not_reach_is_refused(three_layers):
    with pytest.raises(NoOverlap, match="second"):
        open_scene(layers(*three_layers[:2]), area=(500_010, 5_999_900, 500_100, 5_999_990))
    with pytest.raises(NoOverlap, match="“area” and “first”"):
        open_scene(layers(*three_layers), area=(0, 0, 10, 10), name="site")


def test_a_damaged_tile_of_a_warped_layer_names_it(write_raster):
    first = write_raster("first.tif", integers(100, 100))
    path = Path(
        write_raster(
            "broken.tif",
            integers(256, 256),
            transform=CORNER * Affine.translation(-0.3, -0.3),
            tiled=True,
            blockxsize=64,
            blockysize=64,
            compress="deflate",
        )
    )
    with rasterio.open(path) as file:
        start = int(file.get_tag_item("BLOCK_OFFSET_1_1", "TIFF", bidx=1))
    data = bytearray(path.read_bytes())
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)
    with open_scene(layers(first, str(path))) as scene, pytest.raises(LayerUnreadable, match="broken"):
        scene.read(scene.grid.window)


def test_reading_from_several_threads_gives_what_one_gives(three_layers):
    with open_scene(layers(*three_layers)) as scene:
        windows = [Window(left, top, 50, 40) for top in range(-20, 120, 20) for left in range(-20, 150, 25)]
        expected = [scene.read(window)[0] for window in windows]
        wrong = []

        def read_all(order):
            wrong.extend(at for at in order if not np.array_equal(scene.read(windows[at])[0], expected[at]))

        threads = [threading.Thread(target=read_all, args=(RNG.permutation(len(windows)),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_closing_closes_every_file_and_may_be_repeated(three_layers):
    scene = open_scene(layers(*three_layers))
    scene.close()
    scene.close()
    for path in three_layers:
        Path(path).unlink()  # refused by Windows while a file is open
    with pytest.raises(LayerUnreadable):
        scene.read(scene.grid.window)


def test_a_failed_opening_leaves_no_file_open(write_raster, monkeypatch):
    opened = []
    original = rasterio.open

    def remember(*args, **kwargs):
        opened.append(original(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(rasterio, "open", remember)
    with pytest.raises(LayerUnreadable):
        open_scene(layers(write_raster("a.tif", integers(9, 9)), "/nowhere/b.tif"))
    assert opened
    assert all(dataset.closed for dataset in opened)


def test_real_layers_of_three_sensors_are_one_scene(shared_data):
    folder = shared_data / "multimodal_s1_s2_lulc"
    paths = [str(folder / f"38D_378R_2_3_{kind}.tif") for kind in ("S2L2A", "S1RTC", "DEM")]
    with open_scene(layers(*paths)) as scene:
        pixels, valid = scene.read(scene.extent())
    assert valid.mean() > 0.98
    for path, bands in zip(paths, (slice(0, 12), slice(12, 14), slice(14, 15)), strict=True):
        with rasterio.open(path) as file:
            assert pixels[bands].shape == (file.count, 224, 224)
            np.testing.assert_allclose(pixels[bands][:, valid].mean(), file.read().mean(), rtol=0.02)
