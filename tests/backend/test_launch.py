"""Jobs in worker processes, as the terminal starts them: the real worker over small rasters."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from rskd.launch import launch
from rskd.spec import PredictJob

LARGE = 3000


@pytest.fixture
def job(make_raster, make_student, by_threshold, tmp_path):
    image = make_raster("image.tif", np.full((1, LARGE, LARGE), 120, np.uint8), descriptions=["b1"])
    student = make_student(by_threshold)
    return PredictJob.model_validate(
        {"student": str(student), "layers": [str(image)], "out": str(tmp_path / "map.tif"), "threads": 1}
    )


def heard(job, act=lambda *_: None):
    """Events of one launch, and its exit code; `act` may do something to the worker at each."""
    events, pids = [], []

    def hear(event):
        events.append(event)
        act(event, pids[0])

    code = launch("predict", job, hear, started=pids.append)
    return events, code


def once(event, action):
    """Does `action` at the first progress event."""
    done = []

    def act(said, pid):
        if said["event"] == event and not done:
            done.append(True)
            action(pid)

    return act


def leftovers(job):
    return sorted({path.name for path in Path(job.out).parent.iterdir()} - {"image.tif", "student.onnx"})


def test_a_job_ends_with_its_result_and_exit_code_0(job):
    events, code = heard(job)
    assert code == 0
    assert events[-1]["event"] == "result"
    assert any(event["event"] == "progress" for event in events)
    assert not {"hello", "heartbeat"} & {event["event"] for event in events}
    assert Path(job.out).exists()


def test_an_error_reaches_the_parent_in_the_users_words(job):
    events, code = heard(job.model_copy(update={"student": "/nowhere/student.onnx"}))
    assert code == 2
    assert events[-1]["event"] == "error"
    assert events[-1]["code"] == "model-unusable"
    assert "/nowhere/student.onnx" in events[-1]["message"]


def test_ctrl_c_stops_the_worker_and_leaves_nothing_half_written(job):
    events, code = heard(job, once("progress", lambda _: signal.raise_signal(signal.SIGINT)))
    assert code == 130
    assert events[-1]["event"] == "interrupted"
    assert leftovers(job) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_worker_killed_by_the_system_is_explained(job):
    events, code = heard(job, once("progress", lambda pid: os.kill(pid, signal.SIGKILL)))
    assert code == 2
    assert events[-1]["code"] == "memory-short"
    assert events[-1]["hint"].startswith("Lower memory_gb or `threads:`")
    assert "goes on" not in events[-1]["hint"]  # a map starts anew
    assert events[-1]["facts"]["job"] == "predict"
    events, code = heard(job)  # the same job again, over whatever was left behind
    assert code == 0
    assert events[-1]["event"] == "result"


def test_a_file_named_like_a_library_in_the_users_folder_is_not_run(job, tmp_path, monkeypatch):
    (tmp_path / "rasterio.py").write_text("raise SystemExit(99)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    events, code = heard(job.model_copy(update={"student": "/nowhere/student.onnx"}))
    assert code == 2
    assert events[-1]["code"] == "model-unusable"
