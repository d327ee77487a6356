"""From a draft to the job description that the backend takes; see docs/job-file.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import settings
from rskd_qgis.layers.export import Export
from rskd_qgis.layers.ground import metres_per_unit
from rskd_qgis.layers.sources import NO_NODATA, LayerUnusable, Source, raster_source, vector_source

from .bands import comes_at_any_size, gsd_m
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
    """Gathers secrets and exports while the description grows."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.folder = draft.folder()
        self.secrets: dict[str, str] = {}
        self.exports: list[Export] = []
        self.written: list[Path] = []
        self.names = distinct([chosen.name for chosen in draft.layers])
        self.grid = self._layer(draft.layers[0].layer_id, draft.layers[0].name) if draft.layers else None

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
        return Request(_with(spec, draft.extra), self.secrets, self.exports)

    def _layers(self) -> list[dict[str, Any]]:
        return [self._raster(chosen, name) for chosen, name in zip(self.draft.layers, self.names)]

    def _raster(self, chosen: DraftLayer, name: str) -> dict[str, Any]:
        layer = self._layer(chosen.layer_id, chosen.name)
        gsd = self._gsd_m() if comes_at_any_size(layer) else None
        source = raster_source(layer, gsd_m=gsd, around=self._around())
        entry: dict[str, Any] = {"path": self._path(layer, source, f"{slug(name)}.tif"), "name": name}
        if chosen.bands is not None:
            entry["bands"] = chosen.bands
        if gsd and not source.must_be_written:
            entry["gsd"] = gsd
        return {**entry, **_corrections(source)}

    def _labels(self, labels: DraftLabels) -> dict[str, Any]:
        layer = self._layer(labels.layer_id, QCoreApplication.translate("Problem", "The label layer"))
        vector = isinstance(layer, QgsVectorLayer)
        source = vector_source(layer) if vector else raster_source(layer)
        entry: dict[str, Any] = {"path": self._path(layer, source, "labels.gpkg" if vector else "labels.tif")}
        if source.layer:
            entry["layer"] = source.layer
        if vector and labels.field:
            entry["field"] = labels.field
        if source.crs:
            entry["crs"] = source.crs
        # Values that the user made nodata in the layer's properties are not labelled either.
        ignore = [*labels.ignore, *_nodata_of(source)]
        if ignore:
            entry["ignore"] = ignore
        if labels.classes and labels.regrouped():
            entry["classes"] = {each.name: each.values for each in labels.classes}
        return entry

    def _teacher(self) -> dict[str, Any]:
        teacher = dict(self.draft.teacher)
        if teacher["kind"] != "map":
            return self._seen("teacher", teacher)
        layer = self._layer(teacher.pop("layer_id", ""), QCoreApplication.translate("Problem", "The map"))
        source = raster_source(layer)
        entry = {**teacher, "path": self._path(layer, source, "teacher-map.tif")}
        if source.crs:
            entry["crs"] = source.crs
        if _nodata_of(source):
            entry["ignore"] = _nodata_of(source)
        return entry

    def _seen(self, who: str, entry: dict[str, Any]) -> dict[str, Any]:
        """With the names of the layers that the teacher or the student sees; none where it sees all."""
        seen = [name for name, chosen in zip(self.names, self.draft.layers) if getattr(chosen, who)]
        return {**entry, "layers": seen} if len(seen) < len(self.names) else dict(entry)

    def _area(self) -> list[float] | str | None:
        area = self.draft.area
        if area.kind == "layer":
            layer = self._layer(area.layer_id, QCoreApplication.translate("Problem", "The area's layer"))
            source = vector_source(layer)
            # The backend reads the first polygon layer of the file in its own CRS: whatever differs is written.
            write = source.crs is not None or (source.layer is not None and not _is_alone(layer))
            return self._path(layer, source, "area.gpkg", write=write)
        box = self._box()
        return None if box is None or area.kind == "whole" else _in_grid(box, self.grid)

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
        if box is None or box.isEmpty() or not self.grid.crs().isValid():
            return None
        return QgsReferencedRectangle(box, self.grid.crs())

    def _gsd_m(self) -> float | None:
        """Of the working grid, in metres; None where it is the grid's finest."""
        return gsd_m(self.grid) or self.draft.gsd if self.grid is not None else None

    def _path(self, layer: QgsMapLayer, source: Source, name: str, *, write: bool = False) -> str:
        """What GDAL opens; where it cannot open the layer itself, the file that it is written to."""
        if not (source.must_be_written or write):
            return self._with_secrets(source)
        destination = self.folder / "layers" / name
        while destination in self.written:
            destination = destination.with_name(f"{destination.stem}-2{destination.suffix}")
        self.written.append(destination)
        around, gsd = self._around(), None
        if around is not None and self._gsd_m() is not None:
            gsd = self._gsd_m() / metres_per_unit(around.crs(), around)
        crs = self.grid.crs() if self.grid is not None else layer.crs()
        self.exports.append(Export(layer, destination, extent=self._box(), crs=crs, gsd=gsd))
        return str(destination)

    def _with_secrets(self, source: Source) -> str:
        """The path; a secret whose name another layer uses for another value gets a name of its own."""
        path = source.path
        for name, value in source.secrets.items():
            free = name
            while self.secrets.get(free, value) != value:
                free += "_"
            self.secrets[free] = value
            path = path.replace(f"{{secret:{name}}}", f"{{secret:{free}}}")
        return path

    def _layer(self, layer_id: str, name: str) -> QgsMapLayer:
        layer = self.draft.layer(layer_id)
        if layer is None:
            message = QCoreApplication.translate("Problem", "“{}” is no longer in the project. Choose another layer.")
            raise LayerUnusable("layer-unusable", message.format(name))
        return layer


def _in_grid(box: QgsRectangle, grid: QgsRasterLayer) -> list[float]:
    """The box as the job says it: in the grid's CRS, in pixels from the top where the file has no position."""
    extent = grid.extent()
    unplaced = (extent.xMinimum(), extent.yMaximum(), extent.yMinimum()) == (0.0, 0.0, -float(grid.height()))
    if not grid.crs().isValid() and unplaced:
        return [box.xMinimum(), -box.yMaximum(), box.xMaximum(), -box.yMinimum()]
    return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]


def _corrections(source: Source) -> dict[str, Any]:
    """What the user has set in the layer's properties and the file does not say."""
    given = (("crs", source.crs), ("nodata", source.nodata))
    return {key: value for key, value in given if value is not None}


def _is_alone(layer: QgsVectorLayer) -> bool:
    return len(layer.dataProvider().subLayers()) <= 1


def _with(spec: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Further keys; tables are joined one level deep, and only with what is there."""
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(spec.get(key), dict):
            spec[key] = {**spec[key], **value}
        elif key != "labels":
            spec[key] = value
    return spec


def _nodata_of(source: Source) -> list[float]:
    """The nodata value that the user gave a layer, as a list of values to leave out."""
    return [] if source.nodata in (None, NO_NODATA) else [source.nodata]
