"""Jobs in real processes of the real backend."""

import os
import signal
import time
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsFeedback

pytestmark = pytest.mark.qgis

LONG = 6000  # pixels a side: some seconds of work


@pytest.fixture
def run(home):
    """Runs a job; `act(event, pid, feedback)` sees every event. Returns the result or what was raised, and events."""
    from rskd_qgis.bridge.errors import BackendError, Stopped
    from rskd_qgis.bridge.process import run_job

    def ran(spec, act=lambda *_: None, job="predict", **options):
        feedback, events = QgsFeedback(), []

        def hear(event):
            events.append(event)
            act(event, events[0].get("pid"), feedback)

        try:
            return run_job(job, spec, feedback=feedback, heard=hear, **options), events
        except (BackendError, Stopped) as raised:
            return raised, events

    return ran


def once(kind, action):
    """Does `action` at the first event of a kind."""
    seen = []

    def act(event, pid, feedback):
        if event["event"] == kind and not seen:
            seen.append(True)
            action(pid, feedback)

    return act


def test_a_job_gives_its_result_and_is_heard_on_the_way(backend, run, predict, is_running):
    spec = predict()
    result, events = run(spec)
    assert result["map"] == spec["out"]
    assert Path(spec["out"]).exists()
    assert events[0]["event"] == "hello"
    assert Path(events[0]["executable"]) == Path(backend)
    assert any(event["event"] == "progress" for event in events)
    assert not is_running(events[0]["pid"])


def test_what_qgis_sets_for_its_own_python_does_not_reach_the_backend(backend, run, predict, monkeypatch, tmp_path):
    (tmp_path / "rasterio.py").write_text("raise SystemExit(99)", encoding="utf-8")
    for name in ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_LIB", "QT_PLUGIN_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    result, _ = run(predict())
    assert isinstance(result, dict)


def test_an_error_of_the_backend_is_raised_in_words_and_facts(backend, run, predict):
    error, _ = run({**predict(), "student": "/nowhere/student.onnx"})
    assert error.code == "model-unusable"
    assert error.facts["model"] == "/nowhere/student.onnx"


def test_a_description_that_is_not_sound_is_an_error_and_no_bug(backend, run):
    error, _ = run({"student": 3})
    assert error.code == "job-invalid"


@pytest.mark.parametrize("held_up", [False, True], ids=["at work", "deaf"])
def test_cancelling_takes_less_than_a_second_even_where_the_backend_is_deaf(backend, run, predict, is_running, held_up):
    cancelled = []

    def cancel(pid, feedback):
        if held_up:
            os.kill(pid, signal.SIGSTOP)  # as deaf as in native code
        feedback.cancel()
        cancelled.append(time.monotonic())

    spec = predict(LONG)
    raised, events = run(spec, once("progress", cancel))
    took = time.monotonic() - cancelled[0]
    assert type(raised).__name__ == "Stopped"
    assert took < 1.2  # the second, and what a loaded machine needs to take a process away
    assert not is_running(events[0]["pid"])
    assert not Path(spec["out"]).exists()


def test_a_job_that_is_cancelled_beforehand_starts_nothing(backend, run, predict, home):
    from rskd_qgis.bridge.errors import Stopped
    from rskd_qgis.bridge.process import run_job

    feedback = QgsFeedback()
    feedback.cancel()
    with pytest.raises(Stopped):
        run_job("predict", {}, feedback=feedback, heard=pytest.fail)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, "memory-short"), (signal.SIGSEGV, "crashed")])
def test_a_worker_that_dies_is_explained_and_can_be_started_again(backend, run, predict, number, code):
    spec = predict(LONG)
    error, _ = run(spec, once("progress", lambda pid, _: os.kill(pid, number)))
    assert error.code == code
    assert error.facts["exit_code"] == number
    assert error.hint
    result, _ = run(predict())
    assert result["map"] == spec["out"]


def test_without_an_interpreter_there_is_nothing_to_start(use, run):
    use("")
    assert run({})[0].code == "no-environment"


def test_an_interpreter_that_is_gone_is_named(use, run):
    use("/nowhere/bin/python")
    error, _ = run({})
    assert error.code == "not-starting"
    assert "/nowhere/bin/python" in error.message


def test_missing_packages_are_named(use, run):
    use("/usr/bin/python3")
    error, _ = run({})
    assert error.code == "not-starting"
    assert "onnxruntime" in error.facts["missing"]
    assert "onnxruntime" in error.message


def test_what_does_not_start_shows_its_last_words(interpreter, run):
    interpreter("echo 'libpython is broken' >&2; exit 127")
    error, _ = run({})
    assert error.code == "not-starting"
    assert "libpython is broken" in error.details


def test_what_does_not_greet_in_time_is_given_up(interpreter, run, monkeypatch):
    from rskd_qgis.bridge import process

    monkeypatch.setattr(process, "TO_GREET", 0.1)
    interpreter("exec cat >/dev/null")
    error, _ = run({})
    assert error.code == "not-starting"


def test_another_protocol_is_refused(interpreter, run):
    interpreter("""echo '{"event": "hello", "protocol": 2}'; exec cat >/dev/null""")
    assert run({})[0].code == "wrong-protocol"


def test_an_environment_that_prints_at_start_is_borne(interpreter, run, predict, run_python):
    interpreter(f"echo welcome; echo '{{}}'; exec {run_python} \"$@\"")
    result, events = run(predict())
    assert isinstance(result, dict)
    assert events[0]["event"] == "hello"


def test_silence_is_told_and_nothing_more(backend, run, predict, monkeypatch):
    from rskd_qgis.bridge import process

    monkeypatch.setattr(process, "_SILENCE", 0.05)
    result, events = run(predict())
    assert isinstance(result, dict)
    assert {"event": "silent", "seconds": 0} in events


def test_secrets_reach_the_backend_over_stdin(backend, run, predict):
    spec = predict()
    (image,) = spec["layers"]
    hidden = {**spec, "layers": [image.replace("image.tif", "{secret:file}")]}
    seen = []

    def look(pid, _):
        seen.extend((Path(f"/proc/{pid}") / name).read_bytes() for name in ("cmdline", "environ"))

    result, _ = run(hidden, once("stage-start", look), secrets={"file": "image.tif"})
    assert isinstance(result, dict)
    assert seen
    assert not any(b"image.tif" in text for text in seen)


def test_secrets_are_taken_out_of_the_log(interpreter, run):
    hello = '{"event": "hello", "protocol": 1}'
    interpreter(f"""echo '{hello}'; read -r line; echo "$line" >&2; exit 3""")
    error, _ = run({"key": "{secret:key}"}, secrets={"key": "s3cr3t"})
    assert error.code == "crashed"
    assert error.facts["exit_code"] == 3
    assert "{secret:key}" in error.details
    assert "s3cr3t" not in error.details


def test_it_needs_no_event_loop_and_no_main_thread(backend, run, predict, qgis_app):
    from qgis.PyQt.QtCore import QThread

    spec, results = predict(), []

    class Thread(QThread):
        def run(self):
            results.append(run(spec)[0])

    thread = Thread()
    thread.start()
    assert thread.wait(60_000)
    assert results[0]["map"] == spec["out"]
