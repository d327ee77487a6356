"""The drawn rectangle of the area on the map, for as long as the panel shows where to work."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsReferencedRectangle
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QColor

_COLOUR = QColor(202, 0, 110)  # seen on imagery and on maps alike


class AreaOutline(QObject):
    """An outline on the map; takes nothing there when there is no rectangle, or it is not to be seen."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._band: QgsRubberBand | None = None

    def show(self, rectangle: QgsReferencedRectangle | None) -> None:
        """Draws a rectangle in place of the former one; None takes it away."""
        self.hide()
        if rectangle is None:
            return
        shape = QgsGeometry.fromRect(rectangle)
        self._band = QgsRubberBand(self._canvas, shape.type())
        self._band.setToGeometry(shape, rectangle.crs())
        self._band.setFillColor(QColor(0, 0, 0, 0))
        self._band.setStrokeColor(_COLOUR)
        self._band.setWidth(2)
        self._band.setLineStyle(Qt.PenStyle.DashLine)

    def hide(self) -> None:
        """Takes it off the map."""
        if self._band is not None:
            self._canvas.scene().removeItem(self._band)
            self._band = None

    def shown(self) -> bool:
        """Whether there is one on the map."""
        return self._band is not None
