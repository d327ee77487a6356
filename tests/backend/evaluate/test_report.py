"""The report from metrics made by hand."""

import copy
import re

import numpy as np
import pytest

from rskd.evaluate.report import Crop, ReportFacts, write_report
from rskd.events import Reporter
from rskd.jobs import cautions
from rskd.jobs.budget import Costs, Steps

MODEL = {
    "mean_iou": 0.5, "overall_accuracy": 0.75, "kappa": 0.25, "intervals": {"mean_iou": [0.4375, 0.5625]}, "blocks": 9,
    "parameters": 12345, "megabytes": 0.05, "milliseconds_per_megapixel": 123.4, "confusion": [[8, 2], [1, 1234567]],
    "classes": [
        {"value": 1, "name": "<b>forest</b>", "color": "#117733", "iou": 0.5, "iou_interval": None, "users": 0.5,
         "producers": None, "f1": 0.5, "reference_pixels": 10, "mapped_pixels": 9, "counted": True},
        {"value": 5, "name": "water", "color": "#3377aa", "iou": None, "iou_interval": None, "users": None,
         "producers": None, "f1": None, "reference_pixels": 0, "mapped_pixels": 1, "counted": False},
    ],
}  # fmt: skip
METRICS = {
    "teacher": {**MODEL, "milliseconds_per_megapixel": None, "milliseconds_per_megapixel_reason": "it is read"},
    "student": {**MODEL, "agreement": 0.875},
    "ratios": {"parameters": 20.0, "megabytes": 20.0, "milliseconds_per_megapixel": None, "mean_iou": 1.0},
    "areas": [{"name": "water", "mapped_m2": 25000.0, "adjusted_m2": None, "half_width_m2": None}],
    "areas_note": "Not a random sample.",
    "classes": [{"name": "water", "color": "#3377aa"}],
    "split": {"text": "Blocks.", "classes": [{"name": "water", "train": 1, "validation": 2, "test": 3}]},
    "generalisation_gap": {"gap": None, "test": None, "train": 0.5, "meaning": "m"},
    "data_quality": {"share_below": 0.125, "blocks": 8, "threshold": 0.5, "meaning": "m"},
    "basis": "b", "judgement": ["Good & small."], "speed_note": "s", "created": "2026", "versions": {"rskd": "1"},
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(metrics=METRICS, **facts):
        path = tmp_path / "report.html"
        write_report(path, ReportFacts(title="gewata", job={"task": "land-cover"}, metrics=metrics, **facts))
        return path.read_text(encoding="utf-8")

    return write


def test_names_from_files_cannot_become_markup(written):
    text = written(warnings=[{"message": "<script>x</script>", "hint": ""}])
    assert "&lt;b&gt;forest&lt;/b&gt;" in text
    assert "<script" not in text
    assert "Good &amp; small." in text


def test_numbers_are_written_for_people(written):
    text = written()
    assert "1,234,567" in text
    assert re.search(r"0\.500 <span class=\"note\">\[0\.438, 0\.562\]", text)
    assert "12.5%" in text
    assert "2.5</td><td>–</td><td>–" in text  # hectares
    assert "Not a random sample." in text
    assert "it is read" in text


def test_a_baseline_gets_a_column_of_its_own(written):
    assert "<th>without teacher</th>" not in written()
    text = written({**METRICS, "baseline": MODEL})
    assert "<th>without teacher</th>" in text
    assert "baseline" not in text


def test_warnings_are_written_for_who_has_never_seen_a_job_file(written):
    reporter = Reporter()
    cautions.of_short_budget(Steps(37, 41), 1000, 3, reporter, costs=Costs(1.0, 1.0), spent=1.0, trainings=1)
    cautions.of_untrained_classes(["ice"], reporter, teacher_knows=False)
    cautions.of_larger_student(10, 5, reporter)
    text = written(warnings=reporter.warnings)
    assert "The budget of 3 minutes was enough for 37 steps of the student&#39;s training and 41 of the" in text
    assert "Label more of that ground" in text
    assert not re.search(r"max_minutes|split:|`|max_parameters", text)


def test_without_test_labels_there_are_no_classes_and_no_confusion(written):
    metrics = copy.deepcopy(METRICS)
    for model in ("teacher", "student"):
        metrics[model] |= {"mean_iou": None, "classes": [], "intervals": {}}
        for key in ("overall_accuracy", "kappa", "confusion", "blocks"):
            metrics[model].pop(key)
    text = written(metrics)
    assert "Class by class" not in text
    assert "0.875" in text


def test_pictures_and_curves_are_inside_the_file(written):
    crop = Crop("Test ground", [("Image", np.zeros((4, 4, 3), np.uint8)), ("Labels", np.ones((4, 4, 3), np.uint8))])
    text = written(crops=[crop], curves=[("Loss", "<svg><g/></svg>")], files=["student.onnx", "map.tif"])
    assert text.count("data:image/png;base64,") == 2
    assert "<svg><g/></svg>" in text
    assert "student.onnx, map.tif" in text
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", text)
