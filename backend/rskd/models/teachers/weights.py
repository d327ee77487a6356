"""Weights from files of others: tensors and plain values only, whatever the file's name says."""

from __future__ import annotations

import json
import pickle  # nosec B403 # its error alone; `weights_only` reads
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from rskd.errors import ModelUnusable

_HINT_UNSAFE = "Ask for the weights alone, as safetensors or as a state dict (torch.save(model.state_dict(), …))."
_HINT_OTHER_FILE = (
    "Give the file that a training left (.safetensors, .ckpt, .pth, .pt). An ONNX model is a teacher of `kind: onnx`, "
    "a raster one of `kind: map`."
)
_PYTORCH = (b"PK\x03\x04", b"\x80")
"""First bytes of a ZIP, and of a pickle of any protocol that PyTorch has written."""

# Where training scripts put the weights among other things, and what they put before the names.
_NESTS = ("state_dict", "model_state_dict", "model", "weights")
_PREFIXES = ("", "model.", "module.", "model.module.", "module.model.", "network.", "net.", "_orig_mod.")


@dataclass(frozen=True)
class Weights:
    """The tensors of a file, and what it says besides."""

    tensors: dict[str, Tensor]
    settings: dict[str, Any] = field(default_factory=dict)
    """Hyper-parameters of a Lightning checkpoint."""
    metadata: dict[str, str] = field(default_factory=dict)
    """Of a safetensors file."""


def read_weights(path: str | Path) -> Weights:
    """Reads a safetensors file, a state dict or a Lightning checkpoint; nothing in it is ever run.

    Raises:
        ModelUnusable: missing, damaged, none of these, or a pickle that holds more than tensors and plain values.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise ModelUnusable(str(path), f"{error.strerror or error}.", "Check the path.") from error
    if head[8:9] == b"{":
        return _safetensors(path)
    if head.startswith(_PYTORCH):
        return _pickled(path)
    if path.suffix.lower() == ".safetensors" and head:
        raise ModelUnusable(str(path), "it is a damaged safetensors file.", "Copy the file again.")
    reason = "it is neither a safetensors nor a PyTorch file." if head else "the file is empty."
    raise ModelUnusable(str(path), reason, _HINT_OTHER_FILE)


def _safetensors(path: Path) -> Weights:
    data = path.read_bytes()
    try:
        tensors = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError) as error:
        raise ModelUnusable(str(path), f"it is a damaged safetensors file: {error}.", "Copy the file again.") from error
    return Weights(tensors, metadata=header.get("__metadata__", {}))


def _pickled(path: Path) -> Weights:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol")  # it is read, or refused in our words
            with path.open("rb") as file:  # of a path, torch would believe the ending
                content = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelUnusable(str(path), _why_refused(error), _HINT_UNSAFE) from error
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        reason = f"it is not a whole PyTorch file: {(str(error).splitlines() or [type(error).__name__])[0]}"
        raise ModelUnusable(str(path), reason, "Copy the file again.") from error
    if not isinstance(content, Mapping):
        raise ModelUnusable(str(path), f"it holds one {type(content).__name__}, not a network's weights.", _HINT_UNSAFE)
    tensors = next(_tensor_tables(content), None)
    if tensors is None:
        reason = f"it holds no weights, only {', '.join(map(str, list(content)[:8])) or 'an empty table'}."
        raise ModelUnusable(str(path), reason, _HINT_UNSAFE)
    settings = content.get("hyper_parameters")
    return Weights(tensors, dict(settings) if isinstance(settings, Mapping) else {})


def _why_refused(error: Exception) -> str:
    said = str(error)
    if "Unsupported" in said or "GLOBAL" in said or "Weights only load failed" in said:
        return "it is a pickle that wants to run code when opened, or holds more than weights; such files are refused."
    return f"it is not a PyTorch file: {said.splitlines()[0]}"


def _tensor_tables(content: Mapping[Any, Any]) -> Iterator[dict[str, Tensor]]:
    for table in (*(content[nest] for nest in _NESTS if nest in content), content):
        if isinstance(table, Mapping):
            tensors = {str(name): value for name, value in table.items() if isinstance(value, Tensor)}
            if tensors:
                yield tensors


def load_into(network: nn.Module, tensors: Mapping[str, Tensor], name: str, *, prefixes: tuple[str, ...] = ()) -> None:
    """Fills a network from tensors whose names may carry a prefix and others beside them.

    Args:
        network: is filled.
        tensors: of a file.
        name: of the file, for messages.
        prefixes: further ones to look behind, tried first.

    Raises:
        ModelUnusable: tensors are missing or have other shapes: the file holds another network.
    """
    wanted = network.state_dict()
    # Batch counters are of no use here, and older files lack them.
    needed = {key for key in wanted if not key.endswith("num_batches_tracked")}
    best = max((*prefixes, *_PREFIXES), key=lambda prefix: sum(prefix + key in tensors for key in needed))
    missing = sorted(key for key in needed if best + key not in tensors)
    if missing:
        some = ", ".join(missing[:3])
        reason = f"it lacks {len(missing)} of {len(needed)} tensors of this network ({some}, …)."
        raise ModelUnusable(name, reason, _HINT_OTHER, missing=missing[:20])
    found = {key: tensors[best + key] for key in wanted if best + key in tensors}
    for key, tensor in found.items():
        if tensor.shape != wanted[key].shape:
            shapes = f"{tuple(tensor.shape)} where {tuple(wanted[key].shape)} is expected"
            raise ModelUnusable(name, f"“{key}” has the shape {shapes}.", _HINT_OTHER)
    network.load_state_dict(found, strict=False)


_HINT_OTHER = "Is it another architecture? Say `model:` and `encoder:` of the teacher."
