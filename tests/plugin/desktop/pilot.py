"""What drivers share: they run inside the real QGIS desktop (`--code`) and use it as a person would."""

import json
import os
import sys
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface

FOLDER = Path(os.environ["RSKD_TEST_FOLDER"])
result = {"exceptions": []}
"""What the test gets to see; drivers add to it."""


def keep(kind, error, trace):
    """In place of QGIS's hook, which opens a dialog that nobody would close."""
    result["exceptions"].append("".join(traceback.format_exception(kind, error, trace)))


def docks():
    return iface.mainWindow().findChildren(QgsDockWidget, "RskdDock")


def settle():
    """Lets everything happen that is waiting to happen, deletions too."""
    deletions = QEvent.Type.DeferredDelete
    QCoreApplication.sendPostedEvents(None, getattr(deletions, "value", deletions))
    QCoreApplication.processEvents()


def wait_for(condition, seconds, what):
    """Lets QGIS run until `condition()` is true; raises TimeoutError with `what` did not come."""
    loop = QEventLoop()
    clock, limit = QTimer(), QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    clock.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.start(int(seconds * 1000))
    clock.start(50)
    if not condition():
        loop.exec()
    if not condition():
        raise TimeoutError(f"{what} did not come within {seconds} s")


def click(widget):
    """A left click in the widget's middle, as the mouse does it."""
    wait_for(widget.isEnabled, 30, f"{widget.objectName() or widget} enabled")
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    settle()


def pause(milliseconds):
    """Lets QGIS run for a while: layouts settle, maps are drawn."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def picture(name, widget=None):
    """Saves what the widget, or the whole window, looks like."""
    pause(500)
    wait_for(lambda: not iface.mapCanvas().isDrawing(), 30, "the map drawn")
    (widget or iface.mainWindow()).grab().save(str(FOLDER / f"{name}.png"))


def leave():
    """Closes QGIS without a question."""
    QgsProject.instance().clear()  # else it asks about unsaved changes and temporary layers
    iface.actionExit().trigger()


def fly(journey, leave=leave):
    """Runs `journey()` when QGIS is ready, writes down what happened and closes QGIS."""

    def begin():
        iface.mainWindow().setGeometry(0, 0, 1500, 950)  # there is no window manager to do it
        try:
            journey()
        except Exception:  # noqa: BLE001 - whatever it is, the test shows it
            result["exceptions"].append(traceback.format_exc())
            picture("failed")
        (FOLDER / "result.json").write_text(json.dumps(result), encoding="utf-8")
        if result["exceptions"]:
            os._exit(1)  # whatever still runs would have QGIS ask before it closes
        leave()

    sys.excepthook = keep
    iface.initializationCompleted.connect(lambda: QTimer.singleShot(0, begin))
