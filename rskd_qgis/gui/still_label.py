"""A label that keeps its height while its words come and go, so that what lies below it stays where it is."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QLabel, QWidget


class StillLabel(QLabel):
    """As high as the longer of what it says and what it might say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self._longest = QLabel(self)
        self._longest.setWordWrap(True)
        self._longest.hide()

    def say(self, words: str, longest: str) -> None:
        """Says `words`, with room for `longest`."""
        self._longest.setText(longest)
        self.setText(words)
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        """Of the longer one."""
        return max(super().heightForWidth(width), self._longest.heightForWidth(width))
