"""A raster layer written as a GeoTIFF: raw values where the provider has them, else its picture."""

from __future__ import annotations

from math import ceil, floor, log
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeedback,
    QgsProject,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterNuller,
    QgsRasterPipe,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt

from rskd_qgis.bridge.errors import Stopped

from .connections import DRAWN_GSD_M
from .credentials import Credentials
from .failures import elsewhere, unreadable, unwritable
from .ground import metres_per_unit, moved
from .network_watch import NetworkWatch
from .sources import is_drawn

_MARGIN = 4  # pixels: what warping to the grid looks at beyond the area
_SAME = 0.02  # of a pixel's side: a difference that is left alone
_REQUEST = 1024  # pixels a side; larger pictures are refused by some servers
_OPTIONS = ["COMPRESS=DEFLATE", "TILED=YES", "BIGTIFF=IF_SAFER"]
# First guesses, before anything has been fetched: a picture over the network, values from a disk or a database.
_DRAWN_PIXELS_A_SECOND = 1e6
_BYTES_A_SECOND = 20e6


class RasterWriting:
    """What is to be written, with a provider of its own."""

    def __init__(
        self,
        layer: QgsRasterLayer,
        extent: QgsRectangle | None,
        crs: QgsCoordinateReferenceSystem,
        gsd: float | None,
    ) -> None:
        self._name, self._crs = layer.name(), layer.crs()
        self._context = QgsProject.instance().transformContext()
        self._provider = layer.dataProvider().clone()
        self._rectangle, self._columns, self._rows = _lattice(layer, extent, crs, gsd)
        self._source = layer.source()
        self._credentials = Credentials(layer)
        self._credentials.take_all(layer)
        self.pixels = self._columns * self._rows
        drawn = is_drawn(layer)
        bands = 4 if drawn else layer.bandCount()
        size = 1 if drawn else self._provider.dataTypeSize(1)
        self.megabytes = self.pixels * bands * size / 1e6
        self.seconds = self.pixels / _DRAWN_PIXELS_A_SECOND if drawn else self.megabytes * 1e6 / _BYTES_A_SECOND

    def identity(self, _feedback: QgsFeedback) -> tuple[object, ...]:
        """What the file depends on; a server's changes are not seen."""
        nodata = [
            [(one.min(), one.max()) for one in self._provider.userNoDataValues(band)]
            for band in range(1, self._provider.bandCount() + 1)
        ]
        place = self._rectangle.toString(12), self._columns, self._rows
        return self._source, _stamp(self._source), self._crs.toWkt(), place, nodata

    def write(self, path: Path, feedback: QgsFeedback) -> None:
        """Writes the file; blocks. Raises BackendError; where `feedback` is cancelled the file is not whole."""
        writer = QgsRasterFileWriter(str(path))
        writer.setOutputFormat("GTiff")
        writer.setCreateOptions(_OPTIONS)
        writer.setMaxTileWidth(_REQUEST)
        writer.setMaxTileHeight(_REQUEST)
        said = QgsRasterBlockFeedback()
        # Direct: this thread waits in the writer and would never get to a queued call.
        feedback.canceled.connect(said.cancel, Qt.ConnectionType.DirectConnection)
        said.progressChanged.connect(feedback.setProgress, Qt.ConnectionType.DirectConnection)
        if feedback.isCanceled():
            raise Stopped
        pipe = QgsRasterPipe()
        pipe.set(self._provider.clone())
        nuller = self._nodata()
        if nuller is not None:
            pipe.insert(1, nuller)
        with NetworkWatch() as network:
            ended = writer.writeRaster(pipe, self._columns, self._rows, self._rectangle, self._crs, self._context, said)
        if feedback.isCanceled():
            raise Stopped
        self._check(path, ended, network.failures or said.errors())

    def _nodata(self) -> QgsRasterNuller | None:
        """For values that the user made nodata, where the data have none that could stand for them."""
        provider = self._provider
        bands = [
            band
            for band in range(1, provider.bandCount() + 1)
            if provider.userNoDataValues(band) and not provider.sourceHasNoDataValue(band)
        ]
        nuller = QgsRasterNuller()
        for band in bands:
            nuller.setNoData(band, provider.userNoDataValues(band))
            nuller.setOutputNoDataValue(band, provider.userNoDataValues(band)[0].min())
        return nuller if bands else None

    def _check(self, path: Path, ended: QgsRasterFileWriter.WriterError, troubles: list[str]) -> None:
        ends = QgsRasterFileWriter.WriterError
        if troubles or ended == ends.SourceProviderError:
            unknown = QCoreApplication.translate("Export", "its source does not answer")
            said = self._credentials.concealed(str(troubles[0])).strip(". ") if troubles else unknown
            raise unreadable(self._name, said)
        # GDAL may meet a full disk while closing and say nothing: what was written is looked at.
        if ended != ends.NoError or not self._is_whole(path):
            raise unwritable(path, QCoreApplication.translate("Export", "the disk may be full"))

    def _is_whole(self, path: Path) -> bool:
        written = QgsRasterLayer(str(path), "written", "gdal", QgsRasterLayer.LayerOptions(False))
        if not written.isValid() or (written.width(), written.height()) != (self._columns, self._rows):
            return False
        provider, extent = written.dataProvider(), written.extent()
        last = QgsRectangle(extent)
        last.setYMaximum(extent.yMinimum() + extent.height() / self._rows)
        return all(provider.block(band, last, self._columns, 1).isValid() for band in range(1, written.bandCount() + 1))


def _lattice(
    layer: QgsRasterLayer, extent: QgsRectangle | None, crs: QgsCoordinateReferenceSystem, gsd: float | None
) -> tuple[QgsRectangle, int, int]:
    """Rectangle in the layer's CRS, columns and rows; whole pixels from the layer's upper left corner."""
    whole = layer.extent()
    area = whole if extent is None else moved(extent, crs, layer.crs())
    wanted = None if gsd is None else gsd * metres_per_unit(crs, extent or area) / metres_per_unit(layer.crs(), area)
    across, down = _pixel(layer, area, wanted)
    left = max(0, floor((area.xMinimum() - whole.xMinimum()) / across + 1e-6) - _MARGIN)
    top = max(0, floor((whole.yMaximum() - area.yMaximum()) / down + 1e-6) - _MARGIN)
    right = min(
        round(whole.width() / across) or 1, ceil((area.xMaximum() - whole.xMinimum()) / across - 1e-6) + _MARGIN
    )
    bottom = min(round(whole.height() / down) or 1, ceil((whole.yMaximum() - area.yMinimum()) / down - 1e-6) + _MARGIN)
    if left >= right or top >= bottom:
        raise elsewhere(layer.name())
    rectangle = QgsRectangle(
        whole.xMinimum() + left * across,
        whole.yMaximum() - bottom * down,
        whole.xMinimum() + right * across,
        whole.yMaximum() - top * down,
    )
    return rectangle, right - left, bottom - top


def _pixel(layer: QgsRasterLayer, area: QgsRectangle, wanted: float | None) -> tuple[float, float]:
    """Width and height of the pixels to write, in map units: never finer than the layer has them."""
    if layer.width() > 0:
        own = layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
        return own if wanted is None or wanted < max(own) * (1 + _SAME) else (wanted, wanted)
    resolutions = layer.dataProvider().nativeResolutions()
    if resolutions:  # tiles: one of their levels, so that nothing is resampled here
        level = min(resolutions) if wanted is None else min(resolutions, key=lambda one: abs(log(one / wanted)))
        return level, level
    side = wanted or DRAWN_GSD_M / metres_per_unit(layer.crs(), area)
    return side, side


def _stamp(source: str) -> tuple[int, int] | None:
    try:
        found = Path(source.split("|")[0]).stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns
