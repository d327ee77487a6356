"""Layers that RSKD itself has made: nobody is offered them as an input unasked."""

from __future__ import annotations

from qgis.core import QgsMapLayer

_MADE = "rskd/made"


def mark(layer: QgsMapLayer) -> None:
    """Says so in the layer, which the project keeps."""
    layer.setCustomProperty(_MADE, "yes")


def made_here(layer: QgsMapLayer) -> bool:
    """Whether RSKD has made it."""
    return layer.customProperty(_MADE) == "yes"
