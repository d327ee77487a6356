"""What the drivers that make trouble share: a small distillation in the real dock, and who is at work in it."""

import json
import os
import signal
from pathlib import Path

from ground import write_ground
from pilot import FOLDER, click, settle, wait_for
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QMessageBox
from qgis.utils import plugins

from rskd_qgis import places

START = str(places.backend() / "start.py")
GROUND = os.environ["RSKD_TEST_GROUND"]
"""Name of the layers' files."""


def opened_dock():
    """The dock, shown as the user opens it."""
    plugin = plugins["rskd_qgis"]
    if not plugin.dock.isVisible():
        plugin.action.trigger()
    settle()
    return plugin.dock


def add_ground():
    """Image and labels in the project."""
    if not (FOLDER / f"{GROUND}.tif").exists():
        write_ground(FOLDER, GROUND)
    made = [QgsRasterLayer(str(FOLDER / f"{name}.tif"), name) for name in (GROUND, f"{GROUND} labels")]
    QgsProject.instance().addMapLayers(made)
    return made


def choose(dock, image, labels, *, steps, out="", field=""):
    """Everything set for a distillation of a few seconds; `steps` says how many."""
    from rskd_qgis.draft import DraftLabels, DraftLayer

    dock.draft.set(
        layers=[DraftLayer(image.id(), image.name())],
        labels=DraftLabels(labels.id(), field),
        teacher={"kind": "labels", "model": "plain-unet", "widths": [4, 8], "flips": False},
        student={"name": "swift-unet-16"},
        training={"tile": 32, "batch": 2, "steps": steps, "teacher_steps": 10},
        baseline=False,
        out=str(out),
    )
    wait_for(lambda: not dock.draft.problems(), 20, "a draft without problems")


def press(dock):
    """The dock's big button: Distil, Pause or Resume."""
    section = dock.sections.distil
    dock._scroll.ensureWidgetVisible(section.button)
    settle()
    click(section.button)


def until_trained(dock):
    """Waits until the student of a running distillation has learned something that is kept."""
    work = dock.sections.distil.work
    wait_for(lambda: not work.state.busy or len(work.course.curves.get("student", ())) > 0, 180, "a first number")
    assert work.state.busy, (work.state, work.error)


def until_over(dock, *, state="done"):
    """Waits for the end of the distillation, which is to be this one."""
    work = dock.sections.distil.work
    wait_for(lambda: not work.state.busy, 90, "the end of the distillation")
    assert work.state.value == state, (work.state, str(work.error), getattr(work.error, "details", ""))


def workers():
    """Process ids of backends that run this profile's plugin, by their command lines."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it has just ended
            continue
        if START in words:
            found.append(int(process.name))
    return found


def kill(processes):
    """As the system does when memory runs out."""
    for process in processes:
        os.kill(process, signal.SIGKILL)


class Answers:
    """Answers the questions that QGIS and the plugin ask in message boxes, and writes them into `questions.json`.

    `next_answers` are words on buttons; a question that has no such button, or comes when there are none left, gets
    its last button clicked, so that nothing hangs.
    """

    def __init__(self):
        self.next_answers, self._asked = [], []
        self._clock = QTimer()
        self._clock.timeout.connect(self._look)
        self._clock.start(100)

    def _look(self):
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            return
        wanted = self.next_answers.pop(0) if self.next_answers else ""
        words = {button.text().replace("&", ""): button for button in box.buttons()}
        self._asked.append({"text": box.text(), "more": box.informativeText(), "answers": list(words), "said": wanted})
        (FOLDER / "questions.json").write_text(json.dumps(self._asked), encoding="utf-8")
        words.get(wanted, box.buttons()[-1]).click()
