"""ONNX files as data: read safely, said what they hold, sizes set free."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import onnx
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

from rskd.errors import ModelUnusable

_LARGEST = 2**31 - 1  # protobuf's limit for one message
_FLOATS = frozenset({TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE})


@dataclass(frozen=True)
class TensorFacts:
    """An input or output of a model."""

    name: str
    dtype: str
    """As in NumPy, e.g. “float32”."""
    shape: tuple[int | str, ...] | None
    """A name, maybe empty, stands where any size fits; None where the file does not say."""


@dataclass(frozen=True)
class OnnxFacts:
    """What an ONNX file says of itself."""

    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    parameters: int
    metadata: dict[str, str]
    opset: int
    ir_version: int


def read_onnx(path: str | Path) -> ModelProto:
    """The model in a file, with its external data; nothing outside the file's own folder is ever opened.

    Raises:
        ModelUnusable: missing, not ONNX, truncated, or external data that is missing, cut short or lies elsewhere.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelUnusable(str(path), "it is larger than 2 GB.", "Store its weights as external data.")
        data = path.read_bytes()
    except OSError as error:
        raise ModelUnusable(str(path), f"{error.strerror or error}.", "Check the path.") from error
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as error:
        raise ModelUnusable(str(path), "it is not a complete ONNX model.", _what_it_is(path, data)) from error
    # Protobuf takes some other files, an empty one among them, for a message without content.
    if model.ir_version < 1 or not model.graph.node or not model.graph.output:
        raise ModelUnusable(str(path), "it is not an ONNX model.", _what_it_is(path, data))
    _take_in_external_data(model, path)
    return model


def describe_onnx(model: ModelProto) -> OnnxFacts:
    """Inputs, outputs, size and metadata of a model."""
    weights = {tensor.name for tensor in model.graph.initializer}
    opsets = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    return OnnxFacts(
        inputs=tuple(_facts(value) for value in model.graph.input if value.name not in weights),
        outputs=tuple(_facts(value) for value in model.graph.output),
        parameters=count_parameters(model),
        metadata={entry.key: entry.value for entry in model.metadata_props},
        opset=max(opsets, default=0),
        ir_version=model.ir_version,
    )


def image_input(facts: OnnxFacts, name: str) -> TensorFacts:
    """The model's one input, known to be an image batch (N, C, H, W) with a fixed number of bands.

    Raises:
        ModelUnusable: another number of inputs, or another kind of input.
    """
    if len(facts.inputs) != 1:
        listed = ", ".join(f"“{tensor.name}”" for tensor in facts.inputs) or "none"
        reason = f"it has {len(facts.inputs)} inputs ({listed}) where one image is expected."
        raise ModelUnusable(name, reason, "Export the network with the image as its only input.")
    (only,) = facts.inputs
    if only.shape is None or len(only.shape) != 4 or not isinstance(only.shape[1], int):
        shape = "unknown" if only.shape is None else " x ".join(str(size or "any") for size in only.shape)
        hint = "A segmentation model takes a batch of images: N x bands x height x width, with a fixed number of bands."
        raise ModelUnusable(name, f"its input “{only.name}” has the shape {shape}.", hint)
    return only


def count_parameters(model: ModelProto) -> int:
    """Learned numbers of a model: its floating-point and quantised weights.

    Shapes, indices, scalars, sizes for resizing, and the scales and zero points of quantisation do not count.
    """
    plain, quantised, other = _uses(model)
    tensors = list(model.graph.initializer)
    for node in model.graph.node:
        if node.op_type == "Constant":
            tensors += [_named(a.t, node.output[0]) for a in node.attribute if a.name == "value"]
    return sum(
        _elements(tensor)
        for tensor in tensors
        if tensor.name in quantised
        or (tensor.data_type in _FLOATS and tensor.dims and (tensor.name in plain or tensor.name not in other))
    )


def with_free_size(model: ModelProto) -> ModelProto:
    """A copy whose input and output take any number, height and width of images.

    Whether the graph itself allows that is known only once it runs.
    """
    free = ModelProto()
    free.CopyFrom(model)
    for value in (*free.graph.input, *free.graph.output):
        dims = value.type.tensor_type.shape.dim
        if len(dims) == 4:
            for axis, symbol in ((0, "N"), (2, "H"), (3, "W")):
                dims[axis].dim_param = symbol
    del free.graph.value_info[:]  # inner shapes belong to the old size
    return free


def _facts(value: ValueInfoProto) -> TensorFacts:
    kind = value.type.tensor_type
    known = kind.elem_type in TensorProto.DataType.values() and kind.elem_type != TensorProto.UNDEFINED
    dtype = str(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)) if known else "unknown"
    if not kind.HasField("shape"):
        return TensorFacts(value.name, dtype, None)
    shape = tuple(int(d.dim_value) if d.dim_value > 0 else str(d.dim_param) for d in kind.shape.dim)
    return TensorFacts(value.name, dtype, shape)


def _elements(tensor: TensorProto) -> int:
    count = 1
    for size in tensor.dims:
        count *= size
    return count


def _named(tensor: TensorProto, name: str) -> TensorProto:
    copy = TensorProto(name=name, data_type=tensor.data_type)
    copy.dims.extend(tensor.dims)
    return copy


# Which inputs of the quantised operators are weights (a bias among them); their other inputs are data or scales.
_QUANTISED_WEIGHTS = {
    "DequantizeLinear": (0,),
    "QLinearConv": (3, 8),
    "QLinearMatMul": (3,),
    "ConvInteger": (1,),
    "MatMulInteger": (1,),
}
_NOT_WEIGHTS = frozenset({*_QUANTISED_WEIGHTS, "QuantizeLinear", "Resize", "Upsample", "Clip", "Pad"})


def _uses(model: ModelProto) -> tuple[set[str], set[str], set[str]]:
    """Names of tensors used as plain operands, as quantised weights, and as sizes, scales or limits."""
    plain: set[str] = set()
    quantised: set[str] = set()
    other: set[str] = set()
    for node in model.graph.node:
        weights = {node.input[i] for i in _QUANTISED_WEIGHTS.get(node.op_type, ()) if i < len(node.input)}
        quantised |= weights
        (other if node.op_type in _NOT_WEIGHTS else plain).update(_names(node) - weights)
    return plain, quantised, other


def _names(node: NodeProto) -> set[str]:
    return {name for name in node.input if name}


def _tensors(message: Message) -> Iterator[TensorProto]:
    """Every tensor in a message, however deep: weights, attributes, branches, functions."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for item in value if isinstance(value, (list, tuple)) or hasattr(value, "add") else (value,):
            if isinstance(item, TensorProto):
                yield item
            elif isinstance(item, Message):
                yield from _tensors(item)


def _take_in_external_data(model: ModelProto, path: Path) -> None:
    for tensor in _tensors(model):
        if tensor.data_location == TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in tensor.external_data}
            tensor.raw_data = _external_bytes(entries, path)
            tensor.data_location = TensorProto.DEFAULT
            del tensor.external_data[:]


def _external_bytes(entries: dict[str, str], path: Path) -> bytes:
    """The part of a side file that holds one tensor."""
    side = _side_file(entries.get("location", ""), path)
    try:
        offset = int(entries.get("offset") or 0)
        length = int(entries["length"]) if entries.get("length") else side.stat().st_size - offset
        with side.open("rb") as source:
            source.seek(offset)
            data = source.read(length) if length > 0 else b""
    except (OSError, ValueError) as error:
        raise ModelUnusable(str(path), f"its weights “{side.name}” cannot be read: {error}.") from error
    if offset < 0 or length < 0 or len(data) < length:
        raise ModelUnusable(str(path), f"its weights “{side.name}” are cut short.", "Copy the file again.")
    return data


def _side_file(location: str, path: Path) -> Path:
    """Where external data lie; refused unless that is inside the model's own folder, links followed."""
    elsewhere = ModelUnusable(
        str(path),
        f"it asks for weights outside its own folder (“{location}”).",
        "Only files beside the model are read. Get the model from a source that you trust.",
        location=location,
    )
    parts = {*PurePosixPath(location).parts, *PureWindowsPath(location).parts}
    if not location or ".." in parts or PurePosixPath(location).is_absolute() or PureWindowsPath(location).anchor:
        raise elsewhere
    folder = path.resolve().parent
    side = (folder / location).resolve()
    if not side.is_relative_to(folder):
        raise elsewhere
    if not side.is_file():
        raise ModelUnusable(
            str(path), f"its weights “{location}” are missing.", f"Put “{location}” beside it.", location=location
        )
    return side


def _what_it_is(path: Path, data: bytes) -> str:
    """A guess for a file that is no ONNX model."""
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "It looks like a TIFF image: give the model first, the layers after it."
    if data[:2] == b"PK" and zipfile.is_zipfile(path):
        return "It looks like a PyTorch checkpoint: use it as a teacher of `kind: checkpoint`."
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < len(data):
        return "It looks like a safetensors file: use it as a teacher of `kind: checkpoint`."
    if path.suffix.lower() == ".onnx":
        return "The file may be cut short or damaged: copy it again."
    return "A student is the file `student.onnx` that `rskd distill` makes."
