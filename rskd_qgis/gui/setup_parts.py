"""Small parts of the set-up page: the overview of the tiers, and the progress of an installation."""

from __future__ import annotations

import re
import textwrap

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QProgressBar, QPushButton, QStyle, QVBoxLayout, QWidget

from rskd_qgis.environment.installer import Step

from .setup_state import TierLine, step_words

_FINE = 1000  # parts of the bar
_LINE = 26  # characters


def soft(words: str) -> str:
    """Text whose paths may be broken into lines, so that a long one does not widen the dock."""
    return re.sub(r"([/\\_=-])(?=\S)", "\\1\u200b", words)


def in_lines(words: str) -> str:
    """Words for a button, which does not break its lines itself: none is wider than a narrow dock."""
    return textwrap.fill(words, _LINE, break_long_words=False, break_on_hyphens=False)


class Overview(QWidget):
    """A line for each tier, with a tick where it is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []

    def display(self, lines: list[TierLine]) -> None:
        """Shows the lines; none hides the whole."""
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize, None, self)
        while len(self._rows) < len(lines):
            row = (QLabel(), QLabel(), QLabel())
            row[2].setWordWrap(True)
            for column, label in enumerate(row):
                self._grid.addWidget(label, len(self._rows), column, Qt.AlignmentFlag.AlignTop)
            self._rows.append(row)
        for (icon, name, words), line in zip(self._rows, lines):
            icon.clear()
            if line.well or line.wrong:
                picture = "/mIconSuccess.svg" if line.well else "/mIconWarning.svg"
                icon.setPixmap(QgsApplication.getThemeIcon(picture).pixmap(side, side))
            name.setText(line.name)
            words.setText(soft(line.words))
        self.setVisible(bool(lines))


class Running(QWidget):
    """Step, bar, bytes and a button that cancels."""

    cancelled = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.details = QLabel(), QLabel()
        self.title.setWordWrap(True)
        self.details.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stops at once. What was fetched is kept, so that the next try is quicker."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.title, self.bar, self.details):
            layout.addWidget(part)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        self.cancel.clicked.connect(self.cancelled)  # what it carries falls away

    def display(self, step: Step) -> None:
        """Shows where an installation is."""
        title, details = step_words(step)
        self.title.setText(title)
        self.details.setText(details)
        counted = bool(step.total) and step.done < step.total
        self.bar.setRange(0, _FINE if counted else 0)  # 0 to 0: moves to and fro
        if counted:
            self.bar.setValue(int(_FINE * step.done / step.total))
