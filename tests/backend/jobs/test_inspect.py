"""What a file is, found out from the file."""

import json

import numpy as np
import onnx
import pyogrio.raw
import pytest
import shapely
import torch
from onnx import helper
from safetensors.torch import save_file

from rskd.errors import JobInvalid, LayerUnreadable, ModelUnusable
from rskd.jobs.inspect import run


def told(path):
    facts = run(str(path))
    json.dumps(facts, allow_nan=False)
    return facts


def test_a_raster(make_raster):
    facts = told(make_raster("image.tif", np.ones((2, 5, 7), np.uint16), descriptions=["red", "nir"]))
    assert (facts["kind"], facts["width"], facts["height"]) == ("raster", 7, 5)
    assert [band["name"] for band in facts["bands"]] == ["red", "nir"]


def test_a_vector(tmp_path):
    pyogrio.raw.write(
        str(tmp_path / "a.gpkg"), geometry=shapely.to_wkb(np.array([shapely.box(0, 0, 1, 1)], object)),
        field_data=[np.array([3])], fields=["class"], geometry_type="Polygon", crs="EPSG:32633", driver="GPKG",
    )  # fmt: skip
    facts = told(tmp_path / "a.gpkg")
    assert facts["kind"] == "vector"
    assert facts["layers"][0]["features"] == 1


def test_a_student(make_student, by_threshold):
    facts = told(make_student(by_threshold, parameters=6))
    assert (facts["kind"], facts["opset"], facts["ir_version"]) == ("student", 17, 8)
    assert facts["parameters"] == 6  # as its card says: the graph has mean and deviation of the band besides
    assert [known["value"] for known in facts["classes"]] == [10, 20, 30]


def test_another_model_with_its_metadata_as_json_where_it_is(make_student, by_threshold):
    path = make_student(by_threshold)
    model = onnx.load(path)
    del model.metadata_props[:]
    helper.set_model_props(model, {"class_names": '{"0": "water"}', "author": "someone"})
    onnx.save(model, path)
    facts = told(path)
    assert facts["kind"] == "ONNX model"
    assert facts["metadata"] == {"class_names": {"0": "water"}, "author": "someone"}


def test_safetensors_of_ours_and_of_others(tmp_path):
    tensors = {"a": torch.zeros(2, 3)}
    save_file(tensors, tmp_path / "teacher.safetensors", {"rskd": '{"model": "unet"}'})
    save_file(tensors, tmp_path / "weights.safetensors", {"by": "someone"})
    assert told(tmp_path / "teacher.safetensors")["model"] == "unet"
    assert told(tmp_path / "teacher.safetensors")["kind"] == "teacher"
    facts = told(tmp_path / "weights.safetensors")
    assert (facts["kind"], facts["shapes"], facts["metadata"]) == ("weights", {"a": [2, 3]}, {"by": "someone"})


def test_a_damaged_safetensors_file_is_said(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(LayerUnreadable, match="not a safetensors file"):
        told(tmp_path / "a.safetensors")


def test_a_checkpoint_is_opened_and_nothing_in_it_is_run(tmp_path):
    torch.save({"state_dict": {"w": torch.zeros(4)}, "hyper_parameters": {"lr": 0.1}}, tmp_path / "a.ckpt")
    facts = told(tmp_path / "a.ckpt")
    assert (facts["kind"], facts["shapes"]) == ("checkpoint", {"w": [4]})
    torch.save({"w": torch.zeros(4), "f": print}, tmp_path / "b.pt")
    with pytest.raises(ModelUnusable):
        told(tmp_path / "b.pt")


def test_soft_targets_by_folder_or_by_raster(opened):
    raster = next((opened.trainer._folder.parent / "targets").glob("*/targets.tif"))
    for path in (raster, raster.parent):
        facts = told(path)
        assert facts["kind"] == "soft targets"
        assert facts["teacher"]["kind"] == "map"
        assert [band["name"] for band in facts["raster"]["bands"]] == ["1", "5", "9"]


def test_damaged_soft_targets_are_said(tmp_path):
    (tmp_path / "targets.json").write_text("{", encoding="utf-8")
    with pytest.raises(LayerUnreadable, match="damaged"):
        told(tmp_path)


def test_a_job_file(tmp_path):
    (tmp_path / "job.yaml").write_text("layers: [a.tif]\nteacher: {kind: map, path: b.tif}\n", encoding="utf-8")
    facts = told(tmp_path / "job.yaml")
    assert (facts["kind"], facts["layers"][0]["path"]) == ("job", str(tmp_path / "a.tif"))
    (tmp_path / "bad.yaml").write_text("layer: [a.tif]\n", encoding="utf-8")
    with pytest.raises(JobInvalid, match="layer"):
        told(tmp_path / "bad.yaml")


def test_what_is_nothing_known_is_said(tmp_path):
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(LayerUnreadable):
        told(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["nope.tif", "nope.onnx", "nope.safetensors", "nope.ckpt", "nope.yaml", "nope"])
def test_a_file_that_is_not_there_is_called_by_its_whole_name(tmp_path, name):
    with pytest.raises(LayerUnreadable, match=f"“{name}” cannot be read: there is no such file"):
        run(str(tmp_path / name))


def test_a_damaged_file_is_called_by_its_whole_name(make_raster):
    path = make_raster("image.tif", np.zeros((1, 64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(LayerUnreadable, match=r"“image\.tif” cannot be read"):
        run(str(path))
