"""What the sections of the dock share besides the draft."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.bridge.errors import BackendError

from .message import Message, show_details

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMessageBar

    from rskd_qgis.bridge.jobs import Jobs
    from rskd_qgis.bridge.resident import Resident
    from rskd_qgis.students import Library

_SECTION_OF = {
    "layer-unusable": "layers",
    "layer-unreadable": "layers",
    "crs-missing": "layers",
    "no-overlap": "layers",
    "bands-missing": "layers",
    "area-too-small": "layers",
    "labels-unusable": "labels",
    "classes-mismatch": "labels",
    "model-unusable": "teacher",
    "output-unwritable": "distil",
    "memory-short": "distil",
    "busy": "distil",
    "training-diverged": "distil",
    "device-unavailable": "distil",
}
"""Where in the dock an error of the backend is put right, by its code."""

_SECTION_OF_FIELD = {
    "layers": "layers",
    "area": "layers",
    "gsd": "layers",
    "crs": "layers",
    "labels": "labels",
    "teacher": "teacher",
    "student": "student",
    "recipe": "distil",
    "training": "distil",
    "baseline": "distil",
    "split": "distil",
    "out": "distil",
}
"""The same for a job description that cannot be used as written, by the first word of a field's name."""

NOT_STARTING = frozenset({"no-environment", "not-starting", "wrong-protocol", "extra-missing"})
"""Codes of errors that the set-up page puts right."""


@dataclass
class Services:
    """Made once by the dock.

    Attributes:
        iface: QGIS.
        resident: answers short questions.
        jobs: all that run.
        library: of students.
        message_bar: the dock's own.
        at_section: shows a sentence at a section, by the section's name; the dock fills it.
        go_to: brings a section into view, by its name; the dock gives it.
        set_up: opens the set-up page; the dock gives it.
    """

    iface: QgisInterface
    resident: Resident
    jobs: Jobs
    library: Library
    message_bar: QgsMessageBar
    at_section: dict[str, Callable[[str], None]] = field(default_factory=dict)
    go_to: Callable[[str], None] = lambda _: None
    set_up: Callable[[], None] = lambda: None

    def report(
        self, error: BackendError, section: str | None = None, *, at: Callable[[str], None] | None = None
    ) -> None:
        """Shows an error twice: in short in the message bar, and whole in its place.

        Args:
            error: what went wrong.
            section: where it is put right, if the error's code does not say it.
            at: shows it where the user acted, instead of at a section.
        """
        section = section or section_of(error)
        show = at or self.at_section.get(section or "")
        if show is not None:
            show(str(error))
        self.announce(error, whole=show is None)

    def announce(self, error: BackendError, *, whole: bool = False) -> None:
        """Shows an error in the message bar alone; what to do about it too if this is the `whole` of what is shown."""
        message = Message(str(error) if whole else error.message)
        if error.code in NOT_STARTING:
            message.add_button(_tr("Set up…"), self.set_up)
        if error.details or not whole:
            message.add_button(_tr("Details"), lambda: show_details(_tr("Details"), whole_of(error), self.message_bar))
        bug = error.code in ("bug", "crashed")
        self.message_bar.pushWidget(message, Qgis.MessageLevel.Critical if bug else Qgis.MessageLevel.Warning)


def whole_of(error: BackendError) -> str:
    """All that is known of an error, for a report."""
    return f"{error.code}\n{error}\n\n{error.details}".strip()


def section_of(error: BackendError) -> str | None:
    """The section where an error is put right; None where no section can."""
    if error.code != "job-invalid":
        return _SECTION_OF.get(error.code)
    keys = [re.split(r"\W", str(field), maxsplit=1)[0] for field in error.facts.get("fields") or ()]
    return next((_SECTION_OF_FIELD[key] for key in keys if key in _SECTION_OF_FIELD), None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Services", text)
