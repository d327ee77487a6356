"""What a file is and holds: raster, vector, student, other ONNX model, network file, soft targets, job file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rskd.errors import LayerUnreadable
from rskd.geo.describe import describe_raster, describe_vector
from rskd.infer.onnxfile import OnnxFacts, describe_onnx, read_onnx
from rskd.infer.session import KEY
from rskd.spec import is_local_file

_CHECKPOINTS = (".ckpt", ".pt", ".pth", ".bin")
_LARGEST_HEADER = 100 * 2**20


def run(file: str) -> dict[str, Any]:
    """Facts of a file, JSON-ready; `kind` says what it is.

    Raises:
        LayerUnreadable, ModelUnusable, JobInvalid, ExtraMissing: it cannot be read, or is nothing that is known here.
    """
    path = Path(file)
    if is_local_file(file) and not path.exists():
        raise LayerUnreadable(path.name, "there is no such file", "Check the path.")
    match path.suffix.lower():
        case ".onnx":
            return _onnx(path)
        case ".safetensors":
            return _safetensors(path)
        case suffix if suffix in _CHECKPOINTS:
            return _checkpoint(path)
        case ".yaml" | ".yml":
            return _job(path)
    if (path / "targets.json").is_file():
        return _soft_targets(path)
    if path.name == "targets.tif" and path.with_suffix(".json").is_file():
        return _soft_targets(path.parent)
    return _layer(file)


def _onnx(path: Path) -> dict[str, Any]:
    facts = describe_onnx(read_onnx(path))
    said = {
        "megabytes": round(path.stat().st_size / 1e6, 3),
        "parameters": facts.parameters,
        "opset": facts.opset,
        "ir_version": facts.ir_version,
        "inputs": [vars(tensor) for tensor in facts.inputs],
        "outputs": [vars(tensor) for tensor in facts.outputs],
    }
    if KEY in facts.metadata:
        # The card's number of parameters is the network's as trained: the exporter folds some into others.
        return {"kind": "student", **said, **json.loads(facts.metadata[KEY])}
    return {"kind": "ONNX model", **said, "metadata": _values(facts)}


def _values(facts: OnnxFacts) -> dict[str, Any]:
    """Metadata of other tools: JSON where it is JSON, else text."""
    values: dict[str, Any] = {}
    for key, text in facts.metadata.items():
        try:
            values[key] = json.loads(text)
        except ValueError:
            values[key] = text
    return values


def _safetensors(path: Path) -> dict[str, Any]:
    """Read without any library: eight bytes of length, a JSON header, the tensors."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, _LARGEST_HEADER)))
    except (OSError, ValueError) as error:
        raise LayerUnreadable(path.name, f"not a safetensors file ({error})") from error
    metadata = header.pop("__metadata__", {})
    said = {"tensors": len(header), "megabytes": round(path.stat().st_size / 1e6, 3)}
    if KEY in metadata:
        return {"kind": "teacher", **json.loads(metadata[KEY]), **said}
    shapes = {name: tensor["shape"] for name, tensor in header.items()}
    return {"kind": "weights", **said, "metadata": metadata, "shapes": shapes}


def _checkpoint(path: Path) -> dict[str, Any]:
    from rskd.models.teachers.weights import read_weights

    weights = read_weights(str(path))
    return {
        "kind": "checkpoint",
        "settings": {key: repr(value) for key, value in weights.settings.items()},
        "shapes": {name: list(tensor.shape) for name, tensor in weights.tensors.items()},
    }


def _soft_targets(store: Path) -> dict[str, Any]:
    try:
        facts = json.loads((store / "targets.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LayerUnreadable(str(store), f"its description is damaged ({error})") from error
    return {"kind": "soft targets", **facts, "raster": describe_raster(str(store / "targets.tif"))}


def _job(path: Path) -> dict[str, Any]:
    from rskd.spec import load_job

    return {"kind": "job", **load_job(path).model_dump(mode="json", exclude_none=True)}


def _layer(file: str) -> dict[str, Any]:
    """A raster, else a vector."""
    try:
        return describe_raster(file)
    except LayerUnreadable as not_a_raster:
        try:
            return describe_vector(file)
        except LayerUnreadable:
            raise not_a_raster from None
