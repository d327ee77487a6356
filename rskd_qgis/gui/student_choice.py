"""Which students there are, which of them fit, and which one is taken; decided without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT = "tiny-unet-16"
"""What the backend takes where no limit is stated (`rskd.models.students.DEFAULT`)."""


@dataclass(frozen=True)
class Student:
    """One of the backend's catalogue, for the draft's bands and classes."""

    name: str
    family: str
    summary: str
    parameters: int
    megabytes: float
    """Of the file: at most, as long as it was not measured."""
    milliseconds: float | None = None
    """Per megapixel on this machine; None as long as it was not measured."""
    measured: str = ""
    """The day of that, as YYYY-MM-DD; empty where nobody knows it."""

    @classmethod
    def of(cls, row: dict[str, Any]) -> Student:
        """From a row of the backend's answer to `students`."""
        speed = row.get("milliseconds_per_megapixel")
        return cls(
            name=str(row["name"]),
            family=str(row.get("family", "")),
            summary=str(row.get("summary", "")),
            parameters=int(row["parameters"]),
            megabytes=float(row["megabytes"]),
            milliseconds=None if speed is None else float(speed),
        )


@dataclass(frozen=True)
class Limits:
    """What the user allows; None is no limit."""

    megabytes: float | None = None
    milliseconds: float | None = None

    @classmethod
    def of(cls, student: dict[str, Any]) -> Limits:
        """From the draft's `student`."""
        return cls(student.get("max_megabytes"), student.get("max_milliseconds"))

    @property
    def none(self) -> bool:
        """Whether everything is allowed."""
        return self.megabytes is None and self.milliseconds is None

    def admit(self, student: Student) -> bool:
        """Whether a student fits; one whose speed is not known yet may."""
        if self.megabytes is not None and student.megabytes > self.megabytes:
            return False
        slow = None not in (self.milliseconds, student.milliseconds) and student.milliseconds > self.milliseconds
        return not slow


class Catalogue:
    """All students from small to large."""

    def __init__(self, rows: Iterable[dict[str, Any]], measured: dict[str, dict[str, Any]]) -> None:
        students = sorted((Student.of(row) for row in rows), key=lambda one: one.parameters)
        self.students = [_with_speed(one, measured) for one in students]

    def measured(self, measured: dict[str, dict[str, Any]]) -> Catalogue:
        """The same with what was measured since."""
        other = Catalogue([], {})
        other.students = [_with_speed(one, measured) for one in self.students]
        return other

    def fitting(self, limits: Limits) -> list[Student]:
        """Those within the limits, from small to large."""
        return [one for one in self.students if limits.admit(one)]

    def named(self, name: str) -> Student | None:
        """The student of that name."""
        return next((one for one in self.students if one.name == name), None)

    def automatic(self, limits: Limits) -> Student | None:
        """What the backend takes by itself (`rskd.models.students.choose`): the largest, plain ones first."""
        if limits.none:
            return self.named(DEFAULT)
        return max(self.fitting(limits), key=lambda one: (one.family == "plain", one.parameters), default=None)

    def span(self) -> tuple[float, float] | None:
        """Megabytes of the smallest and the largest; None without any."""
        sizes = [one.megabytes for one in self.students]
        return (min(sizes), max(sizes)) if sizes else None

    def unmeasured(self) -> list[str]:
        """Names of the students whose speed is not known here."""
        return [one.name for one in self.students if one.milliseconds is None]


def _with_speed(student: Student, measured: dict[str, dict[str, Any]]) -> Student:
    # The size stays the bound that the backend's own choice goes by.
    found = measured.get(student.name)
    if found is None:
        return student
    return replace(student, milliseconds=found["milliseconds"], measured=str(found.get("on", "")))
