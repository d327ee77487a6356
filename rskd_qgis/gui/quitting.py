"""Closing QGIS while a distillation runs: asks, and stops it cleanly.

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
        box.setWindowTitle(self.tr("A distillation is running"))
        box.setText(self.tr("RSKD is still distilling."))
        box.setInformativeText(self.tr("If you stop it, it can go on from there when you open QGIS again."))
        stop = box.addButton(self.tr("Stop it and quit"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep QGIS open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        return box.clickedButton() is stop

    def remove(self) -> None:
        """Stops watching."""
        self._window.removeEventFilter(self)
        QgsApplication.instance().aboutToQuit.disconnect(self._jobs.stop_all)
        self.deleteLater()


def _in_list_of_tasks() -> bool:
    return any(isinstance(task, JobTask) for task in QgsApplication.taskManager().activeTasks())
