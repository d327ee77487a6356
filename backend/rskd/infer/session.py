"""A student opened with onnxruntime: device and threads said, bands matched to a scene, values checked."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors
from pydantic import ValidationError

from rskd.card import StudentCard, Tiling
from rskd.errors import DeviceUnavailable, MemoryShort, ModelUnusable
from rskd.events import Reporter
from rskd.geo.scene import Scene
from rskd.infer.bandmatch import match_bands, warn_of_range
from rskd.infer.onnxfile import OnnxFacts, describe_onnx, image_input, read_onnx, with_free_size
from rskd.spec import Device

_ORT_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    ort_errors.EPFail,
)
_MEMORY_WORDS = ("failed to allocate", "bad_alloc", "bad allocation", "out of memory", "allocate memory")
KEY = "rskd"
"""Where a student's card stands in the metadata of its file."""


@dataclass(frozen=True)
class DeviceChoice:
    """The device that was asked for, the one that was got, and why they differ."""

    asked: Device
    got: str
    why: str = ""


def default_threads(asked: int | None = None) -> int:
    """The threads asked for, at most one a core that this process may use (more are slower); all of them if None."""
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed is not None else os.cpu_count() or 1
    return cores if asked is None else max(1, min(asked, cores))


class OnnxSession:
    """An ONNX model ready to run on one device: one image input, its first output.

    Args:
        data: the model's file content.
        name: what to call it in messages.
        threads: at most this many; one a core if None.
        device: auto takes a GPU where there is one.

    Raises:
        ModelUnusable: onnxruntime cannot load it.
        DeviceUnavailable: CUDA was asked for and is not to be had.
    """

    def __init__(self, data: bytes, name: str, *, threads: int | None = None, device: Device = "auto") -> None:
        self.name, self.threads = name, default_threads(threads)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what matters is raised
        providers: list[Any] = ["CPUExecutionProvider"]
        if device in ("auto", "cuda") and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
            # Without TF32 the numbers are those of the CPU, to rounding.
            providers.insert(0, ("CUDAExecutionProvider", {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}))
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=providers)
        except _ORT_ERRORS as error:
            raise _explained(name, error, "onnxruntime cannot load it") from error
        self.device = _choice(device, tried_cuda=len(providers) > 1, got=self._session.get_providers())
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name

    def run(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """The first output for (N, C, H, W).

        Raises:
            ModelUnusable: the model does not take this shape, or fails on it.
            MemoryShort: not enough memory for it.
        """
        try:
            return np.asarray(self._session.run([self._output], {self._input: pixels})[0])
        except _ORT_ERRORS as error:
            shape = " x ".join(str(size) for size in pixels.shape)
            raise _explained(self.name, error, f"it fails on an input of {shape}") from error


class Student:
    """A student file, opened: what it says of itself, and its answers."""

    def __init__(self, session: OnnxSession, card: StudentCard, path: Path, facts: OnnxFacts) -> None:
        self.card, self.path = card, path
        self.parameters = facts.parameters
        self.megabytes = path.stat().st_size / 1e6
        self.device, self.threads = session.device, session.threads
        self._session = session

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, H, W) raw band values to (N, K, H, W) probabilities; H and W multiples of the card's `multiple`."""
        answer: NDArray[np.float32] = self._session.run(np.ascontiguousarray(pixels, np.float32))
        return answer

    def match(self, scene: Scene, reporter: Reporter, *, named: Collection[str] = ()) -> MatchedStudent:
        """The student over the bands of `scene` that it was made for.

        Layers whose names the student knows are matched by name, the others in the student's order; bands by their
        description, else by position. Values far outside the training range give a warning.

        Args:
            scene: at the student's ground sampling distance (the caller sees to that).
            reporter: hears how bands were matched and what looks wrong.
            named: layers that the user named on purpose; each must be one of the student's.

        Raises:
            BandsMissing: a layer or a band is not there.
        """
        bands = match_bands(self.card.bands, scene.bands, reporter, named=named)
        warn_of_range(self.card.bands, scene, bands, reporter)
        return MatchedStudent(self, bands)


@dataclass(frozen=True)
class MatchedStudent:
    """A student and the bands of one scene: what the engine runs (`rskd.infer.engine.Predictor`)."""

    student: Student
    bands: tuple[int, ...]

    @property
    def tiling(self) -> Tiling:
        """The lattice recorded in the student."""
        return self.student.card.tiling

    @property
    def fill(self) -> NDArray[np.float32]:
        """(C,): the mean of each band in training."""
        return np.array([band.mean for band in self.student.card.bands], np.float32)

    @property
    def channels(self) -> int:
        """Number of classes."""
        return len(self.student.card.classes)

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities, see `Student.run`."""
        return self.student.run(pixels)


def open_student(
    path: str | Path, *, threads: int | None = None, device: Device = "auto", reporter: Reporter | None = None
) -> Student:
    """Opens a student file for images of any size, and runs it once.

    Args:
        path: `student.onnx`.
        threads: at most this many; one a core if None.
        device: auto takes a GPU where there is one; mps falls back to the CPU.
        reporter: hears which device was asked for and got.

    Raises:
        ModelUnusable: not a student, damaged, or made by a version that says other things.
        DeviceUnavailable: CUDA was asked for and is not to be had.
    """
    path = Path(path)
    model = read_onnx(path)
    facts = describe_onnx(model)
    card = _card(facts, path)
    _check_shapes(facts, card, path)
    session = OnnxSession(with_free_size(model).SerializeToString(), str(path), threads=threads, device=device)
    _check_that_it_runs(session, card, path)
    (reporter or Reporter()).info(
        _device_line(session.device, session.threads),
        asked=session.device.asked,
        got=session.device.got,
        why=session.device.why,
        threads=session.threads,
    )
    return Student(session, card, path, facts)


def _choice(asked: Device, *, tried_cuda: bool, got: Sequence[str]) -> DeviceChoice:
    if "CUDAExecutionProvider" in got:
        return DeviceChoice(asked, "cuda")
    if asked == "cpu":
        return DeviceChoice(asked, "cpu")
    if asked == "mps":
        return DeviceChoice(asked, "cpu", "students run in onnxruntime, which has no mps")
    why = (
        "onnxruntime found no working GPU and driver"
        if tried_cuda
        else "the installed onnxruntime is the one without CUDA"
    )
    if asked == "cuda":
        hint = "Use `device: cpu`, or install onnxruntime-gpu and the NVIDIA driver."
        raise DeviceUnavailable(f"The device cuda cannot be used: {why}.", hint, asked=asked, why=why)
    return DeviceChoice(asked, "cpu", why)


def _device_line(choice: DeviceChoice, threads: int) -> str:
    why = f" ({choice.why})" if choice.why else ""
    return f"Device: asked for {choice.asked}, got {choice.got}{why}; {threads} thread{'s' * (threads != 1)}."


def _explained(name: str, error: Exception, what: str) -> ModelUnusable | MemoryShort:
    said = str(error).rsplit(" : ", 1)[-1].strip().splitlines()[0]
    if any(word in str(error).lower() for word in _MEMORY_WORDS):
        hint = "Lower memory_gb or threads, or close other programs."
        return MemoryShort(f"There was not enough memory to run “{name}”: {said}", hint)
    return ModelUnusable(name, f"{what}: {said}")


def _card(facts: OnnxFacts, path: Path) -> StudentCard:
    if KEY not in facts.metadata:
        hint = "It is an ONNX model"
        if "model_type" in facts.metadata:
            hint += f" made for the Deepness plugin ({facts.metadata['model_type']})"
        hint += ": it can be a teacher of `kind: onnx`. A student is the file `student.onnx` that `rskd distill` makes."
        raise ModelUnusable(str(path), "it is not a student of RSKD.", hint)
    try:
        return StudentCard.model_validate_json(facts.metadata[KEY])
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"]) or KEY
        reason = f"what it says of itself is not understood ({where}: {error.errors()[0]['msg']})."
        raise ModelUnusable(str(path), reason, "It may come from a newer version of RSKD: update.") from error


def _check_shapes(facts: OnnxFacts, card: StudentCard, path: Path) -> None:
    taken = image_input(facts, str(path))
    bands, classes, tiling = len(card.bands), len(card.classes), card.tiling
    given = facts.outputs[0].shape
    fits = taken.dtype == "float32" and taken.shape is not None and taken.shape[1] == bands
    if not fits or given is None or len(given) != 4 or given[1] != classes or classes < 2:
        reason = f"its graph does not have the {bands} bands and {classes} classes that its card names."
        raise ModelUnusable(str(path), reason)
    if tiling.stride <= 0 or tiling.overlap % 2 or tiling.window % tiling.multiple:
        raise ModelUnusable(str(path), f"its windows cannot be laid out ({tiling!r}).")


def _check_that_it_runs(session: OnnxSession, card: StudentCard, path: Path) -> None:
    """At a size, a shape and a batch that it was not stamped with."""
    side = -(-64 // card.tiling.multiple) * card.tiling.multiple
    means = np.array([band.mean for band in card.bands], np.float32)[:, None, None]
    answer = session.run(np.broadcast_to(means, (2, len(means), side, 2 * side)).copy())
    if answer.shape != (2, len(card.classes), side, 2 * side) or not np.isfinite(answer).all():
        raise ModelUnusable(str(path), f"it answers {answer.shape} with unusable values or size to a test image.")
