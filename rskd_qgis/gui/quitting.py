"""Closing QGIS while a distillation runs: asks, and stops it cleanly.

The window's close button comes here first. *Project > Exit* does not: there QGIS itself asks about running tasks, ours
among them, and cancels them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QObject
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

if TYPE_CHECKING:
    from rskd_qgis.bridge.jobs import Jobs


class QuitGuard(QObject):
    """Watches QGIS's window for being closed."""

    def __init__(self, window: QWidget, jobs: Jobs) -> None:
        super().__init__(window)
        self._window, self._jobs = window, jobs
        window.installEventFilter(self)
        # Whatever way QGIS ends, no process is left behind.
        QgsApplication.instance().aboutToQuit.connect(jobs.stop_all)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Holds the window open until the user has said what becomes of the job."""
        if watched is not self._window or event.type() != QEvent.Type.Close or not self._jobs.running():
            return False
        if not self.asks():
            event.ignore()
            return True
        self._jobs.stop_all()
        return False

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
