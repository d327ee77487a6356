"""How large the area is in which a distillation works."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import QgsCsException, QgsDistanceArea, QgsFeatureRequest, QgsGeometry, QgsRasterLayer, QgsVectorLayer

from .bands import comes_at_any_size

if TYPE_CHECKING:
    from .draft import Draft

_MEASURED = 1000
"""Polygons; of more the box around them is told."""


@dataclass(frozen=True)
class AreaSize:
    """What is worked on. `square_metres` is None without a place on Earth; `at_most`: only a box around it is known."""

    megapixels: float
    square_metres: float | None
    at_most: bool = False


def area_size(draft: Draft) -> AreaSize | None:
    """None where there is no area yet, or where nobody can say."""
    from .request import place

    found = place(draft) if draft.layers else None
    if found is None:
        return None
    box, grid = found
    shape, exact = QgsGeometry.fromRect(box), True
    if draft.area.kind == "layer":
        inside = _polygons(draft, shape, grid)
        shape, exact = (shape, False) if inside is None else (inside, True)
    measured = _square_metres(shape, grid, draft)
    pixels = _pixels(shape, measured, grid, draft)
    return None if pixels is None or pixels <= 0 else AreaSize(pixels / 1e6, measured, at_most=not exact)


def _polygons(draft: Draft, box: QgsGeometry, grid: QgsRasterLayer) -> QgsGeometry | None:
    """The polygons of the area's layer inside the box, in the CRS of the grid; None where they are too many."""
    layer = draft.layer(draft.area.layer_id)
    if not isinstance(layer, QgsVectorLayer) or not 0 < layer.featureCount() <= _MEASURED:
        return None
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    if grid.crs().isValid() and layer.crs().isValid():
        request.setDestinationCrs(grid.crs(), draft.project.transformContext())
    try:
        shapes = [feature.geometry() for feature in layer.getFeatures(request) if feature.hasGeometry()]
    except QgsCsException:
        return None
    return QgsGeometry.unaryUnion([shape.makeValid() for shape in shapes]).intersection(box)


def _square_metres(shape: QgsGeometry, grid: QgsRasterLayer, draft: Draft) -> float | None:
    crs = grid.crs()
    if not crs.isValid():
        return None
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, draft.project.transformContext())
    measure.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    try:
        found = measure.measureArea(shape)
    except QgsCsException:
        return None
    return found if math.isfinite(found) else None


def _pixels(shape: QgsGeometry, square_metres: float | None, grid: QgsRasterLayer, draft: Draft) -> float | None:
    if comes_at_any_size(grid):
        return square_metres / draft.gsd**2 if square_metres and draft.gsd else None
    return shape.area() / (grid.rasterUnitsPerPixelX() * grid.rasterUnitsPerPixelY())
