"""Rasters that are none, or not whole any more: what is said of real files."""

import warnings

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.windows import Window

from rskd.errors import LayerUnreadable
from rskd.geo.grid import Grid
from rskd.geo.labels import open_labels
from rskd.geo.scene import open_scene
from rskd.spec import LabelSpec, LayerSpec

AT = from_origin(500_000, 6_000_000, 10, 10)
GRID = Grid(rasterio.crs.CRS.from_epsg(32633), AT, 96, 96)


@pytest.fixture
def damaged(tmp_path):
    """A whole header, three bands of 32 x 32 blocks one after the other; one block's place holds no deflated data."""

    def write(band, across, down):
        path = tmp_path / "image.tif"
        values = np.random.default_rng(0).integers(1, 6, (3, 96, 96))
        profile = {"driver": "GTiff", "count": 3, "height": 96, "width": 96, "dtype": "uint8", "crs": "EPSG:32633"}
        tiles = {"tiled": True, "blockxsize": 32, "blockysize": 32, "compress": "deflate", "interleave": "band"}
        with rasterio.open(path, "w", transform=AT, **profile, **tiles) as file:
            file.write(values.astype(np.uint8))
        with rasterio.open(path) as file:
            offset = int(file.get_tag_item(f"BLOCK_OFFSET_{across}_{down}", "TIFF", bidx=band))  # where it lies
        data = bytearray(path.read_bytes())
        data[offset : offset + 20] = b"\xff" * 20
        path.write_bytes(data)
        return str(path)

    return write


def test_the_damaged_block_is_named(damaged):
    path = damaged(band=2, across=1, down=2)
    with open_scene([LayerSpec(path=path)]) as scene:
        scene.read(Window(0, 0, 32, 32))
        with pytest.raises(LayerUnreadable) as caught:
            scene.read(Window(32, 64, 32, 32))
    said = caught.value.message
    assert "it is cut short or damaged in band 2, block 2 from the left and 3 from the top. GDAL says:" in said
    assert "See previous exception" not in said


def test_labels_are_answered_alike(damaged):
    path = damaged(band=1, across=0, down=1)
    with pytest.raises(LayerUnreadable, match="damaged in band 1, block 1 from the left and 2 from the top"):
        open_labels(LabelSpec(path=path), GRID, task="land-cover")


def write_vector(path, *, shapes=True):
    box = np.array([shapely.to_wkb(shapely.box(500_000, 5_999_900, 500_100, 6_000_000))], object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            str(path), box if shapes else None, [np.array([1])], ["class"],
            geometry_type="Polygon" if shapes else None, crs="EPSG:32633" if shapes else None,
        )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("fields.gpkg", write_vector, "it is a vector layer, and a raster is needed"),
        ("fields.geojson", write_vector, "it is a vector layer, and a raster is needed"),
        ("table.csv", lambda path: path.write_text("a,b\n1,2\n"), "it is a table, and a raster is needed"),
        ("image.tif", lambda path: path.touch(), "the file is empty"),
        ("image.tif", lambda path: path.write_text("hello " * 99), "no kind of file that GDAL can open"),
        ("images", lambda path: path.mkdir(), "it is a folder"),
        ("image.tif", lambda _: None, "No such file"),
    ],
)
def test_what_is_no_raster_is_called_what_it_is(tmp_path, name, make, said):
    make(tmp_path / name)
    with pytest.raises(LayerUnreadable, match=said) as caught:
        open_scene([LayerSpec(path=str(tmp_path / name))])
    assert caught.value.hint
