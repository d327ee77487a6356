"""A running job as a task of QGIS: in its list of tasks, with progress and cancel, whatever becomes of the dock."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any

from qgis.core import QgsFeedback, QgsTask
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal

from rskd_qgis import places
from rskd_qgis.environment import network

from . import unfinished
from .errors import BackendError, Stopped
from .process import run_job


class JobTask(QgsTask):
    """Make it in the main thread, where its signals arrive too, and hand it to `Jobs.start`.

    Attributes:
        job, spec: what is run.
    """

    heard = pyqtSignal(dict)
    """What the backend says, and `{"event": "silent", "seconds": …}` while it says nothing."""
    succeeded = pyqtSignal(dict)
    """The job's result."""
    failed = pyqtSignal(object)
    """BackendError"""
    stopped = pyqtSignal()

    def __init__(
        self,
        title: str,
        job: str,
        spec: dict[str, Any],
        secrets: dict[str, str] | None = None,
        prepare: Callable[[QgsFeedback], None] | None = None,
    ) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.job, self.spec = job, spec
        self._title, self._secrets, self._prepare = title, secrets, prepare
        self._network = network.environment(places.home())
        self._feedback = QgsFeedback()
        self._feedback.progressChanged.connect(self.setProgress)
        self._result: dict[str, Any] | None = None
        self._error: BackendError | None = None
        self._begun, self._over = False, threading.Event()
        self._ending = unfinished.STOPPED

    def run(self) -> bool:
        """In a background thread; called by QGIS."""
        self._begun = True
        try:
            self._result = self._run()
        except Stopped:
            return True  # what the user asked for is no failure; QGIS would say “Task failed”
        except BackendError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - the edge of the task: QGIS would swallow it without a word
            self._error = BackendError.of({"event": "bug", "message": str(error), "traceback": traceback.format_exc()})
        finally:
            self._over.set()
        return self._result is not None

    def pause(self) -> None:
        """The same as `cancel`, of a distillation that the user means to resume."""
        self._ending = unfinished.PAUSED
        self.cancel()

    def cancel(self) -> None:
        """Stops it within a second, without waiting for that; called by QGIS or the dock."""
        self._feedback.cancel()
        self.setDescription(QCoreApplication.translate("JobTask", "{} – stopped").format(self._title))
        super().cancel()

    def finished(self, ok: bool) -> None:  # noqa: ARG002 - what was kept says more
        """In the main thread; called by QGIS."""
        if self._result is not None:
            self.succeeded.emit(self._result)
        elif self._error is not None:
            self.failed.emit(self._error)
        else:
            self.stopped.emit()

    def wait_until_gone(self, seconds: float) -> bool:
        """Waits, after `cancel`, until its process is gone; QGIS's own waiting would hold Python up."""
        return not self._begun or self._over.wait(seconds)

    def _run(self) -> dict[str, Any]:
        if self._prepare is not None:
            self._prepare(self._feedback)
        distils = self.job == "distill"
        if distils:
            # Only now: what is not prepared could not be resumed.
            unfinished.remember(self._title, self.spec)
        try:
            return run_job(
                self.job,
                self.spec,
                secrets=self._secrets,
                feedback=self._feedback,
                heard=self._hear,
                network=self._network,
            )
        except Stopped:
            if distils:
                unfinished.note_end(self.spec, self._ending)
            raise
        except BackendError as error:
            if distils and error.code != "busy":  # what lies there is another run's
                unfinished.withdraw(self.spec)
                unfinished.note_end(self.spec, unfinished.FAILED)
            raise

    def _hear(self, event: dict[str, Any]) -> None:
        # A distillation has many stages: how far it is as a whole says who follows it.
        if event["event"] == "progress" and event.get("total") and self.job != "distill":
            self.setProgress(100 * event["done"] / event["total"])
        self.heard.emit(event)
