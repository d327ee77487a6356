"""What the ways to a teacher share: a small form that shows and gives a part of the job's `teacher`."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget


class TeacherWay(QWidget):
    """One way to a teacher. `kind` is the job file's."""

    edited = pyqtSignal()  # by the user
    kind = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        raise NotImplementedError

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file; keys that keep their default are left out."""
        raise NotImplementedError


class ExpertBox(QgsCollapsibleGroupBox):
    """Folded away: what most users never need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("For experts"))
        self.setToolTip(self.tr("Choices that have a good default. Open it only if you know what you want to try."))
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self.form = QFormLayout(self)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)

    def add(self, words: str, field: QWidget, tip: str) -> None:
        """A field with its label."""
        field.setToolTip(tip)
        field.setAccessibleName(words)
        self.form.addRow(words, field)


def narrow(combo: QComboBox) -> QComboBox:
    """Lets a combo box be narrower than its longest entry."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(12)
    return combo


def numbers(field: QLineEdit) -> list[float]:
    """Numbers with commas or spaces between them; empty where one is none."""
    try:
        return [float(part) for part in field.text().replace(",", " ").replace(";", " ").split()]
    except ValueError:
        return []


def texts(field: QLineEdit) -> list[str]:
    """Texts with commas between them."""
    return [part.strip() for part in field.text().split(",") if part.strip()]


def filled(**keys: Any) -> dict[str, Any]:
    """Those that hold something."""
    return {key: value for key, value in keys.items() if value}
