"""Asks the backend what the labels hold inside the chosen area, once the draft has been left alone for a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.draft.request import label_question

from .services import NOT_STARTING, Services

_SETTLED = 300  # milliseconds after the last change


@dataclass(frozen=True)
class Held:
    """What the labels hold inside the area.

    Attributes:
        shares: of the labelled pixels, by value as text; values that do not occur are missing.
        colors: that the backend would take, by value as text.
        labelled: share of the area that is labelled.
        parts: share of the labelled pixels in `train`, `validation` and `test`.
        exact: the parts are counted, and not only aimed at.
    """

    shares: dict[str, float]
    colors: dict[str, str]
    labelled: float
    parts: dict[str, float]
    exact: bool

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Held:
        """From the backend's answer."""
        rows = [row for row in answer["values"] if row["value"] is not None]
        return cls(
            {str(row["value"]): row["share"] for row in rows},
            {str(row["value"]): row["color"] for row in rows},
            answer["labelled"],
            answer["parts"],
            answer["exact"],
        )


class LabelSurvey(QObject):
    """`held` is what is known of the draft as it is now, `why_not` why the labels cannot be used like this."""

    changed = pyqtSignal()

    def __init__(self, draft: Draft, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self.held: Held | None = None
        self.why_not = ""
        self._asked: dict[str, Any] | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._ask)

    def follow(self) -> None:
        """Something may have changed."""
        self._settled.start()

    def _ask(self) -> None:
        question = label_question(self._draft)
        if question == self._asked:
            return
        self._asked = question
        self._tell(None, "")
        if question is None:
            return

        def answered(answer: dict[str, Any]) -> None:
            if self._asked is question:
                self._tell(Held.of(answer), "")

        def refused(error: BackendError) -> None:
            if self._asked is question:
                if error.code in NOT_STARTING:
                    self._asked = None  # it is asked again when there is somebody to answer
                self._tell(None, "" if error.code in NOT_STARTING else str(error))

        self._services.resident.ask("labels", {"spec": question}, answered, refused)

    def _tell(self, held: Held | None, why_not: str) -> None:
        if (held, why_not) != (self.held, self.why_not):
            self.held, self.why_not = held, why_not
            self.changed.emit()
