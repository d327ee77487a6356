"""How large the area is in which a distillation works."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsDistanceArea,
    QgsFeatureRequest,
    QgsGeometry,
    QgsRasterLayer,
    QgsRectangle,
    QgsTask,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal

from .bands import comes_at_any_size

if TYPE_CHECKING:
    from .draft import Draft

_MOST_CORNERS = 50_000
"""Of polygons that are joined; of more the box around them is told."""


@dataclass(frozen=True)
class AreaSize:
    """What is worked on. `square_metres` is None without a place on Earth; `at_most`: only a box around it is known."""

    megapixels: float
    square_metres: float | None
    at_most: bool = False


@dataclass(frozen=True)
class Ground:
    """The reference layer, as far as it takes part in measuring; `pixel` is its size in map units.

    `gsd` in metres in its place where a server draws the layer at any size.
    """

    box: QgsRectangle
    crs: QgsCoordinateReferenceSystem
    transforms: QgsCoordinateTransformContext
    pixel: float
    gsd: float | None

    @classmethod
    def of(cls, draft: Draft) -> Ground | None:
        """None without a reference layer that can be used, or where nobody has said how large its pixels are."""
        grid = draft.layer(draft.layers[0].layer_id) if draft.layers else None
        if not isinstance(grid, QgsRasterLayer) or not grid.isValid():
            return None
        free = comes_at_any_size(grid)
        if free and not draft.gsd:
            return None
        pixel = 0.0 if free else grid.rasterUnitsPerPixelX() * grid.rasterUnitsPerPixelY()
        transforms = draft.project.transformContext()
        return cls(grid.extent(), grid.crs(), transforms, pixel, draft.gsd if free else None)

    def size(self, shape: QgsGeometry, *, at_most: bool = False) -> AreaSize | None:
        """Of a shape in its CRS; None where nobody can say, or where there is nothing."""
        square_metres = self._square_metres(shape)
        if self.gsd is not None:
            pixels = (square_metres or 0.0) / self.gsd**2
        else:
            pixels = shape.area() / self.pixel if self.pixel else 0.0
        return AreaSize(pixels / 1e6, square_metres, at_most) if pixels > 0 else None

    def _square_metres(self, shape: QgsGeometry) -> float | None:
        if not self.crs.isValid():
            return None
        measure = QgsDistanceArea()
        measure.setSourceCrs(self.crs, self.transforms)
        measure.setEllipsoid(self.crs.ellipsoidAcronym() or "EPSG:7030")
        try:
            found = measure.measureArea(shape)
        except QgsCsException:
            return None
        return found if math.isfinite(found) else None


def area_size(draft: Draft) -> AreaSize | None:
    """Of an area that is a box. None where there is no area yet, or where nobody can say."""
    from .request import place

    found, ground = place(draft) if draft.layers else None, Ground.of(draft)
    return ground.size(QgsGeometry.fromRect(found[0])) if found is not None and ground is not None else None


class PolygonSurvey(QgsTask):
    """Measures an area that is the polygons of a layer: they may be many, and in a database far away.

    After `surveyed`, `size` is what was found; None where nobody can say.
    """

    surveyed = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, ground: Ground) -> None:
        title = QCoreApplication.translate("PolygonSurvey", "Measuring the area of {}").format(layer.name())
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.size: AreaSize | None = None
        self._ground = ground
        self._source = QgsVectorLayerFeatureSource(layer)
        self._request = QgsFeatureRequest().setSubsetOfAttributes([])
        if ground.crs.isValid() and layer.crs().isValid():
            self._request.setDestinationCrs(ground.crs, ground.transforms)
        self._request.setFilterRect(ground.box)

    def run(self) -> bool:
        """In the task's thread."""
        try:
            self.size = self._measured()
        except QgsCsException:  # a corner has no place in the CRS of the reference layer
            self.size = None
        return not self.isCanceled()

    def finished(self, done: bool) -> None:
        """In the main thread."""
        self._source = None
        if done:
            self.surveyed.emit()

    def _measured(self) -> AreaSize | None:
        shapes: list[QgsGeometry] = []
        corners, around = 0, QgsRectangle()
        for feature in self._source.getFeatures(self._request):
            if self.isCanceled():
                return None
            if not feature.hasGeometry():
                continue
            shape = feature.geometry()
            around.combineExtentWith(shape.boundingBox())
            corners += shape.constGet().nCoordinates()
            if corners <= _MOST_CORNERS:
                shapes.append(shape.makeValid())
            else:
                shapes.clear()
        box = QgsGeometry.fromRect(self._ground.box)
        if corners > _MOST_CORNERS:
            return self._ground.size(QgsGeometry.fromRect(around).intersection(box), at_most=True)
        return self._ground.size(QgsGeometry.unaryUnion(shapes).intersection(box)) if shapes else None
