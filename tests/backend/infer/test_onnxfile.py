import os
import pickle
import zipfile

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from rskd.errors import ModelUnusable
from rskd.infer.onnxfile import count_parameters, describe_onnx, image_input, read_onnx, with_free_size


def model(*nodes, inputs=(("image", [1, 2, 8, 8]),), outputs=(("y", [1, 3, 8, 8]),), **tensors):
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def convolution():
    weights, bias = np.ones((3, 2, 3, 3), np.float32), np.ones(3, np.float32)
    return model(helper.make_node("Conv", ["image", "w", "b"], ["y"], pads=[1] * 4), w=weights, b=bias)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "cut short or damaged"),
        (b"hello world, this is a text", "cut short or damaged"),
        (b"II*\0" + bytes(300), "TIFF"),
        (convolution().SerializeToString()[:-40], "cut short or damaged"),
        ((20).to_bytes(8, "little") + b'{"weight":{}}       ' + bytes(9), "safetensors"),
    ],
    ids=["empty", "text", "tiff", "truncated", "safetensors"],
)
def test_what_is_no_model_is_refused_and_named(tmp_path, content, hint):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelUnusable) as caught:
        read_onnx(path)
    assert hint in caught.value.hint


def test_a_pickled_checkpoint_is_refused_unopened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "exploded"),)

    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    with pytest.raises(ModelUnusable) as caught:
        read_onnx(path)
    assert "checkpoint" in caught.value.hint
    assert not (tmp_path / "exploded").exists()


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(ModelUnusable, match="No such file"):
        read_onnx(tmp_path / "nowhere.onnx")


def with_external(folder, location, **entries):
    """Writes a model whose weights are said to lie at `location`."""
    made = convolution()
    weights = made.graph.initializer[0]
    data = weights.raw_data
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        weights.external_data.add(key=key, value=str(value))
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path, data


def test_weights_beside_the_model_are_taken_in(tmp_path):
    path, data = with_external(tmp_path, "weights.bin", offset=4096, length=216)
    (tmp_path / "weights.bin").write_bytes(bytes(4096) + data + bytes(9))
    read = read_onnx(path)
    np.testing.assert_array_equal(numpy_helper.to_array(read.graph.initializer[0]), np.ones((3, 2, 3, 3)))
    onnx.checker.check_model(read)


def test_weights_in_a_folder_below_are_taken_in(tmp_path):
    path, data = with_external(tmp_path, "parts/weights.bin")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "weights.bin").write_bytes(data)
    assert read_onnx(path).graph.initializer[0].raw_data == data


def test_missing_and_short_weights_are_said(tmp_path):
    path, data = with_external(tmp_path, "weights.bin", length=216)
    with pytest.raises(ModelUnusable, match="are missing"):
        read_onnx(path)
    (tmp_path / "weights.bin").write_bytes(data[:-1])
    with pytest.raises(ModelUnusable, match="cut short"):
        read_onnx(path)


@pytest.mark.parametrize(
    "entries", [{"offset": -5}, {"length": -1}, {"offset": "many"}, {"offset": 10**6, "length": 4}], ids=str
)
def test_impossible_places_are_refused(tmp_path, entries):
    path, data = with_external(tmp_path, "weights.bin", **entries)
    (tmp_path / "weights.bin").write_bytes(data)
    with pytest.raises(ModelUnusable, match="weights"):
        read_onnx(path)


@pytest.mark.parametrize(
    "location",
    ["../secret.bin", "parts/../../secret.bin", "{absolute}", r"C:\secret.bin", r"\\host\secret.bin", r"..\x.bin", ""],
)
def test_weights_outside_the_folder_are_refused_though_they_exist(tmp_path, location):
    (tmp_path / "model" / "parts").mkdir(parents=True)
    path, data = with_external(tmp_path / "model", location.replace("{absolute}", str(tmp_path / "secret.bin")))
    (tmp_path / "secret.bin").write_bytes(data)
    with pytest.raises(ModelUnusable, match="outside its own folder"):
        read_onnx(path)


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "model").mkdir()
    path, data = with_external(tmp_path / "model", "weights.bin")
    (tmp_path / "secret.bin").write_bytes(data)
    try:
        (tmp_path / "model" / "weights.bin").symlink_to(tmp_path / "secret.bin")
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(ModelUnusable, match="outside its own folder"):
        read_onnx(path)


def test_external_data_hidden_in_a_constant_node_is_found(tmp_path):
    made = convolution()
    hidden = TensorProto(name="c", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    hidden.external_data.add(key="location", value="/etc/hostname")
    branch = helper.make_graph([helper.make_node("Constant", [], ["c"], value=hidden)], "b", [], [])
    made.graph.node.append(helper.make_node("If", ["?"], ["c"], then_branch=branch, else_branch=branch))
    path = tmp_path / "model.onnx"
    path.write_bytes(made.SerializeToString())
    with pytest.raises(ModelUnusable, match="outside its own folder"):
        read_onnx(path)


def test_a_model_is_described(tmp_path):
    made = convolution()
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    # Old exporters list weights among the inputs.
    made.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [3, 2, 3, 3]))
    helper.set_model_props(made, {"model_type": '"Segmentor"'})
    facts = describe_onnx(made)
    assert [(t.name, t.dtype, t.shape) for t in facts.inputs] == [("image", "float32", ("batch", 2, 8, 8))]
    assert [(t.name, t.shape) for t in facts.outputs] == [("y", (1, 3, 8, 8))]
    assert (facts.opset, facts.ir_version, facts.metadata) == (17, 8, {"model_type": '"Segmentor"'})
    assert image_input(facts, "m").shape == ("batch", 2, 8, 8)


@pytest.mark.parametrize(
    "inputs",
    [(("a", [1, 2, 8, 8]), ("b", [1, 2, 8, 8])), (("a", [1, 2]),), (("a", [1, "C", 8, 8]),), (("a", None),)],
    ids=["two", "flat", "any-bands", "no-shape"],
)
def test_other_than_one_image_is_refused(inputs):
    with pytest.raises(ModelUnusable):
        image_input(describe_onnx(model(helper.make_node("Relu", ["a"], ["y"]), inputs=inputs)), "m")


def test_parameters_of_a_convolution_are_its_weights_and_biases():
    assert count_parameters(convolution()) == 3 * 2 * 3 * 3 + 3


def test_shapes_scales_and_limits_are_no_parameters():
    made = model(
        helper.make_node("Conv", ["image", "w"], ["c"]),
        helper.make_node("Resize", ["c", "", "factors"], ["r"]),
        helper.make_node("Clip", ["r", "low", "high"], ["l"]),
        helper.make_node("Constant", [], ["k"], value=numpy_helper.from_array(np.ones((1, 3, 1, 1), np.float32))),
        helper.make_node("Add", ["l", "k"], ["s"]),
        helper.make_node("Reshape", ["s", "shape"], ["y"]),
        w=np.ones((3, 2, 1, 1), np.float16),
        factors=np.ones(4, np.float32),
        low=np.array(0, np.float32),
        high=np.array(6, np.float32),
        shape=np.array([1, 3, 8, 8]),
    )
    assert count_parameters(made) == 3 * 2 + 3  # the convolution, and a constant that is added like a bias


def test_quantised_weights_count_their_scales_do_not():
    made = model(
        helper.make_node("DequantizeLinear", ["wq", "ws", "wz"], ["w"], axis=0),
        helper.make_node("DequantizeLinear", ["bq", "bs"], ["b"]),
        helper.make_node("QuantizeLinear", ["image", "xs", "xz"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["x"]),
        helper.make_node("Conv", ["x", "w", "b"], ["y"]),
        wq=np.ones((3, 2, 3, 3), np.int8),
        ws=np.ones(3, np.float32),
        wz=np.zeros(3, np.int8),
        bq=np.ones(3, np.int32),
        bs=np.ones(3, np.float32),
        xs=np.array([0.5], np.float32),
        xz=np.array([0], np.uint8),
    )
    assert count_parameters(made) == 3 * 2 * 3 * 3 + 3


def test_sizes_are_freed_in_a_copy():
    made = convolution()
    made.graph.value_info.append(helper.make_tensor_value_info("inner", TensorProto.FLOAT, [1, 3, 8, 8]))
    free = describe_onnx(with_free_size(made))
    assert free.inputs[0].shape == ("N", 2, "H", "W")
    assert free.outputs[0].shape == ("N", 3, "H", "W")
    assert not with_free_size(made).graph.value_info
    assert describe_onnx(made).inputs[0].shape == (1, 2, 8, 8)
