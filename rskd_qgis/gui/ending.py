"""Ending tasks of QGIS before what runs in them is taken away."""

from __future__ import annotations

import time
from collections.abc import Iterable

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt import sip

_PATIENCE = 5.0  # seconds for all of them together
_LOOK_AGAIN = 0.02  # seconds
_OVER = (QgsTask.TaskStatus.Complete, QgsTask.TaskStatus.Terminated)


def end(tasks: Iterable[QgsTask]) -> None:
    """Cancels them and waits, not for ever, until none is at work; QGIS's own waiting would hold Python up."""
    there = [task for task in tasks if not sip.isdeleted(task)]
    for task in there:
        task.cancel()
    until = time.monotonic() + _PATIENCE
    while any(task.status() not in _OVER for task in there) and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)


def end_all() -> None:
    """The same for every task of this plugin: counting, reading of classes, whatever there is."""
    package = __name__.partition(".")[0]
    tasks = QgsApplication.taskManager().activeTasks()
    end(task for task in tasks if type(task).__module__.partition(".")[0] == package)
