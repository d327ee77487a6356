"""What went wrong on the other side, in the user's language."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import QCoreApplication

_OF_THE_JOB_FILE = re.compile(r"`|\btraining\.|memory_gb|\brskd\b|pip install")
"""Hints that send the reader to a job file or a terminal, where a panel is at hand."""


class BackendError(Exception):
    """A request that the backend could not fulfil.

    Attributes:
        code: one of `rskd.errors`, or `no-environment`, `not-starting`, `wrong-protocol`, `crashed`,
            `helper-ended`, `bug`.
        message: what happened, in the user's language where the code is known.
        hint: what to do next; may be empty.
        facts: the same as data.
        details: a traceback or the last lines of the log, for a report; may be empty.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", facts: dict[str, Any] | None = None, details: str = ""
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.facts, self.details = code, message, hint, facts or {}, details

    def __str__(self) -> str:
        ended = not self.hint or self.message.endswith((".", "!", "?", "…"))  # what a system says has no full stop
        return f"{self.message}{'' if ended else '.'} {self.hint}".strip()

    @classmethod
    def of(cls, event: dict[str, Any]) -> BackendError:
        """From an `error` or `bug` event of the backend."""
        if event["event"] == "bug":
            message = _tr("This is an error in RSKD itself: {}").format(event["message"])
            return cls("bug", message, details=event.get("traceback", ""))
        facts = event.get("facts") or {}
        message, hint = in_words(event["code"], facts, event["message"], event.get("hint", ""))
        return cls(event["code"], message, hint, facts)


class Stopped(Exception):
    """A request that the user stopped; a distillation goes on from there when it is asked for again."""


class Words(NamedTuple):
    """What is said of a code.

    Attributes:
        message: with places for facts; empty where the backend's own says more than they do.
        hint: what to do in QGIS.
        only: the backend's own hint is never shown, even where it speaks of no job file.
    """

    message: str
    hint: str
    only: bool = False


def in_words(code: str, facts: dict[str, Any], message: str, hint: str) -> tuple[str, str]:
    """Message and hint for the panel, from what the backend says."""
    words = translated().get(code)
    if words is None:
        return message, hint
    said = {name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact for name, fact in facts.items()}
    with suppress(KeyError):  # the facts do not suffice
        message = words.message.format(**said) or message
    takes_own = hint and not words.only and not _OF_THE_JOB_FILE.search(hint)
    return message, hint if takes_own else words.hint


def translated() -> dict[str, Words]:
    """Words for every code of `rskd.errors`."""
    return {
        "job-invalid": Words("", _tr("Change these settings and start again.")),
        "layer-unreadable": Words(
            _tr("“{layer}” cannot be read: {reason}"),
            _tr("Check that the file is complete and its place or server can be reached."),
            only=True,
        ),
        "crs-missing": Words(
            _tr("“{layer}” has no coordinate reference system."),
            _tr("Set the layer's CRS in its properties."),
            only=True,
        ),
        "no-overlap": Words(
            _tr("“{first}” and “{second}” do not overlap on the ground."),
            _tr("Check the area, and that both layers have the right CRS."),
            only=True,
        ),
        "bands-missing": Words(
            _tr("“{layer}” has no {missing}. It has {present}."),
            _tr("Choose a layer with these bands."),
            only=True,
        ),
        "labels-unusable": Words("", _tr("Check class field, classes and ignored values in the Labels section.")),
        "classes-mismatch": Words("", _tr("Compare the classes of labels and teacher.")),
        "area-too-small": Words("", _tr("Choose a larger area, or layers that have data in more of it.")),
        "model-unusable": Words(_tr("“{model}” cannot be used: {reason}"), _tr("Choose another model.")),
        "output-unwritable": Words(
            _tr("“{path}” cannot be written: {reason}"),
            _tr("Free some space or choose another place. Nothing unfinished was left behind."),
            only=True,
        ),
        "memory-short": Words(
            "", _tr("Close other programs or choose a smaller area, then start again: what is finished is kept.")
        ),
        "training-diverged": Words(
            _tr("The training went astray at step {step}: its loss is not a number any more."),
            _tr("Check that the layers declare their nodata values; if they do, lower the learning rate."),
            only=True,
        ),
        "extra-missing": Words(
            _tr("{what} needs the training parts, and “{package}” is not installed."),
            _tr("Install the training parts on the set-up page."),
            only=True,
        ),
        "device-unavailable": Words("", _tr("Let RSKD choose the device.")),
        "busy": Words(
            _tr("Another distillation is at work in “{path}”."),
            _tr("Wait for it, stop it in the QGIS window where it runs, or choose another folder."),
            only=True,
        ),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackendError", text)
