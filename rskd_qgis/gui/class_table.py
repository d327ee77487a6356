"""The classes of the labels: tick, colour, name, value, share."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QLocale, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap
from qgis.PyQt.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from rskd_qgis.draft import DraftClass

_NAME, _VALUE, _SHARE = range(3)
_ROWS_SHOWN = 10  # more scroll


class ClassTable(QTableWidget):
    """One row a value of the label layer. Rows of the same name become one class; rows without a tick are left out."""

    edited = pyqtSignal()  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setHorizontalHeaderLabels([self.tr("Class"), self.tr("Value"), self.tr("Share")])
        header = self.horizontalHeader()
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
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
        self.itemChanged.connect(self._on_change)

    def display(self, own: list[DraftClass], classes: list[DraftClass], shares: dict[str, float]) -> None:
        """Shows the layer's own values under the names that `classes` give them."""
        names = {value: each.name for each in classes for value in each.values}
        wanted = [
            (each.values[0], names.get(each.values[0]), _percent(shares.get(str(each.values[0])))) for each in own
        ]
        if wanted == [self._said(row) for row in range(self.rowCount())]:
            return  # also while a cell is being edited: its item must stay
        self.blockSignals(True)
        self.setRowCount(len(own))
        for row, each in enumerate(own):
            (value,) = each.values
            self._fill(row, value, names.get(value), each, shares.get(str(value)))
        self.blockSignals(False)
        self._fit()

    def chosen(self) -> list[DraftClass]:
        """The ticked rows, those of the same name as one class."""
        classes: dict[str, DraftClass] = {}
        for row in range(self.rowCount()):
            item = self.item(row, _NAME)
            if item.checkState() == Qt.CheckState.Checked:
                color, value = item.data(Qt.ItemDataRole.UserRole)
                name = item.text().strip() or str(value)
                classes.setdefault(name, DraftClass(name, color)).values.append(value)
        return list(classes.values())

    def _said(self, row: int) -> tuple[Any, str | None, str]:
        item = self.item(row, _NAME)
        _, value = item.data(Qt.ItemDataRole.UserRole)
        ticked = item.checkState() == Qt.CheckState.Checked
        return value, (item.text().strip() or str(value)) if ticked else None, self.item(row, _SHARE).text()

    def _fill(self, row: int, value: Any, name: str | None, own: DraftClass, share: float | None) -> None:
        item = QTableWidgetItem(name or own.name)
        item.setData(Qt.ItemDataRole.UserRole, (own.color, value))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable)
        item.setCheckState(Qt.CheckState.Checked if name is not None else Qt.CheckState.Unchecked)
        if own.color:
            item.setIcon(_swatch(own.color))
        self.setItem(row, _NAME, item)
        self.setItem(row, _VALUE, _fixed(str(value)))
        self.setItem(row, _SHARE, _fixed(_percent(share)))

    def _fit(self) -> None:
        rows = min(self.rowCount(), _ROWS_SHOWN)
        frame = 2 * self.frameWidth()
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + frame + 2)

    def _on_change(self, item: QTableWidgetItem) -> None:
        if item.column() == _NAME:
            self.edited.emit()


def _fixed(words: str) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _percent(share: float | None) -> str:
    if share is None:
        return ""
    return QLocale().toString(100 * share, "f", 0 if share >= 0.095 else 1) + " %"


def _swatch(color: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
