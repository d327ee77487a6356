"""Teachers of other packages: an entry point of the group `rskd.teachers` opens one."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points

import torch

from rskd.errors import JobInvalid, ModelUnusable
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.models.teachers.base import Teacher
from rskd.spec import OtherTeacher


def open_other(
    spec: OtherTeacher, classes: Sequence[LabelClass] | None, *, device: torch.device, reporter: Reporter
) -> Teacher:
    """Opens it: the entry point is called with the same arguments and gives a `rskd.models.teachers.base.Teacher`.

    Raises:
        JobInvalid: no package brings a teacher of that name.
        ModelUnusable: what it gives is no teacher.
    """
    found = {point.name: point for point in entry_points(group="rskd.teachers")}
    if spec.name not in found:
        known = ", ".join(found) or "none"
        hint = f"Install the package that brings it. Teachers of installed packages: {known}."
        raise JobInvalid(f"No installed package brings a teacher “{spec.name}”.", hint, fields=["teacher.name"])
    teacher: Teacher = found[spec.name].load()(spec, classes, device=device, reporter=reporter)
    lacking = [part for part in ("kind", "name", "key", "classes", "gsd", "answers") if not hasattr(teacher, part)]
    if lacking:
        raise ModelUnusable(spec.name, f"it lacks {', '.join(lacking)}.", "Ask its authors: see `Teacher` in RSKD.")
    return teacher
