"""What a raster layer offers: bands that hold pixels, and how large a pixel is."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QLocale

from rskd_qgis.layers.ground import metres_per_unit
from rskd_qgis.layers.handing import comes_at_any_size
from rskd_qgis.layers.sources import band_names


def usable_bands(layer: QgsRasterLayer) -> list[tuple[int, str]]:
    """Number, from 1, and name of each band; an alpha band is none, as for the backend."""
    return list(enumerate(band_names(layer), 1)) if layer.isValid() else []


def gsd_m(layer: QgsRasterLayer) -> float:
    """Side of a pixel on the ground in metres, at the layer's centre; 0 where it cannot be told."""
    if not layer.isValid() or not layer.crs().isValid() or comes_at_any_size(layer):
        return 0.0
    return layer.rasterUnitsPerPixelX() * metres_per_unit(layer.crs(), layer.extent())


def is_picture(layer: QgsMapLayer) -> bool:
    """Whether a server draws the layer as a picture (WMS, WMTS, XYZ, ArcGIS): it has colours and no values."""
    return layer.providerType() in ("wms", "arcgismapserver")


def pixel_size(layer: QgsRasterLayer) -> str:
    """The same in words: “30 m”, “25 cm”; empty where it cannot be told."""
    metres = gsd_m(layer)
    if not metres:
        return ""
    if metres < 1:
        return QCoreApplication.translate("Bands", "{} cm").format(QLocale().toString(metres * 100, "g", 3))
    form = ("g", 3) if metres < 999 else ("f", 0)
    return QCoreApplication.translate("Bands", "{} m").format(QLocale().toString(metres, *form))
