"""Small rasters and small students made by hand: what the rooms that run a model share."""

import re
import threading
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import onnx
import pytest
import rasterio
from onnx import TensorProto, helper, numpy_helper
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from rskd.card import BandCard, ClassCard, StudentCard, Tiling
from rskd.geo import secrets

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


HALF = 20037508.342789244
"""Half of the Earth in web Mercator."""


def value_at(x, y):
    """Three bands at web Mercator places: steps of 40 m to the east, steps of 40 m to the north, always 77."""
    return np.stack([np.floor(x / 40) % 200, np.floor(y / 40) % 200, np.full(np.shape(x), 77.0)]).astype(np.uint8)


def picture(bounds, width, height):
    """PNG of what is inside xmin, ymin, xmax, ymax."""
    xmin, ymin, xmax, ymax = bounds
    x = xmin + (np.arange(width) + 0.5) * (xmax - xmin) / width
    y = ymax - (np.arange(height) + 0.5) * (ymax - ymin) / height
    pixels = value_at(*np.meshgrid(x, y))
    with warnings.catch_warnings(), MemoryFile() as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open(driver="PNG", width=width, height=height, count=3, dtype="uint8") as file:
            file.write(pixels)
        return memory.read()


def bounds_of_tile(zoom, column, row):
    side = 2 * HALF / 2**zoom
    return -HALF + column * side, HALF - (row + 1) * side, -HALF + (column + 1) * side, HALF - row * side


class TileServer:
    """A server of XYZ tiles and WMS pictures on this machine.

    It remembers what it was `asked`; `refuses` lists the codes of its next answers; `token` is what it wants to hear.
    """

    value_at = staticmethod(value_at)

    def __init__(self):
        self.asked, self.refuses, self.token = [], [], None
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.asked.append(self.path)
                query = {key.lower(): value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
                if owner.refuses:
                    self._answer(owner.refuses.pop(0), b"not now", "text/plain")
                elif owner.token is not None and query.get("token") != owner.token:
                    self._answer(403, f"not with {query.get('token')}".encode(), "text/plain")
                elif tile := re.match(r"/(\d+)/(\d+)/(\d+)\.png", self.path):
                    self._answer(200, picture(bounds_of_tile(*map(int, tile.groups())), 256, 256), "image/png")
                elif query.get("request", "").lower() == "getmap":
                    box = [float(side) for side in query["bbox"].split(",")]
                    size = int(query["width"]), int(query["height"])
                    self._answer(200, picture(box, *size), "image/png")
                else:
                    self._answer(404, b"nothing here", "text/plain")

            def _answer(self, code, body, kind):
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()

    def xyz(self, *, query="", most=16, bands=3):
        """What GDAL opens for the tiles of this server; a fourth band is alpha, 0 where a tile is missing."""
        return (
            f'<GDAL_WMS><Service name="TMS"><ServerUrl>{self.address}/${{z}}/${{x}}/${{y}}.png{query}</ServerUrl>'
            f"</Service><DataWindow><UpperLeftX>-{HALF}</UpperLeftX><UpperLeftY>{HALF}</UpperLeftY>"
            f"<LowerRightX>{HALF}</LowerRightX><LowerRightY>-{HALF}</LowerRightY><TileLevel>{most}</TileLevel>"
            "<TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin></DataWindow>"
            "<Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>"
            f"<BandsCount>{bands}</BandsCount><ZeroBlockHttpCodes>204,404</ZeroBlockHttpCodes></GDAL_WMS>"
        )

    def wms(self, bounds, *, query=""):
        """The same for its WMS."""
        box = ",".join(map(str, bounds))
        return (
            f"WMS:{self.address}/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=ground&SRS=EPSG:3857"
            f"&BBOX={box}&FORMAT=image/png{query}"
        )

    def zooms(self):
        """Zooms of the tiles that were asked for."""
        return {int(path.split("/")[1]) for path in self.asked if re.match(r"/\d+/", path)}


@pytest.fixture
def server():
    """Tiles and pictures whose pixels say where on Earth they are."""
    with TileServer().running() as running:
        yield running


@pytest.fixture
def provide():
    """Gives this process secrets, for one test."""
    yield secrets.provide
    secrets.provide({})
