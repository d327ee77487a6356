"""How fast a teacher is, measured as its students are: one pass of one member in onnxruntime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rskd.infer.session import OnnxSession
from rskd.infer.speed import milliseconds_per_megapixel
from rskd.spec import Device

if TYPE_CHECKING:
    from rskd.models.teachers.base import Teacher

WINDOW = 512


def teacher_speed(teacher: Teacher, threads: int, *, device: Device = "auto") -> tuple[float | None, str]:
    """Milliseconds per megapixel of one pass over one window, without flips; or None and the reason.

    `device` is the job's, as for its students.
    """
    from rskd.distill.export import graph_of
    from rskd.models.teachers.network import NetworkTeacher
    from rskd.models.teachers.onnx import OnnxRun
    from rskd.models.teachers.torchrun import TorchRun

    if not isinstance(teacher, NetworkTeacher):
        return None, f"a teacher of kind “{teacher.kind}” is read, not run"
    bands = len(teacher.kernel.fill)
    if isinstance(teacher.kernel.run, OnnxRun):
        return milliseconds_per_megapixel(teacher.kernel.run, bands, teacher.kernel.tiling.window), ""
    if isinstance(teacher.kernel.run, TorchRun):
        try:
            graph = graph_of(teacher.kernel.run.members[0], bands)
        except RuntimeError as error:  # what torch raises for operators that ONNX lacks
            return None, f"it cannot be exported to ONNX ({str(error).splitlines()[0]})"
        session = OnnxSession(graph, teacher.name, threads=threads, device=device)
        return milliseconds_per_megapixel(session.run, bands, WINDOW), ""
    return None, "it is not a network that onnxruntime runs"
