import json
import os
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from rskd.card import Tiling
from rskd.errors import DeviceUnavailable, MemoryShort, ModelUnusable
from rskd.events import Reporter
from rskd.infer import session
from rskd.infer.session import OnnxSession, default_threads, open_student


def by_formula(pixels):
    """What the `by_threshold` student should answer: softmax of 0, 8 x and 16 x - 8 of x = (value - 100) / 50."""
    x = (pixels[:, 0] - 100) / 50
    powers = np.exp(np.stack([0 * x, 8 * x, 16 * x - 8], axis=1))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("shape", [(1, 1, 512, 512), (1, 1, 64, 96), (3, 1, 7, 1)], ids=str)
def test_a_file_stamped_512_answers_images_of_any_size(make_student, by_threshold, shape):
    path = make_student(by_threshold)
    assert [d.dim_value for d in onnx.load(path).graph.input[0].type.tensor_type.shape.dim][2:] == [512, 512]
    pixels = np.random.default_rng(0).uniform(0, 200, shape).astype(np.float32)
    np.testing.assert_allclose(open_student(path).run(pixels), by_formula(pixels), atol=1e-5)


def test_reopening_changes_no_number(make_student, looking_around):
    path = make_student(looking_around)
    pixels = np.random.default_rng(0).normal(100, 50, (1, 2, 512, 512)).astype(np.float32)
    stamped = onnxruntime.InferenceSession(path.read_bytes()).run(None, {"image": pixels})[0]
    np.testing.assert_allclose(open_student(path).run(pixels), stamped, atol=1e-6)


def test_a_student_says_what_it_is(make_student, by_threshold):
    path = make_student(by_threshold, gsd=10)
    student = open_student(path)
    assert (student.card.gsd, student.card.classes[2].value) == (10, 30)
    assert student.parameters == 3 + 3 + 2  # weights, biases, and the mean and deviation of normalisation
    assert student.megabytes == path.stat().st_size / 1e6


def test_another_tools_model_is_no_student_but_may_teach(tmp_path, make_student, by_threshold):
    path = make_student(by_threshold)
    model = onnx.load(path)
    del model.metadata_props[:]
    helper.set_model_props(model, {"model_type": '"Segmentor"'})
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelUnusable) as caught:
        open_student(path)
    assert "Deepness" in caught.value.hint
    assert "kind: onnx" in caught.value.hint


def changed_card(path, **changes):
    model = onnx.load(path)
    card = json.loads(model.metadata_props[0].value) | changes
    helper.set_model_props(model, {"rskd": json.dumps(card)})
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format"),
        ({"unknown": 1}, "unknown"),
        ({"bands": []}, "0 bands and 3 classes"),
        ({"classes": [{"value": 1, "name": "a", "color": "#000000"}] * 4}, "1 bands and 4 classes"),
        ({"tiling": {"window": 64, "margin": 16, "overlap": 32}}, "cannot be laid out"),
        ({"tiling": {"window": 64, "overlap": 3}}, "cannot be laid out"),
    ],
    ids=str,
)
def test_a_card_that_does_not_fit_is_refused(make_student, by_threshold, changes, said):
    path = changed_card(make_student(by_threshold), **changes)
    with pytest.raises(ModelUnusable, match=said):
        open_student(path)


def test_a_graph_of_one_size_only_is_refused(make_student, by_threshold):
    path = make_student(by_threshold)
    model = onnx.load(path)
    # As some exporters do: the stamped size is also inside the graph.
    model.graph.node[-1].output[0] = "free"
    shape = onnx.numpy_helper.from_array(np.array([1, 3, 512, 512]), "shape")
    model.graph.initializer.append(shape)
    model.graph.node.append(helper.make_node("Reshape", ["free", "shape"], ["probabilities"]))
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelUnusable, match="fails on an input of 2 x 1 x 64 x 128"):
        open_student(path)


def test_a_graph_that_onnxruntime_does_not_know_is_refused(make_student, by_threshold):
    path = make_student(by_threshold)
    model = onnx.load(path)
    model.graph.node[0].op_type = "Frobnicate"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelUnusable, match="onnxruntime cannot load it"):
        open_student(path)


def test_a_wrong_number_of_bands_at_run_time_is_said(make_student, by_threshold):
    with pytest.raises(ModelUnusable, match="1 x 2 x 64 x 64"):
        open_student(make_student(by_threshold)).run(np.zeros((1, 2, 64, 64), np.float32))


def test_an_allocation_that_fails_names_what_to_lower():
    # A pixel made 2 ** 24 x 2 ** 24 wide: a petabyte, more than any machine addresses.
    shape = onnx.numpy_helper.from_array(np.array([1, 1, 2**24, 2**24]), "shape")
    graph = helper.make_graph(
        [helper.make_node("Expand", ["image", "shape"], ["y"])],
        "g",
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, [1, 1, 1, 1])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [shape],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(MemoryShort) as caught:
        OnnxSession(model.SerializeToString(), "huge").run(np.zeros((1, 1, 1, 1), np.float32))
    assert "memory_gb" in caught.value.hint


def test_the_device_is_said(make_student, by_threshold):
    path = make_student(by_threshold)
    heard = []
    reporter = Reporter(heard.append)
    for device in ("cpu", "mps"):
        assert open_student(path, device=device, reporter=reporter).device.got == "cpu"
    assert [(event["asked"], event["got"], bool(event["why"])) for event in heard] == [
        ("cpu", "cpu", False),
        ("mps", "cpu", True),
    ]


@pytest.mark.skipif(
    "CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="this onnxruntime can use CUDA"
)
def test_cuda_where_there_is_none(make_student, by_threshold):
    path = make_student(by_threshold)
    with pytest.raises(DeviceUnavailable, match="without CUDA"):
        open_student(path, device="cuda")
    student = open_student(path, device="auto")
    assert student.device.got == "cpu"
    assert "without CUDA" in student.device.why


def test_threads_are_as_many_as_allowed_and_never_more_than_cores(monkeypatch):
    monkeypatch.setattr(session, "os", SimpleNamespace(sched_getaffinity=lambda _: {0, 3, 5}, cpu_count=lambda: 64))
    assert [default_threads(asked) for asked in (None, 2, 9)] == [3, 2, 3]
    # As on macOS and Windows.
    monkeypatch.setattr(session, "os", SimpleNamespace(cpu_count=lambda: 6))
    assert default_threads() == 6


def test_threads_really_are_what_was_asked_for(make_student, by_threshold):
    student = open_student(make_student(by_threshold), threads=1)
    assert student.threads == student._session._session.get_session_options().intra_op_num_threads == 1
    assert open_student(make_student(by_threshold)).threads == default_threads() <= (os.cpu_count() or 1)


def test_a_matched_student_is_what_the_engine_runs(make_raster, make_student, looking_around):
    from rskd.geo.scene import open_scene
    from rskd.spec import LayerSpec

    student = open_student(make_student(looking_around, tiling=Tiling(window=128, margin=8)))
    path = make_raster("any.tif", np.full((2, 20, 20), 90, np.uint8), descriptions=("b2", "b1"))
    with open_scene([LayerSpec(path=str(path))]) as scene:
        matched = student.match(scene, Reporter())
    assert (matched.bands, matched.channels, matched.tiling.window) == ((1, 0), 3, 128)
    assert matched.fill.tolist() == [100, 100]
