"""Facts for `rskd inspect`."""

import json

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine

from rskd.errors import LayerUnreadable
from rskd.geo.describe import describe_raster, describe_vector


def test_a_raster_says_size_place_and_bands(write_raster):
    pixels = np.zeros((4, 20, 30), np.float32)
    path = write_raster("a.tif", pixels, nodata=np.nan, descriptions=("red",), photometric="RGB", alpha="YES")
    facts = describe_raster(path)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert (facts["kind"], facts["driver"], facts["width"], facts["height"]) == ("raster", "GTiff", 30, 20)
    assert (facts["crs"], facts["gsd"]) == ("EPSG:32633", 10)
    assert facts["bounds"] == [500_000, 5_999_800, 500_300, 6_000_000]
    assert facts["bands"][0] == {"index": 1, "name": "red", "dtype": "float32", "nodata": "nan", "alpha": False}
    assert [band["alpha"] for band in facts["bands"]] == [False, False, False, True]


def test_a_raster_without_a_place_is_described_all_the_same(write_raster):
    facts = describe_raster(write_raster("a.tif", np.zeros((5, 5), np.uint8), crs=None, transform=Affine.identity()))
    assert facts["crs"] is None
    assert facts["gsd"] is None


def test_a_vector_file_says_its_layers(tmp_path):
    shapes = np.array([shapely.to_wkb(shapely.box(0, 0, 1, 2)), shapely.to_wkb(shapely.box(3, 3, 4, 4))], dtype=object)
    fields = [np.array(["forest", "water"], dtype=object), np.array([1, 2], np.int32)]
    path = str(tmp_path / "a.gpkg")
    pyogrio.raw.write(path, shapes, fields, ["class", "code"], layer="land", geometry_type="Polygon", crs="EPSG:32633")
    facts = describe_vector(path)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["driver"] == "GPKG"
    assert facts["layers"] == [
        {
            "name": "land",
            "geometry": "Polygon",
            "features": 2,
            "crs": "EPSG:32633",
            "bounds": [0, 0, 4, 4],
            "fields": {"class": "text", "code": "int32"},
        }
    ]


@pytest.mark.parametrize("describe", [describe_raster, describe_vector])
def test_a_file_of_another_kind_is_refused(tmp_path, describe):
    (tmp_path / "a.txt").write_text("neither", encoding="utf-8")
    with pytest.raises(LayerUnreadable, match=r"“a\.txt”"):
        describe(str(tmp_path / "a.txt"))
