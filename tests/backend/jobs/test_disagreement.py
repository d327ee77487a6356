"""A student's map held against its teacher's answers."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.targets import write_targets
from rskd.errors import ClassesMismatch, JobInvalid, LayerUnreadable
from rskd.events import Reporter
from rskd.geo.grid import Grid
from rskd.geo.writers import MapWriter
from rskd.infer.engine import Strip
from rskd.jobs.disagreement import run
from rskd.spec import DisagreementJob

CARDS = [ClassCard(value=value, name=f"class {value}", color="#112233") for value in (3, 7, 20)]
VALUES = np.array([3, 7, 20])
GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_000_000), 700, 600)


@dataclass
class Case:
    """A teacher's answers over the grid, and a student's map over a part of it."""

    folder: object
    teacher: np.ndarray
    student: np.ndarray
    part: Window

    def job(self, **changes):
        given = {"map": self.folder / "map.tif", "targets": self.folder / "targets", "out": self.folder / "d.tif"}
        return DisagreementJob(**{key: str(value) for key, value in {**given, **changes}.items()})


def store(folder, key, channels, valid, grid=GRID, when="2026-01-01T00:00:00+00:00"):
    chosen = channels == np.arange(3)[:, None, None]
    strip = Strip(grid.window, np.where(chosen, 0.8, 0.1).astype(np.float32), valid)
    place = write_targets(folder, key, [strip], grid, CARDS, teacher={})
    sidecar = place / "targets.json"
    text = sidecar.read_text(encoding="utf-8")
    start = text.index('"created": "') + len('"created": "')
    sidecar.write_text(text[:start] + when + text[start + len(when) :], encoding="utf-8")
    return place


@pytest.fixture
def case(tmp_path):
    """Channels at random; the student differs in one pixel of five; gaps in both."""
    rng, part = np.random.default_rng(4), Window(30, 50, 640, 520)
    teacher = rng.integers(0, 3, (600, 700)).astype(np.uint8)
    student = np.where(rng.random(teacher.shape) < 0.2, (teacher + 1) % 3, teacher)
    valid = np.ones(teacher.shape, bool)
    valid[100:140, 200:300] = False
    store(tmp_path / "targets", "a" * 32, teacher, valid)
    values = np.where(rng.random(teacher.shape) < 0.1, 255, VALUES[student])[part.toslices()]
    with MapWriter(tmp_path / "map.tif", GRID.crop(part), classes=CARDS) as writer:
        writer.write(Window(0, 0, 640, 520), values)
    answers = np.where(valid, VALUES[teacher], -1)[part.toslices()]
    return Case(tmp_path, answers, values, part)


def test_pixels_are_same_different_or_nothing(case):
    heard = []
    result = run(case.job(), Reporter(heard.append))
    both = (case.teacher >= 0) & (case.student != 255)
    expected = np.where(both, case.teacher != case.student, 255)
    with rasterio.open(result["disagreement"]) as file:
        np.testing.assert_array_equal(file.read(1), expected)
        assert file.nodata == 255
        assert file.transform == GRID.crop(case.part).transform
        assert file.crs == GRID.crs
        assert file.colormap(1)[1][:3] == (178, 24, 43)
    named = (case.folder / "d.tif.aux.xml").read_text(encoding="utf-8")
    assert "<Category>same</Category>" in named
    assert "<Category>different</Category>" in named
    assert result["pixels"] == both.sum()
    assert result["share"] == pytest.approx((expected == 1).sum() / both.sum())
    assert result["share"] == pytest.approx(0.2, abs=0.01)
    assert heard[0]["event"] == "stage-start"


def test_the_newest_answers_on_the_maps_pixels_count(case):
    same = np.zeros((600, 700), np.uint8)
    whole = np.ones(same.shape, bool)
    store(case.folder / "targets", "b" * 32, same, whole, when="2025-01-01T00:00:00+00:00")
    off = Grid(GRID.crs, GRID.transform * Affine.translation(0.5, 0), 700, 600)
    store(case.folder / "targets", "c" * 32, same, whole, off, when="2027-01-01T00:00:00+00:00")
    assert run(case.job(), Reporter())["share"] == pytest.approx(0.2, abs=0.01)
    only = run(case.job(targets=case.folder / "targets" / ("b" * 32)), Reporter())
    assert only["share"] == pytest.approx((case.student != 3)[case.student != 255].mean())


def test_answers_of_other_ground_are_refused(case):
    with pytest.raises(ClassesMismatch, match="belongs to “map”"):
        run(case.job(targets=case.folder), Reporter())
    assert not (case.folder / "d.tif").exists()


def test_damaged_answers_are_told(case):
    with (case.folder / "targets" / ("a" * 32) / "targets.tif").open("ab") as file:
        file.write(b"more")
    with pytest.raises(LayerUnreadable, match="changed"):
        run(case.job(), Reporter())
    assert not (case.folder / "d.tif").exists()


@pytest.mark.parametrize("out", ["map.tif", "d.png"])
def test_the_output_is_a_geotiff_and_not_the_map(case, out):
    with pytest.raises(JobInvalid, match="output"):
        run(case.job(out=case.folder / out), Reporter())


def test_it_loads_no_torch():
    code = "import sys, rskd.jobs.disagreement; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
