"""Small rasters and small students made by hand: what the rooms that run a model share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import rasterio
from onnx import TensorProto, helper, numpy_helper
from rasterio.transform import from_origin

from rskd.card import BandCard, ClassCard, StudentCard, Tiling

UTM = "EPSG:32637"


@pytest.fixture
def make_raster(tmp_path: Path) -> Callable[..., Path]:
    """Writes (C, H, W) as a GeoTIFF of 30 m pixels in UTM."""

    def make(name, pixels, *, crs=UTM, transform=None, nodata=None, descriptions=()):
        path = tmp_path / name
        transform = transform or from_origin(300_000, 800_000, 30, 30)
        count, height, width = pixels.shape
        profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": pixels.dtype}
        with rasterio.open(path, "w", **profile, crs=crs, transform=transform, nodata=nodata) as target:
            target.write(pixels)
            for band, text in enumerate(descriptions, start=1):
                target.set_band_description(band, text)
        return path

    return make


def make_card(bands: int, classes: int, **changes) -> StudentCard:
    """A card over layer “image”: mean 100, standard deviation 50, range 0 to 200."""
    card = StudentCard(
        name="by-hand",
        task="land-cover",
        architecture="by-hand",
        parameters=0,
        bands=tuple(
            BandCard(name=f"b{i + 1}", layer="image", dtype="float32", mean=100, std=50, low=0, high=200)
            for i in range(bands)
        ),
        classes=tuple(ClassCard(value=10 * (k + 1), name=f"class {k}", color=f"#0000{k:02x}") for k in range(classes)),
        gsd=30,
        tiling=Tiling(window=64, margin=4, overlap=16),
        created="2026-01-01T00:00:00Z",
        rskd_version="0",
    )
    return card.model_copy(update=changes)


def make_model(
    layers: list[tuple[np.ndarray, np.ndarray]], card: StudentCard | None, side: int = 512
) -> onnx.ModelProto:
    """Normalise by 100 and 50, convolve with each (weights, bias) keeping the size, ReLU between, softmax."""
    bands, classes = layers[0][0].shape[1], layers[-1][0].shape[0]
    tensors = {"mean": np.full((1, bands, 1, 1), 100, np.float32), "std": np.full((1, bands, 1, 1), 50, np.float32)}
    nodes = [
        helper.make_node("Sub", ["image", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], ["x0"]),
    ]
    for i, (weights, bias) in enumerate(layers):
        tensors |= {f"w{i}": weights.astype(np.float32), f"b{i}": bias.astype(np.float32)}
        pad = weights.shape[-1] // 2
        last = i == len(layers) - 1
        name = "logits" if last else f"c{i}"
        nodes.append(helper.make_node("Conv", [f"x{i}", f"w{i}", f"b{i}"], [name], pads=[pad] * 4))
        nodes.append(
            helper.make_node("Softmax", [name], ["probabilities"], axis=1)
            if last
            else helper.make_node("Relu", [name], [f"x{i + 1}"])
        )
    graph = helper.make_graph(
        nodes,
        "by-hand",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", bands, side, side])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes, side, side])],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
        # As an exporter leaves it: inner shapes of the stamped size.
        value_info=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", classes, side, side])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if card is not None:
        helper.set_model_props(model, {"rskd": card.model_dump_json()})
    return model


@pytest.fixture
def make_student(tmp_path: Path) -> Callable[..., Path]:
    """Writes a student of the given convolutions; `card` takes changes to `make_card`."""

    def make(layers, name="student.onnx", **changes):
        card = make_card(layers[0][0].shape[1], layers[-1][0].shape[0], **changes)
        path = tmp_path / name
        path.write_bytes(make_model(layers, card).SerializeToString())
        return path

    return make


@pytest.fixture
def looking_around() -> list[tuple[np.ndarray, np.ndarray]]:
    """Two bands, three classes, 5 x 5 then 3 x 3: a pixel's answer depends on those at most 3 away."""
    random = np.random.default_rng(5)
    return [
        (random.normal(size=(4, 2, 5, 5)) / 5, random.normal(size=4)),
        (random.normal(size=(3, 4, 3, 3)) / 2, random.normal(size=3)),
    ]


@pytest.fixture
def by_threshold() -> list[tuple[np.ndarray, np.ndarray]]:
    """One band, three classes, by the pixel alone: below 100 the first, to 150 the second, above the third.

    With x = (value - 100) / 50 the logits are 0, 8 x and 16 x - 8: they cross at x = 0 and x = 1.
    """
    return [(np.array([0, 8, 16]).reshape(3, 1, 1, 1), np.array([0, 0, -8]))]
