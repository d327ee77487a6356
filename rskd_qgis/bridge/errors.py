"""What went wrong on the other side, in the user's language."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication


class BackendError(Exception):
    """A request that the backend could not fulfil.

    Attributes:
        code: one of `rskd.errors`, or `no-environment`, `not-starting`, `wrong-protocol`, `crashed`, `bug`.
        message: what happened, in the user's language where the code is known.
        hint: what to do next; may be empty.
        facts: the same as data.
        details: a traceback or the last lines of the log, for a report; may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "", facts: dict[str, Any] | None = None, details: str = ""):
        super().__init__(message)
        self.code, self.message, self.hint, self.facts, self.details = code, message, hint, facts or {}, details

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    @classmethod
    def of(cls, event: dict[str, Any]) -> BackendError:
        """From an `error` or `bug` event of the backend."""
        if event["event"] == "bug":
            message = QCoreApplication.translate("BackendError", "This is an error in RSKD itself: {0}")
            return cls("bug", message.format(event["message"]), details=event.get("traceback", ""))
        return cls(event["code"], event["message"], event.get("hint", ""), event.get("facts"))


class Stopped(Exception):  # noqa: N818 - not a failure: it was asked for
    """A request that the user stopped; a distillation goes on from there when it is asked for again."""
