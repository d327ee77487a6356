import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsFeedback

pytestmark = pytest.mark.qgis

PYTHON = "/usr/bin/python3"


@pytest.fixture
def command(installed):
    from rskd_qgis.environment import command

    return command


def test_lines_of_output_and_errors_arrive_in_order(command):
    lines = []
    code = "import sys; print('ü'); sys.stdout.flush(); print('two', file=sys.stderr); sys.exit(3)"
    assert command.run([PYTHON, "-X", "utf8", "-c", code], os.environ, QgsFeedback(), lines.append) == 3
    assert lines == ["ü", "two"]


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX for the group")
def test_cancelling_ends_the_whole_tree(command, qtbot):
    from rskd_qgis.bridge.errors import Stopped

    feedback, pids = QgsFeedback(), []

    def heard(line):
        pids.append(int(line))
        if len(pids) == 2:
            feedback.cancel()

    code = (
        "import os, subprocess, sys, time\n"
        "print(os.getpid(), flush=True)\n"
        "subprocess.run([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'])\n"
    )
    with pytest.raises(Stopped):
        command.run([PYTHON, "-c", code], os.environ, feedback, heard)
    qtbot.waitUntil(lambda: not any(alive(pid) for pid in pids), timeout=3000)


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_program_that_is_not_there_is_explained(command):
    from rskd_qgis.bridge.errors import BackendError

    with pytest.raises(BackendError, match="cannot be started"):
        command.run(["/nowhere/uv"], os.environ, QgsFeedback(), print)


def test_a_short_question(command):
    assert command.output([PYTHON, "-c", "print(7)"], os.environ, QgsFeedback()) == "7\n"
    assert command.output([PYTHON, "-c", "import sys; print(7); sys.exit(1)"], os.environ, QgsFeedback()) == ""
    assert command.output(["/nowhere/python"], os.environ, QgsFeedback()) == ""
