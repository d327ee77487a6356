"""Runs inside the real QGIS desktop (`--code`): uses the plugin as a person would and writes down what happened."""

import json
import os
import sys
import traceback
from pathlib import Path

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QTimer
from qgis.utils import iface, plugins, unloadPlugin

FOLDER = Path(os.environ["RSKD_TEST_FOLDER"])
result = {"exceptions": []}


def keep(kind, error, trace):
    """In place of QGIS's hook, which opens a dialog that nobody would close."""
    result["exceptions"].append("".join(traceback.format_exception(kind, error, trace)))


def docks():
    return iface.mainWindow().findChildren(QgsDockWidget, "RskdDock")


def raster_menu_titles():
    return [action.text() for action in iface.rasterMenu().actions()]


def settle():
    deletions = QEvent.Type.DeferredDelete
    QCoreApplication.sendPostedEvents(None, getattr(deletions, "value", deletions))
    QCoreApplication.processEvents()


def use_the_plugin():
    window = iface.mainWindow()
    window.setGeometry(0, 0, 1400, 900)  # there is no window manager to do it
    result["loaded"] = "rskd_qgis" in plugins
    plugin = plugins["rskd_qgis"]
    result["in_raster_menu"] = "RSKD" in raster_menu_titles()
    result["in_toolbar"] = plugin.action in iface.pluginToolBar().actions()
    result["visible_at_start"] = plugin.dock.isVisible()
    plugin.action.trigger()
    settle()
    result["visible_after_click"] = plugin.dock.isVisible()
    window.grab().save(str(FOLDER / "desktop.png"))
    plugin.dock.grab().save(str(FOLDER / "dock.png"))
    plugin.action.trigger()
    settle()
    result["visible_after_second_click"] = plugin.dock.isVisible()
    unloadPlugin("rskd_qgis")
    settle()
    result["docks_after_unload"] = len(docks())
    result["in_raster_menu_after_unload"] = "RSKD" in raster_menu_titles()


def main():
    try:
        use_the_plugin()
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        result["exceptions"].append(traceback.format_exc())
    (FOLDER / "result.json").write_text(json.dumps(result), encoding="utf-8")
    iface.actionExit().trigger()


sys.excepthook = keep
iface.initializationCompleted.connect(lambda: QTimer.singleShot(0, main))
