"""Where to work: whole layers, the map's view, a rectangle drawn on the map, or the polygons of a layer."""

from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel, QgsReferencedRectangle
from qgis.gui import QgsMapCanvas, QgsMapLayerComboBox, QgsMapTool, QgsMapToolExtent
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rskd_qgis.draft import DraftArea
from rskd_qgis.draft.extent import AreaSize

from . import figures
from .area_outline import AreaOutline


class AreaChooser(QWidget):
    """A list of ways to say where, with the one control that the chosen way needs below it."""

    edited = pyqtSignal()  # by the user, or by the map that the area follows

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._rectangle: QgsReferencedRectangle | None = None
        self._tool: QgsMapToolExtent | None = None
        self._before: QgsMapTool | None = None
        self.outline = AreaOutline(canvas, self)
        self.kind = QComboBox()
        self.kind.addItem(self.tr("Whole layers"), "whole")
        self.kind.addItem(self.tr("What the map shows"), "canvas")
        self.kind.addItem(self.tr("A rectangle drawn on the map"), "rectangle")
        self.kind.addItem(self.tr("Polygons of a layer"), "layer")
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(12)
        self.kind.setAccessibleName(self.tr("Area"))
        self.kind.setToolTip(
            self.tr(
                "The part of the layers that is learned from and mapped. "
                "A smaller area is quicker; it should still hold every class in several places."
            )
        )
        self.kind.activated.connect(self._on_kind)
        self.draw = QPushButton(self.tr("Draw"))
        self.draw.setCheckable(True)
        self.draw.setToolTip(
            self.tr("Click, then drag a rectangle on the map. Draw again to replace it; Escape gives up.")
        )
        self.draw.clicked.connect(self._on_draw)
        self.polygons = QgsMapLayerComboBox()
        self.polygons.setFilters(QgsMapLayerProxyModel.Filter.PolygonLayer)
        self.polygons.setMinimumContentsLength(12)
        self.polygons.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.polygons.setAccessibleName(self.tr("Polygon layer of the area"))
        self.polygons.setToolTip(
            self.tr("Pixels whose centre lies in one of the polygons count. All polygons of the layer are used.")
        )
        self.polygons.activated.connect(lambda _: self.edited.emit())
        first = QHBoxLayout()
        first.setContentsMargins(0, 0, 0, 0)
        first.addWidget(self.kind, 1)
        first.addWidget(self.draw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self.polygons)
        self.size = QLabel()
        self.size.setWordWrap(True)
        self.size.setToolTip(
            self.tr(
                "How large the area is on the ground, and how many million pixels of the reference layer lie in it."
            )
        )
        layout.addWidget(self.size)
        canvas.extentsChanged.connect(self._follow)
        self._arrange()

    def display(self, area: DraftArea) -> None:
        """Shows what the draft says."""
        self.kind.setCurrentIndex(self.kind.findData(area.kind))
        self._rectangle = area.rectangle if area.kind == "rectangle" else None
        if area.kind == "layer":
            layer = self.polygons.layer(self._row_of(area.layer_id))
            self.polygons.setLayer(layer)
        self._arrange()

    def chosen(self) -> DraftArea:
        """What the user has chosen."""
        kind = self.kind.currentData()
        if kind == "canvas":
            return DraftArea(kind, self._view())
        if kind == "rectangle":
            return DraftArea(kind, self._rectangle)
        if kind == "layer":
            layer = self.polygons.currentLayer()
            return DraftArea(kind, layer_id=layer.id() if layer is not None else "")
        return DraftArea()

    def show_size(self, size: AreaSize | None, *, measuring: bool = False) -> None:
        """Says how large the area is; nothing where that is not known, and will not be."""
        self.size.setVisible(size is not None or measuring)
        if size is None:
            self.size.setText(self.tr("Measuring the area…"))
            return
        pixels = figures.megapixels(size.megapixels)
        if size.square_metres is None:
            self.size.setText(self.tr("At most {}").format(pixels) if size.at_most else pixels)
            return
        words = self.tr("At most {ground} · {pixels}") if size.at_most else self.tr("{ground} · {pixels}")
        self.size.setText(words.format(ground=figures.area(size.square_metres), pixels=pixels))

    def stop_drawing(self) -> None:
        """Gives the map its former tool back."""
        self.draw.setChecked(False)
        if self._tool is not None and self._canvas.mapTool() is self._tool:
            if self._before is not None:
                self._canvas.setMapTool(self._before)
            else:
                self._canvas.unsetMapTool(self._tool)

    def _row_of(self, layer_id: str) -> int:
        rows = range(self.polygons.count())
        layers = (self.polygons.layer(row) for row in rows)
        return next((row for row, layer in zip(rows, layers) if layer is not None and layer.id() == layer_id), -1)

    def _view(self) -> QgsReferencedRectangle:
        return QgsReferencedRectangle(self._canvas.extent(), self._canvas.mapSettings().destinationCrs())

    def _arrange(self) -> None:
        kind = self.kind.currentData()
        self.draw.setVisible(kind == "rectangle")
        self._outline()
        self.polygons.setVisible(kind == "layer")

    def _on_kind(self) -> None:
        self._arrange()
        self.stop_drawing()
        self.edited.emit()
        if self.kind.currentData() == "rectangle" and self._rectangle is None:
            self._on_draw(True)

    def _on_draw(self, draw: bool) -> None:
        if not draw:
            self.stop_drawing()
            return
        if self._tool is None:
            self._tool = QgsMapToolExtent(self._canvas)
            self._tool.extentChanged.connect(self._on_drawn)
            self._tool.deactivated.connect(lambda: self.draw.setChecked(False))
        self._before = self._canvas.mapTool()
        self._canvas.setMapTool(self._tool)
        self.draw.setChecked(True)

    def _on_drawn(self, extent: object) -> None:
        self._rectangle = QgsReferencedRectangle(extent, self._canvas.mapSettings().destinationCrs())
        self.stop_drawing()
        self._outline()
        self.edited.emit()

    def _outline(self) -> None:
        """On the map only while the panel is: closing the panel tidies the map up."""
        self.outline.show(self._rectangle if self.kind.currentData() == "rectangle" and self.isVisible() else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws the rectangle again."""
        super().showEvent(event)
        self._outline()

    def hideEvent(self, event: QHideEvent) -> None:
        """Takes the rectangle off the map."""
        super().hideEvent(event)
        self._outline()

    def _follow(self) -> None:
        if self.kind.currentData() == "canvas":
            self.edited.emit()
