"""What all algorithms of RSKD share: they collect a job description, hand it over and give back what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from rskd_qgis import places
from rskd_qgis.bridge import network
from rskd_qgis.bridge.errors import BackendError, Stopped
from rskd_qgis.bridge.process import run_job
from rskd_qgis.draft import Request
from rskd_qgis.layers.export import Export
from rskd_qgis.layers.sources import Source, raster_source, vector_source

from .narrator import Narrator

Parameters = dict  # what QGIS hands over: parameter names to values


class Dressed:
    """Icon, words and fresh instances, the same for all."""

    def createInstance(self) -> QgsProcessingAlgorithm:
        """A fresh one, as QGIS wants it for every run."""
        return type(self)()

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(str(places.resources() / "icon.svg"))

    def tr(self, text: str) -> str:
        """QGIS's algorithms are no QObjects; the context is the class that says the text, as for those."""
        contexts = (kind.__name__ for kind in type(self).__mro__)
        found = (QCoreApplication.translate(context, text) for context in contexts)
        return next((words for words in found if words != text), text)


class BackendAlgorithm(Dressed, QgsProcessingAlgorithm):
    """Base class. Subclasses say `JOB`, `request` and `outcome`; names of parameters and outputs never change."""

    JOB = ""

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """The job description; the last moment at which layers may be touched."""
        raise NotImplementedError

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Output names to values, from the job's result."""
        raise NotImplementedError

    def prepareAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Called by QGIS before the background thread starts."""
        del feedback
        try:
            self._request = self.request(parameters, context)
            self._network = network.environment(places.home())
        except BackendError as error:
            raise QgsProcessingException(str(error)) from error
        return True

    def processAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Called by QGIS in the background: waits for the job, feeds progress, obeys cancel."""
        del parameters
        asked = self._request
        try:
            for export in asked.exports:
                export.run(feedback)
            heard = Narrator(feedback).hear
            result = run_job(
                self.JOB, asked.spec, secrets=asked.secrets, feedback=feedback, heard=heard, network=self._network
            )
        except Stopped:
            return {}
        except BackendError as error:
            if error.details:
                feedback.pushDebugInfo(error.details)
            raise QgsProcessingException(str(error)) from error
        return self.outcome(result, context)


class LayersOfJob:
    """Layers handed over to a job, with their secrets and with what must be written first."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.exports: list[Export] = []

    def raster(self, layer: QgsRasterLayer, extent: QgsRectangle | None = None) -> dict[str, Any]:
        """A raster layer as in the job description; `extent` is in its own CRS."""
        source = raster_source(layer)
        spec: dict[str, Any] = {"path": self._path(layer, source, extent)}
        return {**spec, **_given(source)}

    def polygons(self, layer: QgsVectorLayer) -> str:
        """A polygon layer that says where to work."""
        return self._path(layer, vector_source(layer), None)

    def labels(self, layer: QgsMapLayer, field: str, ignore: str) -> dict[str, Any]:
        """Labels as in the job description; `ignore` is a list of values in words."""
        spec: dict[str, Any] = {}
        if isinstance(layer, QgsVectorLayer):
            source = vector_source(layer)
            spec["path"] = self._path(layer, source, None)
            if source.layer and not source.must_be_written:
                spec["layer"] = source.layer
            if field:
                spec["field"] = field
        else:
            spec["path"] = self._path(layer, raster_source(layer), None)
        values = [value.strip() for value in ignore.split(",") if value.strip()]
        if values:
            spec["ignore"] = [int(value) if value.lstrip("-").isdigit() else value for value in values]
        return spec

    def _path(self, layer: QgsMapLayer, source: Source, extent: QgsRectangle | None) -> str:
        self.secrets.update(source.secrets)
        if not source.must_be_written:
            return source.path
        suffix = "gpkg" if isinstance(layer, QgsVectorLayer) else "tif"
        place = Path(QgsProcessingUtils.generateTempFilename(f"layer.{suffix}"))
        self.exports.append(Export(layer, place, extent=extent, crs=layer.crs(), gsd=None))
        return str(place)


def _given(source: Source) -> dict[str, Any]:
    """What the user set in QGIS for the layer, otherwise than its file says."""
    return {key: value for key, value in (("crs", source.crs), ("nodata", source.nodata)) if value is not None}


def box(extent: QgsRectangle) -> list[float]:
    """xmin, ymin, xmax, ymax."""
    return [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]
