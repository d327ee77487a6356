"""RSKD in QGIS: the plugin. Loading it imports nothing heavy; the backend runs in a process of its own."""


def classFactory(iface):  # noqa: ANN001, ANN201 - QGIS's own signature
    """What QGIS calls to get the plugin."""
    from .plugin import RskdPlugin

    return RskdPlugin(iface)
