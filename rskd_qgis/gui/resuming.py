"""What a job that was interrupted needs once more: logins and tokens of its layers, which are stored nowhere."""

from __future__ import annotations

import json
import re
from typing import Any

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.layers.sources import LayerUnusable, raster_source, vector_source

_NAMES = re.compile(r"\{secret:([^}]*)\}")


def secrets_of(spec: dict[str, Any], project: QgsProject) -> dict[str, str]:
    """The secrets that a job's description names, from the layers of the project that it was made in.

    Raises:
        LayerUnusable: some are not there.
    """
    named = set(_NAMES.findall(json.dumps(spec)))
    if not named:
        return {}
    found: dict[str, str] = {}
    for layer in project.mapLayers().values():
        found.update(_secrets(layer))
    if named - found.keys():
        message = QCoreApplication.translate("Resuming", "The job needs the login of layers that are not open.")
        hint = QCoreApplication.translate("Resuming", "Open the project in which it was started, then resume.")
        raise LayerUnusable("layer-unusable", message, hint)
    return {name: found[name] for name in named}


def _secrets(layer: object) -> dict[str, str]:
    try:
        if isinstance(layer, QgsRasterLayer):
            return raster_source(layer).secrets
        return vector_source(layer).secrets if isinstance(layer, QgsVectorLayer) else {}
    except LayerUnusable:
        return {}
