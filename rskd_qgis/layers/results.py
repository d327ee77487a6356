"""Result files as styled layers, in a group at the top of the layer tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.names import free

from .failures import unreadable
from .legend import MapClass, map_classes
from .made import mark
from .provenance import metadata
from .styles import class_renderer, confidence_renderer, disagreement_renderer, polygon_renderer

_MAP = "rskd/map"
"""Custom property of a group: the map whose results it holds."""

_MANY_POLYGONS = 100_000  # drawing more is slow: they are there and not shown


@dataclass
class ResultFiles:
    """What belongs to one class map; paths, empty where there is no such file. `settings` is `job.json`."""

    map: str
    vector: str = ""
    confidence: str = ""
    disagreement: str = ""
    student: str = ""
    settings: str = ""


def add_results(files: ResultFiles, project: QgsProject, title: str) -> QgsLayerTreeGroup:
    """Adds the files as layers; nothing else in the project changes.

    Results of a map that has its group already join that group, and files that are in it are read and styled anew.

    Raises:
        BackendError: `layer-unreadable`, a file is missing or damaged; no group is left then.
    """
    return _Adding(files, project, title).group()


class _Adding:
    """One call of `add_results`: layers are made first, so that a broken file leaves nothing behind."""

    def __init__(self, files: ResultFiles, project: QgsProject, title: str) -> None:
        self._files, self._project, self._title = files, project, title
        self._there = _group_of(files.map, project)
        if self._there is None:
            groups = {group.name() for group in project.layerTreeRoot().findGroups(True)}
            self._title = free(title, groups)

    def group(self) -> QgsLayerTreeGroup:
        class_map = self._raster(self._files.map, QCoreApplication.translate("Results", "Class map – {}"))
        classes = map_classes(Path(self._files.map), class_map.dataProvider())
        class_map.setRenderer(class_renderer(class_map.dataProvider(), classes))
        differences, confidence = self._differences(), self._confidence()
        polygons = self._polygons(classes)
        group = self._there
        if group is None:
            group = self._project.layerTreeRoot().insertGroup(0, self._title)
            group.setCustomProperty(_MAP, self._files.map)
        # From top to bottom. Confidence is there for who asks.
        self._place(group, differences, shown=True)
        self._place(group, class_map, shown=True)
        self._place(group, polygons, shown=polygons is not None and polygons.featureCount() <= _MANY_POLYGONS)
        self._place(group, confidence, shown=False)
        return group

    def _differences(self) -> QgsRasterLayer | None:
        if not self._files.disagreement:
            return None
        layer = self._raster(self._files.disagreement, QCoreApplication.translate("Results", "Differences – {}"))
        layer.setRenderer(disagreement_renderer(layer.dataProvider()))
        return layer

    def _confidence(self) -> QgsRasterLayer | None:
        if not self._files.confidence:
            return None
        layer = self._raster(self._files.confidence, QCoreApplication.translate("Results", "Confidence – {}"))
        layer.setRenderer(confidence_renderer(layer.dataProvider()))
        return layer

    def _polygons(self, classes: list[MapClass]) -> QgsVectorLayer | None:
        if not self._files.vector:
            return None
        words = QCoreApplication.translate("Results", "Polygons – {}")
        layer = self._found(self._files.vector) or QgsVectorLayer(self._files.vector, self._name(words), "ogr")
        self._ready(layer, self._files.vector)
        few = layer.featureCount() <= _MANY_POLYGONS
        present = layer.uniqueValues(layer.fields().indexOf("class")) if few else {one.value for one in classes}
        layer.setRenderer(polygon_renderer(classes, present))
        if layer.id() not in self._project.mapLayers():
            # Other projects then show the polygons alike. Where the file cannot be written to, they do not.
            layer.saveStyleToDatabase("RSKD", self._title, True, "")
        return layer

    def _raster(self, path: str, words: str) -> QgsRasterLayer:
        layer = self._found(path) or QgsRasterLayer(path, self._name(words), "gdal")
        self._ready(layer, path)
        return layer

    def _name(self, words: str) -> str:
        """Unlike that of any other layer: several maps are compared."""
        title = self._there.name() if self._there is not None else self._title
        return free(words.format(title), {layer.name() for layer in self._project.mapLayers().values()})

    def _found(self, path: str) -> QgsMapLayer | None:
        """The layer of this file in the group, with what is in the file now."""
        for node in self._there.findLayers() if self._there is not None else ():
            layer = node.layer()
            if layer is not None and layer.source().split("|")[0] == path:
                layer.dataProvider().reloadData()
                layer.triggerRepaint()
                return layer
        return None

    def _ready(self, layer: QgsMapLayer, path: str) -> None:
        if not layer.isValid():
            reason = QCoreApplication.translate("Results", "the file is missing or damaged")
            raise unreadable(path, reason)
        mark(layer)
        layer.setMetadata(metadata(layer.name(), self._files.student, self._files.settings))

    def _place(self, group: QgsLayerTreeGroup, layer: QgsMapLayer | None, *, shown: bool) -> None:
        """Below what was placed before it; a layer that is there stays as the user has it."""
        if layer is None or group.findLayer(layer.id()) is not None:
            return
        self._project.addMapLayer(layer, False)
        node = QgsLayerTreeLayer(layer)
        node.setItemVisibilityChecked(shown)
        node.setExpanded(shown)
        # Differences come later as a rule, and lie on the map.
        group.insertChildNode(0 if layer.source() == self._files.disagreement else -1, node)


def _group_of(class_map: str, project: QgsProject) -> QgsLayerTreeGroup | None:
    groups = project.layerTreeRoot().findGroups(True)
    return next((group for group in groups if group.customProperty(_MAP) == class_map), None)
