"""Any single-input segmentation model in ONNX as a teacher: our own students, models of other QGIS tools."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto
from pydantic import ValidationError

from rskd.card import BandCard, StudentCard, Tiling
from rskd.errors import ModelUnusable
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.infer.onnxfile import TensorFacts, describe_onnx, image_input, read_onnx, with_free_size
from rskd.infer.session import OnnxSession
from rskd.models.teachers.base import digest_file, identity
from rskd.models.teachers.classmap import OwnClasses, map_classes
from rskd.models.teachers.network import Kernel, NetworkTeacher
from rskd.spec import Device, OnnxTeacher

Floats = NDArray[np.float32]
Output = Literal["probabilities", "logits", "sigmoid"]

_WINDOW = 512
_OVERLAP = 128  # nothing is known of a foreign network's receptive field: neighbours are blended over a quarter
_ROUNDING = 1e-2  # half floats and quantised models sum to 1 but roughly
_MOVERS = (
    "Identity",
    "Cast",
    "Transpose",
    "Reshape",
    "Resize",
    "Squeeze",
    "Unsqueeze",
    "Slice",
    "QuantizeLinear",
    "DequantizeLinear",
)
_TAKEN = {"float32": np.float32, "float16": np.float16, "uint8": np.uint8}


def open_onnx(
    spec: OnnxTeacher,
    classes: Sequence[LabelClass] | None,
    *,
    device: Device,
    threads: int | None,
    reporter: Reporter,
) -> NetworkTeacher:
    """Opens an ONNX model and runs it once.

    Raises:
        ModelUnusable: not ONNX, more than one input, or its answers are not class scores of the size of its input.
        ClassesMismatch: its classes are not the job's.
        DeviceUnavailable: the device is not to be had.
    """
    model, name = read_onnx(spec.path), Path(spec.path).name
    facts = describe_onnx(model)
    image = image_input(facts, name)
    said = _Said.of(facts.metadata, spec, _bands(image), name)
    shape = _Shape.of(image, said.tiling, name)
    session = _session(model, shape, spec, device, threads)
    run = OnnxRun(session, model, shape, said, spec)
    if said.unscaled:
        message = f"How “{name}” wants its pixels scaled is not known; it gets raw values."
        hint = "Give `mean:` and `std:`, a value a band, in data units."
        reporter.warn("teacher-normalisation", message, hint, teacher=name)
    kernel = Kernel(
        run=run,
        bands=said.bands or shape.bands,
        channels=run.channels,
        fill=said.fill,
        tiling=said.tiling or _tiling(shape),
        gsd=said.gsd,
        parameters=facts.parameters,
    )
    own = said.own_classes(run.channels, name)
    return NetworkTeacher(
        kind=spec.kind,
        name=name,
        key=identity(spec, [digest_file(spec.path)]),
        kernel=kernel,
        class_map=map_classes(name, own, classes, spec.classes, reporter),
        spec=spec,
        reporter=reporter,
    )


def _bands(image: TensorFacts) -> int:
    if image.shape is None or not isinstance(image.shape[1], int):  # `image_input` has seen to that
        raise TypeError(f"{image} has no fixed number of bands")
    return image.shape[1]


def _tiling(shape: _Shape) -> Tiling:
    overlap = min(_OVERLAP, shape.side // 8 * 2)
    return Tiling(window=shape.side, overlap=overlap)


@dataclass(frozen=True)
class _Shape:
    """What the model takes: batches of `batch` (None: any number) windows of `side` pixels."""

    batch: int | None
    bands: int
    side: int
    fixed: bool
    dtype: str

    @classmethod
    def of(cls, image: TensorFacts, tiling: Tiling | None, name: str) -> _Shape:
        if image.dtype not in _TAKEN:
            reason = f"its input “{image.name}” is {image.dtype}; {', '.join(_TAKEN)} can be fed."
            raise ModelUnusable(name, reason, "Export it with a float32 input.")
        batch, bands, height, width = image.shape or ("", "", "", "")
        sides = {side for side in (height, width) if isinstance(side, int) and side > 0}
        if len(sides) > 1:
            hint = "Export it with one size for both, or with free sizes."
            raise ModelUnusable(name, f"it takes windows of {height} x {width} pixels; square ones are needed.", hint)
        # A card of ours says that the graph takes any size, whatever is declared.
        side = tiling.window if tiling is not None else next(iter(sides), _WINDOW)
        number = batch if isinstance(batch, int) and batch > 0 else None
        return cls(number, int(bands), side, fixed=bool(sides) and tiling is None, dtype=image.dtype)


def _session(model: ModelProto, shape: _Shape, spec: OnnxTeacher, device: Device, threads: int | None) -> OnnxSession:
    ready = model if shape.fixed or shape.batch is not None else with_free_size(model)
    return OnnxSession(ready.SerializeToString(), spec.path, threads=threads, device=device)


@dataclass(frozen=True)
class _Said:
    """What file and job say of a model's bands, scaling, classes and resolution."""

    scale: Floats
    """(C, 1, 1): the model gets `raw * scale + offset`."""
    offset: Floats
    fill: Floats
    bands: tuple[BandCard, ...] | None = None
    classes: tuple[LabelClass, ...] | None = None
    names: tuple[str, ...] | None = None
    gsd: float | None = None
    tiling: Tiling | None = None
    unscaled: bool = field(default=False)

    @classmethod
    def of(cls, metadata: dict[str, str], spec: OnnxTeacher, bands: int, name: str) -> _Said:
        if "rskd" in metadata:
            return cls._by_card(metadata["rskd"], name)
        deepness = {key: _value(text) for key, text in metadata.items()}
        kind = deepness.get("model_type")
        if isinstance(kind, str) and kind.capitalize() != "Segmentor":
            raise ModelUnusable(name, f"it is a {kind}; a teacher gives a class to each pixel (Segmentor).")
        scale, offset = _scaling(deepness, spec, bands, name)
        resolution = deepness.get("resolution")
        return cls(
            scale=scale[:, None, None],
            offset=offset[:, None, None],
            fill=(-offset / scale).astype(np.float32),  # what the model gets as 0
            names=tuple(spec.names) if spec.names else _class_names(deepness, name),
            gsd=resolution / 100 if isinstance(resolution, int | float) and resolution > 0 else None,
            unscaled=spec.mean is None and spec.std is None and not _is_deepness(deepness),
        )

    @classmethod
    def _by_card(cls, text: str, name: str) -> _Said:
        try:
            card = StudentCard.model_validate_json(text)
        except ValidationError as error:
            reason = "it is a student, and what it says of itself is not understood."
            raise ModelUnusable(name, reason, "It may come from a newer version of RSKD: update.") from error
        ones = np.ones((len(card.bands), 1, 1), np.float32)
        return cls(
            scale=ones,
            offset=0 * ones,
            fill=np.array([band.mean for band in card.bands], np.float32),
            bands=card.bands,
            classes=tuple(LabelClass.of(known) for known in card.classes),
            gsd=None if card.local else card.gsd,
            tiling=card.tiling,
        )

    def own_classes(self, channels: int, name: str) -> OwnClasses:
        """Of the model's answers."""
        said = self.classes or self.names
        if said is not None and len(said) != channels:
            reason = f"it answers with {channels} classes and names {len(said)}."
            raise ModelUnusable(name, reason, "Give the right `names:` in the teacher.")
        return OwnClasses(self.classes) if self.classes else OwnClasses.by_names(self.names, channels)


def _is_deepness(metadata: dict[str, Any]) -> bool:
    return "model_type" in metadata or "standardization_mean" in metadata


def _value(text: str) -> Any:
    """Other tools write JSON, or Python literals."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _scaling(deepness: dict[str, Any], spec: OnnxTeacher, bands: int, name: str) -> tuple[Floats, Floats]:
    """Scale and offset a band: the job's word, else Deepness's (`(x / 255 - mean) / std`), else raw values."""
    if spec.mean is not None or spec.std is not None:
        unit, mean, std = 1.0, spec.mean or [0.0] * bands, spec.std or [1.0] * bands
    elif _is_deepness(deepness):
        unit = 255.0
        mean = deepness.get("standardization_mean") or [0.0] * bands
        std = deepness.get("standardization_std") or [1.0] * bands
    else:
        return np.ones(bands, np.float32), np.zeros(bands, np.float32)
    try:
        means, deviations = np.array(mean, np.float64), np.array(std, np.float64)
    except (TypeError, ValueError) as error:
        raise ModelUnusable(
            name, "its standardisation is not a list of numbers.", "Give `mean:` and `std:`."
        ) from error
    if means.shape != (bands,) or deviations.shape != (bands,) or not (deviations > 0).all():
        raise ModelUnusable(name, f"it takes {bands} bands; mean and std need a value for each, std above 0.")
    return (1 / (unit * deviations)).astype(np.float32), (-means / deviations).astype(np.float32)


def _class_names(deepness: dict[str, Any], name: str) -> tuple[str, ...] | None:
    said = deepness.get("class_names", deepness.get("names"))
    if isinstance(said, list) and len(said) == 1:  # one object an output
        said = said[0]
    if said is None:
        return None
    if isinstance(said, dict):
        numbered = {str(key): str(value) for key, value in said.items()}
        if set(numbered) == {str(channel) for channel in range(len(numbered))}:
            return tuple(numbered[str(channel)] for channel in range(len(numbered)))
    elif isinstance(said, list) and all(isinstance(one, str) for one in said):
        return tuple(said)
    raise ModelUnusable(name, "its class names are not numbered from 0.", "Give `names:` in the teacher.")


class OnnxRun:
    """(N, C, side, side) raw values to (N, T, side, side) probabilities."""

    def __init__(self, session: OnnxSession, model: ModelProto, shape: _Shape, said: _Said, spec: OnnxTeacher) -> None:
        self._session, self._shape, self._name = session, shape, Path(spec.path).name
        self._scale, self._offset = said.scale, said.offset
        trial = self._trial()
        self._output = _recognised(trial, model) if spec.output == "auto" else spec.output
        self.channels = max(2, trial.shape[1])

    def __call__(self, pixels: Floats) -> Floats:
        """Probabilities of `pixels`."""
        return probabilities(self._raw(pixels), self._output)

    def _raw(self, pixels: Floats) -> Floats:
        fed = pixels * self._scale + self._offset
        if self._shape.dtype == "uint8":
            fed = np.clip(np.rint(fed), 0, 255)
        batch = self._shape.batch
        if batch is None:
            return self._fed(fed)
        # A fixed batch: as many passes as it takes, the last one filled up.
        answers = [self._fed(_filled(fed[i : i + batch], batch)) for i in range(0, len(fed), batch)]
        return np.concatenate(answers)[: len(fed)]

    def _fed(self, pixels: Floats) -> Floats:
        answer = self._session.run(np.ascontiguousarray(pixels, _TAKEN[self._shape.dtype]))
        if answer.dtype.kind != "f":
            reason = f"it answers with {answer.dtype} class numbers, not with a score a class."
            hint = "Export it without its ArgMax, or give its finished map as a teacher of `kind: map`."
            raise ModelUnusable(self._name, reason, hint)
        return answer.astype(np.float32, copy=False)

    def _trial(self) -> Floats:
        """Answers to noise, from which their kind is recognised."""
        shape = (1, self._shape.bands, self._shape.side, self._shape.side)
        noise = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
        if self._shape.dtype == "uint8":
            noise = noise * 50 + 128
        answer = self._raw((noise - self._offset) / self._scale)
        expected = (1, "classes", shape[2], shape[3])
        if answer.ndim != 4 or answer.shape[2:] != shape[2:]:
            reason = f"it answers {_sizes(answer.shape)} to an image of {_sizes(shape)}; {_sizes(expected)} is needed."
            raise ModelUnusable(self._name, reason, "A segmentation model scores each class at each pixel.")
        if not np.isfinite(answer).all():
            raise ModelUnusable(self._name, "it answers with numbers that are not finite.")
        return answer


def _filled(pixels: Floats, batch: int) -> Floats:
    return np.concatenate([pixels, np.repeat(pixels[-1:], batch - len(pixels), axis=0)])


def _sizes(shape: Sequence[int | str]) -> str:
    return " x ".join(map(str, shape))


def _recognised(answer: Floats, model: ModelProto) -> Output:
    """Probabilities where the graph ends in a softmax or sigmoid, or all sums to 1; else logits, of one class or more.

    Several sigmoids side by side are probabilities too: scaled to sum to 1, they serve.
    """
    last = _last_operator(model)
    sums = answer.sum(axis=1)
    whole = answer.shape[1] > 1 and bool((answer >= 0).all()) and bool((np.abs(sums - 1) < _ROUNDING).all())
    if whole or last in ("Softmax", "Sigmoid", "HardSigmoid"):
        return "probabilities"
    return "sigmoid" if answer.shape[1] == 1 else "logits"


def _last_operator(model: ModelProto) -> str:
    """The operator that makes the values of the first output, whatever moves them about afterwards."""
    makers = {output: node for node in model.graph.node for output in node.output}
    node = makers.get(model.graph.output[0].name)
    while node is not None and node.op_type in _MOVERS:
        node = makers.get(node.input[0])
    return "" if node is None else str(node.op_type)


def probabilities(answer: Floats, output: Output) -> Floats:
    """Class probabilities (N, T, H, W) from a model's raw answers; one channel is the second of two classes."""
    if output == "logits" and answer.shape[1] > 1:
        powers = np.exp(answer - answer.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    scores = answer if output == "probabilities" else 1 / (1 + np.exp(-answer.clip(-80, 80)))
    if scores.shape[1] == 1:
        second = np.asarray(scores, np.float32).clip(0, 1)
        return np.concatenate([1 - second, second], axis=1)
    some = np.maximum(scores, np.float32(1e-12))
    return np.asarray(some / some.sum(axis=1, keepdims=True), np.float32)
