"""The stages of a job in plain words, and which part of a distillation each belongs to."""

from __future__ import annotations

import re

from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate

PREPARING, TEACHER, ANSWERS, PROBE, STUDENT, BASELINE, FINISHING = (
    "preparing", "teacher", "answers", "probe", "student", "baseline", "finishing",
)  # fmt: skip
"""The parts of a distillation, in order."""

_ANSWERS = "Teacher’s answers, "
_WRITING = "Writing "
_OF_TEACHER = " of the teacher"
_MEMBER = re.compile(r"teacher (\d+) of (\d+)")
_FINISHING = ("map", "polygons", "Report", "Generalisation gap")


def part(stage: str) -> str:
    """The part of a distillation that a stage of the backend belongs to."""
    if stage in (PROBE, STUDENT, BASELINE):
        return stage
    if stage == TEACHER or _MEMBER.fullmatch(stage):
        return TEACHER
    if stage.startswith(_ANSWERS):
        return ANSWERS
    return FINISHING if stage in _FINISHING or stage.startswith(_WRITING) else PREPARING


def member(stage: str) -> tuple[int, int]:
    """Which of how many teachers is being trained, from 1."""
    found = _MEMBER.fullmatch(stage)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def words(stage: str) -> str:
    """A stage of the backend as the user reads it; one that is not known here stays as it is called."""
    number, members = member(stage)
    if members > 1:
        return translate("Stages", "Training teacher {} of {}").format(number, members)
    if stage.startswith(_ANSWERS):
        return translate("Stages", "The teacher answers for every pixel of {}").format(stage[len(_ANSWERS) :])
    if stage.startswith(_WRITING):
        return translate("Stages", "Writing {}").format(stage[len(_WRITING) :])
    return _table().get(stage.removesuffix(_OF_TEACHER), stage)


def _table() -> dict[str, str]:
    return {
        "Band statistics": translate("Stages", "Looking at the bands’ values"),
        "Splitting the ground": translate("Stages", "Setting ground aside for testing"),
        "Measuring a step": translate("Stages", "Measuring how fast this machine learns"),
        "Measuring students": translate("Stages", "Measuring students on this machine"),
        "teacher": translate("Stages", "Training the teacher"),
        "probe": translate("Stages", "Checking that the teacher knows more than a student alone"),
        "student": translate("Stages", "Training the student"),
        "baseline": translate("Stages", "Training the same student without the teacher"),
        "Generalisation gap": translate("Stages", "Comparing with ground never seen"),
        "map": translate("Stages", "Drawing the map"),
        "polygons": translate("Stages", "Turning the map into polygons"),
        "Report": translate("Stages", "Writing the report"),
        "Evaluating": translate("Stages", "Comparing with the labels"),
        "load packages": translate("Stages", "Loading packages"),
    }
