"""What teachers without a network have in common: a map, a rule."""

from __future__ import annotations

from rskd.geo.label_classes import LabelClass
from rskd.models.teachers.classmap import ClassMap
from rskd.spec import TeacherSpec


class Unlearned:
    """The part of `rskd.models.teachers.base.Teacher` that asks after a network: there is none."""

    class_map: ClassMap
    spec: TeacherSpec

    @property
    def kind(self) -> str:
        """As in the job."""
        kind: str = self.spec.kind  # type: ignore[attr-defined]
        return kind

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """Of its answers, in channel order."""
        return self.class_map.classes

    @property
    def gsd(self) -> float | None:
        """Any: it looks at the student's pixels."""
        return None

    @property
    def parameters(self) -> int | None:
        """It has none."""
        return None

    @property
    def members(self) -> int:
        """One."""
        return 1
