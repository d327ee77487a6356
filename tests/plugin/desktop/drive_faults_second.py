"""The second of two windows, with the first's profile and home: is refused its folder, and takes it over later.

At the end QGIS is closed by Project > Exit while the distillation goes on.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["RSKD_TEST_DRIVERS"])
from faults import Answers, add_ground, choose, opened_dock, press, until_over, until_trained
from pilot import FOLDER, click, fly, iface, picture, result, wait_for
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtWidgets import QPushButton

SIGNS, SHARED = Path(os.environ["RSKD_TEST_SIGNS"]), Path(os.environ["RSKD_TEST_OUT"])
answers = Answers()


def trying_the_same_folder(dock):
    section = dock.sections.distil
    told = {"offered": section.unfinished.isVisible()}
    choose(dock, *add_ground(), steps=50, out=SHARED)
    press(dock)
    until_over(dock, state="failed")
    picture("refused", dock)
    told.update(code=section.work.error.code, words=section.failure._message.words())
    told["hint"] = section.failure._hint.text()
    return told


def changing_what_is_shared(dock):
    from rskd_qgis import settings

    settings.set_minutes(17)
    student = FOLDER / "student.onnx"
    student.write_bytes(b"as good as any")
    dock.services.library.add(student, "from the second window")


def taking_it_over(dock):
    from rskd_qgis import settings
    from rskd_qgis.bridge.unfinished import at_work

    section = dock.sections.distil
    wait_for(lambda: not at_work(SHARED), 60, "the first window's end")
    click(section.failure.close_button)
    wait_for(section.unfinished.isVisible, 10, "the offer to go on")
    dock._scroll.ensureWidgetVisible(section.unfinished)
    picture("offered", dock)
    resume = next(each for each in section.unfinished.findChildren(QPushButton) if each.text() == "Resume")
    click(resume)
    until_trained(dock)
    points = section.work.course.curves["student"]
    return {"from_step": points[0].step, "python": settings.python(), "threads": settings.threads()}


def journey():
    wait_for((SIGNS / "first is at work").exists, 200, "the first window's distillation")
    dock = opened_dock()
    result["same_folder"] = trying_the_same_folder(dock)
    changing_what_is_shared(dock)
    (SIGNS / "second was refused").touch()
    result["taking_over"] = taking_it_over(dock)


def leave():
    QgsProject.instance().clear()
    answers.next_answers = ["Yes"]
    iface.actionExit().trigger()  # QGIS asks, cancels the task, and stays
    wait_for(lambda: not QgsApplication.taskManager().activeTasks(), 10, "the task's end")
    (FOLDER / "stopped").touch()
    iface.actionExit().trigger()


fly(journey, leave)
