import pytest
import torch
from torch import nn

from rskd.models.normalise import Normalised


def test_raw_values_are_centred_and_scaled_by_band():
    wrapped = Normalised(nn.Identity(), [100.0, 20.0], [50.0, 4.0])
    pixels = torch.tensor([200.0, 12.0]).reshape(1, 2, 1, 1)
    assert wrapped(pixels).flatten().tolist() == [2.0, -2.0]


def test_statistics_travel_with_the_weights():
    state = Normalised(nn.Identity(), [100.0], [50.0]).state_dict()
    assert {key: value.item() for key, value in state.items()} == {"mean": 100.0, "std": 50.0}


@pytest.mark.parametrize(("mean", "std"), [([1.0], [1.0, 2.0]), ([1.0], [0.0])])
def test_statistics_that_do_not_fit_are_refused(mean, std):
    with pytest.raises(ValueError, match="positive deviations"):
        Normalised(nn.Identity(), mean, std)
