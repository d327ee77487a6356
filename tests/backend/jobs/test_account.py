"""Everything that a job leaves, written at once."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import rasterio

from rskd.events import Reporter
from rskd.jobs.account import account
from rskd.jobs.disagreement import run
from rskd.jobs.folder import JobFolder
from rskd.spec import DisagreementJob

LEFT = {
    "student.onnx", "student.stac.json", "metrics.json", "map.tif", "map.gpkg", "confidence.tif", "map.png",
    "report.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def accounted(opened, outcome):
    job = opened.setting.job
    folder = JobFolder(Path(job.out))
    with folder.held():
        folder.decide(folder.recall(job) | {"student": "swift-unet-16", "steps": 6, "teacher_steps": 0}, job)
        folder.results.mkdir(exist_ok=True)
        outcomes = {"student": outcome, "baseline": outcome}
        result = account(job, opened.setting, opened.teacher, opened.targets, opened.trainer, outcomes, folder)
    return folder.path, result


def test_every_file_that_is_named_is_there(accounted):
    folder, result = accounted
    assert {Path(file).name for file in result["files"]} >= LEFT
    assert all((folder / Path(file).name).is_file() for file in result["files"])


def test_map_and_answers_can_be_held_against_each_other(accounted, country, tmp_path):
    folder, result = accounted
    [(class_map, answers)] = result["answers"].items()
    assert class_map == str(folder / "map.tif")
    told = {}
    for targets in (answers, folder / "targets"):  # the store itself, or the folder that holds it
        told[targets] = run(
            DisagreementJob(map=class_map, targets=str(targets), out=str(tmp_path / "d.tif")), Reporter()
        )
    with rasterio.open(class_map) as file, rasterio.open(tmp_path / "d.tif") as differences:
        expected = file.read(1) != np.array([1, 5, 9])[country.taught]
        np.testing.assert_array_equal(differences.read(1), expected)
    assert [one["share"] for one in told.values()] == [pytest.approx(expected.mean())] * 2


def test_the_metrics_told_are_the_metrics_written(accounted):
    folder, result = accounted
    written = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(result["metrics"]))
    assert {"teacher", "student", "baseline", "generalisation_gap", "data_quality", "judgement"} <= set(written)
    assert written["steps"]["student"] == written["steps"]["baseline"] > 0


def test_the_report_opens_offline_and_shows_the_metrics(accounted):
    folder, result = accounted
    text = (folder / "report.html").read_text(encoding="utf-8")
    links = []

    class Links(HTMLParser):
        def handle_starttag(self, tag, attributes):
            links.extend(value for name, value in attributes if name in ("src", "href", "xlink:href") and value)

    Links().feed(text)
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)
    assert f"{result['metrics']['student']['mean_iou']:.3f}" in text
    assert text.count("data:image/png;base64,") >= 4  # image, labels, teacher, student
    assert "<title>image " in text
