"""The run tier: students run where torch is not installed, and nothing on the way to them imports it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

TRAIN_TIER = [
    "torch", "torchvision", "torchgeo", "torchmetrics", "lightning", "segmentation_models_pytorch", "timm", "kornia",
    "safetensors", "jinja2", "matplotlib", "geopandas", "pandas", "requests", "sklearn", "scipy",
]  # fmt: skip

IMPORT_ALL = """
import importlib, pkgutil, sys

refused = set(sys.argv[1:])

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in refused:
            raise ImportError(f"the run tier asked for {name}")

sys.meta_path.insert(0, Refuse())
import rskd

for module in pkgutil.walk_packages(rskd.__path__, "rskd.", onerror=lambda name: None):
    if module.name.split(".")[1] not in ("distill", "models"):
        importlib.import_module(module.name)
        print(module.name)
"""

HELP = """
import sys
from rskd.cli import main
sys.argv = ["rskd", "--help"]
try:
    main()
finally:
    print("loaded:", *sys.modules)
"""


@pytest.fixture(scope="session")
def run_python() -> str:
    """Python of an environment with the base extra only."""
    python = os.environ.get("RSKD_RUN_PYTHON", "")
    if not Path(python).is_file():
        pytest.skip("no environment with the run tier alone: `make test` makes one and names it in RSKD_RUN_PYTHON")
    return python


@pytest.fixture
def rskd(run_python, tmp_path):
    """Runs the command line in the run tier; gives its stdout, or its events with `--events`."""

    def run(*words: object) -> str:
        command = [run_python, "-c", "from rskd.cli import main; main()", *map(str, words)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def brightness(make_raster, make_student):
    """A layer of dark (50) and bright (150) pixels, and a student that maps dark to 10 and bright to 20."""
    bright = np.random.default_rng(3).random((80, 90)) < 0.3
    layer = make_raster("image.tif", np.where(bright, 150, 50).astype(np.uint8)[None])
    student = make_student([(np.array([-5.0, 5.0]).reshape(2, 1, 1, 1), np.zeros(2))])
    return layer, student, np.where(bright, 20, 10).astype(np.uint8)


def test_the_rooms_of_the_run_tier_import_without_the_training_packages():
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL, *TRAIN_TIER], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    imported = done.stdout.split()
    for room in ("rskd.geo", "rskd.infer", "rskd.evaluate", "rskd.jobs", "rskd.cli", "rskd.worker", "rskd.jobs.doctor"):
        assert room in imported


def test_help_loads_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, encoding="utf-8")
    text, _, loaded = done.stdout.rpartition("loaded:")
    assert "distill" in text
    assert not {"numpy", "rasterio", "onnx", "onnxruntime", "pyogrio", "pydantic", "torch"} & set(loaded.split())


def test_the_environment_really_lacks_the_training_packages(run_python):
    code = "import importlib.util, sys; print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name)])"
    there = subprocess.run([run_python, "-c", code, *TRAIN_TIER], capture_output=True, text=True, check=True).stdout
    assert there.split() == []


def test_doctor_finds_no_problem_and_notes_that_distilling_is_not_installed(rskd):
    found = json.loads(rskd("doctor", "--json"))
    assert found["problems"] == []
    assert "students run, distilling does not" in found["notes"][0]
    assert "No problems found." in rskd("doctor")


def test_inspect_describes_a_student_and_a_raster(rskd, brightness):
    layer, student, _ = brightness
    assert json.loads(rskd("inspect", student))
    assert json.loads(rskd("inspect", layer))


def test_predict_writes_the_map_and_its_polygons(rskd, brightness, tmp_path):
    layer, student, expected = brightness
    rskd("predict", student, layer, "--out", tmp_path / "map.tif", "--vector", tmp_path / "map.gpkg")
    with rasterio.open(tmp_path / "map.tif") as written:
        np.testing.assert_array_equal(written.read(1), expected)
    assert (tmp_path / "map.gpkg").is_file()


def test_evaluate_counts_what_was_made_wrong_on_purpose(rskd, brightness, make_raster, tmp_path):
    layer, student, expected = brightness
    labels = expected.copy()
    labels[:8] = 30 - labels[:8]  # 10 and 20 change places in a tenth of the rows
    reference = make_raster("labels.tif", labels[None])
    rskd("predict", student, layer, "--out", tmp_path / "map.tif")
    for subject, layers in ((tmp_path / "map.tif", []), (student, [layer])):
        out = tmp_path / "metrics.json"
        rskd("evaluate", subject, *layers, "--labels", reference, "--out", out)
        assert overall_accuracy(json.loads(out.read_text(encoding="utf-8"))) == pytest.approx(0.9)


def overall_accuracy(facts):
    """The first value of that name, however deep it stands; an estimate may come with its interval."""
    for name, value in facts.items():
        if name == "overall_accuracy":
            return value["value"] if isinstance(value, dict) else value
        if isinstance(value, dict) and (found := overall_accuracy(value)) is not None:
            return found
    return None
