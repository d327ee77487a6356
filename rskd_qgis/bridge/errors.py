"""What went wrong on the other side, in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import QCoreApplication, QLocale


class BackendError(Exception):
    """A request that the backend could not fulfil.

    Attributes:
        code: one of `rskd.errors`, or `no-environment`, `not-starting`, `wrong-protocol`, `crashed`,
            `helper-ended`, `bug`.
        message: what happened, in the user's language where the code is known.
        hint: what to do next; may be empty.
        facts: the same as data.
        details: a traceback, the last lines of the log or the backend's own words, for a report; may be empty.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", facts: dict[str, Any] | None = None, details: str = ""
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.facts, self.details = code, message, hint, facts or {}, details

    def __str__(self) -> str:
        # What a system says has no full stop.
        ended = not self.hint or self.message.rstrip("”").endswith((".", "!", "?", "…"))
        return f"{self.message}{'' if ended else '.'} {self.hint}".strip()

    @classmethod
    def of(cls, event: dict[str, Any]) -> BackendError:
        """From an `error` or `bug` event of the backend."""
        if event["event"] == "bug":
            message = _tr("This is an error in RSKD itself: {}").format(event["message"])
            return cls("bug", message, details=event.get("traceback", ""))
        facts = event.get("facts") or {}
        own = event["message"], event.get("hint", "")
        message, hint = in_words(event["code"], facts, *own)
        # In English, and in words of job files: for a report, and for who knows these.
        details = "" if (message, hint) == own else " ".join(own).strip()
        return cls(event["code"], message, hint, facts, details)


class Stopped(Exception):
    """A request that the user stopped; a distillation goes on from there when it is asked for again."""


class Words(NamedTuple):
    """What is said of a code.

    Attributes:
        messages: with places for facts, and `{said}` for the backend's own words; the first whose facts are there is
            taken.
        hint: what to do in QGIS.
    """

    messages: tuple[str, ...]
    hint: str


def in_words(code: str, facts: Mapping[str, Any], message: str, hint: str) -> tuple[str, str]:
    """Message and hint for the panel, from what the backend says."""
    words = translated().get(code)
    if words is None:
        return message, hint
    said = {name: _shown(fact) for name, fact in facts.items() if fact is not None}
    said["said"] = message.strip()
    for form in words.messages:
        with suppress(KeyError):  # its facts are not there
            return form.format(**said), words.hint
    return message, words.hint


def _shown(fact: Any) -> str:
    if isinstance(fact, (list, tuple)):
        return ", ".join(map(str, fact))
    if isinstance(fact, float):
        return QLocale().toString(fact, "f", 1)
    return str(fact).strip()


def translated() -> dict[str, Words]:
    """Words for every code of `rskd.errors`."""
    return {
        "job-invalid": Words(
            (_tr("These settings cannot be used. “{said}”"),), _tr("Change these settings and start again.")
        ),
        "layer-unreadable": Words(
            (_tr("“{layer}” cannot be read: {reason}"),),
            _tr("Check that the file is complete and its place or server can be reached."),
        ),
        "crs-missing": Words(
            (_tr("“{layer}” has no coordinate reference system."),), _tr("Set the layer's CRS in its properties.")
        ),
        "no-overlap": Words(
            (_tr("“{first}” and “{second}” do not overlap on the ground."),),
            _tr("Check the area, and that both layers have the right CRS."),
        ),
        "bands-missing": Words(
            (_tr("“{layer}” has no {missing}. It has {present}."),), _tr("Choose a layer with these bands.")
        ),
        "labels-unusable": Words(
            (
                _tr("The labels hold {count} different values: too many to be classes."),
                _tr("The labels cannot be used like this. “{said}”"),
            ),
            _tr("Check class field, classes and ignored values in the Labels section."),
        ),
        "classes-mismatch": Words(
            (
                _tr("The classes do not fit together: the teacher knows {teacher}, and {job} are to be learned."),
                _tr("The classes or bands do not fit together. “{said}”"),
            ),
            _tr("Compare the classes of labels and teacher, and the bands of the layers."),
        ),
        "area-too-small": Words(
            (
                _tr(
                    "The area of {width} × {height} pixels has no room for separate parts to learn from and to test "
                    "on, with training tiles of {tile} pixels."
                ),
                _tr("No training tile of {tile} pixels has room beside what is set aside for testing."),
                _tr("The area cannot be divided into parts to learn from and to test on. “{said}”"),
            ),
            _tr("Choose a larger area, or layers that have data in more of it."),
        ),
        "model-unusable": Words((_tr("“{model}” cannot be used: “{reason}”"),), _tr("Choose another model.")),
        "output-unwritable": Words(
            (_tr("“{path}” cannot be written: {reason}"),),
            _tr("Free some space or choose another place. Nothing unfinished was left behind."),
        ),
        "memory-short": Words(
            (
                _tr("This student needs about {needed_gb} GB of memory, which is more than it may take."),
                _tr("There was not enough memory."),
            ),
            _tr("Close other programs or choose a smaller area, then start again: what is finished is kept."),
        ),
        "training-diverged": Words(
            (_tr("The training went astray at step {step}: its loss is not a number any more."),),
            _tr("Check that the layers declare their nodata values; if they do, lower the learning rate."),
        ),
        "extra-missing": Words(
            (_tr("{what} needs the training parts, which are not installed."),),
            _tr("Install the training parts on the set-up page."),
        ),
        "device-unavailable": Words(
            (_tr("The device “{asked}” cannot be used. “{why}”"), _tr("The device cannot be used. “{said}”")),
            _tr("Let RSKD choose the device."),
        ),
        "busy": Words(
            (_tr("Another distillation is at work in “{path}”."),),
            _tr("Wait for it, stop it in the QGIS window where it runs, or choose another folder."),
        ),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackendError", text)
