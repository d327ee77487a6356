"""What the forms have in common on their way to a job."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingUtils, QgsRasterLayer, QgsReferencedRectangle

from rskd_qgis.layers.handing import Handing


def handing(around: QgsReferencedRectangle | None = None, gsd_m: float | None = None) -> Handing:
    """For one run; what must be written goes into a temporary folder of its own."""
    return Handing(Path(QgsProcessingUtils.generateTempFilename("layers")), around, gsd_m)


def ignored(text: str) -> list[int | str]:
    """The values of a list such as “0, 255”."""
    values = (value.strip() for value in text.split(","))
    return [int(value) if value.lstrip("-").isdigit() else value for value in values if value]


def local_crs(layer: QgsRasterLayer) -> dict[str, str]:
    """The job's `crs` where the layer that gives the grid has none: the backend then works in pixels, as in the dock.

    Nothing where it has one.
    """
    from rskd_qgis.draft.request import LOCAL

    return {} if layer.crs().isValid() else {"crs": LOCAL}
