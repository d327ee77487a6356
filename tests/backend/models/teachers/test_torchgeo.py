import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models._api import Weights, WeightsEnum

from rskd.errors import ModelUnusable
from rskd.events import Reporter
from rskd.models.architectures import build_network
from rskd.models.teachers import open_teacher
from rskd.models.teachers.torchgeo import encoder_of, is_segmenter, start_encoder
from rskd.spec import TorchgeoTeacher

NAME = "Tiny_Weights.MADE_HERE"


class Scale(nn.Module):
    def forward(self, image):
        return (image - 500) / 3000


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """A weight whose address is a file of this test; torch's cache is empty."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))

    def make(state, **meta):
        torch.save(state, tmp_path / "tiny.pth")
        members = {"MADE_HERE": Weights(url=(tmp_path / "tiny.pth").as_uri(), transforms=Scale(), meta=meta)}
        enum = WeightsEnum("Tiny_Weights", members)
        known = lambda name: enum["MADE_HERE"] if name == NAME else (_ for _ in ()).throw(ValueError(name))  # noqa: E731
        monkeypatch.setattr("torchgeo.models.get_weight", known)
        return tmp_path / "tiny.pth"

    return make


def segmenter():
    torch.manual_seed(0)
    return build_network("unet", "resnet18", (), 2, 3).eval()


META = {
    "model": "U-Net",
    "encoder": "resnet18",
    "in_chans": 2,
    "num_classes": 3,
    "resolution": 10,
    "bands": ["B4", "B8"],
}


def open_it(scene, reporter=None, **options):
    spec = TorchgeoTeacher(kind="torchgeo", weights=NAME, flips=False, **options)
    return open_teacher(spec, scene.bands, None, device=torch.device("cpu"), threads=1, reporter=reporter or Reporter())


def test_a_published_segmenter_answers_as_its_own_transforms_want(publish, make_scene, gather):
    network = segmenter()
    publish(network.state_dict(), classes=["ground", "field", "edge"], **META)
    pixels = np.random.default_rng(0).integers(0, 4000, (2, 40, 40)).astype(np.uint16)
    scene, reporter = make_scene(pixels), Reporter()
    teacher = open_it(scene, reporter)
    assert [known.name for known in teacher.classes] == ["ground", "field", "edge"]
    assert teacher.gsd == 10
    assert not reporter.warnings
    answers, _ = gather(teacher.answers(scene), scene)
    # One window of the lattice: it starts 64 pixels above and left of the image; what is not there is filled with 500.
    window = np.full((1, 2, 512, 512), 500, np.float32)
    window[0, :, 64:104, 64:104] = pixels
    with torch.inference_mode():
        expected = network((torch.from_numpy(window) - 500) / 3000).softmax(1)[0, :, 64:104, 64:104].numpy()
    np.testing.assert_allclose(answers, expected, atol=1e-4)


def test_the_jobs_names_go_before(publish, make_scene):
    publish(segmenter().state_dict(), **META)
    teacher = open_it(make_scene(np.zeros((2, 40, 40), np.float32)), names=["a", "b", "c"])
    assert [known.name for known in teacher.classes] == ["a", "b", "c"]


def test_offline_says_the_address_and_where_a_copy_goes(publish, make_scene, tmp_path):
    path = publish(segmenter().state_dict(), **META)
    path.unlink()
    with pytest.raises(ModelUnusable, match="cannot be downloaded") as caught:
        open_it(make_scene(np.zeros((2, 40, 40), np.float32)))
    assert path.as_uri() in caught.value.hint
    place = tmp_path / "cache" / "hub" / "checkpoints" / "tiny.pth"
    assert str(place) in caught.value.hint
    torch.save(segmenter().state_dict(), place)
    assert open_it(make_scene(np.zeros((2, 40, 40), np.float32))).members == 1


def test_a_damaged_download_is_said(publish, make_scene):
    publish(segmenter().state_dict(), **META).write_bytes(b"<html>log in</html>")
    with pytest.raises(ModelUnusable, match="damaged"):
        open_it(make_scene(np.zeros((2, 40, 40), np.float32)))


def test_an_encoder_has_no_answers_and_says_what_it_is_good_for(publish, make_scene):
    publish({}, model="resnet18", in_chans=2)
    assert not is_segmenter(NAME)
    with pytest.raises(ModelUnusable, match="it is an encoder") as caught:
        open_it(make_scene(np.zeros((2, 40, 40), np.float32)))
    assert "kind: labels" in caught.value.hint


def test_an_encoder_starts_a_network_of_the_same_build(publish, tmp_path):
    state = segmenter().encoder.state_dict()
    publish(state, model="resnet18", in_chans=2)
    assert encoder_of(NAME) == "resnet18"
    network = build_network("fpn", "resnet18", (), 2, 5)
    # A job file's path: relative names become absolute ones.
    start_encoder(network, str(tmp_path / NAME), Reporter())
    assert all(torch.equal(value, state[key]) for key, value in network.encoder.state_dict().items())


def test_an_encoder_for_other_bands_keeps_its_own_first_layer(publish):
    state = segmenter().encoder.state_dict()
    publish(state, model="resnet18", in_chans=2)
    network, reporter = build_network("unet", "resnet18", (), 7, 5), Reporter()
    first = network.encoder.conv1.weight.clone()
    start_encoder(network, NAME, reporter)
    assert torch.equal(network.encoder.conv1.weight, first)
    assert torch.equal(network.encoder.layer4[1].conv2.weight, state["layer4.1.conv2.weight"])
    assert "2 bands" in reporter.warnings[0]["message"]


def test_an_encoder_may_come_from_a_checkpoint(tmp_path):
    network = segmenter()
    torch.save({"state_dict": {f"model.{k}": v for k, v in network.state_dict().items()}}, tmp_path / "last.ckpt")
    other = build_network("unet", "resnet18", (), 2, 9)
    start_encoder(other, str(tmp_path / "last.ckpt"), Reporter())
    assert torch.equal(other.encoder.conv1.weight, network.encoder.conv1.weight)


def test_another_encoder_is_refused(publish):
    publish(segmenter().encoder.state_dict(), model="resnet18", in_chans=2)
    with pytest.raises(ModelUnusable, match="lacks"):
        start_encoder(build_network("unet", "resnet34", (), 2, 5), NAME, Reporter())


def test_a_plain_network_has_no_encoder_to_start(publish):
    publish(segmenter().encoder.state_dict(), model="resnet18", in_chans=2)
    with pytest.raises(ModelUnusable, match="no encoder"):
        start_encoder(build_network("plain-unet", "", (4, 8), 2, 5), NAME, Reporter())


def test_an_unknown_name_is_refused():
    with pytest.raises(ModelUnusable, match="no such weight"):
        is_segmenter("Unet_Weights.ATLANTIS")


def test_published_segmenters_and_encoders_are_told_apart():
    assert is_segmenter("Unet_Weights.SENTINEL2_3CLASS_FTW")
    assert not is_segmenter("ResNet18_Weights.SENTINEL2_ALL_MOCO")
    assert encoder_of("ResNet50_Weights.SENTINEL2_ALL_MOCO") == "resnet50"
    with pytest.raises(ModelUnusable, match="no network"):
        encoder_of("DOFABase16_Weights.DOFA_MAE")
