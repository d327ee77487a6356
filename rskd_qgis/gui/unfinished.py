"""Distillations that are not done: paused, stopped or interrupted; each to be resumed or deleted."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from rskd_qgis.bridge import unfinished

from . import figures


class UnfinishedList(QWidget):
    """One row each; takes no room while there are none."""

    resumed = pyqtSignal(object)
    """bridge.jobs.Unfinished"""
    forgotten = pyqtSignal(object)
    """bridge.jobs.Unfinished, after the user has agreed"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._rows: list[QWidget] = []
        self.hide()

    def display(self, jobs: list[Any]) -> None:
        """Shows these, and no others."""
        for row in self._rows:
            self.layout().removeWidget(row)
            row.deleteLater()
        self._rows = [self._row(one) for one in jobs]
        for row in self._rows:
            self.layout().addWidget(row)
        self.setVisible(bool(self._rows))

    def _row(self, one: Any) -> QWidget:
        row = QWidget()
        words = QLabel(self._words(one.ended).format(title=one.title, day=figures.day(one.when)))
        words.setWordWrap(True)
        resume, forget = QPushButton(self.tr("Resume")), QPushButton(self.tr("Delete…"))
        resume.setToolTip(self.tr("Goes on from where it stopped."))
        forget.setToolTip(self.tr("Deletes for good what was done so far, after a question."))
        resume.clicked.connect(lambda: self.resumed.emit(one))
        forget.clicked.connect(lambda: self._forget(one))
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(words, 0, 0, 1, 3)
        grid.addWidget(resume, 1, 0)
        grid.addWidget(forget, 1, 1)
        grid.setColumnStretch(2, 1)
        return row

    def _words(self, ended: str) -> str:
        how = {
            unfinished.PAUSED: self.tr("“{title}” was paused {day}."),
            unfinished.STOPPED: self.tr("“{title}” was stopped {day}. What was done is kept."),
            unfinished.FAILED: self.tr("“{title}” failed {day}. What was done is kept."),
        }
        return how.get(ended) or self.tr("“{title}” was interrupted {day}. What was done is kept.")

    def _forget(self, one: Any) -> None:
        words = self.tr("Delete the unfinished work of “{title}”?\n{folder}").format(title=one.title, folder=one.folder)
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        if QMessageBox.question(self, self.tr("Delete"), words, yes | no, no) == yes:
            self.forgotten.emit(one)
