"""The worker as a process: the requests on its stdin, the lines on its stdout."""

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rskd.worker import explained

BACKEND = Path(__file__).resolve().parents[2] / "backend"
QUESTION = {"id": 1, "ask": "odd"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "memory-short"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"), "memory-short"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "memory-short"),
        (OSError(errno.ENOSPC, "No space left on device", "map.tif"), "output-unwritable"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), "extra-missing"),
    ],
)
def test_failures_of_the_machine_are_explained(error, code):
    said = explained(error)
    assert said is not None
    assert said.code == code


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), OSError(errno.EBADF, "?"), KeyError("x")])
def test_everything_else_is_a_bug(error):
    assert explained(error) is None


class Worker:
    """A worker to talk with."""

    def __init__(self, *command):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, *command], stdin=pipe, stdout=pipe)

    def tell(self, *requests):
        for request in requests:
            text = request if isinstance(request, str) else json.dumps(request)
            self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, *, silent=("heartbeat",)):
        """The next event that is no heartbeat."""
        while True:
            event = json.loads(self.process.stdout.readline())
            if event["event"] not in silent:
                return event

    def end(self):
        """Closes stdin; the lines that still come, and the exit code."""
        self.process.stdin.close()
        lines = self.process.stdout.readlines()
        return [json.loads(line) for line in lines], self.process.wait(timeout=30)


@pytest.fixture
def start():
    """Starts the plugin's way in; with code, the worker knows a question `odd` that calls `odd(reporter)` of it."""
    workers = []

    def started(code=None, path=BACKEND / "start.py"):
        if code is None:
            worker = Worker("-I", "-X", "utf8", str(path))
        else:
            setting = "import os, sys, time\nfrom rskd import worker\nfrom rskd.jobs import ask\n"
            end = "\nask._QUESTIONS['odd'] = odd\nsys.exit(worker.main())"
            worker = Worker("-c", setting + code + end)
        workers.append(worker)
        return worker

    yield started
    for worker in workers:
        worker.process.kill()
        worker.process.wait()
        worker.process.stdin.close()
        worker.process.stdout.close()


def test_it_greets_before_anything_is_asked(start):
    said = start().hear()
    assert said["event"] == "hello"
    assert said["protocol"] == 1
    assert said["executable"] == sys.executable
    assert said["train"] is True
    assert said["missing"] == []


def test_the_code_beside_the_entry_is_run_whatever_is_installed(start, tmp_path):
    shutil.copy(BACKEND / "start.py", tmp_path)
    (tmp_path / "rskd").mkdir()
    (tmp_path / "rskd" / "__init__.py").touch()
    (tmp_path / "rskd" / "worker.py").write_text('def main():\n    print(\'{"event": "mine"}\')\n    return 7')
    worker = start(path=tmp_path / "start.py")
    assert worker.hear()["event"] == "mine"
    assert worker.process.wait(timeout=30) == 7


def test_questions_are_answered_one_after_the_other_and_one_that_fails_ends_nothing(start, make_raster):
    path = make_raster("a b'ü.tif", np.zeros((2, 3, 4), np.uint8))
    worker = start()
    worker.hear()
    worker.tell({"id": "x", "ask": "inspect", "with": {"file": "/nowhere.tif"}})
    worker.tell({"id": 2, "ask": "inspect", "with": {"file": str(path)}})
    failed, answered = worker.hear(), worker.hear()
    assert (failed["event"], failed["id"], failed["code"]) == ("error", "x", "layer-unreadable")
    assert (answered["event"], answered["id"], answered["result"]["width"]) == ("result", 2, 4)
    assert worker.end() == ([], 0)


@pytest.mark.parametrize(
    "request_",
    [
        "rubbish",
        "[1]",
        "[" * 100_000,
        {"id": 1},
        {"ask": 3},
        {"ask": "methods", "with": [1]},
        {"ask": "methods", "with": {"strange": 1}},
        {"ask": "what?"},
    ],
    ids=lambda request: str(request)[:30],
)
def test_a_request_that_makes_no_sense_is_answered_and_the_worker_goes_on(start, request_):
    worker = start()
    worker.hear()
    worker.tell(request_, {"id": 2, "ask": "inspect", "with": {"file": "/nowhere.tif"}})
    assert worker.hear()["code"] == "job-invalid"
    assert worker.hear()["code"] == "layer-unreadable"


@pytest.mark.parametrize(
    "request_",
    [
        {"id": 5, "job": "cook", "spec": {}},
        {"id": 5, "job": "predict", "spec": {"student": 3}},
        {"id": 5, "job": "predict"},
        {"id": 5, "job": "predict", "spec": {}, "secrets": {"a": 1}},
    ],
    ids=str,
)
def test_a_job_that_is_not_sound_is_answered_and_ends_the_worker(start, request_):
    worker = start()
    worker.hear()
    worker.tell(request_)
    said = worker.hear()
    assert (said["event"], said["code"], said["id"]) == ("error", "job-invalid", 5)
    assert worker.process.wait(timeout=30) == 2


def test_no_print_breaks_a_line_and_no_library_reads_the_requests(start):
    worker = start("""
def odd(reporter):
    print("noise")
    os.write(1, b"noise\\n")
    os.system("echo noise")
    return sys.stdin.read()
""")
    worker.hear()
    worker.tell(QUESTION, {**QUESTION, "id": 2})
    assert worker.hear() == {"event": "result", "result": "", "id": 1}
    assert worker.hear()["id"] == 2


def test_what_json_has_no_word_for_is_said_all_the_same(start):
    worker = start("""
def odd(reporter):
    return [float("nan"), {"a": (float("-inf"), 1.5)}, os.fsdecode(b"\\xff")]
""")
    worker.hear()
    worker.tell(QUESTION)
    assert worker.hear()["result"] == ["nan", {"a": ["-inf", 1.5]}, "\udcff"]


def test_a_heart_beats_while_something_is_at_work_and_never_after_its_last_word(start):
    worker = start("""
worker._BEAT = 0.01
def odd(reporter):
    time.sleep(0.2)
    return []
""")
    worker.hear()
    worker.tell(QUESTION)
    assert worker.hear(silent=()) == {"event": "heartbeat"}
    assert worker.hear()["event"] == "result"
    assert worker.end() == ([], 0)


def at_work(worker):
    worker.hear()
    worker.tell(QUESTION)
    assert worker.hear()["event"] == "log"


def test_the_end_of_stdin_interrupts_what_is_at_work(start):
    worker = start("""
def odd(reporter):
    reporter.info("at work")
    while True:
        time.sleep(0.01)
""")
    at_work(worker)
    said, code = worker.end()
    assert [event["event"] for event in said if event["event"] != "heartbeat"] == ["interrupted"]
    assert code == 130


@pytest.mark.parametrize(
    "work",
    [
        # A sleep is woken by signals of the system alone: to Python it is native code.
        "time.sleep(1000)",
        """
    while True:
        try:
            time.sleep(0.01)
        except KeyboardInterrupt:
            pass
""",
    ],
    ids=["native", "swallowed"],
)
def test_it_ends_with_its_parent_even_if_the_work_does_not_heed(start, work):
    worker = start(f"""
worker._TO_HEED = worker._TO_TIDY = 0.1
def odd(reporter):
    reporter.info("at work")
    {work}
""")
    at_work(worker)
    assert worker.end()[1] == 130


def test_secrets_reach_the_job_and_are_not_repeated(start):
    worker = start("""
def odd(reporter):
    pass
def perform(name, spec, reporter):
    from rskd.geo.secrets import reveal
    reporter.info("opening " + reveal("{secret:key}"))
    return reveal("{secret:key}") == "s3cr3t"
worker.perform = perform
""")
    worker.hear()
    worker.tell({"id": 1, "job": "predict", "spec": {}, "secrets": {"key": "s3cr3t"}})
    assert worker.hear()["message"] == "opening {secret:key}"
    assert worker.hear()["result"] is True
