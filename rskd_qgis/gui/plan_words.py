"""What a click on *Distil* will do, in one or two sentences; decided without a window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.draft import Draft
from rskd_qgis.layers.export import Export

from . import figures

translate = QCoreApplication.translate


def plan(draft: Draft, *, baseline: bool | None = None) -> str:
    """The teacher, the student and the comparison, for a draft without problems; `baseline` as if it were chosen so."""
    sentences = [_teacher(draft.teacher), _student(draft)]
    if draft.baseline if baseline is None else baseline:
        sentences.append(translate("Plan", "The same student is then trained without the teacher, for comparison."))
    sentences.append(translate("Plan", "The student’s map is added to the project."))
    return " ".join(sentences)


def to_be_written(exports: Sequence[Export]) -> str:
    """What has to be written to files first, how large and how long; empty where nothing has to."""
    if not exports:
        return ""
    words = translate("Plan", "First written to files: {names} (at most {size}, about {time}).")
    return words.format(
        names=", ".join(export.name for export in exports),
        size=figures.megabytes(sum(export.megabytes for export in exports)),
        time=figures.duration(sum(export.seconds for export in exports)),
    )


def _teacher(teacher: dict[str, Any]) -> str:
    kind = teacher.get("kind", "labels")
    if kind == "labels":
        members = int(teacher.get("members", 1))
        if members > 1:
            return translate("Plan", "{} teachers are trained on your labels.").format(members)
        return translate("Plan", "A teacher is trained on your labels.")
    if kind == "map":
        return translate("Plan", "The map you chose is the teacher.")
    if kind == "index":
        return translate("Plan", "A spectral index of two bands is the teacher.")
    name = str(teacher.get("weights", "")) if kind == "torchgeo" else Path(str(teacher.get("path", ""))).name
    return translate("Plan", "“{}” is the teacher.").format(name)


def _student(draft: Draft) -> str:
    name = draft.student.get("name", "auto")
    if name == "auto" and draft.labels is not None:
        return translate("Plan", "It teaches a small student, together with your labels.")
    if name == "auto":
        return translate("Plan", "It teaches a small student.")
    if draft.labels is not None:
        return translate("Plan", "It teaches {}, together with your labels.").format(name)
    return translate("Plan", "It teaches {}.").format(name)
