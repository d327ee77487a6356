"""RSKD from a terminal, through QGIS's own `qgis_process`, in a profile as the desktop's."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAINING = ROOT / ".venv" / "bin" / "python"
SAMPLE = ROOT / "resources" / "sample"
IMAGE, LABELS, TEACHER = "gewata_landsat7_2001.tif", "gewata_lulc.tif", "gewata_teacher.safetensors"
ODD = "it's a “fine” place ü"
# Debian's wrapper hands over options of the desktop, which the program behind it does not know.
PROGRAM = shutil.which("qgis_process.bin") or shutil.which("qgis_process")

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="needs qgis_process"),
    pytest.mark.skipif(not TRAINING.exists(), reason="needs the backend's training environment: make setup"),
]


@pytest.fixture
def folder(tmp_path):
    """Where results go: a name that is easily broken."""
    folder = tmp_path / ODD
    folder.mkdir()
    return folder


@pytest.fixture
def sample(folder):
    """The sample's files: QGIS writes statistics beside what it opens."""
    copy = folder / "sample"
    shutil.copytree(SAMPLE, copy)
    return copy


@pytest.fixture
def qgis_process(with_plugin):
    """`qgis_process(words…, NAME=value…)` runs it with the plugin and gives exit code and what it said."""
    settings = with_plugin / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    with settings.open("a", encoding="utf-8") as file:
        file.write(f"\n[rskd]\npython={TRAINING}\nthreads=1\n")
    surroundings = {
        **os.environ,
        "QGIS_CUSTOM_CONFIG_PATH": str(with_plugin),
        "QT_QPA_PLATFORM": "offscreen",
        "RSKD_HOME": str(with_plugin / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*words, **inputs):
        given = [f"--{name}={value}" for name, value in inputs.items()]
        command = [PROGRAM, "--json", *words, *given]
        return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=240, check=False)

    return run


def test_the_plugin_is_loaded_and_its_algorithms_are_listed(qgis_process):
    plugins = json.loads(qgis_process("plugins").stdout)["plugins"]
    assert plugins["rskd_qgis"]["loaded"]
    listed = json.loads(qgis_process("list").stdout)["providers"]["rskd"]["algorithms"]
    names = {"rskd:distil", "rskd:predict", "rskd:predictpolygons", "rskd:evaluate", "rskd:describe"}
    assert set(listed) == names
    told = json.loads(qgis_process("help", "rskd:distil").stdout)
    assert told["outputs"]["MAP"]["type"] == "outputRaster"
    assert told["outputs"]["MEAN_IOU"]["type"] == "outputNumber"


def test_a_student_is_distilled_and_run(qgis_process, sample, folder):
    from osgeo import gdal

    gdal.UseExceptions()
    image = sample / IMAGE
    distilled = qgis_process(
        "run",
        "rskd:distil",
        LAYERS=image,
        LABELS=sample / LABELS,
        IGNORE="0",
        EXTENT="826005,831765,842025,847785",  # 192 pixels a side
        TEACHER=2,
        TEACHER_FILE=sample / TEACHER,
        STUDENT="swift-unet-16",
        SETTINGS=json.dumps({"training": {"steps": 20, "tile": 32, "batch": 4}}),
        OUTPUT=folder / "made",
    )
    assert distilled.returncode == 0, distilled.stderr
    made = json.loads(distilled.stdout)["results"]
    metrics = json.loads((folder / "made" / "metrics.json").read_text(encoding="utf-8"))
    assert made["OUTPUT"] == str(folder / "made")
    assert made["MEAN_IOU"] == pytest.approx(metrics["student"]["mean_iou"])
    assert made["TEACHER_MEAN_IOU"] == pytest.approx(metrics["teacher"]["mean_iou"])
    assert all(Path(made[name]).is_file() for name in ("STUDENT_FILE", "MAP", "CONFIDENCE", "POLYGONS", "REPORT"))

    place, extent = folder / "one more map.tif", "826005,828885,842025,844905"
    mapped = qgis_process(
        "run", "rskd:predict", STUDENT=made["STUDENT_FILE"], LAYERS=image, EXTENT=extent, OUTPUT=place
    )
    assert mapped.returncode == 0, mapped.stderr
    assert json.loads(mapped.stdout)["results"] == {"OUTPUT": str(place)}
    dataset = gdal.Open(str(place))
    assert (dataset.RasterXSize, dataset.RasterYSize) == (96, 96)
    assert dataset.GetGeoTransform() == (826005, 30, 0, 844905, 0, -30)
    values = set(dataset.GetRasterBand(1).ReadRaster())
    assert values <= {known["value"] for known in metrics["classes"]}


def test_what_is_wrong_is_said_in_words(qgis_process, sample, folder):
    wrong = (
        (
            ("rskd:predict", {"STUDENT": folder / "no.onnx", "LAYERS": sample / IMAGE, "OUTPUT": folder / "map.tif"}),
            f"“{folder / 'no.onnx'}” cannot be used: ",
        ),
        (
            ("rskd:distil", {"LAYERS": sample / IMAGE, "TEACHER": 0, "OUTPUT": folder / "made"}),
            "A teacher is trained on labels: choose a label layer.",
        ),
    )
    for (algorithm, inputs), words in wrong:
        ran = qgis_process("run", algorithm, **inputs)
        assert ran.returncode != 0
        assert words in ran.stderr
        assert not inputs["OUTPUT"].exists()
