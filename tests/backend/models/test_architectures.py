import pytest
import torch

from rskd.errors import JobInvalid
from rskd.models.architectures import ARCHITECTURES, build_network, count_parameters


@pytest.mark.parametrize("model", ARCHITECTURES)
def test_every_architecture_maps_bands_to_classes_at_its_smallest_multiple(model):
    network = build_network(model, "resnet18", (4, 8), bands=5, classes=3).eval()
    side = 2 * network.multiple
    with torch.inference_mode():
        assert network(torch.zeros(1, 5, side, side)).shape == (1, 3, side, side)


def test_an_unknown_encoder_is_the_jobs_error():
    with pytest.raises(JobInvalid, match="resnet99"):
        build_network("unet", "resnet99", (), 3, 2)


def test_a_misspelt_encoder_is_answered_with_those_like_it_not_with_all():
    with pytest.raises(JobInvalid) as caught:
        build_network("unet", "resnet_34", (), 3, 2)
    assert caught.value.message == "There is no encoder “resnet_34”."
    assert "Did you mean resnet34" in caught.value.hint
    assert "efficientnet" not in caught.value.hint


def test_an_encoder_that_the_architecture_cannot_use_is_the_jobs_error():
    # VGG cannot be dilated, which DeepLabV3+ needs.
    with pytest.raises(JobInvalid, match="vgg11"):
        build_network("deeplabv3+", "vgg11", (), 3, 2)


def test_parameters_of_a_plain_network_are_counted_by_hand():
    # One level of 4 channels: 3x3x2x4 + BN 8, 3x3x4x4 + BN 8, head 4x3 + 3.
    assert count_parameters(build_network("plain-unet", "", (4,), 2, 3)) == 72 + 8 + 144 + 8 + 15
