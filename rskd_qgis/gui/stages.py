"""The stages of a job in plain words, and which part of a distillation each belongs to, by the stage's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate

PREPARING, TEACHER, ANSWERS, PROBE, STUDENT, BASELINE, FINISHING = (
    "preparing", "teacher", "answers", "probe", "student", "baseline", "finishing",
)  # fmt: skip
"""The parts of a distillation, in order."""

_LONG = (TEACHER, ANSWERS, PROBE, STUDENT, BASELINE)
"""Parts of one stage, which is called the same."""

_FINISHING = ("writing", "generalisation-gap", "map", "polygons", "report")


@dataclass(frozen=True)
class Stage:
    """What a job is at.

    Attributes:
        code: the backend's, which never changes.
        name: as the backend says it.
        values: what the name holds, as data.
    """

    code: str
    name: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, event: dict[str, Any]) -> Stage:
        """From a `stage-start`."""
        return cls(str(event.get("code", "")), str(event.get("stage", "")), event.get("values") or {})

    @property
    def part(self) -> str:
        """The part of a distillation that it belongs to."""
        if self.code in _LONG:
            return self.code
        if self.code == "together":
            return ANSWERS
        return FINISHING if self.code in _FINISHING else PREPARING

    @property
    def member(self) -> tuple[int, int]:
        """Which of how many teachers is being trained, from 1."""
        return int(self.values.get("number", 1)), int(self.values.get("members", 1))


def words(stage: Stage | None) -> str:
    """A stage as the user reads it; one that is not known here stays as the backend calls it."""
    if stage is None:
        return ""
    number, members = stage.member
    if stage.code == TEACHER and members > 1:
        return translate("Stages", "Training teacher {} of {}").format(number, members)
    if stage.code == ANSWERS and stage.values.get("scenes", 1) > 1:
        return translate("Stages", "The teacher answers for every pixel of “{}”").format(stage.values["scene"])
    if stage.code == "writing" and "file" in stage.values:
        return translate("Stages", "Writing {}").format(stage.values["file"])
    return table().get(stage.code, stage.name)


def table() -> dict[str, str]:
    """Words for every stage of the backend that needs no more than its code."""
    return {
        "band-statistics": translate("Stages", "Looking at the bands’ values"),
        "splitting": translate("Stages", "Setting ground aside for testing"),
        "measuring-step": translate("Stages", "Measuring how fast this machine learns"),
        "measuring-students": translate("Stages", "Measuring students on this machine"),
        "teacher": translate("Stages", "Training the teacher"),
        "answers": translate("Stages", "The teacher answers for every pixel"),
        "together": translate("Stages", "Putting the answers of all teachers together"),
        "probe": translate("Stages", "Checking that the teacher knows more than a student alone"),
        "student": translate("Stages", "Training the student"),
        "baseline": translate("Stages", "Training the same student without the teacher"),
        "generalisation-gap": translate("Stages", "Comparing with ground never seen"),
        "writing": translate("Stages", "Writing files"),
        "map": translate("Stages", "Drawing the map"),
        "polygons": translate("Stages", "Turning the map into polygons"),
        "disagreement": translate("Stages", "Comparing teacher and student"),
        "report": translate("Stages", "Writing the report"),
        "evaluating": translate("Stages", "Comparing with the labels"),
        "load-packages": translate("Stages", "Loading packages"),
    }
