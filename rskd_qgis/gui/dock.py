"""The dock. In this version it says what RSKD does and how to distil from a terminal; its own functions come later."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)


class RskdDock(QgsDockWidget):
    """A page of text with two commands to copy; scrolls where it is too low, wraps where it is narrow."""

    def __init__(self, backend: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("RskdDock")  # QGIS remembers place and size by this name
        self.setWindowTitle(self.tr("RSKD"))
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.addWidget(self._title())
        layout.addWidget(self._today(backend))
        layout.addWidget(self._later())
        layout.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        self.setWidget(scroll)

    def _title(self) -> QLabel:
        return _text(
            self.tr(
                "<h3>Small, fast models from large ones</h3>"
                "<p>RSKD distils knowledge: it takes your raster layers and a large model, the <i>teacher</i>, and "
                "trains a small model, the <i>student</i>, which makes the same kind of map many times faster, "
                "on an ordinary computer.</p>"
            )
        )

    def _today(self, backend: Path) -> QGroupBox:
        box = QGroupBox(self.tr("Today: from a terminal"))
        layout = QVBoxLayout(box)
        layout.addWidget(_text(self.tr("1. Install once, into a Python (3.11 or later) of its own, not QGIS's:")))
        layout.addWidget(CommandLine(f'pip install "{backend}[train]"'))
        layout.addWidget(_text(self.tr("2. Write down layers, labels and teacher in a job file, then distil:")))
        layout.addWidget(CommandLine("rskd distill job.yaml"))
        layout.addWidget(
            _text(self.tr("The result is a folder with the student, a report, and the map to add to your project."))
        )
        return box

    def _later(self) -> QGroupBox:
        box = QGroupBox(self.tr("Later versions: in this panel"))
        layout = QVBoxLayout(box)
        layout.addWidget(
            _text(
                self.tr(
                    "Choosing layers, labels and teacher, distilling, and running students on layers "
                    "will be done here. This version of the panel does none of it yet."
                )
            )
        )
        return box


class CommandLine(QWidget):
    """A command in a fixed font, with a button that copies it."""

    def __init__(self, command: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit(command)
        self.field.setReadOnly(True)
        self.field.setCursorPosition(0)
        self.field.setToolTip(command)
        self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.field.setAccessibleName(self.tr("Command"))
        self.button = QToolButton()
        self.button.setIcon(QgsApplication.getThemeIcon("/mActionEditCopy.svg"))
        self.button.setToolTip(self.tr("Copy"))
        self.button.setAccessibleName(self.tr("Copy the command"))
        self.button.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        layout.addWidget(self.button)

    def _copy(self) -> None:
        QgsApplication.clipboard().setText(self.field.text())


def _text(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    return label
