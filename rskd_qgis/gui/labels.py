"""Section 2: what is known on the ground, as a class raster or as polygons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qgis.core import QgsApplication, QgsMapLayer, QgsMapLayerProxyModel, QgsVectorLayer
from qgis.gui import QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rskd_qgis.draft import Draft, DraftLabels
from rskd_qgis.draft.bands import is_picture
from rskd_qgis.draft.classes import MOST_CLASSES, ClassSurvey, own_classes

from . import figures
from .class_table import ClassTable, class_rows
from .label_survey import LabelSurvey
from .section import Notice
from .services import Services

_CLASS_FIELDS = ("class", "classname", "class_name", "landcover", "land_cover", "label", "category", "type", "code")


class LabelsSection(QWidget):
    """The label layer, its class field, and the classes as a table to edit."""

    title_state = pyqtSignal(str, bool)

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._survey: ClassSurvey | None = None
        self._layers_shares: dict[str, float] = {}
        self._in_area = LabelSurvey(draft, services, self)
        self._in_area.changed.connect(self.display)
        self.layer = QgsMapLayerComboBox()
        filters = QgsMapLayerProxyModel.Filter
        self.layer.setFilters(filters.RasterLayer | filters.PolygonLayer)
        self.layer.setAllowEmptyLayer(True, self.tr("No labels"))
        self.layer.setLayer(None)
        self.layer.setAccessibleName(self.tr("Label layer"))
        self.layer.setToolTip(
            self.tr(
                "A raster of classes, or polygons with a class field: places where you know what is on the ground. "
                "They need not cover everything; a few places of each class, spread over the area, go a long way."
            )
        )
        self.layer.activated.connect(lambda _: self._on_layer())
        self.field = QgsFieldComboBox()
        self.field.setAllowEmptyFieldName(True)
        self.field.setAccessibleName(self.tr("Class field"))
        self.field.setToolTip(
            self.tr(
                "The field that holds the class, as a whole number or as text. Features without a value are skipped."
            )
        )
        self.field.activated.connect(lambda _: self._on_field())
        self.ignore = QLineEdit()
        self.ignore.setPlaceholderText(self.tr("none"))
        self.ignore.setAccessibleName(self.tr("Values that mean not labelled"))
        self.ignore.setToolTip(
            self.tr(
                "Values that mean “not labelled”, separated by commas, for example 0, 255. "
                "The layer's nodata value always does."
            )
        )
        self.ignore.editingFinished.connect(self._on_ignore)
        for combo in (self.layer, self.field):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.table = ClassTable()
        self.table.edited.connect(self._on_table)
        self._say = QLabel()
        self._say.setWordWrap(True)
        self.division = QLabel()
        self.division.setWordWrap(True)
        self.division.setToolTip(
            self.tr(
                "The ground is parted in blocks, so that the student is tested where it has never been. "
                "The report says how large the parts became and how well the student does on the last one."
            )
        )
        self._warning, self._not_here = Notice(), Notice()
        self.again = QPushButton(self.tr("Read again"))
        self.again.setToolTip(self.tr("Reads the classes of the label layer."))
        self.again.clicked.connect(self._read_again)
        self.again.hide()
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._field_label, self._ignore_label = QLabel(self.tr("Class field")), QLabel(self.tr("Not labelled"))
        form.addRow(self.tr("Layer"), self.layer)
        form.addRow(self._field_label, self.field)
        form.addRow(self._ignore_label, self.ignore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        for widget in (self.table, self._say, self.division, self._warning, self._not_here):
            layout.addWidget(widget)
        layout.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        draft.changed.connect(self.display)
        self.display()

    def display(self) -> None:
        """Shows what the draft says, and has the classes read where they are not known yet."""
        labels = self._draft.labels
        layer = self._draft.layer(labels.layer_id) if labels is not None else None
        self.layer.setLayer(layer)
        vector = isinstance(layer, QgsVectorLayer)
        for widget in (self._field_label, self.field):
            widget.setVisible(vector)
        for widget in (self._ignore_label, self.ignore):
            widget.setVisible(layer is not None)
        if vector:
            if self.field.layer() is not layer:
                self.field.setLayer(layer)
            self.field.setField(labels.field)
        if labels is not None and not self.ignore.hasFocus():
            self.ignore.setText(", ".join(str(value) for value in labels.ignore))
        shown = bool(labels is not None and layer is not None and labels.own)
        self.table.setVisible(shown)
        held = self._in_area.held
        if shown:
            colors = held.colors if held is not None else {}
            about = held is not None and held.sampled
            self.table.display(class_rows(labels.own, labels.classes, self._shares(), colors, about=about))
            self.table.tell_of_shares(self._of_what())
        self._say.setText(self._words(labels, layer))
        self._say.setVisible(bool(self._say.text()))
        self.division.setText(self._division() if labels is not None else "")
        self.division.setVisible(labels is not None)
        self._not_here.say(self._in_area.why_not)
        if self.isVisible():
            self._in_area.follow()
        self._read_classes(labels, layer)
        there = layer is not None and len(labels.classes) > 1
        self.title_state.emit(self._state(labels), there)

    def says(self, words: str) -> bool:
        """Whether the section shows this problem by itself."""
        return bool(words) and words == self._in_area.why_not

    def showEvent(self, event: QShowEvent) -> None:
        """The backend is asked only when somebody looks."""
        super().showEvent(event)
        self._in_area.follow()

    def _shares(self) -> dict[str, float] | None:
        """Of the chosen area; as long as these are not known, the layer's where the area is all of it."""
        held = self._in_area.held
        if held is not None and held.shares is not None:
            return held.shares
        return self._layers_shares if self._draft.area.kind == "whole" and self._layers_shares else None

    def _of_what(self) -> str:
        held = self._in_area.held
        if held is not None and held.shares is not None and held.sampled:
            return self.tr(
                "About how much of the labelled ground inside the area has this value. The area is so large that not "
                "every pixel was looked at: a rare value may be there though none is shown."
            )
        if held is not None and held.shares is not None:
            return self.tr("How much of the labelled ground inside the area has this value.")
        if self._shares() is not None:
            return self.tr("How much of the labelled ground of the whole layer has this value.")
        return self.tr("How much of the labelled ground inside the area has this value; not known yet.")

    def _division(self) -> str:
        """How the labels are shared out, and how many of them are used."""
        held, share = self._in_area.held, self._draft.extra.get("labels", {}).get("share", 1)
        if held is None or held.parts is None:
            words = self.tr(
                "The labels are divided by place into three parts: to learn from, to check on while learning, "
                "and to test the student at the end."
            )
        elif held.exact:
            words = self.tr(
                "The labels are divided by place: {train} to learn from, {validation} to check on while learning, "
                "{test} to test the student at the end."
            )
        else:
            words = self.tr(
                "The labels are divided by place: about {train} to learn from, {validation} to check on while "
                "learning, {test} to test the student at the end."
            )
        if held is not None and held.parts is not None:
            words = words.format(**{part: figures.share(of) for part, of in held.parts.items()})
        if share < 1:
            few = self.tr(
                "Of those to learn from only {} are used, as if no more had been mapped: this shows what a teacher "
                "brings where labels are few."
            )
            words += " " + few.format(figures.share(share))
        return words

    def _words(self, labels: DraftLabels | None, layer: QgsMapLayer | None) -> str:
        if labels is None:
            return self.tr("Without labels the student learns from the teacher alone.")
        if self._survey is not None:
            return self.tr("Reading the classes…")
        held = self._in_area.held
        background = any(each.name.casefold() == "background" for each in labels.classes)
        if self._draft.task == "segmentation" and isinstance(layer, QgsVectorLayer) and not background:
            return self.tr("Where no polygon lies is background.")
        if held is None:
            return ""
        if held.labelled is None:
            return self.tr("Few labels, if any, lie in this large area: how many is not known.")
        words = self.tr("About {} of the area is labelled.") if held.sampled else self.tr("{} of the area is labelled.")
        return words.format(figures.share(held.labelled))

    def _state(self, labels: DraftLabels | None) -> str:
        if labels is None or not labels.classes or self._draft.layer(labels.layer_id) is None:
            return ""
        count = len(labels.classes)
        return self.tr("{} classes").format(count) if count > 1 else self.tr("1 class")

    def _read_classes(self, labels: DraftLabels | None, layer: QgsMapLayer | None) -> None:
        """Starts a survey where one is due; ends one that nobody waits for any more."""
        running = self._survey
        wanted = labels is not None and layer is not None and layer.isValid() and not labels.own
        wanted = wanted and not is_picture(layer)
        if wanted and isinstance(layer, QgsVectorLayer):
            wanted = bool(labels.field)
        key = (labels.layer_id, labels.field) if wanted else None
        if running is not None:
            if (running.layer_id, running.field) == key:
                return
            self._survey = None
            running.cancel()
        if not wanted or key == self._failed:
            return
        self._forget_failure()
        survey = ClassSurvey(layer, labels.field)
        survey.surveyed.connect(lambda: self._on_surveyed(survey))
        survey.taskTerminated.connect(lambda: self._on_stopped(survey))
        self._survey = survey
        self._say.setText(self.tr("Reading the classes…"))
        self._say.show()
        QgsApplication.taskManager().addTask(survey)

    _failed: tuple[str, str] | None = None  # of this layer and field no classes can be read

    def _forget_failure(self) -> None:
        self._failed = None
        self._warning.say("")
        self.again.hide()

    def _read_again(self) -> None:
        self._forget_failure()
        self.display()

    def _on_stopped(self, survey: ClassSurvey) -> None:
        """The user has cancelled it in QGIS's list of tasks."""
        if survey is not self._survey:
            return
        self._survey, self._failed = None, (survey.layer_id, survey.field)
        self._warning.say(self.tr("Reading the classes was stopped. Without them, the labels are used as they are."))
        self.again.show()
        self.display()

    def _on_surveyed(self, survey: ClassSurvey) -> None:
        labels = self._draft.labels
        if survey is not self._survey or labels is None:
            return
        self._survey = None
        layer = self._draft.layer(labels.layer_id)
        if layer is None:
            return
        if survey.too_many or not survey.classes:
            self._failed = (survey.layer_id, survey.field)
            self._warning.say(self._why_none(survey, layer))
            self.display()
            return
        found = [each for each in survey.classes if not _is_ignored(each.values[0], labels.ignore)]
        shares = survey.shares
        self._layers_shares = {str(each.values[0]): shares[each.name] for each in found if each.name in shares}
        own = own_classes(layer, found)
        classes = [replace(each, color=each.color or mine.color) for each, mine in zip(found, own)]
        self._draft.set(labels=replace(labels, classes=classes, own=own))

    def _why_none(self, survey: ClassSurvey, layer: QgsMapLayer) -> str:
        if survey.too_many:
            words = self.tr("“{name}” has more than {most} different values. Is it a class layer?")
            return words.format(name=layer.name(), most=MOST_CLASSES)
        return self.tr("“{}” holds no class values: classes are whole numbers or texts.").format(layer.name())

    def _on_layer(self) -> None:
        layer = self.layer.currentLayer()
        self._forget_failure()
        if layer is None:
            self._draft.set(labels=None)
        elif isinstance(layer, QgsVectorLayer):
            self._draft.set(labels=DraftLabels(layer.id(), _class_field(layer)))
        else:
            self._draft.set(labels=DraftLabels(layer.id()))

    def _on_field(self) -> None:
        labels = self._draft.labels
        if labels is not None:
            self._draft.set(labels=DraftLabels(labels.layer_id, self.field.currentField(), labels.ignore))

    def _on_ignore(self) -> None:
        labels = self._draft.labels
        ignore = _values(self.ignore.text())
        if labels is not None and ignore != labels.ignore:
            # The table loses or gains rows: the layer is read again.
            self._forget_failure()
            self._draft.set(labels=DraftLabels(labels.layer_id, labels.field, ignore))

    def _on_table(self) -> None:
        labels = self._draft.labels
        if labels is not None:
            self._draft.set(labels=replace(labels, classes=self.table.chosen()))


def _class_field(layer: QgsVectorLayer) -> str:
    """The field whose name says that it holds classes; empty where none does."""
    names = {field.name().casefold(): field.name() for field in layer.fields()}
    return next((names[name] for name in _CLASS_FIELDS if name in names), "")


def _values(text: str) -> list[Any]:
    parts = [part.strip() for part in text.replace(";", ",").split(",")]
    return [int(part) if part.lstrip("-").isdecimal() else part for part in parts if part]


def _is_ignored(value: Any, ignore: list[Any]) -> bool:
    return value in ignore or str(value) in {str(each) for each in ignore}
