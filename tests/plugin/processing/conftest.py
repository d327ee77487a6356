"""The toolbox with RSKD's provider, over the real backend."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STUDENT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import numpy as np
from conftest import make_card, make_model
layers = [(np.array([0, 8, 16]).reshape(3, 1, 1, 1), np.array([0, 0, -8]))]
Path(sys.argv[1]).write_bytes(make_model(layers, make_card(1, 3, gsd=10)).SerializeToString())
"""


@pytest.fixture(scope="session")
def backend_python():
    """The interpreter with the training parts."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("needs the backend's environment: make setup")
    return python


@pytest.fixture(scope="session")
def student(backend_python, tmp_path_factory):
    """A student of one band: below 100 it answers 10, to 150 20, above 30."""
    path = tmp_path_factory.mktemp("student") / "student.onnx"
    command = [backend_python, "-c", STUDENT, path, ROOT / "tests" / "backend"]
    subprocess.run([str(word) for word in command], check=True)
    return path


@pytest.fixture(scope="session")
def local_student(backend_python, tmp_path_factory):
    """The same, of imagery that lies nowhere on Earth."""
    path = tmp_path_factory.mktemp("local") / "student.onnx"
    code = STUDENT.replace("gsd=10", "gsd=1, local=True")
    subprocess.run([str(word) for word in (backend_python, "-c", code, path, ROOT / "tests" / "backend")], check=True)
    return path


@pytest.fixture
def toolbox(installed, qgis_processing, backend_python, tmp_path, monkeypatch):
    """`toolbox(id, parameters)` runs an algorithm of RSKD and gives its outputs."""
    import processing
    from qgis.core import QgsApplication

    from rskd_qgis import settings
    from rskd_qgis.processing.provider import RskdProvider

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    settings.set_python(str(backend_python))
    provider = RskdProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    yield processing.run
    QgsApplication.processingRegistry().removeProvider(provider)
    settings.set_python("")


@pytest.fixture
def striped(tmp_path):
    """Writes a raster of one band whose columns repeat the given values."""
    from osgeo import gdal, osr

    gdal.UseExceptions()

    def make(name, values, size=60):
        path = tmp_path / name
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), size, size, 1, gdal.GDT_Byte)
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(32633)
        dataset.SetProjection(reference.ExportToWkt())
        dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
        row = bytes((values * size)[:size])
        dataset.GetRasterBand(1).WriteRaster(0, 0, size, size, row * size)
        dataset.GetRasterBand(1).SetDescription("b1")
        dataset.FlushCache()
        del dataset
        return path

    return make
