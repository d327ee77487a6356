"""A message in the dock's message bar: as many lines as it needs, which QGIS's own message there has not."""

from __future__ import annotations

from typing import Callable

from qgis.gui import QgsMessageViewer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget


class Message(QWidget):
    """A sentence, and below it what can be done."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(words)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        policy = self.words.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.words.setSizePolicy(policy)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(2)
        layout.addWidget(self.words)
        layout.addLayout(self._buttons)

    def add_button(self, words: str, clicked: Callable[[], None]) -> None:
        """Offers something."""
        button = QPushButton(words)
        button.clicked.connect(clicked)
        self._buttons.insertWidget(self._buttons.count() - 1, button)


def show_details(title: str, text: str, parent: QWidget) -> None:
    """A window with all there is to say, to be read and copied; it holds nothing up."""
    viewer = QgsMessageViewer(parent)
    viewer.setWindowModality(Qt.WindowModality.NonModal)
    viewer.setTitle(title)
    viewer.setMessageAsPlainText(text)
    viewer.show()
