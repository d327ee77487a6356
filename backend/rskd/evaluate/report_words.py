"""Warnings in the words of who reads the report: it may be somebody who has never seen a job file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HINTS = {
    "student-larger": "Choose a smaller student.",
    "classes-untrained": "Label more of that ground, in several places, or take these classes out.",
    "no-baseline": "Label some more ground.",
    "scenes-overlap": "Cut one of them, so that they do not overlap.",
    "matched-by-number": "If that is wrong, correct the names of the classes.",
    "teacher-matched-by-number": "If that is wrong, choose a map that names its classes.",
    "teacher-classes-unnamed": "If that is wrong, give the teacher's class names.",
    "teacher-lacks-classes": "Take these classes out of the labels, or choose another teacher.",
    "teacher-normalisation": "If its answers are poor, give mean and deviation of each band with the teacher.",
}
"""What to do, where the job's own hint names keys of its file."""


def plain(warning: Mapping[str, Any]) -> str:
    """A `warning` event as a sentence or two."""
    code, message, values = warning.get("code", ""), warning["message"], warning.get("values") or {}
    hint = _HINTS.get(code, warning.get("hint", ""))
    if code == "budget-short" and values:
        message, hint = _short_budget(values)
    elif code == "teacher-does-not-lead":
        few = "teacher_steps" in values
        hint = "Give it more minutes." if few else "Check the teacher's bands and classes, or take a better teacher."
    return f"{message} {hint}".strip()


def _short_budget(values: Mapping[str, Any]) -> tuple[str, str]:
    minutes, steps, few = values["minutes"], values["steps"], values["few_steps"]
    of_teacher = f" and {values['teacher_steps']:,} of the teacher's" if values["teacher_steps"] else ""
    message = (
        f"The budget of {minutes:g} minute{'s' * (minutes != 1)} was enough for {steps:,} step{'s' * (steps != 1)} of "
        f"the student's training{of_teacher}. Below {few} steps little is learned."
    )
    if "enough_minutes" in values:
        return message, f"Give it {values['enough_minutes']:g} minutes or more, or choose a smaller student or teacher."
    return message, "Give it more minutes, or choose a smaller student or teacher."
