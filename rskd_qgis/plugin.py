"""Wiring: what RSKD adds to QGIS when it is switched on, and takes away when it is switched off."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from . import places, translation
from .bridge.jobs import Jobs
from .gui.dock import RskdDock
from .gui.quitting import QuitGuard

NAME = "RSKD"


class RskdPlugin:
    """An entry in the Raster menu and a toolbar button that open and close the dock; algorithms in Processing."""

    def __init__(self, iface: QgisInterface) -> None:
        self.iface = iface
        self.provider = self.translator = None

    def initProcessing(self) -> None:
        """Adds the algorithms; all that `qgis_process` calls."""
        self._speak()
        from .processing.provider import RskdProvider

        self.provider = RskdProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Adds everything; called by the desktop."""
        self._speak()
        self.initProcessing()
        window = self.iface.mainWindow()
        self.jobs = Jobs()
        self.guard = QuitGuard(window, self.jobs)
        self.action = QAction(QIcon(str(places.resources() / "icon.svg")), NAME, window)
        self.dock = RskdDock(self.iface, self.jobs, window)
        self.dock.setToggleVisibilityAction(self.action)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()  # until it is asked for; QGIS then remembers
        self.iface.rasterMenu().addAction(self.action)  # a submenu of its own would hold this alone
        self.iface.addToolBarIcon(self.action)

    def unload(self) -> None:
        """Takes away what was added, last first, and stops what runs; called by QGIS."""
        self.iface.removeToolBarIcon(self.action)
        self.iface.rasterMenu().removeAction(self.action)
        self.guard.remove()
        self.jobs.stop_all()
        self.dock.close_down()
        self.iface.removeDockWidget(self.dock)
        self.dock.deleteLater()
        self.action.deleteLater()
        self.jobs.deleteLater()
        QgsApplication.processingRegistry().removeProvider(self.provider)
        translation.remove(self.translator)
        del self.dock, self.action, self.guard, self.jobs
        self.provider = self.translator = None

    def _speak(self) -> None:
        """Whichever of the two ways in QGIS takes, its language is ours before the first word."""
        if self.translator is None:
            self.translator = translation.install()
