"""From a draft to the job description that the backend takes; see docs/job-file.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import settings
from rskd_qgis.layers.handing import Handing
from rskd_qgis.layers.sources import LayerUnusable

from .bands import gsd_m
from .choices import DraftLabels, DraftLayer, Request
from .naming import distinct, slug

if TYPE_CHECKING:
    from .draft import Draft

LOCAL = "local"
"""The CRS of imagery that has none: the backend then works in pixels."""


def request(draft: Draft) -> Request:
    """The whole job. Raises LayerUnusable."""
    return _Maker(draft).request()


class _Maker:
    """Writes the description, section by section."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.folder = draft.folder()
        self.names = distinct([chosen.name for chosen in draft.layers])
        self.grid = self._layer(draft.layers[0].layer_id, draft.layers[0].name) if draft.layers else None
        self.handing = Handing(self.folder / "layers", self._around(), self._gsd_m())

    def request(self) -> Request:
        draft = self.draft
        spec: dict[str, Any] = {"task": draft.task, "layers": self._layers()}
        if self.grid is not None and not self.grid.crs().isValid():
            spec["crs"] = LOCAL
        if draft.labels is not None:
            spec["labels"] = self._labels(draft.labels)
        area = self._area()
        if area is not None:
            spec["area"] = area
        spec["teacher"] = self._teacher()
        spec["student"] = self._seen("student", draft.student)
        spec.update({key: value for key, value in (("recipe", draft.recipe), ("training", draft.training)) if value})
        if draft.baseline:
            spec["baseline"] = True
        if settings.threads():
            spec["threads"] = settings.threads()
        spec["out"] = str(self.folder)
        return Request(_with(spec, draft.extra), self.handing.secrets, self.handing.exports)

    def _layers(self) -> list[dict[str, Any]]:
        return [self._raster(chosen, name) for chosen, name in zip(self.draft.layers, self.names)]

    def _raster(self, chosen: DraftLayer, name: str) -> dict[str, Any]:
        entry = {**self.handing.raster(self._layer(chosen.layer_id, chosen.name), slug(name)), "name": name}
        return entry if chosen.bands is None else {**entry, "bands": chosen.bands}

    def _labels(self, labels: DraftLabels) -> dict[str, Any]:
        layer = self._layer(labels.layer_id, QCoreApplication.translate("Problem", "The label layer"))
        entry = self.handing.labels(layer, labels.field, labels.ignore)
        if labels.classes and labels.regrouped():
            entry["classes"] = {each.name: each.values for each in labels.classes}
        return entry

    def _teacher(self) -> dict[str, Any]:
        teacher = dict(self.draft.teacher)
        if teacher["kind"] != "map":
            return self._seen("teacher", teacher)
        layer = self._layer(teacher.pop("layer_id", ""), QCoreApplication.translate("Problem", "The map"))
        return {**teacher, **self.handing.class_map(layer, "teacher-map")}

    def _seen(self, who: str, entry: dict[str, Any]) -> dict[str, Any]:
        """With the names of the layers that the teacher or the student sees; none where it sees all."""
        seen = [name for name, chosen in zip(self.names, self.draft.layers) if getattr(chosen, who)]
        return {**entry, "layers": seen} if len(seen) < len(self.names) else dict(entry)

    def _area(self) -> list[float] | str | None:
        area = self.draft.area
        if area.kind == "layer":
            layer = self._layer(area.layer_id, QCoreApplication.translate("Problem", "The area's layer"))
            return self.handing.polygons(layer, "area")
        box = self._box()
        return None if box is None or area.kind == "whole" else in_grid(box, self.grid)

    def _box(self) -> QgsRectangle | None:
        """The area in the grid's CRS, as far as the grid's layer goes; None without a grid."""
        grid, area = self.grid, self.draft.area
        if grid is None:
            return None
        if area.kind == "layer":
            layer = self._layer(area.layer_id, QCoreApplication.translate("Problem", "The area's layer"))
            return self._on_grid(layer.extent(), layer.crs())
        if area.kind == "whole" or area.rectangle is None:
            return grid.extent()
        return self._on_grid(area.rectangle, area.rectangle.crs())

    def _on_grid(self, box: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> QgsRectangle:
        moved = QgsRectangle(box)
        if self.grid.crs().isValid() and crs.isValid():
            moved = QgsCoordinateTransform(crs, self.grid.crs(), self.draft.project).transformBoundingBox(moved)
        return moved.intersect(self.grid.extent())

    def _around(self) -> QgsReferencedRectangle | None:
        box = self._box()
        return None if box is None else QgsReferencedRectangle(box, self.grid.crs())

    def _gsd_m(self) -> float | None:
        """Of the working grid, in metres; None where it is the grid's finest."""
        return gsd_m(self.grid) or self.draft.gsd if self.grid is not None else None

    def _layer(self, layer_id: str, name: str) -> QgsMapLayer:
        layer = self.draft.layer(layer_id)
        if layer is None:
            message = QCoreApplication.translate("Problem", "“{}” is no longer in the project. Choose another layer.")
            raise LayerUnusable("layer-unusable", message.format(name))
        return layer


def in_grid(box: QgsRectangle, grid: QgsRasterLayer) -> list[float]:
    """A box as the job says it: in the grid's CRS, in pixels from the top where the file has no position."""
    extent = grid.extent()
    unplaced = (extent.xMinimum(), extent.yMaximum(), extent.yMinimum()) == (0.0, 0.0, -float(grid.height()))
    if not grid.crs().isValid() and unplaced:
        return [box.xMinimum(), -box.yMaximum(), box.xMaximum(), -box.yMinimum()]
    return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]


def _with(spec: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Further keys; tables are joined one level deep, and only with what is there."""
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(spec.get(key), dict):
            spec[key] = {**spec[key], **value}
        elif key != "labels":
            spec[key] = value
    return spec
