"""Killed at any moment, the same command goes on and ends with the same student."""

import signal

import psutil
import pytest

pytestmark = pytest.mark.slow

LONG = {"tile": 32, "batch": 2, "steps": 40, "teacher_steps": 20, "seed": 7}


def test_stopped_five_times_it_ends_as_if_nothing_had_happened(
    make_job, start, here, assert_same_weights, files_in, tmp_path
):
    job = make_job(training=LONG)
    undisturbed = here(make_job("undisturbed.yaml", training=LONG, out="undisturbed"))
    assert undisturbed.code == 0

    # The system kills the worker while the teacher learns.
    run = start(job)
    run.until("metric", name="teacher").kill()
    killed = run.ended()
    assert killed.code == 2
    assert "memory" in killed.error["message"]
    assert "same command" in killed.error["hint"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == [".work"]

    # Somebody kills the parent while the teacher answers: the worker notices and ends.
    run = start(job)
    worker = run.until("stage-start", stage="Teacher’s answers, scene 1")
    run.parent.kill()
    run.parent.wait()
    worker.wait(timeout=30)
    assert not psutil.pid_exists(worker.pid)

    # Ctrl-C while the student learns: put away and said.
    run = start(job)
    run.until("metric", name="student")
    run.parent.send_signal(signal.SIGINT)
    run.parent.wait(timeout=10)
    stopped = run.ended()
    assert stopped.code == 130
    assert stopped.events[-1]["event"] == "interrupted"
    assert stopped.events[-1]["message"] == "Stopped. The same command goes on from here."

    # Killed again while its map is made: no result has appeared.
    run = start(job)
    run.until("stage-start", stage="map").kill()
    assert run.ended().code == 2
    assert {p.name for p in (tmp_path / "out").iterdir()} == {".work", "targets", "teacher.safetensors"}

    run = start(job)
    done = run.ended()
    assert done.code == 0, done.err
    assert "The teacher's answers for scene 1 are kept from an earlier run." in [
        event.get("message") for event in done.events
    ]
    assert_same_weights(tmp_path / "out" / "student.onnx", tmp_path / "undisturbed" / "student.onnx")
    left = set(files_in(tmp_path / "out"))
    assert left == set(files_in(tmp_path / "undisturbed"))
    assert not [name for name in left if "part" in name or "unfinished" in name or "results" in name]


def test_ctrl_c_while_libraries_are_loaded_is_heard(make_job, start):
    # As a shell starts a command in the background: with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = start(make_job())
    signal.signal(signal.SIGINT, before)
    worker = run.until("stage-end", stage="Splitting the ground")
    run.parent.send_signal(signal.SIGINT)
    run.parent.wait(timeout=60)
    stopped = run.ended()
    assert stopped.code == 130
    assert stopped.events[-1]["message"] == "Stopped. Nothing had been kept yet: the same command starts anew."
    assert not psutil.pid_exists(worker.pid)


def test_a_second_run_in_the_same_folder_is_turned_away(make_job, start, rskd, tmp_path):
    job = make_job(training=LONG)
    run = start(job)
    run.until("stage-start", stage="Splitting the ground")
    second = rskd("distill", job, "--events")
    assert second.error["code"] == "busy"
    assert str(tmp_path / "out") in second.error["message"]
    run.kill()
