"""Places and lengths in a layer's map units."""

from __future__ import annotations

from math import sqrt

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)

_STEP = 1e-6  # of the rectangle: small enough to be straight in any CRS


def metres_per_unit(crs: QgsCoordinateReferenceSystem, around: QgsRectangle) -> float:
    """Metres in a map unit (a degree is one) at the middle of a rectangle, the geometric mean of both directions."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, QgsProject.instance().transformContext())
    measure.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    middle = around.center()
    x, y = around.width() * _STEP, around.height() * _STEP
    across = measure.measureLine(middle, QgsPointXY(middle.x() + x, middle.y())) / x
    along = measure.measureLine(middle, QgsPointXY(middle.x(), middle.y() + y)) / y
    return sqrt(across * along)


def moved(
    rectangle: QgsRectangle, crs: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem
) -> QgsRectangle:
    """The rectangle in another CRS; an empty one where it has no place there."""
    if not crs.isValid():
        return QgsRectangle(rectangle)
    try:
        return QgsCoordinateTransform(crs, target, QgsProject.instance()).transformBoundingBox(rectangle)
    except QgsCsException:
        return QgsRectangle()
