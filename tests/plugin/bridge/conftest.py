"""The real backend for the plugin's bridge: its environments, a student and an image to map with it."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ODD = "it's a “fine” place ü"
STUDENT = """
import importlib.util, sys
import numpy as np
from pathlib import Path

found = importlib.util.spec_from_file_location("helpers", sys.argv[1])
helpers = importlib.util.module_from_spec(found)
found.loader.exec_module(helpers)
layers = [(np.array([0, 8, 16]).reshape(3, 1, 1, 1), np.array([0, 0, -8]))]
Path(sys.argv[2]).write_bytes(helpers.make_model(layers, helpers.make_card(1, 3)).SerializeToString())
"""
"""Writes a student of one band that tells three classes apart by the pixel alone."""


def environment(name):
    python = ROOT / name / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no environment {name} beside the repository: `make setup` makes it")
    return str(python)


@pytest.fixture(scope="session")
def train_python():
    """The interpreter of the whole backend."""
    return environment(".venv")


@pytest.fixture(scope="session")
def run_python():
    """The interpreter of the run tier."""
    return environment(".venv-run")


@pytest.fixture
def home(installed, tmp_path, monkeypatch):
    """RSKD's own folder for one test, with a name that is easily broken."""
    folder = tmp_path / ODD
    folder.mkdir()
    monkeypatch.setenv("RSKD_HOME", str(folder))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return folder


@pytest.fixture
def use(home, qgis_app, monkeypatch):
    """Settles which interpreter runs the backend; stored nowhere, where other processes would read it too."""
    from rskd_qgis import settings

    return lambda python: monkeypatch.setattr(settings, "python", lambda: python)


@pytest.fixture
def backend(use, run_python):
    """The run tier, settled."""
    use(run_python)
    return run_python


@pytest.fixture
def interpreter(use, tmp_path):
    """Settles a shell script as interpreter, for what a real one cannot be made to show."""

    def settled(script):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        use(str(path))
        return str(path)

    return settled


@pytest.fixture(scope="session")
def student(train_python, tmp_path_factory):
    """A student's file."""
    path = tmp_path_factory.mktemp("students") / "student.onnx"
    helpers = ROOT / "tests" / "backend" / "conftest.py"
    subprocess.run([train_python, "-c", STUDENT, str(helpers), str(path)], check=True)
    return str(path)


@pytest.fixture
def make_image(home):
    """Writes a raster of one band whose pixels are 50, 120, 190, 50, … by the column."""
    from osgeo import gdal, osr

    gdal.UseExceptions()
    projection = osr.SpatialReference()
    projection.ImportFromEPSG(32637)

    def made(side, name="image.tif"):
        path = home / name
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 1, gdal.GDT_Byte)
        dataset.SetGeoTransform((300_000, 30, 0, 800_000, 0, -30))
        dataset.SetProjection(projection.ExportToWkt())
        row = bytes((50, 120, 190)[column % 3] for column in range(side))
        band = dataset.GetRasterBand(1)
        band.SetDescription("b1")
        band.WriteRaster(0, 0, side, side, row * side)
        return str(path)

    return made


@pytest.fixture
def predict(student, make_image, home):
    """The description of a job that maps an image; 64 pixels are done at once, 6000 take seconds."""

    def described(side=64):
        return {"student": student, "layers": [make_image(side)], "out": str(home / "map.tif"), "threads": 1}

    return described


@pytest.fixture
def sample(home):
    """The description of a distillation that is sound and takes minutes."""
    folder = ROOT / "resources" / "sample"
    script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))"
    command = [environment(".venv"), "-c", script, str(folder / "job.yaml")]
    spec = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    spec["layers"][0]["path"] = str(folder / spec["layers"][0]["path"])
    spec["labels"]["path"] = str(folder / spec["labels"]["path"])
    spec["split"]["train"] = str(folder / spec["split"]["train"])
    spec["teacher"]["path"] = str(folder / spec["teacher"]["path"])
    return {**spec, "out": str(home / "jobs" / "sample"), "threads": 1}


@pytest.fixture
def is_running():
    """Tells whether a process is there and has not ended; a zombie has."""

    def running(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    return running
