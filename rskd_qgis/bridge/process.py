"""One process of the backend: started clean, greeted, heard line by line, ended for certain.

On Windows QProcess opens no console window for a child of a program that has none (it passes CREATE_NO_WINDOW), so
python.exe may be started as it is.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from qgis.core import QgsFeedback
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment

from rskd_qgis import places, settings
from rskd_qgis.environment.python import clean_environment, folder_of

from .at_work import lock_of, waited_for
from .errors import BackendError, Stopped, translated

PROTOCOL = 1
TO_GREET = 60.0
"""Seconds that a first start from a slow disk, under the eyes of a virus scanner, may take."""

_TO_STOP = 0.8  # seconds to put the work away; with the poll below it stays under one second
_TO_END = 5.0  # seconds for a process that is done
_POLL = 50  # milliseconds
_SILENCE = 30.0  # seconds without a word, not even a heartbeat, until it is told
_KEPT_LINES = 60
_KILLED = (9, 137)


class Backend:
    """A backend process and what it says. How to wait for it is left to the user of this class.

    Attributes:
        process: the process; its signals are for those who have an event loop.
        python: the interpreter that runs it.
        greeted: whether it has said hello, and may be sent requests.
        counts: whether the environment is not to be changed under it; a helper only makes way.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        network: Mapping[str, str],
        counts: bool = True,
    ) -> None:
        self.process, self.python, self.greeted = QProcess(parent), settings.python(), False
        self._hidden = [value for value in (secrets or {}).values() if value]
        self._network, self._counts, self._lock = network, counts, lock_of(self.python)
        self._log: deque[str] = deque(maxlen=_KEPT_LINES)

    def start(self) -> None:
        """Starts it; raises BackendError if there is nothing to start."""
        if not self.python:
            raise BackendError("no-environment", _tr("RSKD is not set up yet."), _tr("Open the set-up page."))
        if not self._lock.share():
            message = _tr("The environment “{}” is being changed.").format(folder_of(PurePath(self.python)))
            raise BackendError("not-starting", message, _tr("Wait until RSKD is set up, then try again."))
        if not self._counts:
            self.release()
        environment = QProcessEnvironment()
        for name, value in {**clean_environment(), **self._network}.items():
            environment.insert(name, value)
        self.process.setProcessEnvironment(environment)
        home = places.home()
        self.process.setWorkingDirectory(str(home) if home.is_dir() else tempfile.gettempdir())
        self.process.start(self.python, ["-I", "-X", "utf8", str(places.backend() / "start.py")])

    def send(self, request: Mapping[str, Any]) -> None:
        """Hands in a request."""
        self.process.write(json.dumps(request).encode() + b"\n")

    def events(self) -> Iterator[dict[str, Any]]:
        """What it has said since; raises BackendError if its greeting is not what it should be."""
        for line in bytes(self.process.readAllStandardError()).decode("utf-8", "replace").splitlines():
            self._note(line)
        while self.process.canReadLine():
            line = bytes(self.process.readLine())
            event = _event(line)
            if event is None:  # something in the environment prints at start
                self._note(line.decode("utf-8", "replace").rstrip())
                continue
            if event["event"] == "hello":
                self._check(event)
                self.greeted = True
            yield event

    @property
    def gone(self) -> bool:
        """Whether it has ended, and all of its words were read."""
        return self.process.state() == QProcess.ProcessState.NotRunning and not self.process.canReadLine()

    def obituary(self) -> BackendError:
        """What to say of a process that ended, or did not start, without a last word."""
        if self.process.error() == QProcess.ProcessError.FailedToStart:
            words = _tr("“{python}” cannot be started: {reason}")
            return self.failure(words.format(python=self.python, reason=self.process.errorString()))
        code = self.process.exitCode()
        if not self.greeted:
            return self.failure(_tr("The backend does not start with “{}”.").format(self.python), exit_code=code)
        if code in _KILLED:
            message = _tr("The system stopped the job, most likely because memory ran out.")
            return BackendError("memory-short", message, translated()["memory-short"].hint, {"exit_code": code})
        message = _tr("The backend ended without a word (exit code {}).").format(code)
        hint = _tr("Start it again: what was finished is kept.")
        return BackendError("crashed", message, hint, {"exit_code": code}, self.log())

    def failure(self, message: str, **facts: object) -> BackendError:
        """That it does not start."""
        return BackendError("not-starting", message, _tr("Repair it on the set-up page."), facts, self.log())

    def too_slow(self) -> BackendError:
        """That it did not greet in time."""
        return self.failure(_tr("The backend has not started within {} seconds.").format(int(TO_GREET)))

    def log(self) -> str:
        """The last lines of its log, without secrets."""
        text = "\n".join(self._log)
        for value in self._hidden:
            text = text.replace(value, "…")
        return text

    def end(self, seconds: float) -> None:
        """Asks it to end, ends it after `seconds`, and waits until it is gone."""
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.closeWriteChannel()
            if not self.process.waitForFinished(int(seconds * 1000)):
                self.process.kill()
                self.process.waitForFinished(int(_TO_END * 1000))
        self.release()

    def release(self) -> None:
        """The environment may be changed as far as this process is concerned."""
        self._lock.release()

    def _note(self, line: str) -> None:
        if line.strip():
            self._log.append(line)

    def _check(self, hello: Mapping[str, Any]) -> None:
        if hello.get("protocol") != PROTOCOL:
            message = _tr("The plugin and its backend are of different versions.")
            hint = _tr("Restart QGIS, or install the plugin again.")
            raise BackendError("wrong-protocol", message, hint, {"protocol": hello.get("protocol")}, self.log())
        missing = hello.get("missing") or []
        if missing:
            words = _tr("The environment of “{python}” is not complete: {packages} missing.")
            raise self.failure(words.format(python=self.python, packages=", ".join(missing)), missing=missing)


def run_job(
    job: str,
    spec: dict[str, Any],
    *,
    feedback: QgsFeedback,
    secrets: dict[str, str] | None = None,
    heard: Callable[[dict[str, Any]], None] = lambda _: None,
    network: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Runs a job in a process of its own and waits for its result; in any thread of Qt, with or without event loop.

    Args:
        job: distill, predict, evaluate or disagreement.
        spec: its description; paths are absolute.
        feedback: cancelling it stops the job within a second; a distillation goes on from there another time.
        secrets: values for `{secret:NAME}` in the description; they go over the process's stdin only.
        heard: hears every event, and `{"event": "silent", "seconds": 30}` where none has come for so long.
        network: variables of `environment.network.environment`, for layers and weights that are fetched.

    Raises:
        Stopped: cancelled; the process is gone.
        BackendError: it failed.
    """
    request = {"id": 1, "job": job, "spec": spec, "secrets": secrets or {}}
    return _requested(request, feedback, heard, Backend(secrets=secrets, network=network or {}))


def ask(
    question: str, arguments: dict[str, Any], *, feedback: QgsFeedback, network: Mapping[str, str] | None = None
) -> Any:
    """Answers a short question in a process of its own, for who has no event loop to wait in; see `run_job`."""
    request = {"id": 1, "ask": question, "with": arguments}
    return _requested(request, feedback, lambda _: None, Backend(network=network or {}))


def _requested(
    request: Mapping[str, Any], feedback: QgsFeedback, heard: Callable[[dict[str, Any]], None], backend: Backend
) -> Any:
    with waited_for(feedback):
        try:
            if feedback.isCanceled():
                raise Stopped
            backend.start()
            return _result(backend, request, feedback, heard)
        finally:
            backend.end(_TO_STOP if feedback.isCanceled() else _TO_END)
            # Here and now: a traceback that holds this frame would have another thread delete it.
            sip.delete(backend.process)


def _result(
    backend: Backend, request: Mapping[str, Any], feedback: QgsFeedback, heard: Callable[[dict[str, Any]], None]
) -> Any:
    started = last = time.monotonic()
    told = 0.0
    while not backend.gone:
        backend.process.waitForReadyRead(_POLL)
        for event in backend.events():
            last, told = time.monotonic(), 0.0
            if event["event"] == "hello":
                backend.send(request)
            elif event["event"] == "result":
                return event["result"]
            elif event["event"] in ("error", "bug"):
                raise BackendError.of(event)
            elif event["event"] == "interrupted":  # from outside: a terminal's Ctrl-C reaches children too
                raise Stopped
            heard(event)
        if feedback.isCanceled():
            raise Stopped
        silent = time.monotonic() - last
        if not backend.greeted and time.monotonic() - started > TO_GREET:
            raise backend.too_slow()
        if backend.greeted and silent >= told + _SILENCE:
            told = silent
            heard({"event": "silent", "seconds": int(silent)})
    raise backend.obituary()


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Backend", text)
