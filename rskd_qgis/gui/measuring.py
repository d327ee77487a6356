"""Measures students of the catalogue on this machine, in a backend process of its own that can be stopped."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis import estimates
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.resident import Resident


class Measuring(QObject):
    """One student after the other; what it finds of each is kept at once, for all later sessions."""

    changed = pyqtSignal()
    """It began, knows one more, or ended."""
    failed = pyqtSignal(object)
    """BackendError"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resident: Resident | None = None
        self._sizes = (0, 0)
        self._waiting: list[str] = []
        self.student = ""
        self.done, self.total = 0, 0

    @property
    def busy(self) -> bool:
        """Whether it is measuring."""
        return self._resident is not None

    def start(self, bands: int, classes: int, students: list[str]) -> None:
        """Measures these students, in their order, for so many bands and classes."""
        if self.busy or not students:
            return
        self._sizes, self._waiting = (bands, classes), list(students)
        self.done, self.total = 0, len(students)
        self._resident = Resident(self, counts=True)
        self._next()

    def stop(self) -> None:
        """Ends it; what was not finished is measured another time."""
        resident, self._resident = self._resident, None
        self.student = ""
        if resident is not None:
            resident.close()
            resident.deleteLater()
            self.changed.emit()

    def _next(self) -> None:
        resident, (bands, classes) = self._resident, self._sizes
        self.student = self._waiting.pop(0)

        def answered(rows: list[dict[str, Any]]) -> None:
            if self._resident is not resident:
                return
            estimates.Measured(bands, classes).note_rows(rows)
            self.done += 1
            if self._waiting:
                self._next()
            else:
                self.stop()

        def failed(error: BackendError) -> None:
            if self._resident is resident:
                self.stop()
                self.failed.emit(error)

        question = {"bands": bands, "classes": classes, "benchmark": True, "names": [self.student]}
        resident.ask("students", question, answered, failed)
        self.changed.emit()
