"""The plugin's words in the language that QGIS speaks."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from . import places


def install() -> QTranslator | None:
    """Loads the translation for QGIS's language; None where there is none, and English stays.

    Whoever unloads the plugin hands what this gives to `remove`.
    """
    translator = QTranslator()
    folder = places.PLUGIN / "i18n"
    # “es_MX” is looked for first, then “es”.
    if not translator.load(f"rskd_{QgsApplication.locale()}", str(folder)):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def remove(translator: QTranslator | None) -> None:
    """Takes it away again."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
