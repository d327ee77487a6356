"""From a draft to the job description that the backend takes; see docs/job-file.md."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import settings
from rskd_qgis.layers.handing import Handing
from rskd_qgis.layers.sources import LayerUnusable

from .bands import gsd_m, is_picture
from .choices import DraftLabels, DraftLayer, Request
from .index_bands import bands_of
from .naming import distinct, slug
from .problems import picture_as_labels, picture_as_map

if TYPE_CHECKING:
    from .draft import Draft

LOCAL = "local"
"""The CRS of imagery that has none: the backend then works in pixels."""


def request(draft: Draft) -> Request:
    """The whole job. Raises LayerUnusable."""
    return _Maker(draft).request()


def label_question(draft: Draft) -> dict[str, Any] | None:
    """The part of the job that says what the labels hold inside the area, as the backend's question `labels` takes it.

    None where it cannot be asked: something is missing, must be written first, or needs a password.
    """
    if draft.labels is None or not draft.layers:
        return None
    refused = draft.label_facts.get("refused")  # the last answer, which must not keep it from being asked again
    if any(one.section in ("layers", "labels") and one.message != refused for one in draft.problems()):
        return None
    try:
        maker = _Maker(draft, copies=False)
        spec = maker.label_question(draft.labels)
    except (LayerUnusable, QgsCsException):
        return None
    return None if maker.handing.secrets or maker.handing.exports else spec


def place(draft: Draft) -> tuple[QgsRectangle, QgsRasterLayer] | None:
    """The box around the area in the CRS of the reference layer, and that layer; None where there is no such box."""
    try:
        maker = _Maker(draft)
        box = maker.box()
    except (LayerUnusable, QgsCsException):
        return None
    return None if box is None or box.isEmpty() else (box, maker.grid)


class _Maker:
    """Writes the description, section by section."""

    def __init__(self, draft: Draft, *, copies: bool = True) -> None:
        self.draft = draft
        self.folder = draft.folder()
        self.names = distinct([chosen.name for chosen in draft.layers])
        self.grid = self._layer(draft.layers[0].layer_id, draft.layers[0].name) if draft.layers else None
        self.handing = Handing(self.folder / "layers", self._around(), self._gsd_m(), copies=copies)

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

    def label_question(self, labels: DraftLabels) -> dict[str, Any]:
        """Of the layers only the first, which gives the grid; values under the layer's own names."""
        first, name = self.draft.layers[0], self.names[0]
        spec: dict[str, Any] = {"task": self.draft.task, "layers": [self._raster(first, name)]}
        if not self.grid.crs().isValid():
            spec["crs"] = LOCAL
        spec["labels"] = self._labels(replace(labels, classes=[], own=[]))
        area = self._area()
        if area is not None:
            spec["area"] = area
        if "split" in self.draft.extra:
            spec["split"] = self.draft.extra["split"]
        return spec

    def _layers(self) -> list[dict[str, Any]]:
        return [self._raster(chosen, name) for chosen, name in zip(self.draft.layers, self.names)]

    def _raster(self, chosen: DraftLayer, name: str) -> dict[str, Any]:
        entry = {**self.handing.raster(self._layer(chosen.layer_id, chosen.name), slug(name)), "name": name}
        return entry if chosen.bands is None else {**entry, "bands": chosen.bands}

    def _labels(self, labels: DraftLabels) -> dict[str, Any]:
        layer = self._layer(labels.layer_id, QCoreApplication.translate("Problem", "The label layer"))
        if is_picture(layer):
            raise LayerUnusable("labels-unusable", picture_as_labels(layer))
        entry = self.handing.labels(layer, labels.field, labels.ignore)
        if labels.classes and labels.regrouped():
            entry["classes"] = {each.name: each.values for each in labels.classes}
        if labels.recoloured():
            entry["colors"] = {each.name: each.color for each in labels.classes if each.color}
        return entry

    def _teacher(self) -> dict[str, Any]:
        teacher = dict(self.draft.teacher)
        if teacher["kind"] == "index" and all(bands_of(self.draft)):
            # Said also where they were guessed: the backend looks at the bands of all layers.
            teacher["bands"] = list(bands_of(self.draft))
        if teacher["kind"] != "map":
            return self._seen("teacher", teacher)
        layer = self._layer(teacher.pop("layer_id", ""), QCoreApplication.translate("Problem", "The map"))
        if is_picture(layer):
            raise LayerUnusable("layer-unusable", picture_as_map(layer))
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
        box = self.box()
        return None if box is None or area.kind == "whole" else in_grid(box, self.grid)

    def box(self) -> QgsRectangle | None:
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
        box = self.box()
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
