"""What the sections of the dock are made with: the real things, in a home of their own; and a small country to map."""

import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSettings

ROOT = Path(__file__).resolve().parents[3]
TRAIN = ROOT / ".venv" / "bin" / "python"
RUN = ROOT / ".venv-run" / "bin" / "python"
WIDTH, HEIGHT = 192, 128


@pytest.fixture
def services(installed, qgis_app, qgis_iface, qgis_new_project, qtbot, tmp_path, monkeypatch):
    """As the dock makes them; no backend is set up."""
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    # QGIS's own settings are shared by all test runs of this machine.
    monkeypatch.setattr(
        "rskd_qgis.settings.QgsSettings",
        lambda: QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat),
    )
    # Whether a line may break between a number and its unit is asked in test_figures.py alone.
    monkeypatch.setattr("rskd_qgis.gui.figures._whole", lambda words, said: words.format(said))
    from qgis.gui import QgsMessageBar

    from rskd_qgis.bridge.jobs import Jobs
    from rskd_qgis.bridge.resident import Resident
    from rskd_qgis.gui.services import Services
    from rskd_qgis.students import Library

    bar = QgsMessageBar()
    qtbot.addWidget(bar)
    resident = Resident()
    made = Services(qgis_iface, resident, Jobs(), Library(), bar)
    yield made
    made.jobs.stop_all()
    resident.close()


@pytest.fixture
def backend(services):
    """The services with the real train environment."""
    if not TRAIN.exists():
        pytest.skip("needs the backend's train environment (make setup)")
    from rskd_qgis import settings

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    settings.set_python(str(TRAIN))
    settings.set_threads(1)
    return services


@pytest.fixture
def draft(installed, services):
    """An empty one."""
    from rskd_qgis.draft import Draft

    return Draft()


@pytest.fixture
def country(draft, tmp_path):
    """Two bands and labels of three classes in the project, chosen in the draft; a tiny training."""
    from rskd_qgis.draft import DraftLabels, DraftLayer

    truth = [[_truth(row, column) for column in range(WIDTH)] for row in range(HEIGHT)]
    image = _write(
        tmp_path / "image.tif",
        [
            [[300 + 500 * truth[r][c] + (7 * r + 3 * c) % 60 for c in range(WIDTH)] for r in range(HEIGHT)],
            [[2000 - 400 * truth[r][c] + (3 * r + 5 * c) % 60 for c in range(WIDTH)] for r in range(HEIGHT)],
        ],
        gdal.GDT_UInt16,
    )
    labels = _write(tmp_path / "labels.tif", [[[1 + value for value in row] for row in truth]], gdal.GDT_Byte)
    draft.set(
        layers=[DraftLayer(image.id(), "image")],
        labels=DraftLabels(labels.id()),
        teacher={"kind": "labels", "model": "plain-unet", "widths": [4, 8], "flips": False},
        student={"name": "swift-unet-16"},
        training={"tile": 32, "batch": 2, "steps": 4, "teacher_steps": 4},
    )
    return draft


def _truth(row, column):
    if 20 <= column < 32 or 124 <= column < 140 or 160 <= column < 176:
        return 2
    return 1 if 40 <= row < 90 else 0


def _write(path, bands, kind):
    """Bands as rows of numbers, 10 m in UTM 33N; the layer is in the project."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), WIDTH, HEIGHT, len(bands), kind)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500_000, 10, 0, 6_000_000, 0, -10))
    size = 2 if kind == gdal.GDT_UInt16 else 1
    for number, rows in enumerate(bands, start=1):
        band = dataset.GetRasterBand(number)
        pixels = b"".join(value.to_bytes(size, "little") for row in rows for value in row)
        band.WriteRaster(0, 0, WIDTH, HEIGHT, pixels)
    dataset.FlushCache()
    del band, dataset
    layer = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


_MAKE_STUDENT = """
import sys
from pathlib import Path
import torch
from rskd.card import BandCard, ClassCard, StudentCard, Tiling
from rskd.distill.export import export_student
from rskd.models.normalise import Normalised
from rskd.models.students import entry
torch.manual_seed(1)
bands = tuple(
    BandCard(name=f"image {n}", layer="image", dtype="uint16", mean=1200, std=500, low=0, high=3000) for n in (1, 2)
)
names = (("field", "#f2cf66"), ("water", "#4393c3"), ("forest", "#1b7837"))
classes = tuple(ClassCard(value=v, name=n, color=c) for v, (n, c) in enumerate(names, start=1))
card = StudentCard(
    name="made up", task="land-cover", architecture="tiny-unet-8", parameters=1, bands=bands, classes=classes,
    gsd=10.0, tiling=Tiling(window=128, margin=32, multiple=8), created="2026-03-01T10:00:00+00:00", rskd_version="0",
)
network = Normalised.by_cards(entry("tiny-unet-8").build(2, 3), card.bands).eval()
export_student(network, card, Path(sys.argv[1]))
"""


@pytest.fixture(scope="session")
def student_file(tmp_path_factory):
    """A student with random weights for the country's image: it maps something, however badly."""
    if not TRAIN.exists():
        pytest.skip("needs the backend's train environment (make setup)")
    path = tmp_path_factory.mktemp("student") / "student.onnx"
    subprocess.run([TRAIN, "-c", _MAKE_STUDENT, path], check=True, cwd=ROOT / "backend", capture_output=True)
    return path


@pytest.fixture
def running(services):
    """The services with the real run environment: all that using a student needs."""
    found = RUN if RUN.exists() else TRAIN
    if not found.exists():
        pytest.skip("needs a backend environment (make setup)")
    from rskd_qgis import settings

    settings.set_python(str(found))
    settings.set_threads(1)
    return services


@pytest.fixture
def entry(running, student_file, qtbot):
    """The student, taken into the library as the backend describes it."""
    answers = []
    running.resident.ask("inspect", {"file": str(student_file)}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    return running.library.import_file(student_file, answers[0])
