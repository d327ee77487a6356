"""The first of two windows: distils, and is closed by its close button while it does."""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from faults import Answers, add_ground, choose, opened_dock, press, until_trained
from pilot import fly, iface, picture, result, settle, wait_for
from qgis.core import QgsProject

SIGNS, SHARED = Path(os.environ["RSKD_TEST_SIGNS"]), os.environ["RSKD_TEST_OUT"]
answers = Answers()


def journey():
    from rskd_qgis import settings

    (SIGNS / "first is open").touch()
    dock = opened_dock()
    choose(dock, *add_ground(), steps=4000, out=SHARED)
    press(dock)
    until_trained(dock)
    (SIGNS / "first is at work").touch()
    wait_for((SIGNS / "second was refused").exists, 180, "the second window's try")
    result["busy"] = dock.sections.distil.work.state.busy
    dock.sections.boxes["library"].unfold()
    settle()
    result["library"] = [entry.name for entry in dock.services.library.entries()]
    result["minutes"] = settings.minutes()
    settings.set_threads(2)
    QgsProject.instance().clear()  # else QGIS asks about it
    answers.next_answers = ["Keep QGIS open"]
    iface.mainWindow().close()
    settle()
    result["kept"] = iface.mainWindow().isVisible() and dock.sections.distil.work.state.busy
    picture("kept")


def leave():
    answers.next_answers = ["Stop it and quit"]
    iface.mainWindow().close()


fly(journey, leave)
