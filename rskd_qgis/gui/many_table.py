"""The places of many images as a table: what each is made of, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from .many_images import Place

_STATE = 1  # column
_WIDEST = 16  # characters of a column at first


class PlaceTable(QTreeWidget):
    """A line for each place; where images are told apart by layer, a column for each layer."""

    def __init__(self, layers: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = layers
        self.places: list[Place] = []
        self._lines: dict[int, QTreeWidgetItem] = {}
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(self.tr("Images, and how each of them stands"))
        self.setMinimumHeight(6 * self.fontMetrics().height())

    def show_places(self, places: Sequence[Place]) -> None:
        """Takes these instead of those before."""
        self.clear()
        self._lines.clear()
        self.places = list(places)
        by_layer = any(len(place.items) > 1 for place in places)
        columns = [self.tr("Image"), self.tr("State"), *(self._layers if by_layer else ())]
        self.setColumnCount(len(columns))
        self.setHeaderLabels(columns)
        for place in places:
            line = QTreeWidgetItem([place.name])
            line.setToolTip(0, place.name)
            if by_layer:
                self._name_items(line, place)
            self.addTopLevelItem(line)
            self._lines[id(place)] = line
        self.header().setStretchLastSection(True)
        for column in range(len(columns) - 1):
            self.setColumnWidth(column, _WIDEST * self.fontMetrics().averageCharWidth())

    def _name_items(self, line: QTreeWidgetItem, place: Place) -> None:
        if len(place.items) < len(self._layers):  # one that is told apart by nothing
            return
        for column, item in enumerate(place.items, start=_STATE + 1):
            line.setText(column, self.tr("none") if item is None else item.name)
            line.setToolTip(column, "" if item is None else item.file or item.name)

    def say(self, place: Place, icon: str, words: str, more: str = "") -> None:
        """How a place stands, with a theme icon; `more` is for the tooltip."""
        line = self._lines[id(place)]
        line.setIcon(0, QgsApplication.getThemeIcon(icon) if icon else QIcon())
        line.setText(_STATE, words)
        line.setToolTip(_STATE, more or words)

    def state(self, number: int) -> str:
        """The words of a line."""
        return self.topLevelItem(number).text(_STATE)

    def selected(self) -> list[Place]:
        """The one that is selected, if any."""
        return [self.places[self.indexOfTopLevelItem(line)] for line in self.selectedItems()]
