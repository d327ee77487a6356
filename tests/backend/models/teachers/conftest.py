import numpy as np
import pytest
import rasterio
import torch
from affine import Affine

from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import open_scene
from rskd.spec import LayerSpec


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def make_raster(tmp_path):
    """Writes (C, H, W) as a GeoTIFF in UTM, `size` metres a pixel, and gives its path."""

    def make(pixels, name="image", *, size=10.0, origin=(500000.0, 5600000.0), crs="EPSG:32632", nodata=None, bands=()):
        path = tmp_path / f"{name}.tif"
        transform = Affine(size, 0, origin[0], 0, -size, origin[1])
        count, height, width = pixels.shape
        profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": pixels.dtype}
        with rasterio.open(path, "w", crs=crs, transform=transform, nodata=nodata, **profile) as file:
            file.write(pixels)
            for number, title in enumerate(bands, 1):
                file.set_band_description(number, title)
        return path

    return make


@pytest.fixture
def make_scene(make_raster):
    """A scene of one layer; closes it in the end."""
    opened = []

    def make(pixels, *, area=None, gsd=None, name="image", **options):
        scene = open_scene([LayerSpec(path=str(make_raster(pixels, name, **options)))], area=area, gsd=gsd)
        opened.append(scene)
        return scene

    yield make
    for scene in opened:
        scene.close()


@pytest.fixture
def gather():
    """Pieces together a teacher's answers over the whole grid: probabilities (K, H, W) and valid (H, W)."""

    def together(strips, scene):
        probabilities, valid = None, np.zeros((scene.grid.height, scene.grid.width), bool)
        for strip in strips:
            if probabilities is None:
                probabilities = np.full((len(strip.probabilities), *valid.shape), np.nan, np.float32)
            rows, columns = strip.window.toslices()
            probabilities[:, rows, columns] = strip.probabilities
            valid[rows, columns] = strip.valid
        return probabilities, valid

    return together


@pytest.fixture
def job_classes():
    """A job's classes by names: values 10, 20, …"""

    def make(*names):
        return tuple(LabelClass(10 * number, name, "#112233") for number, name in enumerate(names, 1))

    return make
