"""Every kind of teacher teaches: a student's file, an existing map, a network file, published weights."""

import json

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models._api import Weights, WeightsEnum

from rskd.models.architectures import build_network

pytestmark = pytest.mark.slow  # the first test loads the training libraries


def test_a_student_teaches_another(distilled, make_job, here):
    teacher = {"kind": "onnx", "path": str(distilled / "student.onnx"), "flips": False}
    metrics = here(make_job(teacher=teacher)).result["metrics"]
    before = json.loads((distilled / "metrics.json").read_text())["student"]
    # In the file, normalisation has been folded into the convolutions.
    assert metrics["teacher"]["parameters"] == pytest.approx(before["parameters"], rel=0.01)
    assert metrics["teacher"]["milliseconds_per_megapixel"] > 0


def test_without_labels_a_student_learns_from_its_teacher_alone(distilled, make_job, here, tmp_path):
    teacher = {"kind": "onnx", "path": str(distilled / "student.onnx"), "flips": False}
    ran = here(make_job(teacher=teacher, labels=None))
    metrics = ran.result["metrics"]
    assert metrics["student"]["mean_iou"] is None
    assert "no test pixels with a label" in metrics["student"]["mean_iou_reason"]
    assert 0 <= metrics["student"]["agreement"] <= 1
    # Classes and their values are the teacher's.
    assert metrics["classes"] == json.loads((distilled / "metrics.json").read_text())["classes"]
    assert (tmp_path / "out" / "report.html").exists()


def test_a_map_teaches_through_a_table(gewata, make_job, here, rewrite, tmp_path):
    path = rewrite(gewata / "labels.tif", tmp_path / "tens.tif", lambda codes: codes * 10, nodata=0)
    table = {"10": "1", "20": "2", "40": "4", "50": "5", "60": None}
    teacher = {"kind": "map", "path": str(path), "classes": table, "confidence": 0.8}
    ran = here(make_job(teacher=teacher))
    metrics = ran.result["metrics"]
    # It says what the labels say, but for the dropped class.
    row = {known["name"]: known for known in metrics["teacher"]["classes"]}
    assert row["1"]["iou"] == row["5"]["iou"] == 1
    assert metrics["teacher"]["parameters"] is None
    assert metrics["teacher"]["milliseconds_per_megapixel"] is None
    assert "read, not run" in metrics["teacher"]["milliseconds_per_megapixel_reason"]
    resolved = json.loads((tmp_path / "out" / "job.json").read_text())
    assert resolved["teacher"]["classes"] == table


def test_a_network_file_teaches(distilled, make_job, here):
    teacher = {"kind": "checkpoint", "path": str(distilled / "teacher.safetensors"), "flips": False}
    ran = here(make_job(teacher=teacher))
    before = json.loads((distilled / "metrics.json").read_text())
    assert ran.result["metrics"]["teacher"]["parameters"] == before["teacher"]["parameters"]
    assert ran.result["metrics"]["teacher"]["members"] == 2


class Scale(nn.Module):
    def forward(self, image):
        return (image - 1500) / 1000


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """A torchgeo weight whose address is a file of this test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))

    def make(state, **meta):
        torch.save(state, tmp_path / "made.pth")
        weight = Weights(url=(tmp_path / "made.pth").as_uri(), transforms=Scale(), meta=meta)
        enum = WeightsEnum("Made_Weights", {"HERE": weight})
        monkeypatch.setattr("torchgeo.models.get_weight", lambda name: {"Made_Weights.HERE": enum["HERE"]}[name])

    return make


def two_bands(gewata):
    return [{"path": str(gewata / "image.tif"), "name": "landsat", "bands": [3, 4]}]


def test_a_published_segmenter_teaches(publish, make_job, here, gewata):
    torch.manual_seed(0)
    network = build_network("unet", "resnet18", (), 2, 2)
    meta = {"model": "U-Net", "encoder": "resnet18", "in_chans": 2, "num_classes": 2, "classes": ["1", "5"]}
    publish(network.state_dict(), **meta)
    teacher = {"kind": "torchgeo", "weights": "Made_Weights.HERE", "flips": False}
    labels = {"path": str(gewata / "labels.tif"), "ignore": [0, 2, 4, 6]}
    ran = here(make_job(teacher=teacher, layers=two_bands(gewata), labels=labels))
    assert ran.result["metrics"]["teacher"]["parameters"] == sum(p.numel() for p in network.parameters())


def test_a_published_encoder_starts_a_teacher_that_is_trained_here(publish, make_job, here, gewata, tmp_path):
    torch.manual_seed(0)
    network = build_network("unet", "resnet18", (), 2, 2)
    publish(network.encoder.state_dict(), model="resnet18", in_chans=2)
    teacher = {"kind": "torchgeo", "weights": "Made_Weights.HERE", "flips": False}
    job = make_job(teacher=teacher, layers=two_bands(gewata), training={"tile": 32, "batch": 2, "steps": 1, "seed": 7})
    ran = here(job)
    assert ran.result["metrics"]["teacher"]["name"]
    assert any("is an encoder" in event.get("message", "") for event in ran.events)
    resolved = json.loads((tmp_path / "out" / "job.json").read_text())["teacher"]
    assert (resolved["kind"], resolved["encoder"], resolved["weights"]) == ("labels", "resnet18", "Made_Weights.HERE")
    # One step at a small rate later it still is that encoder.
    from safetensors.numpy import load_file

    trained = load_file(tmp_path / "out" / "teacher.safetensors")["0.encoder.layer4.1.conv2.weight"]
    published = network.encoder.state_dict()["layer4.1.conv2.weight"].numpy()
    assert np.abs(trained - published).max() < 0.01 < published.std() * 3


def test_a_published_name_that_does_not_exist_is_said(make_job, here):
    ran = here(make_job(teacher={"kind": "torchgeo", "weights": "Unet_Weights.ATLANTIS"}))
    assert ran.error["code"] == "model-unusable"
    assert "Unet_Weights.ATLANTIS" in ran.said
