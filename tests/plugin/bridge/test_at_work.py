"""Who uses an environment, and ending what waits for it."""

import subprocess
import sys
import time

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QThread

pytestmark = pytest.mark.qgis

LONG = 6000  # pixels a side: some seconds of work
OTHER_WINDOW = """
import sys
sys.path.insert(0, sys.argv[1])
from rskd_qgis.bridge.at_work import lock_of
lock = lock_of(sys.argv[2])
print(getattr(lock, sys.argv[3])(), flush=True)
input()
"""


@pytest.fixture
def at_work(home):
    from rskd_qgis.bridge import at_work

    return at_work


@pytest.fixture
def other_window(installed, home):
    """A process like another QGIS that has the environment's lock, together with others or alone."""
    processes = []

    def window(python, how):
        command = [sys.executable, "-c", OTHER_WINDOW, str(installed.parent), python, how]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout.readline().strip() == "True"
        return process

    yield window
    for process in processes:
        process.kill()
        process.communicate()


class Waiting(QThread):
    """Runs a job in the background, as an algorithm of Processing does: no list of jobs knows of it."""

    def __init__(self, spec):
        super().__init__()
        self.spec, self.pids, self.ended = spec, [], None

    def run(self):
        from rskd_qgis.bridge.errors import Stopped
        from rskd_qgis.bridge.process import run_job

        def hear(event):
            if event["event"] == "hello":
                self.pids.append(event["pid"])

        try:
            self.ended = run_job("predict", self.spec, feedback=QgsFeedback(), heard=hear)
        except Stopped:
            self.ended = "stopped"


def test_a_process_uses_its_environment_until_it_is_gone(backend, at_work, predict, qtbot):
    assert not at_work.in_use(backend)
    thread = Waiting(predict())
    seen = []
    thread.start()
    qtbot.waitUntil(lambda: seen.append(at_work.in_use(backend)) or thread.isFinished(), timeout=60_000)
    assert True in seen
    assert not at_work.in_use("/another/bin/python")
    assert not at_work.in_use(backend)


def test_stopping_all_jobs_ends_what_is_in_no_list(backend, at_work, predict, qtbot, is_running):
    from rskd_qgis.bridge.jobs import Jobs

    thread = Waiting(predict(LONG))
    thread.start()
    qtbot.waitUntil(lambda: bool(thread.pids), timeout=60_000)
    began = time.monotonic()
    Jobs().stop_all()
    assert time.monotonic() - began < 3
    assert not is_running(thread.pids[0])
    assert thread.wait(5000)
    assert thread.ended == "stopped"


def test_a_process_of_another_window_counts_and_stops_counting_when_it_dies(backend, at_work, other_window, qtbot):
    window = other_window(backend, "share")
    assert at_work.in_use(backend)
    window.kill()
    window.wait()
    assert not at_work.in_use(backend)


def test_nothing_starts_in_an_environment_that_another_window_changes(backend, other_window, predict, qtbot):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.bridge.process import run_job
    from rskd_qgis.bridge.resident import Resident

    other_window(backend, "alone")
    with pytest.raises(BackendError, match="is being changed") as raised:
        run_job("predict", predict(), feedback=QgsFeedback())
    assert raised.value.code == "not-starting"
    resident, failed = Resident(), []
    resident.ask("inspect", {"file": "a"}, pytest.fail, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert failed[0].code == "not-starting"
    resident.close()


@pytest.mark.parametrize("counts", [False, True])
def test_a_helper_makes_way_unless_it_measures(backend, at_work, qtbot, counts):
    from rskd_qgis.bridge.resident import Resident

    resident, said = Resident(counts=counts), []
    resident.ask("inspect", {"file": "/nowhere.tif"}, said.append, said.append)
    qtbot.waitUntil(lambda: bool(said), timeout=60_000)
    assert at_work.in_use(backend) is counts
    resident.close()
    assert not at_work.in_use(backend)
