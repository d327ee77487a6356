"""What a job says, told to whoever watches an algorithm."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication, QLocale

from rskd_qgis.bridge import cautions
from rskd_qgis.gui import stages
from rskd_qgis.gui.course import SCORES, Course, shares
from rskd_qgis.gui.stages import Stage


def course_of(job: str, spec: Mapping[str, Any]) -> Course:
    """A job's course at its beginning; a distillation has many stages, and each takes its share of the bar."""
    if job != "distill":
        return Course()
    teachers = spec.get("teacher") or {}
    kinds = [one.get("kind", "labels") for one in (teachers if isinstance(teachers, list) else [teachers])]
    return Course(shares(trains_teacher="labels" in kinds, baseline=bool(spec.get("baseline"))))


class Narrator:
    """Hears a job's events: how far it is as a whole to the bar, everything else to the log."""

    def __init__(self, feedback: QgsProcessingFeedback, course: Course | None = None) -> None:
        self._feedback, self._course = feedback, course or Course()

    def hear(self, event: dict[str, Any]) -> None:
        """Tells one event; safe in any thread, as feedback is."""
        self._course.hear(event, time.monotonic())
        self._feedback.setProgress(100 * self._course.fraction)
        tell = getattr(self, "_on_" + event["event"].replace("-", "_"), None)
        if tell is not None:
            tell(event)

    def _on_stage_start(self, event: dict[str, Any]) -> None:
        self._feedback.setProgressText(stages.words(Stage.of(event)))

    def _on_log(self, event: dict[str, Any]) -> None:
        self._feedback.pushInfo(event["message"])

    def _on_warning(self, event: dict[str, Any]) -> None:
        self._feedback.pushWarning(str(cautions.in_words(event)))

    def _on_metric(self, event: dict[str, Any]) -> None:
        forms = {
            "loss": QCoreApplication.translate("Narrator", "loss {}"),
            "mean_iou": QCoreApplication.translate("Narrator", "mean IoU {}"),
            "agreement": QCoreApplication.translate("Narrator", "agreement {}"),
        }
        numbers = [
            forms[name].format(_number(event[name])) for name in ("loss", *SCORES) if event.get(name) is not None
        ]
        said = QCoreApplication.translate("Narrator", "{training}, step {step}: {numbers}").format(
            training=stages.table().get(event.get("name", ""), event.get("name", "")),
            step=event.get("step", ""),
            numbers=", ".join(numbers),
        )
        if numbers:
            self._feedback.pushInfo(said)


def _number(value: Any) -> str:
    try:
        return QLocale().toString(float(value), "f", 4)
    except (TypeError, ValueError):
        return str(value)
