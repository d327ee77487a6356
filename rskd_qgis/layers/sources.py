"""QGIS layers as what the backend can open: a file, a connection, or a layer that has to be written first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProviderRegistry,
    QgsRaster,
    QgsRasterLayer,
    QgsReferencedRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.bridge.errors import BackendError

from .connections import describe
from .credentials import Credentials, NotCarriedError
from .ground import metres_per_unit, moved

# What QGIS's GDAL may open and the backend's may not: licensed formats, HDF4, databases.
_ONLY_HERE = re.compile(r"(?i)^(PG|MSSQL|OCI|HDF4_\w+):|\.(ecw|sid|hdf|gdb)$")
# As `storageType` names them; the backend reads these.
_VECTOR_FILES = {
    "CSV", "DXF", "ESRI Shapefile", "FlatGeobuf", "GML", "GPKG", "GPX", "GeoJSON", "GeoJSONSeq", "KML", "LIBKML",
    "MapInfo File", "OpenFileGDB", "SQLite", "TopoJSON",
}  # fmt: skip

NO_NODATA = -1e30
"""For the job's `nodata:` where every value counts: no imagery holds it."""


class LayerUnusable(BackendError):
    """A layer that cannot take part; its code is `layer-unusable`."""


@dataclass(frozen=True)
class Source:
    """Where the backend finds a layer.

    Attributes:
        path: what GDAL opens: a file, or a connection with `{secret:NAME}` in it; empty where `must_be_written`.
        secrets: values of those names, as they are put in.
        layer: layer inside a vector file.
        must_be_written: the backend cannot open it as it is shown here; `layers.export` writes it first.
        crs: for the job's `crs:`, where the user gave the layer another CRS than its file says.
        nodata: for the job's `nodata:`, where the user gave the layer a nodata value.
    """

    path: str
    secrets: dict[str, str] = field(default_factory=dict)
    layer: str | None = None
    must_be_written: bool = False
    crs: str | None = None
    nodata: float | None = None


def raster_source(
    layer: QgsRasterLayer | None, *, gsd_m: float | None = None, around: QgsReferencedRectangle | None = None
) -> Source:
    """Where the backend finds a raster layer; runs in the main thread.

    Args:
        layer: None stands for one that has been removed.
        gsd_m: ground sampling distance wanted of a layer that comes at several (tiles) or any (WMS); the finest one
            if None. What GDAL resamples anyway need not say it: it matters for the layer that gives the grid.
        around: where on Earth that is measured; the layer's middle if None.

    Raises:
        LayerUnusable: removed, broken, not a raster, or from a server and without a CRS.
    """
    layer = _usable(layer, QgsRasterLayer)
    try:
        nodata = _nodata(layer)
        if layer.providerType() == "gdal":
            path, secrets = _raster_file(layer)
            return Source(path, secrets, crs=_given_crs(layer), nodata=nodata)
        _placed(layer)
        if layer.providerType() in ("wms", "wcs"):
            credentials = Credentials(layer)
            place = layer.extent() if around is None else moved(around, around.crs(), layer.crs())
            pixel = None if gsd_m is None else gsd_m / metres_per_unit(layer.crs(), place)
            return Source(describe(layer, credentials, pixel), credentials.secrets, nodata=nodata)
    except NotCarriedError:
        _placed(layer)
    return Source("", must_be_written=True)


def vector_source(layer: QgsVectorLayer | None) -> Source:
    """Where the backend finds a vector layer; one with a filter, unsaved edits, joins or no file must be written.

    Raises:
        LayerUnusable: removed, broken, without shapes, or without a CRS where it must be written.
    """
    layer = _usable(layer, QgsVectorLayer)
    if layer.geometryType() == QgsWkbTypes.GeometryType.NullGeometry:
        message = QCoreApplication.translate("LayerUnusable", "“{}” is a table without shapes.")
        hint = QCoreApplication.translate("LayerUnusable", "Choose a polygon layer.")
        raise _unusable(message.format(layer.name()), hint)
    try:
        return _vector_file(layer)
    except NotCarriedError:
        _placed(layer)
        return Source("", must_be_written=True)


def band_names(layer: QgsRasterLayer) -> list[str]:
    """Names of the bands that hold an image, in order: an alpha band behind them is left out, as the backend does."""
    provider = layer.dataProvider()
    if is_drawn(layer):
        return [
            QCoreApplication.translate("Bands", "Red"),
            QCoreApplication.translate("Bands", "Green"),
            QCoreApplication.translate("Bands", "Blue"),
        ]
    names = [_own_name(layer.bandName(band)) for band in range(1, layer.bandCount() + 1)]
    last = layer.bandCount()
    if last > 1 and provider.colorInterpretation(last) == QgsRaster.ColorInterpretation.AlphaBand:
        names.pop()
    return names


def is_drawn(layer: QgsRasterLayer) -> bool:
    """Whether the layer comes as a picture in red, green and blue, as tiles and WMS do."""
    return layer.dataProvider().dataType(1) in (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)


def _usable(layer: QgsMapLayer | None, kind: type) -> QgsMapLayer:
    if layer is None or sip.isdeleted(layer):
        message = QCoreApplication.translate("LayerUnusable", "The layer has been removed from the project.")
        raise _unusable(message, QCoreApplication.translate("LayerUnusable", "Choose another layer."))
    name = layer.name()
    if not isinstance(layer, kind):
        message = QCoreApplication.translate("LayerUnusable", "“{}” is another kind of layer.")
        hint = QCoreApplication.translate("LayerUnusable", "Choose a raster layer for imagery, or a polygon layer.")
        raise _unusable(message.format(name), hint)
    if not layer.isValid():
        message = QCoreApplication.translate("LayerUnusable", "“{}” cannot be opened; its file or server is not there.")
        hint = QCoreApplication.translate("LayerUnusable", "Repair its data source in the Layers panel, or remove it.")
        raise _unusable(message.format(name), hint)
    return layer


def _placed(layer: QgsMapLayer) -> None:
    """Imagery in files may be without a CRS, the backend then works in pixels; all else needs one."""
    if not layer.crs().isValid():
        message = QCoreApplication.translate("LayerUnusable", "“{}” has no coordinate reference system.")
        hint = QCoreApplication.translate("LayerUnusable", "Set it: right-click the layer, Layer CRS, Set Layer CRS.")
        raise _unusable(message.format(layer.name()), hint)


def _unusable(message: str, hint: str) -> LayerUnusable:
    return LayerUnusable("layer-unusable", message, hint)


def _raster_file(layer: QgsRasterLayer) -> tuple[str, dict[str, str]]:
    """Path and secrets. Raises NotCarriedError."""
    said = layer.dataProvider().dataSourceUri(False)  # a login of an authentication configuration stays out of it
    facts = QgsProviderRegistry.instance().decodeUri("gdal", said)
    path = re.sub(r" authcfg='[^']*'$", "", said)
    if facts.get("openOptions") or "|" in path or _ONLY_HERE.search(path):
        raise NotCarriedError
    credentials = Credentials(layer)
    path = credentials.in_address(path)
    return credentials.login_in_address(path, facts.get("authcfg") or ""), credentials.secrets


def _vector_file(layer: QgsVectorLayer) -> Source:
    provider = layer.dataProvider()
    if (
        layer.providerType() != "ogr"
        or layer.storageType() not in _VECTOR_FILES
        or layer.subsetString()
        or layer.isModified()
        or layer.fields().count() != provider.fields().count()  # joined or computed ones
    ):
        raise NotCarriedError
    facts = QgsProviderRegistry.instance().decodeUri("ogr", provider.dataSourceUri(False))
    # One geometry type of several in a table, or a layer by number: only QGIS knows which features that are.
    if facts.get("openOptions") or facts.get("geometryType") or (facts.get("layerId") or 0) > 0:
        raise NotCarriedError
    credentials = Credentials(layer)
    path = credentials.login_in_address(credentials.in_address(facts["path"]), facts.get("authcfg") or "")
    return Source(path, credentials.secrets, facts.get("layerName") or None, crs=_given_crs(layer))


def _given_crs(layer: QgsMapLayer) -> str | None:
    """The layer's CRS where the user gave it another than its data say."""
    crs = layer.crs()
    if not crs.isValid() or crs == layer.dataProvider().crs():
        return None
    # A name that any PROJ knows, else the whole definition.
    wkt = QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED
    return crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt(wkt)


def _nodata(layer: QgsRasterLayer) -> float | None:
    """The one value that the user says is nodata.

    Raises:
        NotCarriedError: values beside the file's own; QGIS joins them as it reads.
        LayerUnusable: several values, and none of the file's own that could stand for them.
    """
    provider, bands = layer.dataProvider(), range(1, layer.bandCount() + 1)
    given = {tuple((one.min(), one.max()) for one in provider.userNoDataValues(band)) for band in bands}
    own = [band for band in bands if provider.sourceHasNoDataValue(band)]
    used = [band for band in own if provider.useSourceNoDataValue(band)]
    if given == {()}:
        return None if used == own else NO_NODATA
    if used == list(bands):
        raise NotCarriedError
    values = given.pop()
    if not used and not given and len(values) == 1 and values[0][0] == values[0][1]:
        return float(values[0][0])
    message = QCoreApplication.translate("LayerUnusable", "“{}” has more than one nodata value.")
    hint = QCoreApplication.translate("LayerUnusable", "Give it one value, in Layer Properties under Transparency.")
    raise _unusable(message.format(layer.name()), hint)


def _own_name(name: str) -> str:
    """“B4 red” of “Band 4: B4 red”; “Band 4” stays."""
    return re.sub(r"^[^:]*\d+: *(?=.)", "", name)
