"""Teachers from network files: our own, and those that torchgeo, Lightning and plain training scripts leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor

from rskd.errors import JobInvalid, ModelUnusable
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.models.architectures import (
    ARCHITECTURES,
    Architecture,
    Network,
    build_network,
    count_parameters,
    is_architecture,
)
from rskd.models.lattice import tiling_of
from rskd.models.normalise import Normalised
from rskd.models.teachers.base import digest_file, identity
from rskd.models.teachers.bundle import KEY, TeacherCard
from rskd.models.teachers.classmap import OwnClasses, map_classes
from rskd.models.teachers.network import Kernel, NetworkTeacher
from rskd.models.teachers.torchrun import TorchRun
from rskd.models.teachers.weights import Weights, load_into, read_weights
from rskd.spec import CheckpointTeacher, TorchgeoTeacher


def open_checkpoint(
    spec: CheckpointTeacher, classes: Sequence[LabelClass] | None, *, device: torch.device, reporter: Reporter
) -> NetworkTeacher:
    """Opens a network file. Our own safetensors say everything; others are helped out by `spec`.

    Raises:
        ModelUnusable: unsafe, damaged, another network than it is said to be.
        ClassesMismatch: its classes are not the job's.
    """
    weights = read_weights(spec.path)
    name = Path(spec.path).name
    if KEY in weights.metadata:
        kernel, own = _ours(weights, name, device)
    else:
        kernel, own = _others(weights, spec, name, device, reporter)
    return NetworkTeacher(
        kind=spec.kind,
        name=name,
        key=identity(spec, [digest_file(spec.path)]),
        kernel=kernel,
        class_map=map_classes(name, own, classes, spec.classes, reporter),
        spec=spec,
        reporter=reporter,
    )


def _ours(weights: Weights, name: str, device: torch.device) -> tuple[Kernel, OwnClasses]:
    try:
        card = TeacherCard.model_validate_json(weights.metadata[KEY])
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        reason = f"what it says of itself is not understood ({where}: {error.errors()[0]['msg']})."
        raise ModelUnusable(name, reason, "It may come from a newer version of RSKD: update.") from error
    members = []
    for number in range(card.members):
        network = card.build()
        load_into(network, weights.tensors, name, prefixes=(f"{number}.",))
        members.append(Normalised.by_cards(network, card.bands))
    kernel = Kernel(
        run=TorchRun(members, device),
        bands=card.bands,
        channels=len(card.classes),
        fill=np.array([band.mean for band in card.bands], np.float32),
        tiling=card.tiling,
        gsd=None if card.local else card.gsd,
        parameters=sum(count_parameters(member) for member in members),
        members=card.members,
    )
    return kernel, OwnClasses(tuple(LabelClass.of(known) for known in card.classes))


@dataclass(frozen=True)
class Build:
    """What a foreign file says, or is said, to hold."""

    model: Architecture
    encoder: str
    bands: int
    outputs: int
    widths: tuple[int, ...] = ()

    def network(self) -> Network:
        """With random weights."""
        return build_network(self.model, self.encoder, self.widths, self.bands, self.outputs)


def _others(
    weights: Weights, spec: CheckpointTeacher, name: str, device: torch.device, reporter: Reporter
) -> tuple[Kernel, OwnClasses]:
    build = _build_of(weights, spec, name)
    network = _network(build, name)
    load_into(network, weights.tensors, name)
    return foreign_kernel(network, build, spec, name, device=device, reporter=reporter)


def foreign_kernel(
    network: Network,
    build: Build,
    spec: CheckpointTeacher | TorchgeoTeacher,
    name: str,
    *,
    device: torch.device,
    reporter: Reporter,
    scaling: tuple[Sequence[float], Sequence[float]] | None = None,
    names: Sequence[str] | None = None,
    gsd: float | None = None,
) -> tuple[Kernel, OwnClasses]:
    """A network without a card of ours, made ready with what the job says of it.

    Args:
        network: with its weights.
        build: what it is.
        spec: may give `mean`, `std` and `names`.
        name: for messages.
        device: where it runs.
        reporter: hears of a normalisation that nobody knows.
        scaling: mean and deviation a band that its source gives.
        names: of its classes that its source gives.
        gsd: that its source gives, in metres.

    Raises:
        ModelUnusable: as many names or statistics as do not fit.
    """
    channels = max(2, build.outputs)
    mean, std = _scaling(spec, build.bands, name) or scaling or (None, None)
    if mean is None or std is None:
        message = f"How “{name}” wants its pixels scaled is not known; it gets raw values."
        hint = "Give `mean:` and `std:`, a value a band, in data units."
        reporter.warn("teacher-normalisation", message, hint, teacher=name)
        mean, std = [0.0] * build.bands, [1.0] * build.bands
    names = spec.names or names
    if names is not None and len(names) != channels:
        raise ModelUnusable(name, f"it has {channels} classes, and {len(names)} names are given.", "Check `names:`.")
    normalised = Normalised(network, mean, std)
    kernel = Kernel(
        run=TorchRun([normalised], device),
        bands=build.bands,
        channels=channels,
        fill=np.array(mean, np.float32),
        tiling=tiling_of(network.multiple, network.receptive_field),
        gsd=gsd,
        parameters=count_parameters(network),
    )
    return kernel, OwnClasses.by_names(names, channels)


def _scaling(
    spec: CheckpointTeacher | TorchgeoTeacher, bands: int, name: str
) -> tuple[list[float], list[float]] | None:
    if spec.mean is None and spec.std is None:
        return None
    mean, std = spec.mean or [0.0] * bands, spec.std or [1.0] * bands
    if len(mean) != bands or len(std) != bands or min(std) <= 0:
        raise ModelUnusable(
            name, f"it takes {bands} bands; `mean` and `std` need a value for each, std above 0.", _HINT_SCALING
        )
    return mean, std


_HINT_SCALING = "Give `mean:` and `std:` in data units, a number a band."


def _build_of(weights: Weights, spec: CheckpointTeacher, name: str) -> Build:
    """Architecture and sizes: the job's word first, then the checkpoint's, then the shapes of the weights."""
    said = weights.settings
    kernels = [tensor for tensor in weights.tensors.values() if tensor.ndim == 4]
    if not kernels:
        hint = "Give a segmentation network. One of another build can be exported to ONNX: `kind: onnx`."
        raise ModelUnusable(name, "it holds no convolutions: not a network that maps images.", hint)
    model = spec.model or _text(said.get("model"))
    encoder = spec.encoder or _text(said.get("backbone")) or _text(said.get("encoder"))
    if model is None:
        hint = f"Say `model:` ({', '.join(ARCHITECTURES)}) and `encoder:` (for example resnet34)."
        raise ModelUnusable(name, "it does not say which architecture it is.", hint)
    if not is_architecture(model):
        raise ModelUnusable(
            name, f"“{model}” is none of {', '.join(ARCHITECTURES)}.", "Other networks: export to ONNX."
        )
    if model != "plain-unet" and encoder is None:
        raise ModelUnusable(name, "it does not say which encoder it has.", "Say `encoder:`, for example resnet34.")
    bands, outputs = said.get("in_channels"), said.get("num_classes") or said.get("num_labels")
    return Build(
        model=model,
        encoder=encoder or "",
        bands=bands if isinstance(bands, int) else int(kernels[0].shape[1]),
        outputs=outputs if isinstance(outputs, int) else int(kernels[-1].shape[0]),
        widths=_widths(weights.tensors) if model == "plain-unet" else (),
    )


def _network(build: Build, name: str) -> Network:
    try:
        return build.network()
    except JobInvalid as error:
        raise ModelUnusable(name, error.message, error.hint) from error


def _widths(tensors: Mapping[str, Tensor]) -> tuple[int, ...]:
    """Channels a level, from the first convolution of each level of a plain U-Net."""
    levels: dict[int, int] = {}
    for key, tensor in tensors.items():
        _, found, rest = key.partition("encoder.")
        if found and rest.endswith(".0.0.weight") and rest.split(".")[0].isdecimal():
            levels[int(rest.split(".")[0])] = int(tensor.shape[0])
    return tuple(width for _, width in sorted(levels.items()))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
