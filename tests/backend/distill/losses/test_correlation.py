"""The correlation with the teacher's probabilities."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import dist

from .made_up import LOGITS, agrees, each
from .plain import pearson, softmax


def varies(values):
    return values.std() > 1e-5


def reference(made, temperature=1.0, beta=1.0, gamma=1.0):
    student, teacher, _ = made.pixels
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    between_pixels = [1 - pearson(p[:, k], q[:, k]) for k in range(p.shape[1]) if varies(p[:, k])]
    value = gamma * np.mean(between_pixels)
    if p.shape[1] > 2:
        value += beta * np.mean([1 - pearson(a, b) for a, b in zip(p, q, strict=True) if varies(a)])
    return temperature**2 * value


# Student probabilities that do not vary either leave Pearson's correlation undefined: not in this table.
@each({name: made for name, made in LOGITS.items() if "extreme" not in name})
@pytest.mark.parametrize("options", [{}, {"temperature": 4.0, "beta": 0.5, "gamma": 2.0}])
def test_dist_is_one_less_the_correlations(made, options):
    agrees(dist(*made.tensors, **options), reference(made, **options))


def test_of_extreme_logits_correlations_of_flat_students_are_zero():
    # The teacher prefers a class, another one at each pixel; the student none: no correlation.
    teacher = 1000 * torch.eye(4).T[None, :, None, :]
    agrees(dist(torch.zeros(1, 4, 1, 4), teacher), 2.0)
    # Of (1, 0, 0, 0) and (0, 1/3, 1/3, 1/3) it is -1, over classes and over pixels.
    agrees(dist(-teacher, teacher), 4.0)
