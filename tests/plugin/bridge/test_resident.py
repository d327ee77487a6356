"""Short questions to the real backend, while QGIS stays free."""

import os
import signal

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import QTimer

pytestmark = pytest.mark.qgis


class Answers(list):
    """What was called back: answers, and codes of errors."""

    def failed(self, error):
        self.append(error.code)


@pytest.fixture
def resident(home, qgis_app):
    from rskd_qgis.bridge.resident import Resident

    resident = Resident()
    yield resident
    resident.close()


@pytest.fixture
def ask(resident, qtbot):
    """Asks, and waits for so many answers in all."""

    def asked(answers, question, arguments, count=None):
        resident.ask(question, arguments, answers.append, answers.failed)
        if count is not None:
            qtbot.waitUntil(lambda: len(answers) >= count, timeout=60_000)

    return asked


@pytest.fixture
def troubles(resident):
    found = Answers()
    resident.trouble.connect(found.failed)
    return found


def pid(resident):
    return resident._backend.process.processId()


def test_questions_are_answered_in_their_order_by_one_process(backend, resident, ask, troubles, make_image):
    path, answers = make_image(5), Answers()
    ask(answers, "inspect", {"file": path})
    ask(answers, "inspect", {"file": "/nowhere.tif"})
    ask(answers, "check", {"job": "distill", "spec": {"layers": [path]}}, count=3)
    before = pid(resident)
    ask(answers, "inspect", {"file": path}, count=4)
    assert (answers[0]["path"], answers[0]["width"]) == (path, 5)
    assert answers[1:3] == ["layer-unreadable", {}]
    assert answers[3] == answers[0]
    assert pid(resident) == before
    assert troubles == []


def test_qgis_stays_free_while_a_question_is_answered(backend, resident, ask):
    ticks, answers, timer = [], Answers(), QTimer()
    timer.timeout.connect(lambda: ticks.append(None))
    timer.start(10)
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)  # a process starts and imports for a second
    timer.stop()
    assert answers == ["layer-unreadable"]
    assert len(ticks) > 20


def test_after_a_crash_open_questions_fail_and_the_next_one_is_answered(backend, resident, ask, troubles, make_image):
    path, answers = make_image(5), Answers()
    ask(answers, "inspect", {"file": path}, count=1)
    first = pid(resident)
    os.kill(first, signal.SIGSTOP)
    ask(answers, "inspect", {"file": path})
    os.kill(first, signal.SIGSEGV)
    os.kill(first, signal.SIGCONT)
    ask(answers, "inspect", {"file": path}, count=3)
    assert answers[1:] == ["helper-ended", "helper-ended"]
    assert troubles == ["helper-ended"]
    ask(answers, "inspect", {"file": path}, count=4)
    assert answers[3] == answers[0]
    assert pid(resident) != first


def test_a_death_without_a_question_is_told_too(backend, resident, ask, troubles, qtbot):
    answers = Answers()
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    os.kill(pid(resident), signal.SIGSEGV)
    qtbot.waitUntil(lambda: troubles == ["helper-ended"])
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=2)
    assert answers[1] == "layer-unreadable"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_helper_is_not_called_a_job(backend, resident, ask, qtbot, number):
    told, answers = [], Answers()
    resident.trouble.connect(told.append)
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    os.kill(pid(resident), number)
    qtbot.waitUntil(lambda: bool(told))
    assert "helper for short questions" in told[0].message
    assert ("memory" in told[0].message) is (number == signal.SIGKILL)
    assert told[0].hint == "It starts again by itself. Jobs are not touched."


@pytest.mark.parametrize(
    ("python", "code", "told"),
    [
        ("", "no-environment", []),
        ("/nowhere/python", "not-starting", ["not-starting"]),
        ("/usr/bin/python3", "not-starting", ["not-starting"]),
    ],
)
def test_what_cannot_start_fails_every_question_after_asking(use, resident, qtbot, troubles, python, code, told):
    use(python)
    answers = Answers()
    resident.ask("inspect", {"file": "a"}, answers.append, answers.failed)
    assert answers == []
    qtbot.waitUntil(lambda: answers == [code], timeout=30_000)
    qtbot.waitUntil(lambda: troubles == told)


def test_another_interpreter_takes_over_at_the_next_question(
    use, resident, ask, qtbot, run_python, train_python, is_running
):
    answers = Answers()
    use(run_python)
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    first = pid(resident)
    ask(answers, "inspect", {"file": "/nowhere.tif"})
    use(train_python)
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=3)
    assert answers == ["layer-unreadable"] * 3
    assert pid(resident) != first
    qtbot.waitUntil(lambda: not is_running(first))


def test_progress_is_heard_on_the_way_to_an_answer(backend, resident, ask):
    heard, answers = [], Answers()
    resident.heard.connect(heard.append)
    ask(answers, "doctor", {}, count=1)
    assert answers[0]["problems"] == []
    assert {"stage-start", "progress", "stage-end"} <= {event["event"] for event in heard}


def test_an_error_in_one_place_keeps_no_other_from_its_answer(backend, resident, ask, qtbot):
    answers = Answers()

    def broken(_):
        raise RuntimeError("of the widget")

    with qtbot.captureExceptions() as raised:
        resident.ask("check", {"job": "predict", "spec": {}}, broken, broken)
        ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    assert answers == ["layer-unreadable"]
    assert [str(error) for _, error, _ in raised] == ["of the widget"]


@pytest.mark.parametrize("deaf", [False, True])
def test_closing_ends_the_process_and_drops_what_is_open(backend, resident, ask, is_running, deaf):
    answers = Answers()
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    process = pid(resident)
    if deaf:
        os.kill(process, signal.SIGSTOP)
    ask(answers, "inspect", {"file": "/nowhere.tif"})
    resident.close()
    assert not is_running(process)
    ask(answers, "check", {}, count=2)
    assert answers == ["layer-unreadable", "job-invalid"]


def test_closing_what_was_never_asked_is_nothing(resident):
    resident.close()


def test_it_can_be_asked_again_after_closing(backend, resident, ask):
    answers = Answers()
    resident.close()
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    assert answers == ["layer-unreadable"]


def test_what_is_open_waits_while_it_is_held_and_is_answered_then(backend, resident, ask, is_running, qtbot):
    answers = Answers()
    ask(answers, "inspect", {"file": "/nowhere.tif"}, count=1)
    process = pid(resident)
    os.kill(process, signal.SIGSTOP)
    ask(answers, "inspect", {"file": "/nowhere.tif"})
    resident.hold()
    assert not is_running(process)
    ask(answers, "check", {})
    qtbot.wait(100)
    assert resident._backend is None  # the environment is being changed
    assert len(answers) == 1
    resident.release()
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=60_000)
    assert answers == ["layer-unreadable", "layer-unreadable", "job-invalid"]


def test_letting_go_without_a_question_starts_nothing(backend, resident):
    resident.hold()
    resident.release()
    assert resident._backend is None


def test_a_question_without_an_answer_fails_in_time_and_the_others_are_answered(
    backend, home, qtbot, monkeypatch, is_running
):
    from rskd_qgis.bridge import resident as module

    monkeypatch.setattr(module, "_DEAF", 3.0)
    resident, answers, told = module.Resident(), Answers(), []
    resident.ask("inspect", {"file": "/nowhere.tif"}, answers.append, answers.failed)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=60_000)
    process = pid(resident)
    os.kill(process, signal.SIGSTOP)
    resident.ask("inspect", {"file": "/nowhere.tif"}, pytest.fail, told.append)
    resident.ask("check", {}, answers.append, answers.failed)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=60_000)
    assert answers == ["layer-unreadable", "job-invalid"]
    assert told[0].code == "helper-ended"
    assert "gave no answer" in told[0].message
    qtbot.waitUntil(lambda: not is_running(process))
    resident.close()


def test_heartbeats_alone_are_no_answer(interpreter, qtbot, monkeypatch, home):
    from rskd_qgis.bridge import resident as module

    monkeypatch.setattr(module, "_STUCK", 1.0)
    hello, beat = '{"event": "hello", "protocol": 1}', '{"event": "heartbeat"}'
    interpreter(f"echo '{hello}'; while sleep 0.1; do echo '{beat}' || exit; done")
    resident, told = module.Resident(), []
    resident.ask("inspect", {"file": "a"}, pytest.fail, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told[0].code == "helper-ended"
    resident.close()
