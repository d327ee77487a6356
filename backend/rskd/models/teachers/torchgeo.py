"""Published torchgeo weights: segmenters answer at once, encoders give a network trained here its start."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rskd.errors import ExtraMissing, ModelUnusable
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.models.architectures import Network
from rskd.models.teachers.base import identity
from rskd.models.teachers.checkpoint import Build, foreign_kernel
from rskd.models.teachers.classmap import map_classes
from rskd.models.teachers.network import NetworkTeacher
from rskd.models.teachers.weights import load_into, read_weights
from rskd.spec import TorchgeoTeacher


def open_torchgeo(
    spec: TorchgeoTeacher, classes: Sequence[LabelClass] | None, *, device: torch.device, reporter: Reporter
) -> NetworkTeacher:
    """Opens a published segmenter; downloads it where it is not in torch's cache yet.

    Raises:
        ModelUnusable: no such weight, an encoder only, or it cannot be downloaded.
        ClassesMismatch: its classes are not the job's.
    """
    weight = find_weight(spec.weights)
    if not _segments(weight):
        hint = "An encoder starts a teacher that is trained here: teacher: {kind: labels, weights: …} with labels."
        raise ModelUnusable(spec.weights, "it is an encoder; it has no classes to answer with.", hint)
    meta: Mapping[str, Any] = weight.meta
    build = Build("unet", str(meta["encoder"]), int(meta["in_chans"]), int(meta["num_classes"]))
    network = build.network()
    load_into(network, download(weight, spec.weights), spec.weights)
    named, resolution = meta.get("classes"), meta.get("resolution")
    kernel, own = foreign_kernel(
        network,
        build,
        spec,
        spec.weights,
        device=device,
        reporter=reporter,
        scaling=_scaling_of(weight, build.bands),
        names=None if named is None else [str(name) for name in named],
        gsd=None if resolution is None else float(resolution),
    )
    reporter.info(f"“{spec.weights}” expects the bands {', '.join(map(str, meta.get('bands', ())))}.")
    return NetworkTeacher(
        kind=spec.kind,
        name=spec.weights,
        # The address ends in the content's digest or a revision: it names the content.
        key=identity(spec, [str(weight.url)]),
        kernel=kernel,
        class_map=map_classes(spec.weights, own, classes, spec.classes, reporter),
        spec=spec,
        reporter=reporter,
    )


def is_segmenter(name: str) -> bool:
    """Whether a published weight answers with classes; an encoder does not.

    Raises:
        ModelUnusable: no such weight.
    """
    return _segments(find_weight(name))


def encoder_of(name: str) -> str:
    """The encoder of segmentation-models-pytorch that an encoder weight fits.

    Raises:
        ModelUnusable: no such weight, or an encoder that no network here has.
    """
    model = str(find_weight(name).meta.get("model", ""))
    # Satlas calls its ResNet-152 a ResNet-50 in its description; the class of the weight is right.
    family = name.split("_Weights.")[0].lower()
    known = family if family.startswith("resnet") else model
    if not known.startswith("resnet"):
        hint = "Weights of ResNets can start one (ResNet18_Weights…, ResNet50_Weights…)."
        raise ModelUnusable(name, f"no network that is trained here has the encoder “{known}”.", hint)
    return known


def start_encoder(network: Network, weights: str, reporter: Reporter) -> None:
    """Fills the encoder of `network` from a file or from a published weight.

    Where the number of bands differs, the first layer keeps its random start.

    Args:
        network: with an encoder: any architecture but plain-unet.
        weights: path of a file that `read_weights` reads, or the name of a torchgeo weight.
        reporter: hears of a first layer that does not fit.

    Raises:
        ModelUnusable: not there, no encoder, or another one.
    """
    name = Path(weights).name  # job files make paths of all that they do not know better
    published = "_Weights." in name and not Path(weights).exists()
    tensors = download(find_weight(name), name) if published else read_weights(weights).tensors
    encoder = getattr(network, "encoder", None)
    if not isinstance(encoder, torch.nn.Module) or isinstance(encoder, torch.nn.ModuleList):
        raise ModelUnusable(weights, "a plain network has no encoder that weights could start.")
    fitting = _with_first_layer(encoder, tensors, name, reporter)
    load_into(encoder, fitting, name, prefixes=("model.encoder.", "encoder.", "backbone."))


def find_weight(name: str) -> Any:
    """A member of one of torchgeo's weight enumerations.

    Raises:
        ModelUnusable: no such weight.
        ExtraMissing: torchgeo is not installed.
    """
    try:
        from torchgeo.models import get_weight
    except ModuleNotFoundError as error:
        raise ExtraMissing("A torchgeo weight", error.name or "torchgeo") from error
    try:
        return get_weight(name)
    except (ValueError, KeyError, AttributeError) as error:
        hint = "Names look like Unet_Weights.SENTINEL2_3CLASS_FTW; torchgeo's documentation lists them."
        raise ModelUnusable(name, "torchgeo has no such weight.", hint) from error


def download(weight: Any, name: str) -> dict[str, Tensor]:
    """The tensors of a published weight, from torch's cache or its address.

    Raises:
        ModelUnusable: offline, moved, or damaged; says the address and where to put the file by hand.
    """
    place = Path(torch.hub.get_dir()) / "checkpoints" / Path(weight.url).name
    digest = re.search(r"-([0-9a-f]{8,})\.", place.name)
    try:
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(weight.url, str(place), digest and digest[1], progress=False)
    except OSError as error:  # urllib's errors are among them
        hint = f"Fetch {weight.url} on a machine with a network and put it at “{place}”."
        raise ModelUnusable(name, f"it cannot be downloaded: {error}.", hint, url=weight.url) from error
    except RuntimeError as error:
        raise ModelUnusable(name, f"the download is damaged: {error}.", "Try again.", url=weight.url) from error
    try:
        return read_weights(place).tensors
    except ModelUnusable as error:
        hint = f"Remove “{place}” and try again; it was fetched from {weight.url}."
        raise ModelUnusable(name, f"the download is damaged: {error.facts['reason']}", hint) from error


def _segments(weight: Any) -> bool:
    return "num_classes" in weight.meta and "encoder" in weight.meta and weight.meta.get("model") == "U-Net"


def _scaling_of(weight: Any, bands: int) -> tuple[list[float], list[float]] | None:
    """Mean and deviation a band, read off what the weight's own transforms make of flat images."""
    transforms = weight.transforms
    if transforms is None:
        return None
    with torch.inference_mode():
        low, high = (transforms(torch.full((1, bands, 64, 64), value))[0, :, 32, 32] for value in (0.0, 1.0))
    scale = (high - low).double()
    if not bool((scale > 0).all()):
        return None
    return (-low.double() / scale).tolist(), (1 / scale).tolist()


def _with_first_layer(
    encoder: torch.nn.Module, tensors: dict[str, Tensor], name: str, reporter: Reporter
) -> dict[str, Tensor]:
    """The tensors, with the encoder's own first layer where theirs sees another number of bands."""
    first, own = next((key, tensor) for key, tensor in encoder.state_dict().items() if tensor.ndim == 4)
    theirs = next((key for key in tensors if key == first or key.endswith(f".{first}")), None)
    if theirs is None or tensors[theirs].shape[1] == own.shape[1]:
        return tensors
    trained, seen = tensors[theirs].shape[1], own.shape[1]
    message = f"“{name}” was trained on {trained} bands, the teacher sees {seen}: the first layer starts from random "
    reporter.warn("encoder-bands", message + "weights.", weights=name, trained=trained, seen=seen)
    return {**tensors, theirs: own}
