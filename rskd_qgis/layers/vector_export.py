"""A vector layer as it is shown, with its filter, its unsaved edits and its joins, written as a GeoPackage."""

from __future__ import annotations

import hashlib
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsFeedback,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.bridge.errors import Stopped

from .failures import unwritable
from .ground import moved

_BYTES_A_FEATURE = 1000  # a polygon of some fifty corners
_FEATURES_A_SECOND = 10_000


class VectorWriting:
    """A snapshot of the layer's features, safe in any thread."""

    pixels = 0

    def __init__(
        self,
        layer: QgsVectorLayer,
        extent: QgsRectangle | None,
        crs: QgsCoordinateReferenceSystem,
        _gsd: float | None,
    ) -> None:
        self._name, self._fields, self._kind, self._crs = layer.name(), layer.fields(), layer.wkbType(), layer.crs()
        self._context = QgsProject.instance().transformContext()
        self._features = QgsVectorLayerFeatureSource(layer)
        self._request = QgsFeatureRequest()
        if extent is not None:
            self._request.setFilterRect(moved(extent, crs, layer.crs()))
        count = max(0, layer.featureCount())
        self.megabytes, self.seconds = count * _BYTES_A_FEATURE / 1e6, count / _FEATURES_A_SECOND

    def identity(self, feedback: QgsFeedback) -> tuple[object, ...]:
        """The content itself: edits and databases have no date. Raises Stopped."""
        content = hashlib.sha256()
        for feature in self._features.getFeatures(self._request):
            if feedback.isCanceled():
                raise Stopped
            content.update(repr(feature.attributes()).encode())
            content.update(bytes(feature.geometry().asWkb()))
        names = [(field.name(), field.typeName()) for field in self._fields]
        return self._name, names, self._crs.toWkt(), content.hexdigest()

    def write(self, path: Path, feedback: QgsFeedback) -> None:
        """Writes the file; blocks. Raises BackendError, Stopped."""
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName, options.fileEncoding = "GPKG", self._name, "UTF-8"
        # A field “fid” of the layer's own need not number its features.
        options.layerOptions = ["FID=rskd_fid"]
        writer = QgsVectorFileWriter.create(str(path), self._fields, self._kind, self._crs, self._context, options)
        written = 0
        if writer.hasError() == QgsVectorFileWriter.WriterError.NoError:
            for feature in self._features.getFeatures(self._request):
                if feedback.isCanceled():
                    raise Stopped
                if not writer.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                    break
                written += 1
        trouble = writer.errorMessage()
        del writer  # closes the file
        if trouble or not _holds(path, written):
            full = QCoreApplication.translate("Export", "the disk may be full")
            raise unwritable(path, trouble.strip(". ") or full)


def _holds(path: Path, count: int) -> bool:
    written = QgsVectorLayer(str(path), "written", "ogr", QgsVectorLayer.LayerOptions(False))
    return written.isValid() and written.featureCount() == count
