"""Measures every student of the catalogue on this machine, in a backend process of its own that can be stopped."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis import estimates
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.resident import Resident


class Measuring(QObject):
    """One measurement at a time; what it finds is kept for all later sessions."""

    changed = pyqtSignal()
    """It began, went on or ended."""
    failed = pyqtSignal(object)
    """BackendError"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resident: Resident | None = None
        self.done = 0.0
        self.total: float | None = None

    @property
    def busy(self) -> bool:
        """Whether it is measuring."""
        return self._resident is not None

    def start(self, bands: int, classes: int) -> None:
        """Measures all students for these sizes."""
        if self.busy:
            return
        self.done, self.total = 0.0, None
        resident = self._resident = Resident(self)
        sizes = estimates.Measured(bands, classes)

        def answered(rows: list[dict[str, Any]]) -> None:
            if self._resident is resident:
                sizes.note_rows(rows)
                self.stop()

        def failed(error: BackendError) -> None:
            if self._resident is resident:
                self.stop()
                self.failed.emit(error)

        resident.heard.connect(self._hear)
        resident.ask("students", {"bands": bands, "classes": classes, "benchmark": True}, answered, failed)
        self.changed.emit()

    def stop(self) -> None:
        """Ends it; what was not finished is measured another time."""
        resident, self._resident = self._resident, None
        if resident is not None:
            resident.close()
            resident.deleteLater()
            self.changed.emit()

    def _hear(self, event: dict[str, Any]) -> None:
        if event.get("event") == "progress":
            self.done, self.total = float(event["done"]), event.get("total")
            self.changed.emit()
