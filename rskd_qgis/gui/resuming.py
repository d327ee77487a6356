"""What a job that was interrupted needs once more: its files, and logins and tokens of its layers, stored nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
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


def check_files(spec: dict[str, Any]) -> None:
    """Looks whether the files of a job's layers, labels and teacher are still there.

    Raises:
        LayerUnusable: one is not.
    """
    entries = (*spec.get("layers", ()), spec.get("labels"), spec.get("teacher"), {"path": spec.get("area")})
    paths = (entry.get("path") for entry in entries if isinstance(entry, dict))
    for path in paths:
        # Whatever else there may be, a server's address for instance, GDAL opens.
        if isinstance(path, str) and Path(path).is_absolute() and not path.startswith("/vsi") and not _is_there(path):
            message = QCoreApplication.translate("Resuming", "“{}” is gone, and the job cannot go on without it.")
            hint = QCoreApplication.translate(
                "Resuming", "Put the file back, or delete the unfinished work and distil with another layer."
            )
            raise LayerUnusable("layer-unusable", message.format(path), hint)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # nobody may look: then the backend says it better
        return True


def _secrets(layer: object) -> dict[str, str]:
    try:
        if isinstance(layer, QgsRasterLayer):
            return raster_source(layer).secrets
        return vector_source(layer).secrets if isinstance(layer, QgsVectorLayer) else {}
    except LayerUnusable:
        return {}
