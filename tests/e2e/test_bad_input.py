"""What users get wrong: said in their words, with what to do; an earlier result stays as it was."""

import os
import pickle
import shutil

import numpy as np
import pytest
import rasterio
import torch
from onnx import TensorProto, helper, numpy_helper
from rasterio.transform import from_origin

pytestmark = pytest.mark.slow  # the first test loads the training libraries


@pytest.fixture
def refused(make_job, here, files_in, tmp_path):
    """Runs a job that cannot work over an earlier result; returns what is said, code and words."""

    def run(**changes):
        out = tmp_path / "out"
        out.mkdir()
        (out / "student.onnx").write_bytes(b"of an earlier run")
        before = files_in(out)
        ran = here(make_job(**changes))
        left = {name: data for name, data in files_in(out).items() if not name.startswith((".work", "targets"))}
        assert left == before
        return ran.error["code"], ran.said

    return run


def layer(path, **options):
    return {"path": str(path), "name": "landsat", **options}


def test_a_layer_that_is_not_there(refused, tmp_path):
    code, said = refused(layers=[layer(tmp_path / "nowhere.tif")])
    assert code == "layer-unreadable"
    assert "nowhere.tif" in said or "landsat" in said


def test_a_layer_that_is_no_raster(refused, tmp_path):
    (tmp_path / "notes.tif").write_text("these are notes")
    code, said = refused(layers=[layer(tmp_path / "notes.tif")])
    assert code == "layer-unreadable"
    assert "landsat" in said


def test_a_raster_cut_short(refused, gewata, cut_short, tmp_path):
    code, said = refused(layers=[layer(cut_short(gewata / "image.tif", tmp_path / "cut.tif"))])
    assert code == "layer-unreadable"
    assert "landsat" in said
    assert "complete" in said


def test_layers_in_different_places(refused, gewata, rewrite, tmp_path):
    far = rewrite(gewata / "image.tif", tmp_path / "far.tif", transform=from_origin(300_000, 900_000, 30, 30))
    code, said = refused(layers=[layer(gewata / "image.tif"), {"path": str(far), "name": "far"}])
    assert code == "no-overlap"
    assert "far" in said


def test_labels_in_another_place(refused, gewata, rewrite, tmp_path):
    far = rewrite(gewata / "labels.tif", tmp_path / "far.tif", transform=from_origin(300_000, 900_000, 30, 30))
    code, said = refused(labels={"path": str(far), "ignore": [0]})
    assert code == "no-overlap"
    assert "far" in said


def test_an_area_in_another_place(refused):
    code, said = refused(area=[0, 0, 100, 100])
    assert code == "no-overlap"
    assert "area" in said


def test_an_area_too_small_for_three_parts(refused, gewata):
    with rasterio.open(gewata / "image.tif") as image:
        left, top = image.bounds.left, image.bounds.top
    code, said = refused(area=[left, top - 1200, left + 1200, top])
    assert code == "area-too-small"
    assert "split:" in said


def test_a_teacher_for_other_bands(refused, distilled, gewata):
    teacher = {"kind": "onnx", "path": str(distilled / "student.onnx")}
    code, said = refused(teacher=teacher, layers=[layer(gewata / "image.tif", bands=[1, 2, 3])])
    assert code == "bands-missing"
    assert "B4 nir" in said


@pytest.mark.parametrize(("student", "word"), [({"layers": ["radar"]}, "radar"), ({"bands": ["B99"]}, "B99")])
def test_a_student_that_asks_for_what_is_not_there(refused, student, word):
    code, said = refused(student={"name": "swift-unet-16", **student})
    assert code == "bands-missing"
    assert word in said


def test_labels_of_one_class(refused, gewata, rewrite, tmp_path):
    one = rewrite(
        gewata / "labels.tif", tmp_path / "one.tif", lambda codes: np.where(codes == 5, 5, 0).astype(np.uint8)
    )
    code, said = refused(labels={"path": str(one), "ignore": [0]})
    assert code == "labels-unusable"
    assert "one" in said


def test_no_labels_in_the_area(refused, gewata, rewrite, tmp_path):
    none = rewrite(gewata / "labels.tif", tmp_path / "none.tif", np.zeros_like)
    code, said = refused(labels={"path": str(none), "ignore": [0]})
    assert code == "labels-unusable"
    assert "area" in said


def test_texts_where_the_labels_are_numbers(refused, gewata):
    code, said = refused(labels={"path": str(gewata / "labels.tif"), "ignore": ["water"]})
    assert code == "labels-unusable"
    assert "ignore" in said
    assert "water" in said


@pytest.mark.parametrize("classes", [{"1": "jungle"}, {"9": "5"}])
def test_a_class_table_that_does_not_fit(refused, distilled, classes):
    teacher = {"kind": "checkpoint", "path": str(distilled / "teacher.safetensors"), "classes": classes}
    code, said = refused(teacher=teacher)
    assert code == "classes-mismatch"
    assert next(iter(classes)) in said or "jungle" in said


def onnx_of(path, *, shape=("N", 6, 64, 64), outside=None):
    """A model that averages all channels; its weights may be said to lie in another file."""
    weights = numpy_helper.from_array(np.full((3, 6, 1, 1), 0.1, np.float32), "w")
    if outside is not None:
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        weights.external_data.add(key="location", value=outside)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "w"], ["scores"])],
        "made here",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, None)],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return {"kind": "onnx", "path": str(path)}


def test_an_onnx_file_that_maps_no_images(refused, tmp_path):
    code, said = refused(teacher=onnx_of(tmp_path / "flat.onnx", shape=("N", 6)))
    assert code == "model-unusable"
    assert "flat.onnx" in said


def test_an_onnx_file_without_its_weights(refused, tmp_path):
    code, said = refused(teacher=onnx_of(tmp_path / "half.onnx", outside="weights.bin"))
    assert code == "model-unusable"
    assert "weights.bin" in said


def test_an_onnx_file_that_reaches_out_of_its_folder(refused, tmp_path):
    (tmp_path / "secret.bin").write_bytes(bytes(72))
    (tmp_path / "models").mkdir()
    code, said = refused(teacher=onnx_of(tmp_path / "models" / "nosy.onnx", outside="../secret.bin"))
    assert code == "model-unusable"
    assert "secret.bin" in said


def test_an_onnx_file_that_is_none(refused, tmp_path):
    (tmp_path / "x.onnx").write_text("x")
    code, said = refused(teacher={"kind": "onnx", "path": str(tmp_path / "x.onnx")})
    assert code == "model-unusable"
    assert "x.onnx" in said


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_is_refused_and_not_run(refused, tmp_path):
    (tmp_path / "teacher.ckpt").write_bytes(pickle.dumps({"state_dict": Trap(str(tmp_path / "sprung"))}))
    code, said = refused(teacher={"kind": "checkpoint", "path": str(tmp_path / "teacher.ckpt"), "model": "unet"})
    assert code == "model-unusable"
    assert "refused" in said
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"task": "change"}, ["change", "later version"]),
        ({"labells": "x.tif"}, ["labells"]),
        ({"training": {"tile": "big"}}, ["training.tile"]),
        ({"training": {"tile": 100}}, ["tile", "96"]),
        ({"labels": None}, ["labels", "teacher"]),
        ({"labels": None, "teacher": {"kind": "map", "path": "map.tif"}, "baseline": True}, ["baseline"]),
        ({"scenes": {"csv": "nowhere.csv"}}, ["scenes"]),
        ({"scenes": {"csv": "nowhere.csv"}, "layers": None, "labels": None}, ["nowhere.csv"]),
        ({"student": {"name": "auto", "max_parameters": 10}}, ["max_parameters"]),
        ({"student": {"name": "giant"}}, ["giant", "tiny-unet-8"]),
        ({"teacher": {"kind": "oracle"}}, ["teacher", "oracle"]),
        ({"threads": 0}, ["threads"]),
        ({"layers": []}, ["layers"]),
    ],
)
def test_job_files_that_say_something_else(refused, changes, words):
    code, said = refused(**changes)
    assert code == "job-invalid"
    assert all(word in said for word in words), said


def test_a_device_that_is_not_there(refused):
    if torch.cuda.is_available():
        pytest.skip("this machine has it")
    code, said = refused(device="cuda")
    assert code == "device-unavailable"
    assert "CUDA" in said


def test_too_little_memory_names_the_setting(distilled, gewata, rskd, tmp_path):
    ran = rskd(
        "predict", distilled / "student.onnx", gewata / "image.tif", "--out", tmp_path / "map.tif", "--memory-gb", "0.1"
    )
    assert (ran.code, ran.out) == (2, "")
    assert "--memory-gb" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(make_job, here, tmp_path):
    (tmp_path / "out").write_text("mine")
    ran = here(make_job())
    assert ran.error["code"] == "output-unwritable"
    assert str(tmp_path / "out") in ran.said
    assert (tmp_path / "out").read_text() == "mine"


def test_a_refused_job_leaves_no_folder(make_job, here, tmp_path):
    assert here(make_job(layers=[layer(tmp_path / "nowhere.tif")])).code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [("job.yaml", "layers: [a.tif", "not valid"), ("job.json", "{", "not valid"), ("none.yaml", None, "none.yaml")],
)
def test_what_is_no_job_file_is_said_on_stderr(rskd, tmp_path, name, text, word):
    if text is not None:
        (tmp_path / name).write_text(text)
    ran = rskd("distill", tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err
    assert "Traceback" not in ran.err


def test_a_prediction_that_fails_leaves_the_older_map(distilled, gewata, cut_short, rskd, files_in, tmp_path):
    cut = cut_short(gewata / "image.tif", tmp_path / "cut.tif")
    (tmp_path / "results").mkdir()
    shutil.copy(distilled / "map.tif", tmp_path / "results" / "map.tif")
    before = files_in(tmp_path / "results")
    results = ("--out", tmp_path / "results" / "map.tif", "--vector", tmp_path / "results" / "map.gpkg")
    ran = rskd("predict", distilled / "student.onnx", cut, *results)
    assert (ran.code, ran.out) == (2, "")
    assert "cut" in ran.err
    assert files_in(tmp_path / "results") == before


def test_a_prediction_over_too_few_bands(distilled, gewata, rewrite, rskd, tmp_path):
    three = rewrite(gewata / "image.tif", tmp_path / "three.tif", lambda pixels: pixels[:3])
    ran = rskd("predict", distilled / "student.onnx", three, "--out", tmp_path / "map.tif")
    assert (ran.code, ran.out) == (2, "")
    assert "B4 nir" in ran.err
    assert not (tmp_path / "map.tif").exists()
