"""Jobs of the real backend as tasks of QGIS."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QThread

pytestmark = pytest.mark.qgis

LONG = 6000  # pixels a side: some seconds of work


class Followed:
    """A task, with what its signals said and in which threads."""

    def __init__(self, task):
        self.task, self.said, self.events, self.threads = task, [], [], set()
        self.acts = {}
        task.heard.connect(self.hear)
        task.succeeded.connect(lambda result: self.end("succeeded", result))
        task.failed.connect(lambda error: self.end("failed", error))
        task.stopped.connect(lambda: self.end("stopped", None))

    def hear(self, event):
        self.threads.add(QThread.currentThread())
        self.events.append(event)
        self.acts.pop(event["event"], lambda: None)()

    def end(self, how, what):
        self.threads.add(QThread.currentThread())
        self.said.append((how, what))

    @property
    def pid(self):
        return self.events[0]["pid"]


@pytest.fixture
def start(home, qtbot):
    """Starts a job; `acts` are done once at the first event of their kind."""
    from rskd_qgis.bridge.job import JobTask
    from rskd_qgis.bridge.jobs import Jobs

    jobs = Jobs()

    def started(spec, *, job="predict", acts=None, **options):
        followed = Followed(JobTask("A map", job, spec, **options))
        followed.acts = {kind: lambda act=act: act(followed) for kind, act in (acts or {}).items()}
        jobs.start(followed.task)
        return followed

    yield started
    jobs.stop_all()


@pytest.fixture
def finish(start, qtbot):
    """Starts a job and waits for its end; returns how it ended, with what, and what was followed."""

    def finished(spec, **options):
        followed = start(spec, **options)
        qtbot.waitUntil(lambda: len(followed.said) > 0, timeout=60_000)
        ((how, what),) = followed.said
        return how, what, followed

    return finished


def test_it_succeeds_with_the_result_and_speaks_in_the_main_thread(backend, finish, predict, qgis_app):
    spec = predict()
    how, result, followed = finish(spec)
    assert (how, result["map"]) == ("succeeded", spec["out"])
    assert [event["event"] for event in followed.events].count("progress") > 0
    assert followed.threads == {qgis_app.thread()}


def test_it_is_in_qgis_list_of_tasks_and_shows_progress(backend, finish, predict):
    shown = []

    def look(followed):
        shown.append((followed.task in QgsApplication.taskManager().tasks(), followed.task.description()))
        followed.task.progressChanged.connect(shown.append)

    how, _, _ = finish(predict(2000), acts={"hello": look})
    assert how == "succeeded"
    assert shown[0] == (True, "A map")
    assert max(shown[1:]) == 100


def test_an_error_of_the_backend_arrives(backend, finish, predict):
    how, error, _ = finish({**predict(), "student": "/nowhere/student.onnx"})
    assert (how, error.code) == ("failed", "model-unusable")


def test_it_stops_when_qgis_cancels_it(backend, finish, predict, is_running):
    spec = predict(LONG)
    how, _, followed = finish(spec, acts={"progress": lambda followed: followed.task.cancel()})
    assert how == "stopped"
    assert not is_running(followed.pid)
    assert not Path(spec["out"]).exists()


def test_qgis_lives_when_the_worker_is_killed(backend, finish, predict):
    how, error, _ = finish(predict(LONG), acts={"progress": lambda followed: os.kill(followed.pid, signal.SIGKILL)})
    assert (how, error.code) == ("failed", "memory-short")


def test_what_is_to_be_prepared_is_done_first_and_in_the_background(backend, finish, predict, qgis_app):
    spec, seen = predict(), []
    image = Path(spec["layers"][0])
    put_away = image.rename(image.with_name("later.tif"))

    def prepare(feedback):
        seen.append(threading.current_thread() is threading.main_thread())
        feedback.setProgress(50)
        put_away.rename(image)

    how, _, _ = finish(spec, prepare=prepare)
    assert how == "succeeded"
    assert seen == [False]


def test_preparing_can_be_stopped_and_then_nothing_is_started(backend, start, predict, qtbot):
    from rskd_qgis.bridge.errors import Stopped

    begun, cancelled = threading.Event(), threading.Event()

    def prepare(feedback):
        begun.set()
        cancelled.wait(30)
        if feedback.isCanceled():
            raise Stopped

    followed = start(predict(), prepare=prepare)
    qtbot.waitUntil(begun.is_set)
    followed.task.cancel()
    cancelled.set()
    qtbot.waitUntil(lambda: followed.said == [("stopped", None)])
    assert followed.events == []


def test_a_bug_in_the_preparation_is_not_swallowed(backend, finish, predict):
    def prepare(feedback):
        raise ZeroDivisionError("oh")

    how, error, _ = finish(predict(), prepare=prepare)
    assert (how, error.code) == ("failed", "bug")
    assert "ZeroDivisionError" in error.details


def test_one_that_is_cancelled_before_its_turn_says_that_it_stopped(backend, start, predict, qtbot):
    followed = start(predict())
    followed.task.cancel()
    assert followed.task.wait_until_gone(30)
    qtbot.waitUntil(lambda: followed.said == [("stopped", None)])
    assert followed.events == []


def test_a_distillation_keeps_its_request_without_secrets(backend, finish, home, sample):
    folder, kept = Path(sample["out"]), []

    def look(followed):
        kept.append((folder / "request.json").read_text(encoding="utf-8"))

    spec = {**sample, "layers": [{"path": "/nowhere/{secret:key}.tif"}]}
    how, _, _ = finish(spec, job="distill", secrets={"key": "s3cr3t"}, acts={"hello": look})
    assert how == "failed"
    assert json.loads(kept[0]) == {"title": "A map", "job": "distill", "spec": spec}
    assert "s3cr3t" not in kept[0]


def test_a_distillation_that_is_refused_at_once_leaves_no_trace(backend, finish, sample):
    how, error, _ = finish({**sample, "student": {"name": 3}}, job="distill")
    assert (how, error.code) == ("failed", "job-invalid")
    assert not Path(sample["out"]).exists()


def test_a_folder_that_cannot_be_made_is_named(backend, finish, sample, home):
    (home / "jobs").write_text("a file")
    how, error, _ = finish(sample, job="distill")
    assert (how, error.code) == ("failed", "output-unwritable")
    assert str(home) in error.message


def test_who_is_refused_a_folder_writes_nothing_into_it(start, home, monkeypatch, qtbot):
    from rskd_qgis.bridge import job, unfinished
    from rskd_qgis.bridge.errors import BackendError

    spec = {"out": str(home / "jobs" / "theirs")}
    unfinished.remember("Theirs", spec)
    (home / "jobs" / "theirs" / ".work").mkdir()
    before = sorted(path.name for path in (home / "jobs" / "theirs").iterdir())

    def refuse(*_, **__):
        raise BackendError("busy", "Another one is at work.")

    monkeypatch.setattr(job, "run_job", refuse)
    followed = start(spec, job="distill")
    qtbot.waitUntil(lambda: bool(followed.said))
    assert followed.said[0][1].code == "busy"
    assert sorted(path.name for path in (home / "jobs" / "theirs").iterdir()) == before
