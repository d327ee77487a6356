import json

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from rskd.errors import ModelUnusable
from rskd.events import Reporter
from rskd.models.teachers import open_teacher
from rskd.spec import OnnxTeacher

# Class scores of a pixel from two bands: a 1x1 convolution worked out by hand in `scores`.
WEIGHTS = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], np.float32)


def write(
    path, last="", *, size=("H", "W"), batch="N", dtype=TensorProto.FLOAT, weights=WEIGHTS, metadata=None, out=None
):
    """An ONNX model of one 1x1 convolution, then the operator `last`."""
    made_of, image = [], "image"
    if dtype != TensorProto.FLOAT:
        made_of.append(helper.make_node("Cast", ["image"], ["cast"], to=TensorProto.FLOAT))
        image = "cast"
    made_of.append(helper.make_node("Conv", [image, "w"], ["scores"]))
    end, kind = "scores", TensorProto.FLOAT
    if last:
        options = {
            "Softmax": {"axis": 1},
            "ArgMax": {"axis": 1},
            "AveragePool": {"kernel_shape": [2, 2], "strides": [2, 2]},
        }
        made_of.append(helper.make_node(last, ["scores"], ["last"], **options.get(last, {})))
        end, kind = "last", TensorProto.INT64 if last == "ArgMax" else TensorProto.FLOAT
    graph = helper.make_graph(
        made_of,
        "g",
        [helper.make_tensor_value_info("image", dtype, [batch, weights.shape[1], *size])],
        [helper.make_tensor_value_info(end, kind, out)],
        [numpy_helper.from_array(weights[:, :, None, None], "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=json.dumps(value))
    onnx.save(model, path)
    return str(path)


def open_it(path, scene, classes=None, reporter=None, **options):
    spec = OnnxTeacher(kind="onnx", path=path, **options)
    return open_teacher(
        spec, scene.bands, classes, device=torch.device("cpu"), threads=1, reporter=reporter or Reporter()
    )


def scores(pixels, weights=WEIGHTS):
    return np.tensordot(weights, pixels, axes=1)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).normal(0, 2, (2, 50, 70)).astype(np.float32)


@pytest.mark.parametrize("last", ["", "Softmax"])
@pytest.mark.parametrize(("size", "batch"), [(("H", "W"), "N"), ((64, 64), 1), ((64, 64), 4), (("H", "W"), 2)])
def test_logits_and_probabilities_of_any_declared_size(tmp_path, make_scene, gather, pixels, last, size, batch):
    path, scene = write(tmp_path / "m.onnx", last, size=size, batch=batch), make_scene(pixels)
    answers, valid = gather(open_it(path, scene, flips=size[0] == 64).answers(scene), scene)
    assert valid.all()
    np.testing.assert_allclose(answers, softmax(scores(pixels)), atol=1e-5)


def test_one_logit_becomes_two_classes(tmp_path, make_scene, gather, pixels):
    path, scene = write(tmp_path / "m.onnx", weights=WEIGHTS[:1]), make_scene(pixels)
    teacher = open_it(path, scene, names=["ground", "roof"])
    answers, _ = gather(teacher.answers(scene), scene)
    np.testing.assert_allclose(answers[1], 1 / (1 + np.exp(-pixels[0])), atol=1e-5)
    assert [known.name for known in teacher.classes] == ["ground", "roof"]


@pytest.mark.parametrize("output", ["auto", "probabilities"])
def test_one_probability_becomes_two_classes(tmp_path, make_scene, gather, pixels, output):
    path, scene = write(tmp_path / "m.onnx", "Sigmoid", weights=WEIGHTS[:1]), make_scene(pixels)
    answers, _ = gather(open_it(path, scene, output=output).answers(scene), scene)
    np.testing.assert_allclose(answers[0], 1 - 1 / (1 + np.exp(-pixels[0])), atol=1e-5)


def test_sigmoids_side_by_side_are_scaled_to_sum_to_one(tmp_path, make_scene, gather, pixels):
    path, scene = write(tmp_path / "m.onnx", "Sigmoid"), make_scene(pixels)
    answers, _ = gather(open_it(path, scene).answers(scene), scene)
    each = 1 / (1 + np.exp(-scores(pixels)))
    np.testing.assert_allclose(answers, each / each.sum(0), atol=1e-5)


def test_the_metadata_of_deepness_is_understood(tmp_path, make_scene, gather):
    metadata = {
        "model_type": "segmentor",
        "class_names": {"0": "water", "1": "forest", "2": "town"},
        "resolution": 1000,
        "standardization_mean": [0.5, 0.25],
        "standardization_std": [0.1, 0.2],
    }
    path = write(tmp_path / "m.onnx", "Softmax", metadata=metadata)
    raw = np.random.default_rng(1).integers(0, 256, (2, 40, 40)).astype(np.uint8)
    scene, reporter = make_scene(raw), Reporter()
    teacher = open_it(path, scene, reporter=reporter)
    assert [known.name for known in teacher.classes] == ["water", "forest", "town"]
    assert teacher.gsd == 10
    assert teacher.parameters == 6
    assert not reporter.warnings
    answers, _ = gather(teacher.answers(scene), scene)
    standard = (raw / 255 - np.array([0.5, 0.25])[:, None, None]) / np.array([0.1, 0.2])[:, None, None]
    np.testing.assert_allclose(answers, softmax(scores(standard)), atol=1e-4)


def test_deepness_without_statistics_scales_to_one(tmp_path, make_scene, gather):
    path = write(tmp_path / "m.onnx", metadata={"model_type": "Segmentor"})
    raw = np.random.default_rng(1).integers(0, 256, (2, 40, 40)).astype(np.uint8)
    scene = make_scene(raw)
    answers, _ = gather(open_it(path, scene).answers(scene), scene)
    np.testing.assert_allclose(answers, softmax(scores(raw / 255)), atol=1e-5)


def test_the_jobs_statistics_go_before(tmp_path, make_scene, gather, pixels):
    path, scene = write(tmp_path / "m.onnx", metadata={"model_type": "Segmentor"}), make_scene(pixels)
    answers, _ = gather(open_it(path, scene, mean=[1.0, 2.0], std=[2.0, 4.0]).answers(scene), scene)
    standard = (pixels - np.array([1, 2])[:, None, None]) / np.array([2, 4])[:, None, None]
    np.testing.assert_allclose(answers, softmax(scores(standard)), atol=1e-5)


def test_a_model_that_says_nothing_gets_raw_values_with_a_warning(tmp_path, make_scene, pixels):
    reporter = Reporter()
    open_it(write(tmp_path / "m.onnx"), make_scene(pixels), reporter=reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["teacher-normalisation"]


def test_bytes_are_fed_as_bytes(tmp_path, make_scene, gather):
    weights = WEIGHTS / 100
    path = write(tmp_path / "m.onnx", dtype=TensorProto.UINT8, weights=weights)
    raw = np.random.default_rng(1).integers(0, 256, (2, 40, 40)).astype(np.uint8)
    scene = make_scene(raw)
    answers, _ = gather(open_it(path, scene).answers(scene), scene)
    np.testing.assert_allclose(answers, softmax(scores(raw.astype(np.float32), weights)), atol=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size": (64, 32)}, "64 x 32"),
        ({"last": "ArgMax"}, "class numbers"),
        ({"last": "AveragePool"}, "256 x 256"),
        ({"last": "GlobalMaxPool"}, "1 x 3 x 1 x 1"),
        ({"dtype": TensorProto.INT32}, "int32"),
        ({"metadata": {"model_type": "Detector"}}, "Detector"),
        ({"metadata": {"model_type": "Segmentor", "class_names": {"0": "a", "2": "b"}}}, "numbered"),
        ({"metadata": {"model_type": "Segmentor", "class_names": {"0": "a", "1": "b"}}}, "names 2"),
        ({"metadata": {"model_type": "Segmentor", "standardization_mean": [0.1]}}, "2 bands"),
        ({"metadata": {"model_type": "Segmentor", "standardization_mean": ["x", "y"]}}, "list of numbers"),
    ],
)
def test_what_is_no_segmenter_of_images_is_refused(tmp_path, make_scene, pixels, options, said):
    path = write(tmp_path / "m.onnx", **options)
    with pytest.raises(ModelUnusable, match=said):
        open_it(path, make_scene(pixels))


def test_a_student_of_ours_can_teach(tmp_path, make_scene, gather):
    from rskd.card import BandCard, ClassCard, StudentCard
    from rskd.distill.export import export_student
    from rskd.infer.engine import stream
    from rskd.infer.session import open_student
    from rskd.models.lattice import tiling_of
    from rskd.models.normalise import Normalised
    from rskd.models.students import entry

    bands = tuple(
        BandCard(name=name, layer="image", dtype="float32", mean=1.0, std=2.0, low=-5, high=7)
        for name in ("red", "nir")
    )
    torch.manual_seed(0)
    network = entry("tiny-unet-8").build(2, 2)
    card = StudentCard(
        name="tiny-unet-8",
        task="land-cover",
        architecture="tiny-unet-8",
        parameters=1,
        bands=bands,
        classes=(ClassCard(value=3, name="water", color="#0000ff"), ClassCard(value=7, name="land", color="#00ff00")),
        gsd=10,
        tiling=tiling_of(network.multiple, network.receptive_field),
        created="2026-01-01T00:00:00Z",
        rskd_version="0.1.0",
    )
    path = tmp_path / "student.onnx"
    export_student(Normalised.by_cards(network, bands).eval(), card, path)
    scene = make_scene(np.random.default_rng(0).normal(1, 2, (2, 50, 60)).astype(np.float32), bands=("red", "nir"))
    teacher = open_it(str(path), scene, flips=False)
    assert [known.value for known in teacher.classes] == [3, 7]
    direct, _ = gather(stream(scene, open_student(path, threads=1).match(scene, Reporter())), scene)
    np.testing.assert_allclose(gather(teacher.answers(scene), scene)[0], direct, atol=1e-6)
