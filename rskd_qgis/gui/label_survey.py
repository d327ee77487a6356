"""Asks the backend what the labels hold inside the chosen area, once the draft has been left alone for a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.draft.request import label_question

from .services import NOT_STARTING, Services, section_of

_SETTLED = 300  # milliseconds after the last change


@dataclass(frozen=True)
class Held:
    """What the labels hold inside the area.

    Attributes:
        shares: of the labelled pixels, by value as text; values that do not occur are missing. None: not known.
        colors: that the backend would take, by value as text.
        labelled: share of the area that is labelled; None: not known.
        parts: share of the labelled pixels in `train`, `validation` and `test`; None: not known.
        exact: the parts are counted, and not only aimed at.
        sampled: the area is so large that the numbers are about right, and rare values may be missing.
    """

    shares: dict[str, float] | None
    colors: dict[str, str]
    labelled: float | None
    parts: dict[str, float] | None
    exact: bool
    sampled: bool

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Held:
        """From the backend's answer."""
        rows = [row for row in answer["values"] if row["value"] is not None]
        return cls(
            {str(row["value"]): row["share"] for row in rows} if answer["values"] else None,
            {str(row["value"]): row["color"] for row in rows},
            answer["labelled"],
            answer["parts"],
            answer["exact"],
            answer["sampled"],
        )


class LabelSurvey(QObject):
    """`held` is what is known of the draft as it is now, `why_not` why the labels cannot be used like this."""

    changed = pyqtSignal()

    def __init__(self, draft: Draft, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self.held: Held | None = None
        self.why_not = ""
        self._bars = False
        self._asked: dict[str, Any] | None = None  # what is to be known now
        self._sent: dict[str, Any] | None = None  # what the backend is busy with
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
            self._note()
            return
        self._asked, self._bars = question, False
        self._tell(None, "")
        self._send()

    def _send(self) -> None:
        """One at a time: while the map is panned only the last one matters, and others wait for answers too."""
        question = self._asked
        if question is None or self._sent is not None:
            return
        self._sent = question

        def answered(answer: dict[str, Any]) -> None:
            if self._is_wanted(question):
                self._tell(Held.of(answer), "")

        def refused(error: BackendError) -> None:
            if self._is_wanted(question):
                if error.code in NOT_STARTING:
                    self._asked = None  # it is asked again when there is somebody to answer
                self._bars = section_of(error) is not None  # and not that the helper has died
                self._tell(None, "" if error.code in NOT_STARTING else str(error))

        self._services.resident.ask("labels", {"spec": question}, answered, refused)

    def _is_wanted(self, question: dict[str, Any]) -> bool:
        """Whether it is still what is to be known; else what is, is asked now."""
        if self._sent is not question:
            return False
        self._sent = None
        if self._asked is question:
            return True
        self._send()
        return False

    def _tell(self, held: Held | None, why_not: str) -> None:
        if (held, why_not) != (self.held, self.why_not):
            self.held, self.why_not = held, why_not
            self._note()
            self.changed.emit()

    def _note(self) -> None:
        """Labels that cannot be used keep a distillation from starting."""
        self._draft.set(label_facts={"refused": self.why_not} if self._bars else {})
