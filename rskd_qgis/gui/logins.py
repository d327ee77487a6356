"""Whether QGIS would ask for its master password."""

from __future__ import annotations

from qgis.core import QgsApplication

from rskd_qgis.draft import Draft


def would_be_asked_for(draft: Draft) -> bool:
    """Whether making the draft's request opens QGIS's question for the password of stored logins."""
    if QgsApplication.authManager().masterPasswordIsSet():
        return False
    used = [one.layer_id for one in draft.layers]
    used += [draft.area.layer_id, draft.labels.layer_id if draft.labels else "", draft.teacher.get("layer_id", "")]
    layers = (draft.layer(layer_id) for layer_id in used if layer_id)
    return any(layer is not None and "authcfg=" in layer.source() for layer in layers)
