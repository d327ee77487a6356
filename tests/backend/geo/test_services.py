"""Layers that a server draws: which tiles are asked for, in which part of the Earth, what is said where it fails."""

import numpy as np
import pyproj
import pytest
from affine import Affine
from rasterio.windows import Window

from rskd.errors import JobInvalid, LayerUnreadable, NoOverlap
from rskd.geo import sources
from rskd.geo.scene import open_scene
from rskd.geo.services import zoom_for
from rskd.spec import LayerSpec

# Four kilometres of web Mercator about 52° north: there a metre of the map is 0.616 m of ground.
EQUATOR = 2 * 20037508.342789244
AREA = (1_500_000.0, 6_800_000.0, 1_504_000.0, 6_804_000.0)


def places(grid):
    """Map coordinates of all pixel centres."""
    columns, rows = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    return grid.transform * (columns, rows)


def test_tiles_are_cut_to_the_area_and_asked_for_at_the_zoom_that_suits(server):
    spec = LayerSpec(path=server.xyz(), name="tiles", gsd=10)
    with open_scene([spec], area=AREA) as scene:
        # 10 m of ground are 16.2 m of the map: zoom 13 has 19.1 m, zoom 14 has 9.6 m.
        assert scene.grid.gsd == pytest.approx(10, rel=1e-4)
        assert 240 < scene.grid.width < 260
        xmin, _, _, ymax = scene.grid.bounds()
        assert xmin <= AREA[0] < xmin + 20
        assert ymax >= AREA[3] > ymax - 20
        assert server.asked == []
        pixels, valid = scene.read(scene.extent())
        assert scene.inside(scene.extent()).mean() > 0.95
    assert valid.all()
    assert server.zooms() == {14}
    assert len(server.asked) <= 9  # a tile is 2446 m
    np.testing.assert_array_equal(pixels[2], 77)
    east, north, _ = server.value_at(*places(scene.grid))
    # Bilinear at the edges of the 40 m steps, exact elsewhere.
    assert (np.abs(pixels[0] - east) < 1).mean() > 0.5
    assert np.abs(np.median(pixels[0] - east)) == 0
    assert np.abs(np.median(pixels[1] - north)) == 0


def test_without_a_distance_the_finest_zoom_is_read_as_it_is(server):
    box = (AREA[0], AREA[1], AREA[0] + 300, AREA[1] + 200)
    with open_scene([LayerSpec(path=server.xyz())], area=box) as scene:
        assert scene.grid.transform.a == pytest.approx(EQUATOR / 2**16 / 256)
        pixels, _ = scene.read(scene.extent())
        np.testing.assert_array_equal(pixels, server.value_at(*places(scene.grid)))
    assert server.zooms() == {16}


def test_the_distance_asked_of_the_scene_goes_over_the_layers(server):
    with open_scene([LayerSpec(path=server.xyz(), gsd=10)], area=AREA, gsd=40) as scene:
        assert scene.grid.gsd == pytest.approx(40, rel=1e-4)
        scene.read(Window(0, 0, 8, 8))
    assert server.zooms() == {12}


@pytest.mark.parametrize("gsd", [None, 9.5])
def test_where_a_tile_is_missing_there_is_no_data(server, gsd):
    server.refuses = [404]
    left = -EQUATOR / 2 + 9000 * EQUATOR / 2**14  # a corner of tiles of zoom 14 and of all finer ones
    box = (left - 400, 6_800_000.0, left + 400, 6_800_400.0)
    with open_scene([LayerSpec(path=server.xyz(bands=4), gsd=gsd)], area=box) as scene:
        assert len(scene.bands) == 3
        pixels, valid = scene.read(scene.extent())
    assert 0 < valid.mean() < 1
    assert (pixels[:, ~valid] == 0).all()
    assert (pixels[2, valid] == 77).all()


def test_without_an_area_a_service_is_refused(server):
    with pytest.raises(JobInvalid, match="no size of its own") as caught:
        open_scene([LayerSpec(path=server.xyz(), name="tiles", gsd=10)])
    assert "area:" in caught.value.hint
    assert server.asked == []


def test_an_area_that_is_too_large_for_the_finest_zoom_is_refused_at_once(server):
    with pytest.raises(JobInvalid, match="too many pixels") as caught:
        open_scene([LayerSpec(path=server.xyz(most=20), name="tiles")], area=(0, 0, 100_000, 100_000))
    assert "gsd:" in caught.value.hint


def test_an_area_off_the_earth_overlaps_nothing(server):
    with pytest.raises(NoOverlap):
        open_scene([LayerSpec(path=server.xyz(), gsd=10)], area=(3e7, 0, 3.1e7, 1000))


def test_beside_another_layer_tiles_are_read_at_its_pixels(server, write_raster):
    move = pyproj.Transformer.from_crs(3857, 32633, always_xy=True)
    x, y = move.transform(AREA[0], AREA[1])
    path = write_raster("a.tif", np.ones((50, 60), np.uint8), transform=Affine(30, 0, x, 0, -30, y))
    with open_scene([LayerSpec(path=path), LayerSpec(path=server.xyz(), name="tiles")]) as scene:
        pixels, valid = scene.read(scene.extent())
        assert [band.layer for band in scene.bands] == ["a", "tiles", "tiles", "tiles"]
    assert valid.all()
    # 30 m of ground are 48.7 m of the map: zoom 12 has 38.2 m.
    assert server.zooms() == {12}
    np.testing.assert_array_equal(pixels[3], 77)


def test_the_layers_own_distance_says_the_zoom_beside_another_layer(server, write_raster):
    move = pyproj.Transformer.from_crs(3857, 32633, always_xy=True)
    x, y = move.transform(AREA[0], AREA[1])
    path = write_raster("a.tif", np.ones((20, 20), np.uint8), transform=Affine(30, 0, x, 0, -30, y))
    with open_scene([LayerSpec(path=path), LayerSpec(path=server.xyz(), gsd=10)]) as scene:
        scene.read(scene.extent())
        assert scene.grid.gsd == pytest.approx(30)
    assert server.zooms() == {14}


def test_a_local_layer_elsewhere_than_the_services_is_told(server, write_raster):
    box = (1.4e6, 6.7e6, 1.6e6, 6.9e6)
    path = write_raster("a.tif", np.ones((20, 20), np.uint8))  # 55° north
    with pytest.raises(NoOverlap):
        open_scene([LayerSpec(path=path), LayerSpec(path=server.wms(box), name="wms")])


def test_a_wms_address_is_read_in_its_box(server):
    box = (1.4e6, 6.7e6, 1.6e6, 6.9e6)
    with open_scene([LayerSpec(path=server.wms(box), gsd=20)], area=AREA) as scene:
        assert scene.grid.gsd == pytest.approx(20, rel=1e-4)
        pixels, valid = scene.read(scene.extent())
    assert valid.all()
    east, *_ = server.value_at(*places(scene.grid))
    assert np.abs(np.median(pixels[0] - east)) == 0
    assert (pixels[2] == 77).all()
    assert any("request=GetMap" in path for path in server.asked)


@pytest.mark.parametrize("gsd", [None, 10])
def test_a_server_that_is_busy_is_asked_again(server, monkeypatch, gsd):
    monkeypatch.setattr(sources, "PAUSES", (0.01, 0.01))
    server.refuses = [503, 503]
    box = (AREA[0], AREA[1], AREA[0] + 100, AREA[1] + 100)
    with open_scene([LayerSpec(path=server.xyz(), gsd=gsd)], area=box) as scene:
        pixels, valid = scene.read(Window(0, 0, 4, 4))
    assert valid.all()
    assert (pixels[2] == 77).all()
    assert server.refuses == []


@pytest.mark.parametrize(("code", "times"), [(403, 1), (500, 3)])
def test_a_server_that_stays_busy_or_says_no_is_told(server, monkeypatch, code, times):
    monkeypatch.setattr(sources, "PAUSES", (0.01, 0.01))
    server.refuses = [code] * 20
    box = (AREA[0], AREA[1], AREA[0] + 100, AREA[1] + 100)
    scene = open_scene([LayerSpec(path=server.xyz(), name="tiles")], area=box)
    with scene, pytest.raises(LayerUnreadable, match=f"tiles.*{code}") as caught:
        scene.read(Window(0, 0, 4, 4))
    assert "server" in caught.value.hint
    assert server.asked.count(server.asked[0]) == times


def test_the_token_goes_to_the_server_and_into_no_message(server, provide, caplog, capfd):
    server.token = "s3cret&1"  # noqa: S105 # pragma: allowlist secret
    spec = LayerSpec(path=server.xyz(query="?token={secret:key}"), name="tiles", gsd=10)
    provide({"key": "s3cret%261"})
    with open_scene([spec], area=AREA) as scene:
        assert scene.read(Window(0, 0, 8, 8))[1].all()
    provide({"key": "wr0ng%261"})
    with open_scene([spec], area=AREA) as scene, pytest.raises(LayerUnreadable) as caught:
        scene.read(Window(0, 0, 8, 8))
    assert "403" in caught.value.message
    assert all("wr0ng" not in said for said in (caught.value.message, caplog.text, *capfd.readouterr()))
    assert "wr0ng" not in spec.model_dump_json()


def test_a_placeholder_without_its_value_is_told(server):
    with pytest.raises(JobInvalid, match="only QGIS has"):
        open_scene([LayerSpec(path=server.xyz(query="?token={secret:key}"), gsd=10)], area=AREA)


@pytest.mark.parametrize(
    ("gsd", "factor"), [(0.5, None), (1, None), (1.9, None), (1.99, 2), (2, 2), (3.9, 2), (4, 4), (100, 8)]
)
def test_the_coarsest_zoom_that_is_fine_enough(gsd, factor):
    factors = [2, 4, 8]
    place = zoom_for(factors, 1.0, gsd)
    assert (None if place is None else factors[place]) == factor
