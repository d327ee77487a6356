"""All jobs of this QGIS: those that run, those that were interrupted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from . import at_work

if TYPE_CHECKING:
    from .job import JobTask
    from .unfinished import Unfinished

_PATIENCE = 5.0  # seconds for all of them together


class Jobs(QObject):
    """Knows nothing of widgets; outlives the dock."""

    started = pyqtSignal(object)
    """JobTask"""
    ended = pyqtSignal(object)
    """The same, of whatever end."""
    stopping = pyqtSignal()
    """All are about to be stopped: whoever has more of them waiting lets go of these."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[JobTask] = []

    def start(self, task: JobTask) -> None:
        """Hands it to QGIS's task manager."""
        self._running.append(task)
        for over in (task.succeeded, task.failed, task.stopped):
            over.connect(lambda *_: self._drop(task))
        QgsApplication.taskManager().addTask(task)
        self.started.emit(task)

    def running(self) -> list[JobTask]:
        """Those that are at work or wait for it."""
        return list(self._running)

    def stop_all(self) -> None:
        """Cancels all and waits until their processes are gone; for unloading and quitting.

        What algorithms of Processing wait for ends too.
        """
        self.stopping.emit()
        tasks, self._running = self._running, []
        for task in tasks:
            task.cancel()
        until = time.monotonic() + _PATIENCE
        for task in tasks:
            task.wait_until_gone(max(0.0, until - time.monotonic()))
        at_work.stop_all(max(0.0, until - time.monotonic()))

    def unfinished(self) -> list[Unfinished]:
        """Distillations that were interrupted and that nobody works on now, the latest first."""
        from . import unfinished

        mine = {Path(task.spec["out"]) for task in self._running if task.job == "distill"}
        return [one for one in unfinished.find() if one.folder not in mine]

    def forget(self, one: Unfinished) -> None:
        """Deletes its folder; raises OSError where that is not possible."""
        from . import unfinished

        unfinished.forget(one)

    def _drop(self, task: JobTask) -> None:
        if task in self._running:
            self._running.remove(task)
            self.ended.emit(task)
