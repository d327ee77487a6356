"""All jobs of a QGIS: stopping them, and what they left when they were interrupted."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import ClassVar

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import QObject, pyqtSignal

pytestmark = pytest.mark.qgis

LONG = 6000  # pixels a side: some seconds of work
HOLD = """
import sys
from filelock import FileLock

with FileLock(sys.argv[1]):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def jobs(home, qgis_app):
    from rskd_qgis.bridge.jobs import Jobs

    jobs = Jobs()
    yield jobs
    jobs.stop_all()


@pytest.fixture
def task(home):
    from rskd_qgis.bridge.job import JobTask

    return JobTask


@pytest.fixture
def leave(home):
    """Leaves a job's folder behind, as an interruption does."""

    def left(name, *, request=None, work=True):
        folder = home / "jobs" / name
        (folder / ".work").mkdir(parents=True)
        (folder / ".work" / "lock").touch()
        request = (
            {"title": f"Job {name}", "job": "distill", "spec": {"out": str(folder)}} if request is None else request
        )
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        return folder

    return left


@pytest.mark.parametrize("ended", ["paused", "stopped", "failed"])
def test_how_a_distillation_ended_is_known_until_it_starts_again(jobs, leave, ended):
    from rskd_qgis.bridge import unfinished

    folder = leave("a")
    spec = json.loads((folder / "request.json").read_text())["spec"]
    assert jobs.unfinished()[0].ended == ""  # interrupted: it had no time to say
    unfinished.note_end(spec, ended)
    (one,) = jobs.unfinished()
    assert one.ended == ended
    unfinished.remember("Job a", spec)
    assert jobs.unfinished()[0].ended == ""
    unfinished.note_end(spec, ended)
    jobs.forget(one)
    assert not folder.exists()


def test_nothing_is_noted_of_what_was_never_begun_or_is_done(jobs, leave, home):
    from rskd_qgis.bridge import unfinished

    unfinished.note_end({"out": str(home / "jobs" / "b")}, "paused")
    assert not (home / "jobs" / "b").exists()
    folder = leave("c")
    (folder / "metrics.json").write_text("{}")
    unfinished.note_end({"out": str(folder)}, "paused")
    assert not (folder / "ended.json").exists()


def test_those_that_run_are_known_until_they_end(backend, jobs, task, predict, qtbot):
    one, started = task("A map", "predict", predict()), []
    jobs.started.connect(started.append)
    jobs.start(one)
    assert started == jobs.running() == [one]
    qtbot.waitUntil(lambda: jobs.running() == [], timeout=60_000)


def test_stopping_all_leaves_no_process(backend, jobs, task, predict, qtbot, is_running):
    pids = []
    spec = predict(LONG)
    for number in range(2):
        one = task("A map", "predict", {**spec, "out": spec["out"].replace("map", f"map {number}")})
        one.heard.connect(lambda event: pids.append(event["pid"]) if event["event"] == "hello" else None)
        jobs.start(one)
    qtbot.waitUntil(lambda: len(pids) == 2, timeout=60_000)
    jobs.stop_all()
    assert jobs.running() == []
    assert not any(is_running(pid) for pid in pids)


def test_stopping_all_at_once_starts_no_process(backend, jobs, task, predict):
    heard = []
    one = task("A map", "predict", predict())
    one.heard.connect(heard.append)
    jobs.start(one)
    jobs.stop_all()
    assert heard == []


def test_all_of_them_together_are_waited_for_once(jobs, monkeypatch):
    monkeypatch.setattr("rskd_qgis.bridge.jobs._PATIENCE", 0.3)

    class Stubborn(QObject):
        succeeded, failed, stopped = pyqtSignal(), pyqtSignal(), pyqtSignal()
        given: ClassVar[list] = []

        def cancel(self):
            pass

        def wait_until_gone(self, seconds):
            self.given.append(seconds)
            threading.Event().wait(seconds)

    jobs._running = [Stubborn() for _ in range(3)]
    jobs.stop_all()
    assert sum(Stubborn.given) <= 0.3


def test_nothing_is_unfinished_where_nothing_was_begun(jobs):
    assert jobs.unfinished() == []


def test_what_was_interrupted_is_offered_the_latest_first(jobs, leave):
    older, later = leave("a"), leave("b")
    for path in (older / "request.json", older / ".work"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert [(one.folder, one.title) for one in jobs.unfinished()] == [(later, "Job b"), (older, "Job a")]
    assert jobs.unfinished()[1].when.year == 2001


def test_what_is_done_is_not_offered_unless_it_was_begun_anew(jobs, leave):
    folder = leave("a")
    (folder / "metrics.json").write_text("{}")
    assert jobs.unfinished() == []
    os.utime(folder / "metrics.json", (1_000_000_000, 1_000_000_000))
    assert len(jobs.unfinished()) == 1


@pytest.mark.parametrize("request_", [[], {"title": 3, "spec": {}}, {"title": "x"}])
def test_a_request_that_is_damaged_is_passed_over(jobs, leave, request_):
    leave("a", request=request_)
    assert jobs.unfinished() == []


def test_what_another_window_works_on_is_neither_offered_nor_deleted(jobs, leave, train_python):
    folder = leave("a")
    (one,) = jobs.unfinished()  # the lock's file alone says nothing
    pipe = subprocess.PIPE
    with subprocess.Popen([train_python, "-c", HOLD, str(folder / ".work/lock")], stdin=pipe, stdout=pipe) as other:
        assert other.stdout.readline() == b"held\n"
        assert jobs.unfinished() == []
        with pytest.raises(OSError, match="another QGIS window"):
            jobs.forget(one)
        other.kill()
    assert jobs.unfinished() == [one]


def test_forgetting_deletes_the_folder(jobs, leave):
    folder, other = leave("a"), leave("b")
    jobs.forget(next(one for one in jobs.unfinished() if one.folder == folder))
    assert not folder.exists()
    assert [one.folder for one in jobs.unfinished()] == [other]


def test_what_was_begun_in_a_folder_of_the_users_is_offered_until_it_is_done_or_forgotten(jobs, home):
    from rskd_qgis.bridge import unfinished

    folder = home / "my maps"
    for _ in range(2):
        unfinished.remember("Forest", {"out": str(folder)})
    (folder / ".work").mkdir()
    (one,) = jobs.unfinished()
    assert (one.folder, one.title) == (folder, "Forest")
    (folder / "metrics.json").touch()
    os.utime(folder / "metrics.json", (4_000_000_000, 4_000_000_000))
    assert jobs.unfinished() == []
    os.utime(folder / "metrics.json", (1_000_000_000, 1_000_000_000))
    (folder / "of mine.txt").touch()
    jobs.forget(one)
    assert jobs.unfinished() == []
    assert sorted(path.name for path in folder.iterdir()) == ["metrics.json", "of mine.txt"]


def test_forgetting_what_was_begun_over_results_leaves_these(jobs, leave):
    folder = leave("a")
    (folder / "metrics.json").touch()
    os.utime(folder / "metrics.json", (1_000_000_000, 1_000_000_000))
    (one,) = jobs.unfinished()
    jobs.forget(one)
    assert [path.name for path in folder.iterdir()] == ["metrics.json"]


def test_the_request_of_a_run_at_work_is_not_written_over(leave, train_python):
    from rskd_qgis.bridge import unfinished

    folder = leave("a")
    before = (folder / "request.json").read_bytes()
    pipe = subprocess.PIPE
    with subprocess.Popen([train_python, "-c", HOLD, str(folder / ".work/lock")], stdin=pipe, stdout=pipe) as other:
        assert other.stdout.readline() == b"held\n"
        unfinished.remember("Another", {"out": str(folder)})
        other.kill()
    assert (folder / "request.json").read_bytes() == before


def test_a_distillation_that_was_killed_can_be_resumed(use, train_python, jobs, task, sample, qtbot):
    use(train_python)
    seen, failed, pids = [], [], []

    def run():
        def hear(event):
            if event["event"] == "hello":
                pids.append(event["pid"])
            if event["event"] == "stage-start":
                seen.append([jobs.unfinished(), at_work(Path(sample["out"]))])
                os.kill(pids[-1], signal.SIGKILL)

        from rskd_qgis.bridge.unfinished import at_work

        one = task("Forest", "distill", sample)
        one.heard.connect(hear)
        one.failed.connect(failed.append)
        jobs.start(one)
        qtbot.waitUntil(lambda: not jobs.running(), timeout=120_000)

    run()
    assert seen == [[[], True]]
    assert [error.code for error in failed] == ["memory-short"]
    (one,) = jobs.unfinished()
    assert (one.folder, one.title, one.spec, one.ended) == (Path(sample["out"]), "Forest", sample, "failed")
    run()  # nothing of the dead process keeps the folder
    assert [error.code for error in failed] == ["memory-short"] * 2


@pytest.mark.parametrize(("end", "ended"), [("pause", "paused"), ("cancel", "stopped")])
def test_whether_it_was_paused_or_stopped_is_known_later(use, train_python, jobs, task, sample, qtbot, end, ended):
    use(train_python)
    one = task("Forest", "distill", sample)
    one.heard.connect(lambda event: getattr(one, end)() if event["event"] == "stage-start" else None)
    with qtbot.waitSignal(one.stopped, timeout=120_000):
        jobs.start(one)
    assert [(each.title, each.ended) for each in jobs.unfinished()] == [("Forest", ended)]
