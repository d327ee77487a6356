"""Layers of an algorithm's form handed over to a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)

from rskd_qgis.layers.export import Export
from rskd_qgis.layers.sources import Source, raster_source, vector_source


class LayersOfJob:
    """Layers handed over to a job, with their secrets and with what must be written first.

    Args:
        gsd_m: ground sampling distance in metres at which layers of a server are wanted.
    """

    def __init__(self, gsd_m: float | None = None) -> None:
        self._gsd_m = gsd_m
        self.secrets: dict[str, str] = {}
        self.exports: list[Export] = []

    def raster(self, layer: QgsRasterLayer, extent: QgsRectangle | None = None) -> dict[str, Any]:
        """A raster layer as in the job description; `extent` is in its own CRS."""
        around = None if extent is None else QgsReferencedRectangle(extent, layer.crs())
        source = raster_source(layer, gsd_m=self._gsd_m, around=around)
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
