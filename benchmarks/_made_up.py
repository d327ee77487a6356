"""What the benchmarks run on: random imagery and students with random weights. Speed does not depend on either."""

from pathlib import Path

import numpy as np
import rasterio
import torch
from rasterio.transform import from_origin
from rasterio.windows import Window

from rskd.card import BandCard, ClassCard, StudentCard
from rskd.distill.export import export_student
from rskd.geo.legend import default_palette
from rskd.models.lattice import tiling_of
from rskd.models.normalise import Normalised
from rskd.models.students import entry

BANDS, CLASSES = 4, 6
_ROWS = 512


def image(path: Path, height: int, width: int) -> Path:
    """A tiled GeoTIFF of 16-bit noise, written by strips."""
    profile = {"driver": "GTiff", "count": BANDS, "height": height, "width": width, "dtype": "uint16", "tiled": True}
    place = {"crs": "EPSG:32633", "transform": from_origin(500_000, 6_000_000, 10, 10)}
    draw = np.random.default_rng(0)
    with rasterio.open(path, "w", **profile, **place, blockxsize=256, blockysize=256) as file:
        for top in range(0, height, _ROWS):
            rows = min(_ROWS, height - top)
            file.write(draw.integers(1, 3000, (BANDS, rows, width), np.uint16), window=Window(0, top, width, rows))
    return path


def cards() -> tuple[BandCard, ...]:
    return tuple(
        BandCard(name=f"b{at}", layer="image", dtype="uint16", mean=1500, std=900, low=0, high=3000)
        for at in range(BANDS)
    )


def classes() -> tuple[ClassCard, ...]:
    palette = enumerate(default_palette(CLASSES), start=1)
    return tuple(ClassCard(value=value, name=str(value), color=color) for value, color in palette)


def student(path: Path, name: str) -> Path:
    """A student file, tiled as a trained one is."""
    torch.manual_seed(0)
    network = Normalised.by_cards(entry(name).build(BANDS, CLASSES), cards()).eval()
    card = StudentCard(
        name=name,
        task="land-cover",
        architecture=name,
        parameters=entry(name).parameters(BANDS, CLASSES),
        bands=cards(),
        classes=classes(),
        gsd=10.0,
        tiling=tiling_of(network.multiple, network.receptive_field),
        created="2026-01-01T00:00:00Z",
        rskd_version="benchmark",
    )
    export_student(network, card, path)
    return path
