"""Where a network looks."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import attention_transfer, class_activation

from .made_up import FEATURES, OTHER_CHANNELS, agrees, case, each
from .plain import matched


def reference(made, power, summed):
    student, teacher, counts = matched(*made.doubles, made.mask)
    apart = []
    for s, t, here in zip(student, teacher, counts, strict=True):
        if here.any():
            looks = [(np.abs(side[:, here]) ** power).sum(summed) for side in (s, t)]
            one, other = (look / np.linalg.norm(look) for look in looks)
            apart.append(((one - other) ** 2).sum())
    return np.mean(apart)


@each(FEATURES, OTHER_CHANNELS)
@pytest.mark.parametrize("power", [1.0, 2.0, 4.0])
def test_maps_of_length_one_are_compared_tile_by_tile(made, power):
    agrees(attention_transfer(*made.tensors, power=power), reference(made, power, summed=0))


@each(FEATURES)
def test_over_positions_a_vector_of_channels_is_compared(made):
    agrees(attention_transfer(*made.tensors, over="positions"), reference(made, 2.0, summed=1))


def test_channels_that_differ_are_refused_only_where_they_are_matched():
    sides = torch.ones(1, 3, 4, 4), torch.ones(1, 5, 4, 4)
    assert attention_transfer(*sides) == 0
    with pytest.raises(ValueError, match="student 3, teacher 5; give an adapter"):
        attention_transfer(*sides, over="positions")


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_class_activation_sums_features_by_a_classes_weights(dtype):
    made = case((2, 4, 3, 5), dtype=dtype)
    weights = np.random.default_rng(1).normal(size=(3, 4)).astype(dtype)
    maps = class_activation(torch.from_numpy(made.student), torch.from_numpy(weights))
    assert maps.shape == (2, 3, 3, 5)
    for tile, of_tile in enumerate(made.doubles[0]):
        for k, of_class in enumerate(weights.astype(np.float64)):
            expected = np.maximum(sum(w * f for w, f in zip(of_class, of_tile, strict=True)), 0)
            assert maps[tile, k].numpy() == pytest.approx(expected / expected.max(), rel=1e-4, abs=1e-6)


def test_class_activation_of_a_class_seen_nowhere_is_zero_and_autocast_changes_nothing():
    features, weights = torch.rand(1, 4, 3, 3, generator=torch.Generator().manual_seed(0)), torch.ones(2, 4)
    weights[1] = -1
    maps = class_activation(features, weights)
    assert maps[:, 0].max() == 1
    assert (maps[:, 1] == 0).all()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(class_activation(features, weights), maps)
