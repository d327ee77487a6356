"""The classes of the labels: tick, name, colour, value, share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from qgis.gui import QgsColorButton
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from rskd_qgis.draft import DraftClass

from . import figures
from .tips import wrapped

_NAME, _COLOR, _VALUE, _SHARE = range(4)
_ROWS_SHOWN = 10  # more scroll


@dataclass(frozen=True)
class ClassRow:
    """What the table shows of a value of the label layer.

    Attributes:
        value: in the layer.
        name: of its class.
        color: that was chosen for it; empty as long as it is left to the backend.
        ticked: it is used.
        share: of the labelled ground; None where it is not known.
        proposed: the colour that is shown where none is chosen.
        about: the share is about right.
    """

    value: Any
    name: str
    color: str
    ticked: bool
    share: float | None
    proposed: str = ""
    about: bool = False


class ClassTable(QTableWidget):
    """One row a value of the label layer. Rows of the same name become one class; rows without a tick are left out."""

    edited = pyqtSignal()  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self._shown: list[ClassRow] = []
        self._colors: dict[int, str] = {}  # chosen, by row: what a button shows may be a proposal
        self.setHorizontalHeaderLabels([self.tr("Class"), self.tr("Colour"), self.tr("Value"), self.tr("Share")])
        header = self.horizontalHeader()
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_COLOR, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_COLOR, self._width_of_color())
        for column in (_VALUE, _SHARE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leaves the table, arrows move in it
        self.setAccessibleName(self.tr("Classes"))
        self.setToolTip(
            self.tr(
                "The classes to tell apart. Give several values the same name to merge them into one class; "
                "take the tick away from values that mean nothing, and they are ignored."
            )
        )
        self.horizontalHeaderItem(_COLOR).setToolTip(
            wrapped(self.tr("Click a colour to change it. The map, its legend and the report use these colours."))
        )
        self.itemChanged.connect(self._on_change)

    def _width_of_color(self) -> int:
        """Room for the heading, and for a patch with its menu."""
        return max(self.horizontalHeader().sectionSizeHint(_COLOR), 3 * self.fontMetrics().height())

    def display(self, rows: list[ClassRow]) -> None:
        """Shows these."""
        if rows == self._shown and [self._said(row) for row in range(self.rowCount())] == rows:
            return  # also while a cell is being edited: its item must stay
        self.blockSignals(True)
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            self._fill(number, row)
        self._shown = rows
        self.blockSignals(False)
        self._fit()

    def tell_of_shares(self, words: str) -> None:
        """Of what the shares are."""
        self.horizontalHeaderItem(_SHARE).setToolTip(wrapped(words))

    def chosen(self) -> list[DraftClass]:
        """The ticked rows, those of the same name as one class."""
        classes: dict[str, DraftClass] = {}
        for number in range(self.rowCount()):
            row = self._said(number)
            if row.ticked:
                made = classes.setdefault(row.name, DraftClass(row.name, row.color))
                made.values.append(row.value)
                made.color = made.color or row.color
        return list(classes.values())

    def color_button(self, number: int) -> QgsColorButton:
        """The one of a row."""
        return self.cellWidget(number, _COLOR)

    def _said(self, number: int) -> ClassRow:
        """A row as it stands in the table."""
        item = self.item(number, _NAME)
        shown: ClassRow = item.data(Qt.ItemDataRole.UserRole)
        ticked = item.checkState() == Qt.CheckState.Checked
        name = item.text().strip() or str(shown.value)
        return replace(shown, name=name, color=self._colors[number], ticked=ticked)

    def _fill(self, number: int, row: ClassRow) -> None:
        item = QTableWidgetItem(row.name)
        item.setData(Qt.ItemDataRole.UserRole, row)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable)
        item.setCheckState(Qt.CheckState.Checked if row.ticked else Qt.CheckState.Unchecked)
        item.setToolTip(row.name)
        self.setItem(number, _NAME, item)
        self.setItem(number, _VALUE, _fixed(str(row.value)))
        self.setItem(number, _SHARE, _fixed(_share(row)))
        button = self.color_button(number) or self._button(number)
        self._colors[number] = row.color
        self._show_color(number)
        button.setEnabled(row.ticked)
        button.setAccessibleName(self.tr("Colour of {}").format(row.name))

    def _button(self, number: int) -> QgsColorButton:
        button = QgsColorButton()
        button.setShowNull(True, self.tr("Automatic"))
        button.setColorDialogTitle(self.tr("Colour of the class"))
        button.setToolTip(self.tr("The colour of this class on the map, in its legend and in the report."))
        button.colorChanged.connect(lambda color: self._on_color(number, color))
        self.setCellWidget(number, _COLOR, button)
        return button

    def _show_color(self, number: int) -> None:
        """The chosen colour, else the proposed one."""
        button, color = self.color_button(number), self._colors[number]
        color = color or self.item(number, _NAME).data(Qt.ItemDataRole.UserRole).proposed
        button.blockSignals(True)
        if color:
            button.setColor(QColor(color))
        else:
            button.setToNull()
        button.blockSignals(False)

    def _on_color(self, number: int, color: QColor) -> None:
        """Rows of one class have one colour, or all of them an automatic one."""
        chosen = color.name() if color.isValid() else ""
        name = self._said(number).name
        for row in range(self.rowCount()):
            if self._said(row).name == name:
                self._colors[row] = chosen
                self._show_color(row)
        self.edited.emit()

    def _fit(self) -> None:
        rows = min(self.rowCount(), _ROWS_SHOWN)
        frame = 2 * self.frameWidth()
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + frame + 2)

    def _on_change(self, item: QTableWidgetItem) -> None:
        if item.column() == _NAME:
            self.edited.emit()


def class_rows(
    own: list[DraftClass],
    classes: list[DraftClass],
    shares: dict[str, float] | None,
    colors: dict[str, str],
    *,
    about: bool = False,
) -> list[ClassRow]:
    """The layer's own values under the names and colours that `classes` give them.

    Args:
        own: one class a value.
        classes: what the user made of them.
        shares: of the labelled area, by value as text; a value that is missing has none. None where it is not known.
        colors: that the backend would take, by value as text.
        about: the shares are about right, and a value that is missing may be there all the same.
    """
    made = {value: each for each in classes for value in each.values}
    proposed: dict[str, str] = {}  # by name of the class: the first value's, as for the backend
    rows = []
    for each in own:
        (value,) = each.values
        chosen = made.get(value, each)
        share = None if shares is None else shares.get(str(value), None if about else 0.0)
        color = each.color or colors.get(str(value), "")
        if value in made:
            color = proposed.setdefault(chosen.name, color)
        rows.append(ClassRow(value, chosen.name, chosen.color, value in made, share, color, about))
    return rows


def _share(row: ClassRow) -> str:
    if row.share is None:
        return ""
    return f"≈ {figures.share(row.share)}" if row.about else figures.share(row.share)


def _fixed(words: str) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
