"""Tooltips that break into lines: Qt leaves plain words on one line, however long it is."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtWidgets import QWidget

_FITS = 60  # letters that may stand on one line


def wrapped(words: str) -> str:
    """Words as rich text, which Qt wraps."""
    return f"<qt>{escape(words, quote=False)}</qt>"


def wrap_tips(section: QWidget) -> None:
    """Lets the tooltips of a widget and of all in it break into lines."""
    for widget in (section, *section.findChildren(QWidget)):
        tip = widget.toolTip()
        if len(tip) > _FITS and not tip.startswith("<"):
            widget.setToolTip(wrapped(tip))
