"""Several sentences, each with an icon of its own."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from .section import Notice


class Notices(QWidget):
    """One notice a sentence; takes no room while there are none."""

    def __init__(self, icon: str = "/mIconWarning.svg", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._notices: list[Notice] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def say(self, sentences: Sequence[str]) -> None:
        """Shows these, and no others."""
        if list(sentences) == self.words():
            return
        while len(self._notices) < len(sentences):
            self._notices.append(Notice(self._icon))
            self.layout().addWidget(self._notices[-1])
        for place, notice in enumerate(self._notices):
            notice.say(sentences[place] if place < len(sentences) else "")
        self.setVisible(bool(sentences))

    def words(self) -> list[str]:
        """What they say."""
        return [notice.words() for notice in self._notices if notice.words()]
