"""Wiring: what RSKD adds to QGIS when it is switched on, and takes away when it is switched off."""

from __future__ import annotations

from pathlib import Path

from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .gui.dock import RskdDock

FOLDER = Path(__file__).parent
MENU = "RSKD"


class RskdPlugin:
    """An entry in the Raster menu and a toolbar button that open and close the dock."""

    def __init__(self, iface: QgisInterface) -> None:
        self.iface = iface

    def initGui(self) -> None:
        """Adds everything; called by QGIS."""
        window = self.iface.mainWindow()
        self.action = QAction(QIcon(str(FOLDER / "resources" / "icon.svg")), MENU, window)
        self.dock = RskdDock(FOLDER / "backend", window)
        self.dock.setToggleVisibilityAction(self.action)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()  # until it is asked for; QGIS then remembers
        self.iface.addPluginToRasterMenu(MENU, self.action)
        self.iface.addToolBarIcon(self.action)

    def unload(self) -> None:
        """Takes away what `initGui` added, last first; called by QGIS."""
        self.iface.removeToolBarIcon(self.action)
        self.iface.removePluginRasterMenu(MENU, self.action)
        self.iface.removeDockWidget(self.dock)
        self.dock.deleteLater()
        self.action.deleteLater()
        del self.dock, self.action
