"""Rasters made for a test."""

import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

UTM_CORNER = Affine(10, 0, 500_000, 0, -10, 6_000_000)


@pytest.fixture
def write_raster(tmp_path):
    """Writes (C, H, W) or (H, W) as a GeoTIFF, in UTM 33N at 10 m unless told; returns its path as text."""

    def write(name, pixels, *, transform=UTM_CORNER, crs="EPSG:32633", descriptions=(), mask=None, **profile):
        pixels = np.atleast_3d(pixels.T).T
        count, height, width = pixels.shape
        profile = {
            "driver": "GTiff",
            "count": count,
            "height": height,
            "width": width,
            "dtype": pixels.dtype,
            **profile,
        }
        with warnings.catch_warnings(), rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(tmp_path / name, "w", crs=crs, transform=transform, **profile) as out:
                out.write(pixels)
                for index, text in enumerate(descriptions, 1):
                    out.set_band_description(index, text)
                if mask is not None:
                    out.write_mask(mask)
        return str(tmp_path / name)

    return write
