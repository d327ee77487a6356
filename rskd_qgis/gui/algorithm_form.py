"""The draft as a form of QGIS's Processing."""

from __future__ import annotations

from ..bridge.errors import BackendError
from ..draft import Draft
from .services import Services


def open_algorithm(draft: Draft, services: Services) -> None:
    """Opens the form of “Distil a student”, filled in as the draft is."""
    import processing  # QGIS's own: not there before Processing is loaded

    from ..processing.distil import parameters_of

    try:
        parameters = parameters_of(draft)
    except BackendError as error:
        services.report(error)
        return
    processing.execAlgorithmDialog("rskd:distil", parameters)
