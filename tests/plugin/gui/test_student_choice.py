import json
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

ROOT = Path(__file__).resolve().parents[3]
TRAIN = ROOT / ".venv" / "bin" / "python"

pytestmark = pytest.mark.qgis

ROWS = [
    {"name": "big", "family": "residual", "summary": "", "parameters": 9000, "megabytes": 9.0},
    {"name": "tiny-unet-16", "family": "plain", "summary": "", "parameters": 200, "megabytes": 0.9},
    {"name": "tiny-unet-8", "family": "plain", "summary": "", "parameters": 100, "megabytes": 0.6},
]


@pytest.fixture
def choice(installed):
    from rskd_qgis.gui import student_choice

    return student_choice


def names(students):
    return [one.name for one in students]


def test_from_small_to_large_and_within_the_limits(choice):
    catalogue = choice.Catalogue(ROWS, {})
    assert names(catalogue.fitting(choice.Limits())) == ["tiny-unet-8", "tiny-unet-16", "big"]
    assert names(catalogue.fitting(choice.Limits(megabytes=0.9))) == ["tiny-unet-8", "tiny-unet-16"]
    assert catalogue.fitting(choice.Limits(megabytes=0.1)) == []


def test_only_measured_students_can_be_too_slow(choice):
    catalogue = choice.Catalogue(ROWS, {"big": {"milliseconds": 900.0, "megabytes": 8.0}})
    assert names(catalogue.fitting(choice.Limits(milliseconds=100))) == ["tiny-unet-8", "tiny-unet-16"]
    assert catalogue.unmeasured() == ["tiny-unet-8", "tiny-unet-16"]
    again = catalogue.measured({"tiny-unet-8": {"milliseconds": 50.0, "megabytes": 0.5}})
    assert again.named("tiny-unet-8").milliseconds == 50.0
    assert again.named("big").milliseconds == 900.0


def test_nothing_is_automatic_where_nothing_fits(choice):
    catalogue = choice.Catalogue(ROWS, {})
    assert catalogue.automatic(choice.Limits(megabytes=0.1)) is None
    assert choice.Catalogue([], {}).automatic(choice.Limits()) is None


@pytest.mark.slow
@pytest.mark.skipif(not TRAIN.exists(), reason="needs the backend's train environment (make setup)")
def test_automatic_is_what_the_backend_takes(choice):
    """The real catalogue, the real choice: both sides must take the same student."""
    code = """
import json
from rskd.events import Reporter
from rskd.jobs.students import run
from rskd.models.students import choose
from rskd.spec import StudentSpec
rows = run(Reporter(), bands=6, classes=5, threads=1, benchmark=False)
speed = {row["name"]: float(place * 37 % 100) for place, row in enumerate(rows)}
limits = [{}, {"max_megabytes": 3}, {"max_milliseconds": 40}, {"max_megabytes": 8, "max_milliseconds": 60}]
taken = [choose(StudentSpec(**one), 6, 5, milliseconds=lambda e: speed[e.name]).name for one in limits]
print(json.dumps([rows, speed, limits, taken]))
"""
    said = subprocess.run([TRAIN, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "backend").stdout
    rows, speed, limits, taken = json.loads(said)
    assert choice.DEFAULT in speed
    measured = {name: {"milliseconds": value, "megabytes": 1.0} for name, value in speed.items()}
    catalogue = choice.Catalogue(rows, measured)
    assert [catalogue.automatic(choice.Limits.of(one)).name for one in limits] == taken
