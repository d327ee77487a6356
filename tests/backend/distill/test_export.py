import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from rskd.card import BandCard, ClassCard, StudentCard
from rskd.distill.export import check_portable, export_student
from rskd.errors import OutputUnwritable
from rskd.infer.session import open_student
from rskd.models.lattice import tiling_of
from rskd.models.normalise import Normalised
from rskd.models.students import entry

CLASSES = (("water", "#0000ff"), ("forest", "#00ff00"), ("town", "#ff0000"))


def student(name="tiny-unet-8", bands=3, mean=400.0, std=120.0, seed=1):
    torch.manual_seed(seed)
    network = entry(name).build(bands, len(CLASSES))
    cards = tuple(
        BandCard(name=f"B{i}", layer="s2", dtype="uint16", mean=mean + i, std=std, low=0, high=1000)
        for i in range(bands)
    )
    card = StudentCard(
        name=name,
        task="land-cover",
        architecture=name,
        parameters=entry(name).parameters(bands, len(CLASSES)),
        bands=cards,
        classes=tuple(ClassCard(value=5 * i, name=n, color=c) for i, (n, c) in enumerate(CLASSES)),
        gsd=2.5,
        tiling=tiling_of(network.multiple, network.receptive_field),
        created="2026-01-01T00:00:00Z",
        rskd_version="0.1.0",
    )
    return Normalised.by_cards(network, cards).eval(), card


def run(model, pixels):
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(
        None, {model.graph.input[0].name: pixels}
    )[0]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("student") / "student.onnx"
    network, card = student()
    export_student(network, card, path)
    return network, card, path


def test_the_declared_shape_is_fixed_but_for_the_batch(exported):
    model = onnx.load(exported[2])
    shapes = [
        [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    ]
    assert shapes == [["N", 3, 512, 512], ["N", 3, 512, 512]]
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)


def test_probabilities_are_torchs(exported):
    network, _, path = exported
    pixels = np.random.default_rng(2).uniform(0, 1000, (2, 3, 512, 512)).astype(np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(pixels)).softmax(1).numpy()
    answer = run(onnx.load(path), pixels)
    np.testing.assert_allclose(answer, expected, atol=1e-5)
    np.testing.assert_allclose(answer.sum(1), 1, atol=1e-5)


def test_the_student_opens_for_any_size(exported):
    network, card, path = exported
    opened = open_student(path, threads=1)
    assert opened.card == card
    pixels = np.full((1, 3, 72, 104), 500, np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(pixels)).softmax(1).numpy()
    np.testing.assert_allclose(opened.run(pixels), expected, atol=1e-5)


def test_the_whole_range_of_16_bit_values_goes_through(tmp_path):
    network, card = student(mean=30000.0, std=15000.0)
    export_student(network, card, tmp_path / "student.onnx")
    pixels = np.random.default_rng(3).integers(0, 65536, (1, 3, 512, 512)).astype(np.float32)
    pixels[..., 0, 0], pixels[..., 0, 1] = 0, 65535
    with torch.inference_mode():
        exact = network.double()(torch.from_numpy(pixels.astype(np.float64))).softmax(1).numpy()
    np.testing.assert_allclose(run(onnx.load(tmp_path / "student.onnx"), pixels), exact, atol=1e-5)


def deepness(path, pixels):
    """What the Deepness plugin does with a model: metadata values are JSON, pixels are scaled, then argmax."""
    model = onnx.load(path)
    said = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    mean, std = (np.array(said[f"standardization_{what}"], np.float32)[:, None, None] for what in ("mean", "std"))
    answer = run(model, ((pixels / np.float32(255) - mean) / std).astype(np.float32))
    answer[answer < said["seg_thresh"]] = 0
    return said, answer.argmax(1)


def test_deepness_draws_the_same_map(exported):
    pixels = np.random.default_rng(4).integers(0, 1000, (1, 3, 512, 512)).astype(np.float32)
    drawn = deepness(exported[2], pixels)[1]
    direct = run(onnx.load(exported[2]), pixels).argmax(1)
    # x / 255 / (1 / 255) is x but for the last bit: a tie between two classes may fall either way.
    assert (drawn == direct).mean() > 0.9999
    assert len(np.unique(direct)) > 1


def test_deepness_finds_all_that_it_reads(exported):
    said, _ = deepness(exported[2], np.zeros((1, 3, 512, 512), np.float32))
    assert said["model_type"].capitalize() == "Segmentor"
    assert said["class_names"] == {"0": "water", "1": "forest", "2": "town"}
    assert said["resolution"] == 250  # cm
    assert said["tile_size"] == said["tiles_size"] == 512
    # The margin of 56 pixels on either side, over 512.
    assert said["tiles_overlap"] == 22
    assert said["standardization_std"] == [pytest.approx(1 / 255)] * 3
    assert (said["seg_thresh"], said["seg_small_segment"]) == (0, 0)


@pytest.mark.parametrize("name", ["swift-unet-16", "mobile-unet", "mobile-fpn", "segformer-b0", "resnet18-unet"])
def test_every_family_exports(name, tmp_path):
    network, card = student(name)
    export_student(network, card, tmp_path / "student.onnx")
    assert open_student(tmp_path / "student.onnx", threads=1).parameters > 0.95 * card.parameters
    size = (tmp_path / "student.onnx").stat().st_size / 1e6
    assert size < entry(name).megabytes(3, 3) < size + 0.03


def test_the_network_stays_as_it_was(tmp_path):
    network, card = student()
    network.train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    export_student(network, card, tmp_path / "student.onnx")
    assert network.training
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_a_card_that_says_something_else_is_refused(tmp_path):
    network, _ = student()
    _, other = student(mean=0.0)
    with pytest.raises(ValueError, match="normalises with"):
        export_student(network, other, tmp_path / "student.onnx")


def test_one_class_is_refused(tmp_path):
    network, card = student()
    with pytest.raises(ValueError, match="two classes"):
        export_student(network, card.model_copy(update={"classes": card.classes[:1]}), tmp_path / "student.onnx")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not hold for root")
def test_a_folder_that_cannot_be_written_is_the_users_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputUnwritable):
        export_student(*student(), tmp_path / "student.onnx")
    tmp_path.chmod(0o700)


def test_a_file_in_place_of_the_folder_is_the_users_error(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputUnwritable):
        export_student(*student(), tmp_path / "out" / "student.onnx")


def graph(node, opset=17, ir=8, domain=""):
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("x", "y")]
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    made = helper.make_graph([node], "g", values[:1], values[1:])
    return helper.make_model(made, opset_imports=opsets, ir_version=ir)


def test_a_plain_graph_is_portable():
    check_portable(graph(helper.make_node("Relu", ["x"], ["y"])))


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (graph(helper.make_node("Relu", ["x"], ["y"]), opset=18), "operator sets"),
        (graph(helper.make_node("Relu", ["x"], ["y"]), ir=9), "IR version"),
        (graph(helper.make_node("FusedConv", ["x"], ["y"], domain="com.microsoft"), domain="com.microsoft"), "sets"),
    ],
)
def test_what_older_runtimes_cannot_load_is_refused(model, reason):
    with pytest.raises(ValueError, match=reason):
        check_portable(model)
