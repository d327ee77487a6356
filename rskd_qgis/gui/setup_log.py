"""The log of the set-up, and the report that can be sent."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

_LINES = 10


class LogBox(QgsCollapsibleGroupBox):
    """Shows lines as they come; `report` makes the text to copy."""

    def __init__(self, report: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Log"))
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self._report = report
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(400)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setFixedHeight(_LINES * self.fontMetrics().height())
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Log"))
        self.copy = QPushButton(self.tr("Copy diagnostics"))
        self.copy.setToolTip(
            self.tr(
                "Copies facts about this computer, QGIS, RSKD and its environment with the last lines of the log, "
                "to be sent when you ask for help. There are no passwords in it."
            )
        )
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.copy.clicked.connect(lambda: QgsApplication.clipboard().setText(self._report()))

    def display(self, lines: list[str]) -> None:
        """Replaces all lines."""
        self.text.setPlainText("\n".join(lines))

    def add(self, line: str) -> None:
        """Adds a line at the end."""
        self.text.appendPlainText(line)
