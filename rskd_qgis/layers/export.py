"""Layers that the backend cannot open, written to a file for the asked area before the job starts.

A file appears under its name when it is whole, with a key beside it (`….written.json`): the same layer for the same
area is not written again when a job is resumed.
"""

from __future__ import annotations

import glob
import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeedback,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRectangle,
)

from rskd_qgis.bridge.errors import Stopped

from .failures import unwritable
from .raster_export import RasterWriting
from .vector_export import VectorWriting


class Export:
    """A layer and the file that it becomes; made in the main thread, `run` may be called in any.

    Attributes:
        pixels: of the raster to write; 0 for vectors.
        megabytes: upper bound of the file's size.
        seconds: a first guess of the time, before anything has been fetched.
    """

    def __init__(
        self,
        layer: QgsMapLayer,
        destination: Path,
        *,
        extent: QgsRectangle | None,
        crs: QgsCoordinateReferenceSystem,
        gsd: float | None,
    ) -> None:
        """Takes over what is needed of the layer; later changes to it do not matter.

        Args:
            layer: raster or vector.
            destination: `….tif` or `….gpkg`; its folder is made.
            extent: area in `crs`, a little more is written; the whole layer if None.
            crs: of `extent` and `gsd`. The file has the layer's own: the backend warps better than a rendering does.
            gsd: side of the working grid's pixels in units of `crs`; the layer's own pixels if None.
        """
        self.destination = destination
        self.name = layer.name()
        kind = RasterWriting if isinstance(layer, QgsRasterLayer) else VectorWriting
        self._writing = kind(layer, extent, crs, gsd)
        self.pixels: int = self._writing.pixels
        self.megabytes: float = self._writing.megabytes
        self.seconds: float = self._writing.seconds

    def run(self, feedback: QgsFeedback) -> Path:
        """Writes the file, unless it is there already; blocks.

        Raises:
            BackendError: `output-unwritable`, `layer-unreadable`.
            Stopped: cancelled through `feedback`; nothing is left behind.
        """
        key = self._key(feedback)
        if self._is_there(key):
            return self.destination
        unfinished = self.destination.with_name(f"unfinished-{self.destination.name}")
        try:
            self.destination.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                self._key_file.unlink()
            self._writing.write(unfinished, feedback)
            if feedback.isCanceled():
                raise Stopped
            unfinished.replace(self.destination)
            self._key_file.write_text(json.dumps({**key, "size": self.destination.stat().st_size}), encoding="utf-8")
        except OSError as error:
            raise unwritable(self.destination, error.strerror or str(error)) from error
        finally:
            for leftover in self.destination.parent.glob(f"{glob.escape(unfinished.name)}*"):  # `-wal`, `.aux.xml`
                with suppress(OSError):
                    leftover.unlink()
        return self.destination

    @property
    def _key_file(self) -> Path:
        return self.destination.with_name(f"{self.destination.name}.written.json")

    def _key(self, feedback: QgsFeedback) -> dict[str, Any]:
        # A digest: connections may hold passwords.
        return {"layer": hashlib.sha256(repr(self._writing.identity(feedback)).encode()).hexdigest()}

    def _is_there(self, key: dict[str, Any]) -> bool:
        try:
            size = self.destination.stat().st_size
            found: dict[str, Any] = json.loads(self._key_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return found == {**key, "size": size}
