"""Layers of every kind, and the one way to see whether the backend reads the same pixels as QGIS."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

gdal = pytest.importorskip("osgeo.gdal", reason="needs QGIS's GDAL bindings")

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
RUN_PYTHON = ROOT / ".venv-run" / "bin" / "python"

gdal.UseExceptions()

READ = """
import json, sys
from rskd.geo import secrets
from rskd.geo.sources import Source
from rskd.spec import LayerSpec
from rasterio.windows import Window
asked = json.loads(sys.stdin.read())
secrets.provide(asked["secrets"])
source = Source(LayerSpec(**asked["layer"]), "layer")
window = Window(*asked["window"])
pixels = source.read(range(source.count), window)
print(json.dumps({
    "pixels": [[None if value != value else value for value in band.ravel().tolist()] for band in pixels],
    "size": [source.grid.width, source.grid.height], "transform": list(source.grid.transform)[:6],
}))
"""


@pytest.fixture
def backend_reads():
    """What the backend finds in a window of a source: pixels by band, size, transform."""
    if not RUN_PYTHON.exists():
        pytest.skip("needs .venv-run, made by `make setup`")

    def read(path, window, layer_secrets=None, **layer):
        asked = {"layer": {"path": path, **layer}, "window": window, "secrets": layer_secrets or {}}
        command = [str(RUN_PYTHON), "-c", READ]
        environment = {"PYTHONPATH": str(ROOT / "backend"), "HOME": "/nonexistent", "OMP_NUM_THREADS": "1"}
        ended = subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, env=environment, timeout=60
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return read


@pytest.fixture
def home(tmp_path, monkeypatch):
    """RSKD's own folder, for this test only."""
    folder = tmp_path / "home"
    monkeypatch.setenv("RSKD_HOME", str(folder))
    return folder


class MapServer:
    """`map_server.py` in its own process."""

    def __init__(self, folder, login=""):
        write_raster(folder / "elevation.tif", "f", [[n * 0.25 for n in range(4800)]], 80, 60)
        self._log = folder / "requests.log"
        with self._log.open("w") as log:
            command = [sys.executable, str(HERE / "map_server.py"), str(folder), *([login] if login else [])]
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.DEVNULL)

    @property
    def lines(self):
        return self._log.read_text().splitlines()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.lines[0]}"

    @property
    def requests(self):
        return self.lines[1:]

    def close(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def serve(tmp_path, qtbot):
    """Starts map servers, each with or without a login."""
    servers = []

    def start(login=""):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        server = MapServer(folder, login)
        servers.append(server)
        qtbot.waitUntil(lambda: bool(server.lines), timeout=20_000)
        return server

    yield start
    for server in servers:
        server.close()


def write_raster(
    path, code, bands, width, height, *, epsg=32633, nodata=None, names=(), left=500000, top=5000000, side=10
):
    """A GeoTIFF of these values, ten metres a pixel."""
    from osgeo import osr

    kinds = {"B": gdal.GDT_Byte, "h": gdal.GDT_Int16, "i": gdal.GDT_Int32, "f": gdal.GDT_Float32}
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, len(bands), kinds[code])
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        dataset.SetProjection(system.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    for index, values in enumerate(bands, 1):
        band = dataset.GetRasterBand(index)
        band.WriteRaster(0, 0, width, height, struct.pack(f"{width * height}{code}", *values))
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if names:
            band.SetDescription(names[index - 1])
    dataset.FlushCache()
    return path


def pixels(layer, extent=None, columns=None, rows=None, band=1):
    """Bytes of a layer's own provider."""
    block = layer.dataProvider().block(band, extent or layer.extent(), columns or layer.width(), rows or layer.height())
    return block.data().data()


@pytest.fixture
def raster(tmp_path):
    """Writes rasters into the test's folder: `raster("a.tif", "B", [[…], …], width, height, …)` returns the path."""

    def write(name, *arguments, **options):
        return write_raster(tmp_path / name, *arguments, **options)

    return write


@pytest.fixture
def sources(installed):
    """The module under test, as users have it."""
    from rskd_qgis.layers import sources

    return sources
