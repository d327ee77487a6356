"""Everything that a job leaves, written at once."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rskd.jobs.account import account
from rskd.jobs.folder import JobFolder

LEFT = {"student.onnx", "student.stac.json", "metrics.json", "map.tif", "map.gpkg", "map.png", "report.html"}


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


def test_the_metrics_told_are_the_metrics_written(accounted):
    folder, result = accounted
    written = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(result["metrics"]))
    assert {"teacher", "student", "baseline", "generalisation_gap", "data_quality", "judgement"} <= set(written)


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
    assert f"<title>{folder.name} " in text
