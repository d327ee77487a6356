"""What the sections of the dock share besides the draft."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QPushButton

from rskd_qgis.bridge.errors import BackendError

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
        set_up: opens the set-up page; the dock gives it.
    """

    iface: QgisInterface
    resident: Resident
    jobs: Jobs
    library: Library
    message_bar: QgsMessageBar
    at_section: dict[str, Callable[[str], None]] = field(default_factory=dict)
    set_up: Callable[[], None] = lambda: None

    def report(self, error: BackendError, section: str | None = None) -> None:
        """Shows an error in the message bar, and at the section where it is put right if there is one."""
        section = section or section_of(error)
        if section in self.at_section:
            self.at_section[section](str(error))
        bug = error.code in ("bug", "crashed")
        level = Qgis.MessageLevel.Critical if bug else Qgis.MessageLevel.Warning
        item = self.message_bar.createMessage("", str(error))
        if error.code in NOT_STARTING:
            item.layout().addWidget(_button(_tr("Set up…"), self.set_up))
        if error.details:
            item.layout().addWidget(_button(_tr("Copy details"), lambda: _copy(error)))
        self.message_bar.pushWidget(item, level)


def section_of(error: BackendError) -> str | None:
    """The section where an error is put right; None where no section can."""
    if error.code != "job-invalid":
        return _SECTION_OF.get(error.code)
    keys = [re.split(r"\W", str(field), maxsplit=1)[0] for field in error.facts.get("fields") or ()]
    return next((_SECTION_OF_FIELD[key] for key in keys if key in _SECTION_OF_FIELD), None)


def _button(words: str, clicked: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.clicked.connect(clicked)
    return button


def _copy(error: BackendError) -> None:
    QgsApplication.clipboard().setText(f"{error}\n\n{error.details}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Services", text)
