"""Failures of writing a layer, in the words that the backend's have."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.bridge.errors import BackendError


def unwritable(path: Path, reason: str) -> BackendError:
    """For a file that cannot be written."""
    message = QCoreApplication.translate("Export", "“{path}” cannot be written: {reason}.")
    hint = QCoreApplication.translate("Export", "Check the free space and your permissions, or choose another folder.")
    return BackendError("output-unwritable", message.format(path=path, reason=reason), hint, {"path": str(path)})


def unreadable(layer: str, reason: str) -> BackendError:
    """For a layer whose server or file gives out."""
    message = QCoreApplication.translate("Export", "“{layer}” could not be read: {reason}.")
    hint = QCoreApplication.translate("Export", "Check the connection to its server, then try again.")
    return BackendError("layer-unreadable", message.format(layer=layer, reason=reason), hint, {"layer": layer})


def elsewhere(layer: str) -> BackendError:
    """For a layer that does not reach into the area."""
    message = QCoreApplication.translate("Export", "“{layer}” does not reach into the area.")
    hint = QCoreApplication.translate("Export", "Choose another area, or leave the layer out.")
    return BackendError("no-overlap", message.format(layer=layer), hint, {"layer": layer})
