"""Weights that say where to match."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import attention, boundary, certainty, doubt, foreground

from .plain import softmax


def labels(*lines):
    """(1, H, W) of lines of digits; a dot is not labelled."""
    return torch.tensor([[[255 if sign == "." else int(sign) for sign in line] for line in lines]])


def drawn(weights):
    return ["".join(f"{value:.0f}" for value in line) for line in weights[0]]


def test_foreground_is_every_class_but_the_background():
    target = labels("0120", "0.02")
    assert drawn(foreground(target)) == ["0110", "0001"]
    assert drawn(foreground(target, background=2, inside=3, outside=1)) == ["3313", "3131"]


def test_boundary_is_near_where_two_classes_meet():
    target = labels("000000", "000000", "000000", "000001")
    assert drawn(boundary(target, radius=1)) == ["000000", "000000", "000011", "000011"]
    assert drawn(boundary(target)) == ["000000", "000111", "000111", "000111"]
    assert drawn(boundary(target, radius=1, inside=5, outside=2)) == ["222222", "222222", "222255", "222255"]


def test_what_is_not_labelled_makes_no_boundary():
    assert drawn(boundary(labels("00..", "00.."))) == ["0000", "0000"]
    assert drawn(boundary(labels("00.1", "00.1"), radius=2)) == ["0101", "0101"]


def test_boundary_agrees_with_looking_around_each_pixel():
    target = np.random.default_rng(0).choice([0, 1, 2, 255], (2, 9, 7), p=[0.6, 0.15, 0.05, 0.2])
    for radius in (1, 2, 3):
        expected = np.zeros(target.shape)
        for tile, y, x in np.ndindex(*target.shape):
            around = target[tile, max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
            expected[tile, y, x] = target[tile, y, x] != 255 and len({*around.flat} - {255}) > 1
        assert (boundary(torch.from_numpy(target), radius=radius).numpy() == expected).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_attention_has_a_mean_of_one_and_is_a_softmax_of_strength(dtype, temperature):
    features = (np.random.default_rng(0).normal(size=(2, 4, 3, 5)) * 100).astype(dtype)
    weights = attention(torch.from_numpy(features), temperature=temperature)
    for tile, found in zip(features.astype(np.float64), weights.numpy(), strict=True):
        strength = np.abs(tile).mean(0).ravel()
        expected = 15 * softmax(strength / strength.std() / temperature)
        assert found.ravel() == pytest.approx(expected, rel=1e-4)
    assert weights.mean((1, 2)).tolist() == pytest.approx([1, 1], rel=1e-5)


def test_attention_to_equal_features_is_even():
    assert attention(torch.full((1, 3, 4, 4), 7.0)).tolist() == torch.ones(1, 4, 4).tolist()


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_certainty_is_one_less_the_share_of_the_largest_entropy(classes, dtype):
    logits = np.random.default_rng(0).normal(size=(2, classes, 3, 4)).astype(dtype) * 3
    p = softmax(logits.astype(np.float64), axis=1)
    expected = 1 + (p * np.log(p)).sum(1) / np.log(classes)
    teacher = torch.from_numpy(logits)
    assert certainty(teacher).numpy() == pytest.approx(expected, abs=1e-5)
    assert doubt(teacher).numpy() == pytest.approx(1 - expected, abs=1e-5)


def test_certainty_is_sure_of_extreme_logits_and_not_at_all_of_equal_ones():
    teacher = torch.tensor([[1000.0, 5.0], [-1000.0, 5.0], [0.0, 5.0]])[None, :, None]
    assert certainty(teacher)[0, 0].tolist() == pytest.approx([1, 0], abs=1e-6)


@pytest.mark.parametrize("weights", [attention, certainty, doubt])
def test_they_are_float32_without_gradient_and_the_same_under_autocast(weights):
    values = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0)).requires_grad_()
    plain = weights(values)
    assert plain.shape == (2, 5, 5)
    assert plain.dtype == torch.float32
    assert not plain.requires_grad
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(weights(values), plain)
