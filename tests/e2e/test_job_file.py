"""The job file of the documentation, run as users run it; what it leaves; the same again."""

import csv
import json
import math
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
import rasterio
import yaml

from rskd.spec import load_job

pytestmark = pytest.mark.slow

LEFT = {
    "student.onnx", "student.stac.json", "job.json", "metrics.json", "report.html", "map.tif", "map.tif.aux.xml",
    "map.gpkg", "confidence.tif", "map.png", "teacher.safetensors",
}  # fmt: skip


def weights_in(teacher, prefix):
    """Parameters of one member, by its file's header: what batch normalisation counts and averages are none."""
    with teacher.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    shapes = {name: entry["shape"] for name, entry in header.items() if name.startswith(prefix)}
    return sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(_COUNTED))


_COUNTED = ("running_mean", "running_var", "num_batches_tracked")


def test_it_leaves_every_file_and_nothing_unfinished(distilled):
    assert {path.name for path in distilled.iterdir() if path.is_file()} == LEFT
    assert {path.name for path in distilled.iterdir() if path.is_dir()} == {".work", "targets"}
    assert not list(distilled.rglob("*.part*"))
    assert not list((distilled / ".work" / "results").iterdir())


def test_stdout_holds_json_lines_that_end_in_the_result(distilled):
    events = json.loads((distilled.parents[1] / "events.json").read_text())
    kinds = [event["event"] for event in events]
    assert kinds.count("result") == 1
    assert kinds[-1] == "result"
    assert {"stage-start", "stage-end", "progress", "metric", "log"} <= set(kinds)
    assert {event["name"] for event in events if event["event"] == "metric"} >= {"student", "baseline"}
    assert events[-1]["result"]["files"][0] == str(distilled / "report.html")


def test_the_resolved_job_is_absolute_and_decided(distilled, gewata):
    job = json.loads((distilled / "job.json").read_text())
    assert job["layers"][0]["path"] == str(gewata / "image.tif")
    assert job["out"] == str(distilled)
    assert job["student"]["name"] == "swift-unet-16"  # 172,722 parameters; the next one has more than 200,000
    assert job["student"]["max_parameters"] == 2e5
    assert job["training"]["steps"] >= 1
    assert job["training"]["teacher_steps"] >= 1


def test_metrics_speak_of_teacher_student_and_baseline(distilled):
    metrics = json.loads((distilled / "metrics.json").read_text())
    for model in ("teacher", "student", "baseline"):
        assert 0 <= metrics[model]["mean_iou"] <= 1
        assert metrics[model]["milliseconds_per_megapixel"] > 0
    assert metrics["teacher"]["members"] == 2
    assert metrics["teacher"]["parameters"] == 2 * weights_in(distilled / "teacher.safetensors", "0.")
    assert metrics["baseline"]["parameters"] == metrics["student"]["parameters"]
    assert set(metrics) >= {
        "counted", "classes", "ratios", "areas", "areas_note", "split", "generalisation_gap", "data_quality",
        "judgement", "versions",
    }  # fmt: skip


def test_the_job_again_in_another_folder_gives_the_same_weights(distilled, here, assert_same_weights, tmp_path):
    job = json.loads((distilled / "job.json").read_text())
    (tmp_path / "again.json").write_text(json.dumps({**job, "out": "elsewhere"}))
    again = here(tmp_path / "again.json")
    assert again.code == 0, again.events[-1]
    assert_same_weights(distilled / "student.onnx", tmp_path / "elsewhere" / "student.onnx")
    first, second = (rasterio.open(folder / "map.tif").read() for folder in (distilled, tmp_path / "elsewhere"))
    assert np.array_equal(first, second)


def test_yaml_and_json_say_the_same(distilled, tmp_path):
    path = distilled.parents[1] / "job.yaml"
    data = yaml.safe_load(path.read_text())
    (path.with_suffix(".json")).write_text(json.dumps(data))
    assert load_job(path) == load_job(path.with_suffix(".json"))


def test_the_schema_admits_the_job_and_no_misspelling(distilled, rskd, tmp_path):
    schema = rskd("schema")
    (tmp_path / "schema.json").write_text(schema.out)
    good = json.loads((distilled / "job.json").read_text())
    for data, valid in ((good, True), ({**good, "recipee": "soft-targets"}, False)):
        (tmp_path / "job.json").write_text(json.dumps(data))
        check = "import json, jsonschema, sys; jsonschema.validate(*[json.load(open(p)) for p in sys.argv[1:]])"
        done = subprocess.run(
            [sys.executable, "-c", check, tmp_path / "job.json", tmp_path / "schema.json"], capture_output=True
        )
        assert (done.returncode == 0) is valid, done.stderr


def test_any_onnxruntime_opens_the_student(distilled):
    session = onnxruntime.InferenceSession(str(distilled / "student.onnx"), providers=["CPUExecutionProvider"])
    [given] = session.get_inputs()
    assert given.shape[1:] == [6, 512, 512]
    [answer] = session.run(None, {given.name: np.full((1, 6, 512, 512), 1500, np.float32)})
    assert np.allclose(answer.sum(axis=1), 1, atol=1e-5)


def test_the_same_command_again_only_accounts_anew(distilled, rskd, files_in):
    before = (distilled / "student.onnx").read_bytes()
    ran = rskd("distill", distilled.parents[1] / "job.yaml")
    assert ran.code == 0, ran.err
    assert "kept from an earlier run" in ran.err
    assert "This job is done" in ran.err
    assert "Planned" not in ran.err
    assert "student" in ran.out
    assert "Mean IoU" in ran.out
    assert str(distilled / "report.html") in ran.out
    assert len((distilled / "student.onnx").read_bytes()) == pytest.approx(len(before), abs=100)  # its date


def test_scenes_of_a_table_hold_paths_relative_to_it(make_job, here, gewata, tmp_path):
    (tmp_path / "tables").mkdir()
    with (tmp_path / "tables" / "scenes.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["group", "labels", "landsat"])
        table.writerow(["north", "../labels.tif", "../image.tif"])
    for name in ("image.tif", "labels.tif"):
        (tmp_path / name).write_bytes((gewata / name).read_bytes())
    job = make_job(layers=None, labels=None, scenes={"csv": "tables/scenes.csv", "labels": {"ignore": [0]}})
    assert here(job).result["metrics"]["student"]["mean_iou"] is not None
    resolved = json.loads((tmp_path / "out" / "job.json").read_text())
    assert resolved["scenes"][0]["layers"][0]["path"] == str(tmp_path / "image.tif")
    # The resolved job counts as the job that it came from: nothing is computed again.
    again = here(tmp_path / "out" / "job.json")
    assert again.code == 0
    assert any("kept from an earlier run" in event.get("message", "") for event in again.events)
    assert not [event for event in again.events if event["event"] == "metric"]
