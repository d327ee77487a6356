"""Losses on boxes."""

import math

import numpy as np
import pytest
import torch

from rskd.distill.losses import angle_phase, bounded_box, box_distribution

from .made_up import agrees
from .plain import divergence

masks = pytest.mark.parametrize("mask", [None, np.array([True, False, True, True, False, True])], ids=["all", "masked"])
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float16])


def boxes(*shape, mask, dtype=np.float32, scale=1.0, seed=0):
    """Two arrays of six boxes; those masked are NaN."""
    sides = (np.random.default_rng(seed).normal(size=(2, 6, *shape)) * scale).astype(dtype)
    if mask is not None:
        sides[:, ~mask] = np.nan
    return sides


def call(loss, student, teacher, target, mask, **options):
    given = (None if array is None else torch.from_numpy(array) for array in (target, mask))
    return loss(torch.from_numpy(student), torch.from_numpy(teacher), *given, **options)


def chosen(mask, *sides):
    return [side.astype(np.float64) if mask is None else side[mask].astype(np.float64) for side in sides]


@masks
@dtypes
@pytest.mark.parametrize(("edges", "bins", "scale"), [(4, 16, 3.0), (5, 2, 3.0), (4, 8, 1000.0)])
def test_edges_are_compared_as_distributions(mask, dtype, edges, bins, scale):
    sides = boxes(edges, bins, mask=mask, dtype=dtype, scale=scale)
    student, teacher = (side.reshape(-1, bins) for side in chosen(mask, *sides))
    nats = [divergence(t / 10, s / 10) for s, t in zip(student, teacher, strict=True)]
    agrees(call(box_distribution, *sides, None, mask), 100 * np.mean(nats))


@masks
@dtypes
@pytest.mark.parametrize(("steps", "period"), [(3, math.pi), (5, math.pi / 2)])
def test_angles_are_compared_as_phases(mask, dtype, steps, period):
    sides = boxes(mask=mask, dtype=dtype)
    student, teacher = chosen(mask, *sides)
    apart = [
        (math.cos(2 * math.pi * (s / period + n / steps)) - math.cos(2 * math.pi * (t / period + n / steps))) ** 2
        for s, t in zip(student, teacher, strict=True)
        for n in range(steps)
    ]
    agrees(call(angle_phase, *sides, None, mask, steps=steps, period=period), np.mean(apart))


def test_a_box_turned_once_round_is_the_same():
    angles = torch.tensor([0.1, 1.0, -0.7])
    assert angle_phase(angles + math.pi, angles).item() == pytest.approx(0, abs=1e-10)
    assert angle_phase(angles + math.pi / 2, angles, period=math.pi / 2).item() == pytest.approx(0, abs=1e-10)
    assert angle_phase(angles + math.pi / 2, angles).item() == pytest.approx(2)  # farthest: 4 · mean cos² of the phases


@masks
@dtypes
@pytest.mark.parametrize("margin", [0.0, 1.5])
def test_the_student_is_asked_to_be_no_worse_than_its_teacher(mask, dtype, margin):
    sides = boxes(5, mask=mask, dtype=dtype)
    target = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)
    student, teacher, truth = chosen(mask, *sides, target)
    errors = [((s - y) ** 2).sum() for s, y in zip(student, truth, strict=True)]
    bounds = [((t - y) ** 2).sum() for t, y in zip(teacher, truth, strict=True)]
    expected = np.mean([e if e + margin > b else 0 for e, b in zip(errors, bounds, strict=True)])
    agrees(call(bounded_box, *sides, target, mask, margin=margin), expected)


def test_bounded_box_needs_the_true_boxes():
    with pytest.raises(ValueError, match="true boxes"):
        bounded_box(torch.zeros(2, 4), torch.zeros(2, 4))
