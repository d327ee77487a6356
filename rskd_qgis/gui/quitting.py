"""Closing QGIS while a job runs: asks, and stops it cleanly.

The window's close button comes here first. *Project > Exit* does not: there QGIS itself asks about running tasks, ours
among them, and cancels them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QObject, QTimer
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from rskd_qgis.bridge.job import JobTask

if TYPE_CHECKING:
    from rskd_qgis.bridge.jobs import Jobs


_LOOK_AGAIN = 50  # milliseconds


class QuitGuard(QObject):
    """Watches QGIS's window for being closed."""

    def __init__(self, window: QWidget, jobs: Jobs) -> None:
        super().__init__(window)
        self._window, self._jobs = window, jobs
        window.installEventFilter(self)
        # Whatever way QGIS ends, no process is left behind.
        QgsApplication.instance().aboutToQuit.connect(jobs.stop_all)
        self._later = QTimer(self)
        self._later.setInterval(_LOOK_AGAIN)
        self._later.timeout.connect(self._close_when_free)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Holds the window open until the user has said what becomes of the job."""
        if watched is not self._window or event.type() != QEvent.Type.Close or not self._jobs.running():
            return False
        if not self.asks():
            event.ignore()
            return True
        self._jobs.stop_all()
        if not _in_list_of_tasks():
            return False
        # QGIS has not yet noticed that they are gone. It would ask about them again, and stay open.
        self._later.start()
        event.ignore()
        return True

    def _close_when_free(self) -> None:
        if not _in_list_of_tasks():
            self._later.stop()
            self._window.close()

    def asks(self) -> bool:
        """Whether the user wants to stop the job and quit."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        distils, others = self._at_work()
        box.setWindowTitle(self.tr("A distillation is running") if distils else self.tr("A job is running"))
        box.setText(self._what_runs(distils, others))
        box.setInformativeText(self._what_becomes_of_it(distils, others))
        stop = box.addButton(self.tr("Stop it and quit"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep QGIS open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        return box.clickedButton() is stop

    def _at_work(self) -> tuple[bool, list[str]]:
        """Whether a distillation runs, and titles of what else does: only a distillation can go on later."""
        tasks = self._jobs.running()
        others = [task.description() for task in tasks if task.job != "distill"]
        return len(others) < len(tasks), others

    def _what_runs(self, distils: bool, others: list[str]) -> str:
        if not others:
            return self.tr("RSKD is still distilling.")
        both, alone = self.tr("RSKD is still distilling, and at work on: {}."), self.tr("RSKD is at work on: {}.")
        return (both if distils else alone).format(", ".join(others))

    def _what_becomes_of_it(self, distils: bool, others: list[str]) -> str:
        if not others:
            return self.tr("If you stop it, it can go on from there when you open QGIS again.")
        if distils:
            return self.tr("If you stop, the distillation can go on later; the rest has to be started again.")
        return self.tr("If you stop it, it has to be started again. Finished maps stay.")

    def remove(self) -> None:
        """Stops watching."""
        self._window.removeEventFilter(self)
        QgsApplication.instance().aboutToQuit.disconnect(self._jobs.stop_all)
        self.deleteLater()


def _in_list_of_tasks() -> bool:
    return any(isinstance(task, JobTask) for task in QgsApplication.taskManager().activeTasks())
