"""The draft as a form of QGIS's Processing."""

from __future__ import annotations

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft

from .services import Services


def open_algorithm(draft: Draft, services: Services) -> None:
    """Opens the form of “Distil a student”, filled in as the draft is."""
    import processing  # QGIS's own: not there before Processing is loaded

    from rskd_qgis.processing.distil import parameters_of

    try:
        parameters = parameters_of(draft)
    except BackendError as error:
        services.report(error)
        return
    processing.execAlgorithmDialog("rskd:distil", parameters)
