"""Section 3: who teaches, and whether it suits the selected layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.draft.expectation import expectations, facts_of

from .section import Notice
from .services import NOT_STARTING, Services
from .teacher_file import CheckpointTeacher, OnnxTeacher
from .teacher_index import IndexTeacher
from .teacher_map import MapTeacher
from .teacher_published import PublishedTeacher
from .teacher_trained import TrainedTeacher
from .teacher_way import TeacherWay, narrow


class TeacherSection(QWidget):
    """A list of ways to a teacher; below it the form of the chosen way and what that teacher expects."""

    title_state = pyqtSignal(str, bool)

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self._asked = ""  # the file or weight that the facts are about, or will be
        self.way = narrow(QComboBox())
        self.way.setAccessibleName(self.tr("Teacher"))
        self.way.setToolTip(
            self.tr(
                "The teacher is a large model, or a map, that knows the classes; the student learns to answer as it "
                "does. Without a finished one, let one be trained on your labels."
            )
        )
        self.published, self.of_index = PublishedTeacher(services), IndexTeacher(draft)
        self.ways: dict[str, TeacherWay] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.way)
        for words, way in (
            (self.tr("Train on my labels"), TrainedTeacher()),
            (self.tr("Model file (ONNX)"), OnnxTeacher()),
            (self.tr("Trained network (checkpoint)"), CheckpointTeacher()),
            (self.tr("Published weights (torchgeo)"), self.published),
            (self.tr("An existing map"), MapTeacher()),
            (self.tr("A spectral index"), self.of_index),
        ):
            self.way.addItem(words, way.kind)
            self.ways[way.kind] = way
            way.edited.connect(self._on_edit)
            way.hide()
            column.addWidget(way)
        self._met = QLabel()
        self._met.setWordWrap(True)
        self._unmet = Notice()
        column.addWidget(self._met)
        column.addWidget(self._unmet)
        self.way.activated.connect(lambda _: self._on_edit())
        draft.changed.connect(self.display)
        self.display()

    def display(self) -> None:
        """Shows what the draft says, and asks the backend about a file that it knows nothing of yet."""
        teacher = self._draft.teacher
        kind = teacher["kind"]
        self.way.setCurrentIndex(self.way.findData(kind))
        for each, way in self.ways.items():
            way.setVisible(each == kind)
        if self.ways[kind].chosen() != teacher:
            self.ways[kind].display(teacher)
        self._ask(teacher)
        self._show_expectations()

    def says(self, words: str) -> bool:
        """Whether these words stand in the section already."""
        return words in self._unmet.words()

    def _on_edit(self) -> None:
        teacher = self.ways[self.way.currentData()].chosen()
        if teacher["kind"] == "torchgeo":
            self._draft.set(teacher=teacher, teacher_facts=self.published.facts())
        elif (teacher["kind"], _file_of(teacher)) != (self._draft.teacher["kind"], _file_of(self._draft.teacher)):
            self._draft.set(teacher=teacher, teacher_facts={})
        else:
            self._draft.set(teacher=teacher)

    def _ask(self, teacher: dict[str, Any]) -> None:
        file = _file_of(teacher)
        settled = self._waiting or self._refused or self._draft.teacher_facts or not file
        if file == self._asked and settled:
            return
        self._asked, self._refused, self._waiting = file, "", False
        if file and Path(file).is_file():
            self._waiting = True
            self._services.resident.ask(
                "inspect",
                {"file": file},
                lambda answer: self._on_answer(file, answer),
                lambda error: self._on_refusal(file, error),
            )

    _waiting = False
    _refused = ""  # why the backend cannot read the file

    def _on_answer(self, file: str, answer: Any) -> None:
        if file != self._asked:
            return
        self._waiting = False
        facts = facts_of(answer)
        if not facts:
            self._refused = self.tr("“{}” is not a model that can teach.").format(Path(file).name)
            self._show_expectations()
            return
        self._draft.set(teacher_facts=facts)
        self._show_expectations()

    def _on_refusal(self, file: str, error: BackendError) -> None:
        if file != self._asked:
            return
        self._waiting = False
        self._refused = str(error)
        self._show_expectations()
        if error.code in NOT_STARTING:
            self._asked = ""  # asked again when there is somebody to answer
        elif error.code not in ("model-unusable", "layer-unreadable"):
            self._services.report(error, "teacher")

    def _show_expectations(self) -> None:
        found = expectations(self._draft)
        met = [self.tr("{} ✓").format(each.words) if each.sure else each.words for each in found if each.met]
        if self._waiting:
            met.append(self.tr("Looking at the file…"))
        self._met.setText("\n".join(met))
        self._met.setVisible(bool(met))
        unmet = [each.words for each in found if not each.met]
        self._unmet.say("\n".join([self._refused, *unmet] if self._refused else unmet))
        fits = not any(problem.section == "teacher" for problem in self._draft.problems())
        self.title_state.emit(self._state(), fits and not self._refused)

    def _state(self) -> str:
        teacher = self._draft.teacher
        if teacher["kind"] in ("onnx", "checkpoint"):
            return Path(teacher.get("path", "")).name
        if teacher["kind"] == "map":
            layer = self._draft.layer(teacher.get("layer_id", ""))
            return layer.name() if layer is not None else ""
        if teacher["kind"] == "index":
            return self.of_index.title()
        return teacher.get("weights", "") if teacher["kind"] == "torchgeo" else self.tr("trained here")


def _file_of(teacher: dict[str, Any]) -> str:
    return str(teacher.get("path", "")) if teacher["kind"] in ("onnx", "checkpoint") else ""
