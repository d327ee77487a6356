"""A spectral index as the teacher: two bands, and the values between its classes."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QWidget

from rskd_qgis.draft import Draft
from rskd_qgis.draft.index_bands import DIFFERENCE, INDICES, guessed_bands, offered_bands

from .teacher_index_classes import IndexClasses, ranges_in_words
from .teacher_way import ExpertBox, TeacherWay, narrow

_SOFTNESS = 0.05  # the backend's own
translate = QCoreApplication.translate


class IndexTeacher(TeacherWay):
    """NDVI, NDWI and their like. The bands are guessed by name until somebody chooses them."""

    kind = "index"

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._bands: list[str] = []  # chosen by hand; empty where they are guessed
        self._offered: list[tuple[str, str]] = []
        self.index = narrow(QComboBox())
        for index, words in titles().items():
            self.index.addItem(words, index)
        self.index.setToolTip(
            self.tr(
                "The difference of two bands, divided by their sum: a value from -1 to 1 that tells certain ground "
                "from the rest. It needs no model and no labels."
            )
        )
        self.first, self.second = self._band(), self._band()
        self.classes = IndexClasses()
        self._says = QLabel()
        self._says.setWordWrap(True)
        self._first_words, self._second_words = QLabel(), QLabel()
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(self.tr("Index"), self.index)
        form.addRow(self._first_words, self.first)
        form.addRow(self._second_words, self.second)
        self.softness, self.unsure = _number(0.001, 1.0, _SOFTNESS), _number(0.0, 1.0, 0.0)
        self._expert = ExpertBox()
        self._expert.add(
            self.tr("Softness"),
            self.softness,
            self.tr(
                "How fast doubt gives way beside a threshold, in units of the index: at this distance the class is "
                "about three quarters sure. Raise it where the threshold is only roughly known."
            ),
        )
        self._expert.add(
            self.tr("No answer within"),
            self.unsure,
            self.tr(
                "Pixels whose value is this close to a threshold teach nothing, in units of the index. "
                "Raise it where classes mix beside the threshold; 0 uses every pixel."
            ),
        )
        self._column.addLayout(form)
        for widget in (self.classes, self._says, self._expert):
            self._column.addWidget(widget)
        self.index.activated.connect(lambda _: self._on_index())
        for field in (self.first, self.second):
            field.activated.connect(lambda _: self._on_band())
        self.classes.edited.connect(self.edited)
        self.softness.valueChanged.connect(lambda _: self.edited.emit())
        self.unsure.valueChanged.connect(lambda _: self.edited.emit())
        self.display(usual("ndvi"))
        draft.changed.connect(self._look_at_draft)

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        self.index.setCurrentIndex(self.index.findData(teacher["index"]))
        self._bands = list(teacher.get("bands") or ())
        self.classes.display(list(teacher["names"]), list(teacher["thresholds"]))
        for field, value in (
            (self.softness, teacher.get("softness", _SOFTNESS)),
            (self.unsure, teacher.get("unsure", 0.0)),
        ):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self._look_at_draft()

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file; without `bands` where they are guessed."""
        teacher: dict[str, Any] = {"kind": self.kind, "index": self.index.currentData()}
        if self._bands:
            teacher["bands"] = list(self._bands)
        teacher.update(thresholds=self.classes.thresholds(), names=self.classes.names())
        if abs(self.softness.value() - _SOFTNESS) > 1e-6:
            teacher["softness"] = round(self.softness.value(), 4)
        if self.unsure.value() > 0:
            teacher["unsure"] = round(self.unsure.value(), 4)
        return teacher

    def title(self) -> str:
        """The index in a word, for the section's heading."""
        return short(self.index.currentData())

    def _look_at_draft(self) -> None:
        """Bands of the layers that the teacher sees, and the labels' classes."""
        offered = offered_bands(self._draft)
        several = len({band.layer for band in offered}) > 1
        rows = [(f"{band.own} – {band.layer}" if several else band.own, band.name) for band in offered]
        if rows != self._offered:
            self._offered = rows
            for field in (self.first, self.second):
                field.clear()
                field.addItem(self.tr("Choose a band"), "")
                for words, name in rows:
                    field.addItem(words, name)
        index = self.index.currentData()
        bands = self._bands or guessed_bands(index, offered)
        for field, name in zip((self.first, self.second), bands):
            field.setCurrentIndex(max(0, _place(field, name)))
        for words, colour, number in zip((self._first_words, self._second_words), INDICES[index], (1, 2)):
            words.setText(colours().get(colour) or self.tr("Band {}").format(number))
        labels = self._draft.labels
        self.classes.offer([] if labels is None else [each.name for each in labels.classes])
        self._say()

    def _say(self) -> None:
        first, second = self.first.currentText(), self.second.currentText()
        if not (self.first.currentData() and self.second.currentData()):
            first, second = self._first_words.text(), self._second_words.text()
        formula = self.tr("{0} is ({1} - {2}) / ({1} + {2}).").format(self.title(), first, second)
        words = ranges_in_words(self.title(), self.classes.names(), self.classes.thresholds())
        self._says.setText(f"{formula} {words}".strip())

    def _band(self) -> QComboBox:
        field = narrow(QComboBox())
        field.setToolTip(
            self.tr(
                "A band of the layers that the teacher sees. It is found by its name where the name says what it is; "
                "choose another where that is wrong."
            )
        )
        return field

    def _on_index(self) -> None:
        """Another index has other bands and other values."""
        self.display(usual(self.index.currentData()))
        self.edited.emit()

    def _on_band(self) -> None:
        self._bands = [self.first.currentData(), self.second.currentData()]
        if tuple(self._bands) == guessed_bands(self.index.currentData(), offered_bands(self._draft)):
            self._bands = []
        self._say()
        self.edited.emit()


def titles() -> dict[str, str]:
    """The indices and what each is for, in the order in which they are offered."""
    return {
        "ndvi": translate("IndexTeacher", "NDVI – vegetation"),
        "ndwi": translate("IndexTeacher", "NDWI – open water"),
        "mndwi": translate("IndexTeacher", "MNDWI – water beside buildings"),
        "ndbi": translate("IndexTeacher", "NDBI – built-up ground"),
        "nbr": translate("IndexTeacher", "NBR – burnt ground"),
        "ndsi": translate("IndexTeacher", "NDSI – snow"),
        DIFFERENCE: translate("IndexTeacher", "Any two bands"),
    }


def short(index: str) -> str:
    """An index in a word."""
    return translate("IndexTeacher", "The index") if index == DIFFERENCE else index.upper()


def colours() -> dict[str, str]:
    """What the bands of the known indices are."""
    return {
        "green": translate("IndexTeacher", "Green"),
        "red": translate("IndexTeacher", "Red"),
        "nir": translate("IndexTeacher", "Near infrared"),
        "swir": translate("IndexTeacher", "Short-wave infrared"),
        "swir2": translate("IndexTeacher", "Short-wave infrared 2"),
    }


def usual(index: str) -> dict[str, Any]:
    """A teacher by an index, with classes and values that are often used."""
    other = translate("IndexTeacher", "other")
    threshold, low, high = {
        "ndvi": (0.3, other, translate("IndexTeacher", "vegetation")),
        "ndwi": (0.0, translate("IndexTeacher", "land"), translate("IndexTeacher", "water")),
        "mndwi": (0.0, translate("IndexTeacher", "land"), translate("IndexTeacher", "water")),
        "ndbi": (0.0, other, translate("IndexTeacher", "built-up")),
        "nbr": (0.1, translate("IndexTeacher", "burnt"), other),
        "ndsi": (0.4, other, translate("IndexTeacher", "snow")),
        DIFFERENCE: (0.0, translate("IndexTeacher", "low"), translate("IndexTeacher", "high")),
    }[index]
    return {"kind": "index", "index": index, "thresholds": [threshold], "names": [low, high]}


def _place(field: QComboBox, name: str) -> int:
    """Of a band that may be named without its layer."""
    wanted = name.casefold()
    names = [str(field.itemData(row)).casefold() for row in range(field.count())]
    own = [each.rpartition(":")[2] for each in names]
    return names.index(wanted) if wanted in names else own.index(wanted) if wanted in own else -1


def _number(low: float, high: float, value: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setDecimals(3)
    field.setSingleStep(0.01)
    field.setValue(value)
    field.setKeyboardTracking(False)
    return field
