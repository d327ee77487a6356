"""What a job says, told to whoever watches an algorithm."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication, QLocale

from rskd_qgis.bridge import cautions
from rskd_qgis.gui import stages
from rskd_qgis.gui.stages import Stage


class Narrator:
    """Hears a job's events: progress to the bar, everything else to the log."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback

    def hear(self, event: dict[str, Any]) -> None:
        """Tells one event; safe in any thread, as feedback is."""
        tell = getattr(self, "_on_" + event["event"].replace("-", "_"), None)
        if tell is not None:
            tell(event)

    def _on_stage_start(self, event: dict[str, Any]) -> None:
        self._feedback.setProgressText(stages.words(Stage.of(event)))
        self._feedback.setProgress(0)

    def _on_progress(self, event: dict[str, Any]) -> None:
        if event.get("total"):
            self._feedback.setProgress(100.0 * event["done"] / event["total"])

    def _on_log(self, event: dict[str, Any]) -> None:
        self._feedback.pushInfo(event["message"])

    def _on_warning(self, event: dict[str, Any]) -> None:
        self._feedback.pushWarning(str(cautions.in_words(event)))

    def _on_metric(self, event: dict[str, Any]) -> None:
        numbers = QLocale()
        said = QCoreApplication.translate("Narrator", "{training}, step {step}: loss {loss}").format(
            training=event["name"], step=event.get("step", ""), loss=numbers.toString(float(event["loss"]), "f", 4)
        )
        self._feedback.pushInfo(said)
