"""A failed job: what, where, what to do; details folded, to be copied into a report."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from rskd_qgis.bridge.errors import BackendError

from .section import Notice
from .services import NOT_STARTING, whole_of


class Failure(QWidget):
    """Shows one error; says which button was pressed."""

    again = pyqtSignal()
    elsewhere = pyqtSignal()
    set_up = pyqtSignal()
    dismissed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: BackendError | None = None
        self._message = Notice("/mIconCritical.svg")
        self._stage, self._hint = QLabel(), QLabel()
        for label in (self._stage, self._hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again_button = QPushButton(self.tr("Try again from where it stopped"))
        self.again_button.setToolTip(self.tr("Runs the same job again; what was finished is not repeated."))
        self.where_button = QPushButton(self.tr("Show what is wrong"))
        self.where_button.setToolTip(self.tr("Goes to the section where it is said and put right."))
        self.set_up_button = QPushButton(self.tr("Set up…"))
        self.set_up_button.setToolTip(self.tr("Opens the page that installs what is missing."))
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Goes back to the settings; the job can be resumed later."))
        self._details = QgsCollapsibleGroupBox(self.tr("Details"))
        self._details.setCollapsed(True)
        self._details.setSaveCollapsedState(False)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setFixedHeight(8 * self.fontMetrics().height())
        copy = QPushButton(self.tr("Copy"))
        copy.setToolTip(self.tr("Copies message and details, for a report."))
        copy.clicked.connect(self.copy)
        inside = QVBoxLayout(self._details)
        inside.addWidget(self._text)
        inside.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
        others = QHBoxLayout()
        for button in (self.where_button, self.set_up_button, self.close_button):
            others.addWidget(button)
        others.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._message, self._stage, self._hint):
            layout.addWidget(widget)
        layout.addWidget(self.again_button)
        layout.addLayout(others)
        layout.addWidget(self._details)
        self.again_button.clicked.connect(self.again)
        self.where_button.clicked.connect(self.elsewhere)
        self.set_up_button.clicked.connect(self.set_up)
        self.close_button.clicked.connect(self.dismissed)

    def display(self, error: BackendError, stage: str, *, elsewhere: bool) -> None:
        """Shows `error`.

        Args:
            error: what went wrong.
            stage: when it happened, in words; empty if nobody knows.
            elsewhere: it is said at another section, where it is put right, and not here once more.
        """
        self._error = error
        self._message.say(self.tr("The distillation cannot go on like this.") if elsewhere else error.message)
        self._stage.setText(self.tr("It happened here: {}.").format(stage))
        self._stage.setVisible(bool(stage))
        self._hint.setText(error.hint)
        self._hint.setVisible(bool(error.hint) and not elsewhere)
        self.where_button.setVisible(elsewhere)
        self.set_up_button.setVisible(error.code in NOT_STARTING)
        self._text.setPlainText(error.details)
        self._details.setVisible(bool(error.details))

    def copy(self) -> None:
        """Puts everything into the clipboard."""
        if self._error is not None:
            QgsApplication.clipboard().setText(whole_of(self._error))
