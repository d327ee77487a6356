"""A command run to its end from a background thread: its lines while it runs, its whole tree gone when cancelled."""

from __future__ import annotations

import os
import queue
import signal
import subprocess  # nosec B404 # lists of arguments, no shell
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.bridge.errors import BackendError, Stopped

PATIENCE = 20.0
"""Seconds for a short question to another program; a virus scanner may look at it first."""


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    feedback: QgsFeedback,
    heard: Callable[[str], None],
    folder: Path | None = None,
) -> int:
    """Runs `command`, tells each line of its output and errors, and returns its exit code.

    Raises:
        Stopped: cancelled; the process and its children are gone.
        BackendError: it cannot be started.
    """
    process = _start(command, environment, folder)
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        while True:
            if feedback.isCanceled():
                raise Stopped
            with suppress(queue.Empty):
                line = lines.get(timeout=0.1)
                if line is None:
                    return process.wait()
                heard(line)
    finally:
        end(process)
        reader.join(timeout=1)


def output(command: Sequence[str], environment: Mapping[str, str], feedback: QgsFeedback) -> str:
    """What a quick command says on its output; empty if it does not start, fails or takes too long.

    Raises:
        Stopped: cancelled before it was asked.
    """
    if feedback.isCanceled():
        raise Stopped
    try:
        answer = subprocess.run(  # nosec B603 # a list, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=dict(environment),
            timeout=PATIENCE,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("utf-8", "replace") if answer.returncode == 0 else ""


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process started here with all its children; does nothing if it has ended."""
    if process.poll() is None:
        if sys.platform == "win32":
            taskkill = str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe")
            subprocess.run(  # nosec B603 # a list, no shell
                [taskkill, "/PID", str(process.pid), "/T", "/F"],
                capture_output=True,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        else:
            _signal(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
            _signal(process, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _start(command: Sequence[str], environment: Mapping[str, str], folder: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # nosec B603 # a list, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,  # a group of its own, so that its children end with it
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        words = QCoreApplication.translate("Setup", "“{}” cannot be started: {}.")
        message = words.format(command[0], error.strerror or str(error))
        hint = QCoreApplication.translate("Setup", "A virus scanner or a rule of your organisation may forbid it.")
        raise BackendError("not-starting", message, hint) from error


def _read(process: subprocess.Popen[bytes], lines: queue.Queue[str | None]) -> None:
    if process.stdout is not None:
        with suppress(ValueError):  # closed by `end` while this waited
            for line in process.stdout:
                lines.put(line.decode("utf-8", "replace").rstrip())
    lines.put(None)
