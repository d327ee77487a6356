"""The small worker that answers short questions, one after the other, while QGIS stays free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, QTimer, pyqtSignal

from rskd_qgis import places, settings
from rskd_qgis.environment import network

from .errors import BackendError
from .process import TO_GREET, Backend

_TO_STOP = 0.8  # seconds
_DEAF = 120.0
"""Seconds without a word, not even a heartbeat, after which it is ended; a machine that swaps takes its time."""
_STUCK = 1200.0
"""Seconds without anything but heartbeats: the slowest question, a list of weights over a slow network, takes less."""


@dataclass
class _Question:
    request: dict[str, Any]
    answered: Callable[[Any], None]
    failed: Callable[[BackendError], None]
    sent: bool = False


class Resident(QObject):
    """Lives in the main thread.

    Its process starts at the first question, and anew at the next one after a crash or when the interpreter was
    changed. Questions that were open at a crash fail, and so does one that it does not answer in time: the others are
    then asked again.

    Args:
        counts: whether the environment is not to be changed while its process is there.
    """

    trouble = pyqtSignal(object)
    """BackendError: the process did not start, or crashed; the open questions were told before."""
    heard = pyqtSignal(dict)
    """What is said on the way to an answer: progress, log lines."""

    def __init__(self, parent: QObject | None = None, *, counts: bool = False) -> None:
        super().__init__(parent)
        self._counts, self._held = counts, False
        self._backend: Backend | None = None
        self._open: dict[int, _Question] = {}
        self._asked = 0
        # What is to be called back, one a turn of the event loop: an error in one place must not keep the others from
        # their answers, and nothing is called before `ask` has returned.
        self._words: deque[Callable[[], None]] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._speak)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(int(TO_GREET * 1000))
        self._patience.timeout.connect(self._give_up)
        self._deaf, self._stuck = (self._limit(seconds) for seconds in (_DEAF, _STUCK))

    def _limit(self, seconds: float) -> QTimer:
        """A clock that runs while something is asked."""
        clock = QTimer(self)
        clock.setSingleShot(True)
        clock.setInterval(int(seconds * 1000))
        clock.timeout.connect(lambda: self._pass_over(seconds))
        return clock

    def ask(
        self,
        question: str,
        arguments: dict[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[BackendError], None],
    ) -> None:
        """Asks; one of the two is called later, unless this is closed before."""
        self._asked += 1
        request = {"id": self._asked, "ask": question, "with": arguments}
        self._open[self._asked] = _Question(request, answered, failed)
        self._go_on()

    def hold(self) -> None:
        """Ends the process within a second and starts none until `release`: what is open is asked then."""
        self._held = True
        self._end()

    def release(self) -> None:
        """Asks what waits, of whatever Python there is now."""
        self._held = False
        if self._open:
            self._go_on()

    def close(self) -> None:
        """Ends the process within a second; open questions are dropped: for who is not there to be answered."""
        self._open.clear()
        self._words.clear()
        self._end()

    def _go_on(self) -> None:
        if self._held:
            return
        if self._backend is not None and self._backend.python != settings.python():
            self._retire()
        if self._backend is None:
            self._start()
        else:
            self._send()

    def _end(self) -> None:
        backend = self._let_go()
        if backend is not None:
            backend.end(_TO_STOP)
            backend.process.deleteLater()
        for process in self.findChildren(QProcess):  # that were leaving already
            process.kill()
            process.waitForFinished()

    def _start(self) -> None:
        self._backend = Backend(self, network=network.environment(places.home()), counts=self._counts)
        process = self._backend.process
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._note_end)
        process.errorOccurred.connect(self._note_error)
        self._patience.start()
        try:
            self._backend.start()
        except BackendError as error:
            self._fail(error, tell=False)

    def _send(self) -> None:
        if self._backend is not None and self._backend.greeted:
            for question in self._open.values():
                if not question.sent:
                    question.sent = True
                    self._backend.send(question.request)
            self._wait(*(clock for clock in (self._deaf, self._stuck) if not clock.isActive()))

    def _read(self) -> None:
        backend = self._backend
        if backend is None:
            return
        try:
            for event in backend.events():
                self._wait(*([self._deaf] if event["event"] == "heartbeat" else [self._deaf, self._stuck]))
                self._hear(event)
                if backend is not self._backend:  # closed by whoever heard it
                    return
        except BackendError as error:
            self._fail(error)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "hello":
            self._patience.stop()
            self._send()
        elif event["event"] in ("result", "error", "bug"):
            question = self._open.pop(event.get("id", 0), None)
            if question is not None:
                self._call_back(partial(_answer, question, event))
            self._wait()
        else:
            self.heard.emit(event)

    def _wait(self, *clocks: QTimer) -> None:
        """Begins to wait anew for what these clocks allow; for nothing where nothing is open."""
        for clock in clocks if self._open else (self._deaf, self._stuck):
            clock.start() if self._open else clock.stop()

    def _pass_over(self, seconds: float) -> None:
        """What it is at is not answered any more; the rest is asked again, of a new process."""
        number = next((number for number, question in self._open.items() if question.sent), None)
        if number is None:
            return
        question = self._open.pop(number)
        self._retire()
        self._call_back(partial(question.failed, _too_long(seconds)))
        if self._open:
            self._go_on()

    def _note_end(self) -> None:
        self._read()
        if self._backend is not None:
            self._fail(_obituary(self._backend))

    def _note_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._backend is not None:
            self._fail(self._backend.obituary())

    def _give_up(self) -> None:
        if self._backend is not None:
            self._fail(self._backend.too_slow())

    def _fail(self, error: BackendError, *, tell: bool = True) -> None:
        questions = list(self._open.values())
        self._open.clear()
        self._retire()
        for question in questions:
            self._call_back(partial(question.failed, error))
        if tell:
            self._call_back(partial(self.trouble.emit, error))

    def _call_back(self, words: Callable[[], None]) -> None:
        self._words.append(words)
        self._turn.start(0)

    def _speak(self) -> None:
        if self._words:
            words = self._words.popleft()
            self._turn.start(0)
            words()

    def _retire(self) -> None:
        """Lets the process end by itself; what it has not answered is for the next one."""
        backend = self._let_go()
        if backend is None:
            return
        backend.release()
        process = backend.process
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        process.finished.connect(process.deleteLater)
        process.closeWriteChannel()
        QTimer.singleShot(int(_TO_STOP * 1000), process.kill)

    def _let_go(self) -> Backend | None:
        backend, self._backend = self._backend, None
        for clock in (self._patience, self._deaf, self._stuck):
            clock.stop()
        for question in self._open.values():
            question.sent = False
        if backend is not None:
            backend.process.readyReadStandardOutput.disconnect(self._read)
            backend.process.finished.disconnect(self._note_end)
            backend.process.errorOccurred.disconnect(self._note_error)
        return backend


def _obituary(backend: Backend) -> BackendError:
    """No job of the user's died: what was at work there is this helper, and the next question starts it anew."""
    error = backend.obituary()
    if not backend.greeted:
        return error
    hint = _tr("It starts again by itself. Jobs are not touched.")
    if error.code == "memory-short":
        message = _tr("The system stopped RSKD’s helper for short questions, most likely because memory ran out.")
    else:
        message = _tr("RSKD’s helper for short questions ended without a word (exit code {}).").format(
            error.facts.get("exit_code")
        )
    return BackendError("helper-ended", message, hint, error.facts, error.details)


def _too_long(seconds: float) -> BackendError:
    words = _tr("RSKD’s helper for short questions gave no answer for {} minutes and was ended.")
    hint = _tr("It starts again by itself. Jobs are not touched.")
    return BackendError("helper-ended", words.format(max(1, round(seconds / 60))), hint)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Resident", text)


def _answer(question: _Question, event: dict[str, Any]) -> None:
    if event["event"] == "result":
        question.answered(event["result"])
    else:
        question.failed(BackendError.of(event))
