"""One file a kind of teacher, behind the interface in `base`; `open_teacher` opens whichever a job names."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import Band
from rskd.infer.session import default_threads
from rskd.models.teachers.base import Teacher, choose_bands
from rskd.models.teachers.checkpoint import open_checkpoint
from rskd.models.teachers.index import IndexOfBands, open_index
from rskd.models.teachers.map import open_map
from rskd.models.teachers.network import NetworkTeacher
from rskd.models.teachers.onnx import open_onnx
from rskd.models.teachers.other import open_other
from rskd.models.teachers.several import SeveralOpened
from rskd.models.teachers.torchgeo import open_torchgeo
from rskd.spec import (
    AnyTeacher,
    CheckpointTeacher,
    Device,
    IndexTeacher,
    LabelsTeacher,
    OnnxTeacher,
    OtherTeacher,
    SeveralTeachers,
    TorchgeoTeacher,
)

__all__ = ["Teacher", "open_teacher"]


def open_teacher(
    spec: AnyTeacher,
    scene_bands: Sequence[Band],
    classes: Sequence[LabelClass] | None,
    *,
    device: torch.device,
    threads: int | None,
    reporter: Reporter,
) -> Teacher:
    """Opens a teacher that exists already, and makes sure that it can see the scene's bands.

    Args:
        spec: of kind checkpoint, torchgeo, onnx or map. One that is to be trained on labels is trained first
            (`rskd.distill.teach`) and then opened as a checkpoint.
        scene_bands: of the first scene.
        classes: the job's, in channel order; None where only the teacher says what they are.
        device: for networks; onnxruntime takes a GPU where it has one, unless this is the processor.
        threads: at most this many of the processor; one a core if None.
        reporter: hears what is taken for granted.

    Raises:
        ModelUnusable: the teacher's file is damaged, unsafe or of another kind.
        ClassesMismatch: its classes are not the job's.
        BandsMissing: the scene lacks bands that it needs.
        LayerUnreadable: a map that cannot be read.
        ExtraMissing: torchgeo is not installed.
    """
    if isinstance(spec, SeveralTeachers):
        members: list[Teacher] = []
        for one in spec.teachers:
            of_them = members[0].classes if members and classes is None else classes
            members.append(open_teacher(one, scene_bands, of_them, device=device, threads=threads, reporter=reporter))
        return SeveralOpened(spec, tuple(members))
    teacher = _opened(spec, classes, device=device, threads=threads, reporter=reporter)
    if isinstance(teacher, NetworkTeacher):
        choose_bands(teacher.spec, teacher.kernel.bands, scene_bands, teacher.name, Reporter())
    if isinstance(teacher, IndexOfBands):
        teacher.bands_of(scene_bands)
    return teacher


def _opened(
    spec: AnyTeacher,
    classes: Sequence[LabelClass] | None,
    *,
    device: torch.device,
    threads: int | None,
    reporter: Reporter,
) -> Teacher:
    match spec:
        case LabelsTeacher():
            raise JobInvalid("A teacher of kind “labels” has to be trained first.", "Give the job `labels:`.")
        case OnnxTeacher():
            choice: Device = "cpu" if device.type == "cpu" else "auto"
            return open_onnx(spec, classes, device=choice, threads=threads, reporter=reporter)
        case CheckpointTeacher() | TorchgeoTeacher():
            torch.set_num_threads(default_threads(threads))
            if isinstance(spec, CheckpointTeacher):
                return open_checkpoint(spec, classes, device=device, reporter=reporter)
            return open_torchgeo(spec, classes, device=device, reporter=reporter)
        case IndexTeacher():
            return open_index(spec, classes, reporter=reporter)
        case OtherTeacher():
            return open_other(spec, classes, device=device, reporter=reporter)
        case SeveralTeachers():
            raise TypeError("several teachers are opened one by one")
        case _:
            return open_map(spec, classes, reporter=reporter)
