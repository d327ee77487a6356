"""A student as one ONNX file that runs everywhere: raw band values in, class probabilities out.

    network ─► Normalised + softmax ─► size-free graph ─► checked against torch ─► stamped 512 x 512 ─► student.onnx

The graph takes any size; only the declared one is fixed, because other QGIS tools read their tile size from it.
`rskd.infer.session` sets it free again.
"""

from __future__ import annotations

import copy
import io
import json
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto
from torch import Tensor, nn

from rskd.card import StudentCard
from rskd.geo.atomic import write_bytes
from rskd.models.normalise import Normalised

OPSET = 17
IR_VERSION = 8
"""The newest that onnxruntime 1.15 loads, which older QGIS tools bring along."""
TILE = 512
TOLERANCE = 1e-4
"""How far a probability may be from torch's."""


class _Probabilities(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        probabilities: Tensor = self.network(pixels).softmax(1)
        return probabilities


def export_student(network: Normalised, card: StudentCard, path: str | Path) -> None:
    """Writes the student, whole or not at all.

    Args:
        network: raw values to logits; it stays as it is, in its mode and on its device.
        card: goes into the file; its bands and classes are those of the network.
        path: of the file.

    Raises:
        OutputUnwritable: no space, no permission.
        ValueError: card and network disagree, or there are fewer than two classes.
        RuntimeError: the exported graph does not answer what torch answers.
    """
    _check_card(network, card)
    answering = _Probabilities(copy.deepcopy(network)).eval().cpu()
    graph = _size_free(answering, len(card.bands), network.multiple)
    _check_against_torch(graph, answering, card, network.multiple)
    model = onnx.load_from_string(graph)
    _stamp(model, bands=len(card.bands), classes=len(card.classes))
    for key, value in metadata(card).items():
        model.metadata_props.add(key=key, value=value)
    check_portable(model)
    write_bytes(path, model.SerializeToString())


def graph_of(network: Normalised, bands: int) -> bytes:
    """The network with its softmax as an ONNX graph that takes any size, unchecked: for measuring its speed.

    Raises:
        RuntimeError: it has operators that ONNX lacks.
    """
    return _size_free(_Probabilities(copy.deepcopy(network)).eval().cpu(), bands, network.multiple)


def metadata(card: StudentCard) -> dict[str, str]:
    """What the file says of itself: `rskd` for us, the rest for the Deepness plugin (each value is JSON).

    Deepness shows a model `(x / 255 - mean) / std`; with mean 0 and std 1 / 255 that is x, the raw value.
    It draws class 0 wherever no class reaches `seg_thresh`: 0 turns that off.
    """
    bands, tiling = len(card.bands), card.tiling
    overlap = min(80, math.ceil(100 * (2 * tiling.margin + tiling.overlap) / TILE))
    deepness: dict[str, object] = {
        "model_type": "Segmentor",
        "class_names": {str(channel): known.name for channel, known in enumerate(card.classes)},
        "resolution": 100 * card.gsd,  # cm
        "tile_size": TILE,  # what its code reads
        "tiles_size": TILE,  # what its documentation says
        "tiles_overlap": overlap,  # percent
        "standardization_mean": [0.0] * bands,
        "standardization_std": [1 / 255] * bands,
        "seg_thresh": 0.0,
        "seg_small_segment": 0,
    }
    return {"rskd": card.model_dump_json(), **{key: json.dumps(value) for key, value in deepness.items()}}


def check_portable(model: ModelProto) -> None:
    """Makes sure that onnxruntime 1.15 and later load the model: opset, IR version, operators, one file.

    Raises:
        ValueError: says what is too new or not part of the standard.
        onnx.checker.ValidationError: not a valid model at all.
    """
    onnx.checker.check_model(model, full_check=True)
    opsets = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    if set(opsets) != {"ai.onnx"} or opsets["ai.onnx"] > OPSET:
        raise ValueError(f"operator sets {opsets} where only ai.onnx up to {OPSET} is portable")
    if model.ir_version > IR_VERSION:
        raise ValueError(f"IR version {model.ir_version} is newer than {IR_VERSION}")
    if model.functions:
        raise ValueError("the graph calls functions of its own")
    if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer):
        raise ValueError("weights lie outside the file")
    _check_operators(model.graph, opsets["ai.onnx"])


def _check_operators(graph: GraphProto, opset: int) -> None:
    for node in graph.node:
        if node.domain not in ("", "ai.onnx") or not onnx.defs.has(node.op_type, opset, ""):
            raise ValueError(f"{node.domain or 'ai.onnx'}.{node.op_type} is not an operator of opset {opset}")
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                _check_operators(inner, opset)


def _check_card(network: Normalised, card: StudentCard) -> None:
    means, deviations = ([getattr(band, field) for band in card.bands] for field in ("mean", "std"))
    for said, used in ((means, network.mean), (deviations, network.std)):
        if len(said) != used.numel() or not np.allclose(said, used.flatten().cpu().numpy(), rtol=1e-5, atol=1e-7):
            raise ValueError(f"the card says {said}, the network normalises with {used.flatten().tolist()}")
    if len(card.classes) < 2:
        raise ValueError("a student has at least two classes")


def _size_free(answering: nn.Module, bands: int, multiple: int) -> bytes:
    side = max(64, 2 * multiple)
    sizes = {0: "N", 2: "H", 3: "W"}
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that writes opset 17 and IR 8 directly; its successor would need converting back.
        warnings.filterwarnings("ignore", "You are using the legacy|The feature will be removed", DeprecationWarning)
        # Branches on sizes that tracing freezes: whether that harms is seen at other sizes, against torch.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        torch.onnx.export(
            answering,
            (torch.zeros(2, bands, side, side),),
            file,  # type: ignore[arg-type]  # this exporter takes a file object
            dynamo=False,
            opset_version=OPSET,
            input_names=["image"],
            output_names=["probabilities"],
            dynamic_axes={"image": sizes, "probabilities": sizes},
        )
    return file.getvalue()


def _check_against_torch(graph: bytes, answering: nn.Module, card: StudentCard, multiple: int) -> None:
    """At two sizes, two shapes and two batch sizes, with values like those of training."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    step = max(32, multiple)
    for shape in ((1, 2 * step, 4 * step), (3, 3 * step, 2 * step)):
        pixels = _like_training(card, *shape)
        with torch.inference_mode():
            expected = answering(torch.from_numpy(pixels)).numpy()
        answer = session.run(None, {"image": pixels})[0]
        same = answer.shape == expected.shape and np.allclose(answer, expected, rtol=0, atol=TOLERANCE)
        if not same:
            worst = np.abs(answer - expected).max() if answer.shape == expected.shape else answer.shape
            raise RuntimeError(f"the exported student differs from torch on {pixels.shape}: {worst}")


def _like_training(card: StudentCard, number: int, height: int, width: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(0).standard_normal((number, len(card.bands), height, width))
    mean, std = (np.array([getattr(band, field) for band in card.bands]) for field in ("mean", "std"))
    raw: NDArray[np.float32] = (drawn * std[:, None, None] + mean[:, None, None]).astype(np.float32)
    return raw


def _stamp(model: ModelProto, *, bands: int, classes: int) -> None:
    for value, channels in ((model.graph.input[0], bands), (model.graph.output[0], classes)):
        batch, *rest = value.type.tensor_type.shape.dim
        batch.dim_param = "N"
        for axis, size in zip(rest, (channels, TILE, TILE), strict=True):
            axis.dim_value = size
