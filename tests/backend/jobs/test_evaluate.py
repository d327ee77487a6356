"""A student or a map against labels, counted by hand."""

import json

import numpy as np
import pytest

from rskd.errors import ClassesMismatch, JobInvalid, NoOverlap
from rskd.events import Reporter
from rskd.jobs.evaluate import run
from rskd.spec import EvaluateJob


def job(subject, labels, *layers, **changes):
    asked = {"subject": str(subject), "labels": {"path": str(labels)}, "layers": [str(layer) for layer in layers]}
    return EvaluateJob.model_validate({**asked, "threads": 1, **changes})


@pytest.fixture
def student(make_student, by_threshold):
    """Maps below 100 to 10, to 150 to 20, above to 30."""
    return make_student(by_threshold)


@pytest.fixture
def image(make_raster):
    values = np.tile(np.array([50, 120, 180], np.uint8), (60, 20))
    return make_raster("image.tif", values[None], descriptions=["b1"])


def of_columns(values, height=60):
    return np.tile(np.array(values, np.uint8), (height, 20))[None]


def test_a_student_over_layers(make_raster, student, image):
    labels = of_columns([10, 20, 30])
    labels[:, :6] = 30  # the first tenth of the rows: one column in three is right
    facts = run(job(student, make_raster("labels.tif", labels), image), Reporter())
    assert facts["pixels"] == 60 * 60
    assert facts["overall_accuracy"] == pytest.approx(0.9 + 0.1 / 3)
    ious = [54 / 60, 54 / 60, 60 / (60 + 12)]
    assert [row["iou"] for row in facts["classes"]] == pytest.approx(ious)


def test_a_map_and_pixels_without_a_label_do_not_count(make_raster, tmp_path):
    reference = of_columns([1, 2, 3])
    reference[:, 30:] = 0
    found = of_columns([1, 2, 3])
    found[:, :3] = 1
    facts = run(
        job(
            make_raster("map.tif", found, nodata=0),
            make_raster("labels.tif", reference, nodata=0),
            out=str(tmp_path / "metrics.json"),
        ),
        Reporter(),
    )
    assert facts["pixels"] == 30 * 60
    assert facts["overall_accuracy"] == pytest.approx(1 - 3 * 40 / 1800)
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8")) == facts


def test_intervals_are_drawn_over_blocks_of_the_map(make_raster):
    truth = np.ones((1, 300, 300), np.uint8)
    truth[:, ::2] = 2
    facts = run(job(make_raster("map.tif", truth), make_raster("labels.tif", truth)), Reporter())
    assert facts["blocks"] == 4  # blocks of 256 pixels


def test_an_area_limits_what_counts(make_raster):
    truth = of_columns([1, 2, 3])
    west, north = 300_000, 800_000
    area = [west, north - 30 * 30, west + 30 * 60, north]  # the upper 30 of 60 rows, 30 m each
    found = truth.copy()
    found[:, 30:] = 1
    facts = run(job(make_raster("map.tif", found), make_raster("labels.tif", truth), area=area), Reporter())
    assert (facts["pixels"], facts["overall_accuracy"]) == (30 * 60, 1)


def test_a_student_needs_layers(make_raster, student, image):
    with pytest.raises(JobInvalid, match="evaluated over layers"):
        run(job(student, image), Reporter())


def test_labels_of_other_classes_are_refused(make_raster, student, image):
    with pytest.raises(ClassesMismatch):
        run(job(student, make_raster("labels.tif", of_columns([10, 20, 77])), image), Reporter())


def test_labels_that_lie_where_nothing_is_mapped_are_said(make_raster):
    mapped, labelled = of_columns([1, 2, 3]), of_columns([1, 2, 3])
    mapped[:, 30:], labelled[:, :30] = 0, 0
    with pytest.raises(NoOverlap):
        run(job(make_raster("map.tif", mapped, nodata=0), make_raster("labels.tif", labelled, nodata=0)), Reporter())


def test_that_numbers_were_matched_with_named_classes_is_said(make_raster, student, image):
    reporter = Reporter()
    run(job(student, make_raster("labels.tif", of_columns([10, 20, 30])), image), reporter)
    warned = [one for one in reporter.warnings if one["code"] == "matched-by-number"]
    assert [one["values"]["labels"] for one in warned] == ["labels.tif"]
    assert warned[0]["values"]["pairs"] in warned[0]["message"]
    assert warned[0]["values"]["pairs"].startswith("10 = ")
