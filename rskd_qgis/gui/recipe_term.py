"""One term of a recipe: its loss, weight, taps, pixels and options."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from rskd_qgis.draft.recipe import (
    TAPS,
    WHERE,
    Losses,
    RecipeUnusable,
    Term,
    options_in_words,
    options_of,
    usual_tap,
)

from .section import Notice
from .teacher_way import narrow

translate = QCoreApplication.translate


class TermForm(QWidget):
    """The fields of the term that is current in the table."""

    edited = pyqtSignal()  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: Losses = {}
        self._term: Term = {}
        self.loss = _combo()
        self.weight = QDoubleSpinBox()
        self.weight.setDecimals(4)
        self.weight.setRange(0.0001, 100_000)
        self.weight.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.weight.setKeyboardTracking(False)
        self.student, self.teacher = _tap(), _tap()
        self.where = _combo()
        for where, words in where_in_words().items():
            self.where.addItem(words, where)
        self.options = QLineEdit()
        self._about, self._wrong = QLabel(), Notice()
        self._about.setWordWrap(True)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for words, field, tip in self._fields():
            field.setAccessibleName(words)
            field.setToolTip(tip)
            form.addRow(words, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self._wrong)
        column.addWidget(self._about)
        self.loss.activated.connect(lambda _: self._on_loss())
        self.weight.valueChanged.connect(lambda _: self.edited.emit())
        self.where.activated.connect(lambda _: self.edited.emit())
        for tap in (self.student, self.teacher):
            tap.activated.connect(lambda _: self.edited.emit())
            tap.lineEdit().editingFinished.connect(self.edited)
        self.options.editingFinished.connect(self._on_options)

    def offer(self, losses: Losses) -> None:
        """The losses that there are."""
        self._losses = losses
        self.loss.clear()
        self.loss.addItems(list(losses))

    def display(self, term: Term) -> None:
        """Shows a term."""
        if term == self._term:
            return
        self._term = dict(term)
        if self.loss.findText(term["loss"]) < 0:
            self.loss.addItem(term["loss"])  # of a package that is not here, or for another task
        self.loss.setCurrentText(term["loss"])
        self.weight.blockSignals(True)
        self.weight.setValue(float(term.get("weight", 1.0)))
        self.weight.blockSignals(False)
        self.student.setEditText(term.get("student") or "")
        self.teacher.setEditText(term.get("teacher") or "")
        self.where.setCurrentIndex(self.where.findData(term.get("where", "everywhere")))
        self.options.setText(options_in_words(term.get("options") or {}))
        self._wrong.say("")
        self._describe()

    def chosen(self) -> Term:
        """As in the job file. What the form does not show (`by`, `levels`, `schedule`) stays as it was."""
        term: dict[str, Any] = {**self._term, "loss": self.loss.currentText()}
        weight = round(self.weight.value(), 4)
        said = {
            "weight": weight if weight != 1 or "weight" in self._term else None,
            "student": self.student.currentText().strip(),
            "teacher": self.teacher.currentText().strip(),
            "where": self.where.currentData() if self.where.currentIndex() > 0 else None,
        }
        for name, value in said.items():
            if value:
                term[name] = value
            else:
                term.pop(name, None)
        self._term = term
        return dict(term)

    def _on_loss(self) -> None:
        """Another loss has other options and looks elsewhere."""
        for name in ("options", "levels"):
            self._term.pop(name, None)
        self.options.clear()
        self.student.setEditText("")
        self.teacher.setEditText("")
        self._wrong.say("")
        self._describe()
        self.edited.emit()

    def _on_options(self) -> None:
        loss = self._losses.get(self.loss.currentText())
        if loss is None:
            return
        try:
            options = options_of(self.options.text(), loss)
        except RecipeUnusable as error:
            self._wrong.say(self.tr("{} The options stay as they were.").format(error))
            return
        self._wrong.say("")
        if options == (self._term.get("options") or {}):
            return
        self._term.pop("options", None)
        if options:
            self._term["options"] = options
        self.edited.emit()

    def _describe(self) -> None:
        loss = self._losses.get(self.loss.currentText())
        usual = usual_tap(loss)
        self.student.lineEdit().setPlaceholderText(usual)
        self.teacher.lineEdit().setPlaceholderText(self.student.currentText() or usual)
        defaults = {} if loss is None else {one["name"]: one["default"] for one in loss["parameters"]}
        self.options.setPlaceholderText(options_in_words(defaults) or self.tr("none"))
        self.options.setEnabled(bool(defaults))
        self._about.setText("" if loss is None else str(loss["summary"]))
        self._about.setVisible(bool(self._about.text()))

    def _fields(self) -> list[tuple[str, QWidget, str]]:
        return [
            (
                self.tr("Loss"),
                self.loss,
                self.tr(
                    "What of the teacher is matched, and how the difference is measured. "
                    "The sentence below says what this one looks at."
                ),
            ),
            (
                self.tr("Weight"),
                self.weight,
                self.tr(
                    "How much this term counts beside the others. Losses have units of their own: watch the curves of "
                    "the terms while the student trains, and raise a weight where a term hardly falls."
                ),
            ),
            (
                self.tr("Student’s tap"),
                self.student,
                self.tr(
                    "Where in the student the term looks: its answer (logits), what enters its last layer (features), "
                    "a level of its encoder or decoder, or path: with a module’s name. Leave it empty for what suits "
                    "the loss."
                ),
            ),
            (
                self.tr("Teacher’s tap"),
                self.teacher,
                self.tr(
                    "The same in the teacher; empty for the student’s tap. Anything but logits needs a network as the "
                    "teacher, which then runs beside the student."
                ),
            ),
            (
                self.tr("Where"),
                self.where,
                self.tr(
                    "Which pixels this term counts most on. It is for losses that are a mean over pixels; others "
                    "compare pixels with each other and cannot weigh them."
                ),
            ),
            (
                self.tr("Options"),
                self.options,
                self.tr(
                    "Settings of the loss as name=value, with commas between them. What stands there in grey is used "
                    "where you write nothing."
                ),
            ),
        ]


def where_in_words() -> dict[str, str]:
    """Which pixels count, in the backend's order."""
    words = (
        translate("TermForm", "everywhere"),
        translate("TermForm", "on things, not background"),
        translate("TermForm", "at the edges of classes"),
        translate("TermForm", "where the teacher looks"),
        translate("TermForm", "where the teacher is sure"),
        translate("TermForm", "where the teacher doubts"),
    )
    return dict(zip(WHERE, words))


def _combo() -> QComboBox:
    field = narrow(QComboBox())
    field.setMinimumContentsLength(8)
    return field


def _tap() -> QComboBox:
    field = _combo()
    field.setEditable(True)
    field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    field.addItem("")
    field.addItems(TAPS)
    field.setEditText("")
    return field
