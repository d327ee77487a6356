"""Secrets of layers: put in where GDAL opens, taken out of everything that is said."""

import json
import subprocess
import sys

import numpy as np
import pytest

from rskd.errors import JobInvalid, LayerUnreadable
from rskd.geo.area import open_area
from rskd.geo.describe import describe_raster, describe_vector
from rskd.geo.grid import Grid
from rskd.geo.label_sources import open_source
from rskd.geo.scene import open_scene
from rskd.geo.secrets import conceal, concealed, reveal
from rskd.spec import LabelSpec, LayerSpec

SECRETS = {"key": "a<b&c", "password": 'say "ü"', "empty": ""}  # pragma: allowlist secret


def test_placeholders_are_filled_and_escaped_in_xml_alone(provide):
    provide(SECRETS)
    assert reveal("https://x.org/{secret:key}/a.tif") == "https://x.org/a<b&c/a.tif"
    assert reveal(" <GDAL_WMS><UserPwd>me:{secret:password}{secret:key}</UserPwd></GDAL_WMS>") == (
        " <GDAL_WMS><UserPwd>me:say &quot;ü&quot;a&lt;b&amp;c</UserPwd></GDAL_WMS>"
    )
    assert reveal("{secret:empty}a") == "a"
    assert reveal("/data/{not a secret}.tif") == "/data/{not a secret}.tif"


def test_a_placeholder_without_a_value_names_what_is_missing(provide):
    provide(SECRETS)
    with pytest.raises(JobInvalid, match="only QGIS has") as caught:
        reveal("{secret:key}{secret:other}")
    assert caught.value.facts["secrets"] == ["other"]
    assert "QGIS" in caught.value.hint


def test_values_given_later_take_the_place_of_earlier_ones(provide):
    provide(SECRETS)
    provide({"key": "new"})
    assert reveal("{secret:key}") == "new"
    assert conceal("new a<b&c") == "{secret:key} a<b&c"


@pytest.mark.parametrize(
    "written", ["a<b&c", "a&lt;b&amp;c", "a%3Cb%26c", 'say "ü"', 'say \\"ü\\"', 'say \\"\\u00fc\\"']
)
def test_a_value_is_concealed_however_it_is_written(provide, written):
    provide(SECRETS)
    said = conceal(f"cannot open http://x?k={written}&b=1")
    assert said in ("cannot open http://x?k={secret:key}&b=1", "cannot open http://x?k={secret:password}&b=1")


def test_a_value_that_holds_another_is_concealed_whole(provide):
    provide({"short": "abc", "long": "abcdef"})
    assert conceal("abcdef abc") == "{secret:long} {secret:short}"


def test_events_keep_their_keys_whatever_the_password_is(provide):
    provide({"password": "event"})  # pragma: allowlist secret
    said = {"event": "log", "facts": {"event": ["an event", 3, None, ("event",)]}}
    assert concealed(said) == {
        "event": "log",
        "facts": {"event": ["an {secret:password}", 3, None, ["{secret:password}"]]},
    }


def test_without_secrets_nothing_is_touched(provide):
    provide({})
    data = {"a": ["b"]}
    assert concealed(data) is data
    assert conceal("text") == "text"


def test_every_kind_of_file_is_opened_by_its_revealed_path(provide, write_raster, tmp_path):
    raster = write_raster("image.tif", np.ones((8, 8), np.uint8))
    square = [[500_000, 5_999_900], [500_080, 5_999_900], [500_080, 6_000_000], [500_000, 5_999_900]]
    crs = {"type": "name", "properties": {"name": "EPSG:32633"}}
    features = [
        {"type": "Feature", "properties": {"a": k}, "geometry": {"type": "Polygon", "coordinates": [square]}}
        for k in (1, 2)
    ]
    vector = tmp_path / "area.geojson"
    vector.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    provide({"folder": str(tmp_path)})
    with open_scene([LayerSpec(path="{secret:folder}/image.tif")]) as scene:
        assert scene.read(scene.extent())[1].all()
        grid = scene.grid
    assert open_area("{secret:folder}/area.geojson", grid).mask(grid.window).any()
    for spec in (
        LabelSpec(path="{secret:folder}/image.tif"),
        LabelSpec(path="{secret:folder}/area.geojson", field="a"),
    ):
        source = open_source(spec, grid, crs=None)
        assert (source.codes(grid.window) >= 0).any()
        source.close()
    told = describe_raster("{secret:folder}/image.tif"), describe_vector("{secret:folder}/area.geojson")
    assert [one["path"] for one in told] == ["{secret:folder}/image.tif", "{secret:folder}/area.geojson"]
    assert raster == f"{tmp_path}/image.tif"


@pytest.mark.parametrize("path", ["/nowhere/{secret:key}.tif", "<VRTDataset>{secret:key}</VRTDataset"])
def test_what_gdal_repeats_is_concealed(provide, path):
    provide({"key": "hush-hush"})
    grid = Grid.__new__(Grid)
    for open_it in (
        lambda: open_scene([LayerSpec(path=path)]),
        lambda: open_source(LabelSpec(path=path), grid, crs=None),
        lambda: describe_raster(path),
        lambda: describe_vector(path),
    ):
        with pytest.raises(LayerUnreadable) as caught:
            open_it()
        assert "hush" not in f"{caught.value.message} {caught.value.hint} {caught.value.facts}"


IN_A_PROCESS = """
import json, logging, sys, threading, warnings
import rasterio
from rskd.geo import secrets
from rskd.geo.scene import open_scene
from rskd.spec import LayerSpec
from rasterio.windows import Window

secrets.provide({"key": "hush-hush"})
warnings.warn("GDAL fetched hush-hush")
logging.getLogger("rasterio._env").warning("CPLE in %s", "hush-hush")
path, area = sys.argv[1], [float(side) for side in sys.argv[2:]]

def read():
    try:
        with open_scene([LayerSpec(path=path, gsd=10)], area=tuple(area)) as scene:
            scene.read(Window(0, 0, 4, 4))
    except Exception as error:
        print(type(error).__name__, error)

thread = threading.Thread(target=read)
thread.start()
thread.join()
read()
"""


def test_libraries_do_not_print_it_either(server):
    server.token = "other"  # noqa: S105
    command = [sys.executable, "-c", IN_A_PROCESS, server.xyz(query="?token={secret:key}")]
    done = subprocess.run(
        [*command, "1500000", "6800000", "1501000", "6801000"], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert any("token=hush-hush" in path for path in server.asked)
    assert "LayerUnreadable" in done.stdout
    assert "hush" not in done.stdout + done.stderr
    assert "{secret:key}" in done.stderr


def test_logging_is_left_as_it_is_without_secrets():
    code = "import logging; from rskd.geo import secrets; f = logging.getLogRecordFactory(); secrets.provide({})\n"
    code += "assert logging.getLogRecordFactory() is f"
    subprocess.run([sys.executable, "-c", code], check=True)
