import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import rasterio

from rskd.events import Reporter
from rskd.jobs.doctor import MISMATCH, RUN, TRAIN, lines, notes, probe, problems, run

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {"torch", "lightning", "torchgeo", "torchvision", "onnxruntime", "rasterio", "numpy"}


@pytest.fixture
def broken(tmp_path):
    """Environment of a child process in which modules of the given names do what the given code says."""

    def make(**modules: str) -> dict[str, str]:
        for name, code in modules.items():
            (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        return {**os.environ, "PYTHONPATH": str(tmp_path)}

    return make


def found(*, nvidia=(), missing=(), errors=None, torch_cuda=()):
    """Findings of a machine where all is well, except as said."""
    errors = errors or {}
    return {
        "packages": [
            {
                "name": name,
                "tier": "run" if name in RUN else "train",
                "version": None if name in missing else "1.0",
                "error": errors.get(name),
            }
            for name in RUN | TRAIN
        ],
        "devices": {
            "nvidia": list(nvidia),
            "onnxruntime": ["CPUExecutionProvider"],
            "torch": {"cuda": list(torch_cuda), "mps": False, "built_for": None},
        },
        "disk_gb": {"folder": "here", "free": 10.0},
        "gdal": {"rasterio": {"gdal": "3.10.3", "drivers": {"GTiff": True}}, "pyogrio": None},
    }


def requirements(names):
    return {line.split(">")[0].split("=")[0].split("<")[0].strip() for line in names}


def test_packages_are_those_of_the_project_file():
    project = tomllib.loads((ROOT / "backend" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(RUN) == requirements(project["dependencies"])
    assert set(TRAIN) == requirements(project["optional-dependencies"]["train"])


@pytest.mark.slow
def test_this_installation_is_described_as_it_is():
    result = run(Reporter())
    json.dumps(result)
    versions = {package["name"]: package["version"] for package in result["packages"]}
    assert versions["numpy"] == np.__version__
    assert versions["onnxruntime"] == version("onnxruntime")
    assert result["gdal"]["rasterio"]["gdal"] == rasterio.__gdal_version__
    assert result["gdal"]["rasterio"]["drivers"] == {"GTiff": True, "COG": True, "VRT": True}
    assert result["gdal"]["pyogrio"]["drivers"] == {"GPKG": True}
    assert "CPUExecutionProvider" in result["devices"]["onnxruntime"]
    assert 1 <= result["threads"]["usable"] <= result["threads"]["present"]
    assert 0 < result["memory_gb"]["available"] <= result["memory_gb"]["total"]
    assert result["problems"] == []
    text = lines(result)
    assert text[-1] == "No problems found."
    assert any(line.split()[:2] == ["numpy", np.__version__] for line in text)


def test_it_loads_nothing_heavy_itself():
    code = "import sys, rskd.jobs.doctor; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_a_module_that_loads_says_so(broken):
    environment = broken(fine_module="print('chatter')\nimport os; os.write(1, b'chatter from below')")
    assert probe(["fine_module"], environment=environment) == {"fine_module": {"facts": {}}}


def test_a_module_that_ends_the_process_does_not_hide_the_others(broken):
    environment = broken(first="", deadly="import os; os._exit(3)", last="raise OSError('no libgomp')")
    heard = []
    answers = probe(["first", "deadly", "last"], heard=lambda: heard.append(1), environment=environment)
    assert answers["first"] == {"facts": {}}
    assert "ended the process" in answers["deadly"]["error"]
    assert answers["last"]["error"] == "OSError: no libgomp"
    assert len(heard) == 3


def test_a_torchvision_of_another_torch_is_one_problem_with_its_cure(broken):
    # The words that torch says for torchvision 0.28 of PyPI beside torch 2.13+cpu; see scripts/torchvision_mend.py.
    environment = broken(torchvision=f"raise RuntimeError('{MISMATCH}')", lightning="import torchvision")
    answers = probe(["torchvision", "lightning"], environment=environment)
    errors = {name: answer["error"] for name, answer in answers.items()}
    (problem,) = problems(found(errors=errors))
    assert problem["code"] == "torchvision-mismatch"
    assert "pip install --force-reinstall torch torchvision" in problem["hint"]


def test_a_package_that_does_not_load_is_to_be_reinstalled():
    (problem,) = problems(found(errors={"rasterio": "ImportError: libexpat.so.1"}))
    assert problem["code"] == "package-broken"
    assert "libexpat.so.1" in problem["message"]
    assert problem["hint"].endswith("rasterio==1.0")


def test_a_missing_package_of_the_run_tier_is_a_problem():
    (problem,) = problems(found(missing=["shapely", "psutil"]))
    assert problem["code"] == "package-missing"
    assert problem["hint"] == "pip install psutil shapely"


def test_a_missing_format_is_a_problem():
    facts = found()
    facts["gdal"]["rasterio"]["drivers"]["COG"] = False
    (problem,) = problems(facts)
    assert problem["code"] == "driver-missing"
    assert "COG" in problem["message"]


def test_without_the_training_parts_there_is_a_note_and_no_problem():
    facts = found(missing=TRAIN)
    assert problems(facts) == []
    (note,) = notes(facts)
    assert "not installed" in note
    assert "rskd[train]" in note


def test_training_parts_that_are_not_complete_are_named():
    (note,) = notes(found(missing=["lightning"]))
    assert "lightning missing" in note


def test_a_gpu_that_lies_idle_is_said():
    assert len(notes(found(nvidia=["H200"]))) == 2
    (note,) = notes(found(nvidia=["H200"], torch_cuda=["H200"]))
    assert "onnxruntime-gpu" in note
