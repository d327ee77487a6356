"""The losses that part the target class from the others."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import dkd, nkd

from .made_up import LOGITS, agrees, each
from .plain import log_softmax, softmax


def target_of(teacher, label):
    return int(teacher.argmax()) if label == 255 else int(label)


def log_binary(logits, t):
    """log (p_t, 1 - p_t); the sum over the others keeps its digits where p_t is almost 1."""
    logs = log_softmax(logits)
    others = np.delete(logs, t)
    return np.array([logs[t], others.max() + np.log(np.exp(others - others.max()).sum())])


def dkd_at(student, teacher, t, temperature, alpha, beta):
    student, teacher = student / temperature, teacher / temperature
    b, b_student = log_binary(teacher, t), log_binary(student, t)
    q, q_student = (log_softmax(np.delete(side, t)) for side in (teacher, student))
    nats = alpha * (np.exp(b) * (b - b_student)).sum() + beta * (np.exp(q) * (q - q_student)).sum()
    return temperature**2 * nats


@each(LOGITS)
@pytest.mark.parametrize("options", [{}, {"temperature": 1.0, "alpha": 0.5, "beta": 8.0}])
def test_dkd_is_the_target_against_the_others_and_the_others_among_themselves(made, options):
    stated = {"temperature": 4.0, "alpha": 1.0, "beta": 2.0} | options
    values = [dkd_at(s, t, target_of(t, y), **stated) for s, t, y in zip(*made.pixels, strict=True)]
    agrees(dkd(*made.tensors, **options), np.mean(values))


@each(LOGITS)
def test_dkd_without_labels_takes_what_the_teacher_sees(made):
    values = [dkd_at(s, t, int(t.argmax()), 4.0, 1.0, 2.0) for s, t, _ in zip(*made.pixels, strict=True)]
    student, teacher, _, mask = made.tensors
    agrees(dkd(student, teacher, None, mask), np.mean(values))


@each(LOGITS)
@pytest.mark.parametrize("options", [{}, {"temperature": 2.0, "gamma": 0.5}])
def test_nkd_is_a_cross_entropy_of_the_target_and_of_the_renormalised_others(made, options):
    temperature, gamma = options.get("temperature", 1.0), options.get("gamma", 1.5)
    values = []
    for s, t, label in zip(*made.pixels, strict=True):
        y = target_of(t, label)
        of_target = -softmax(t)[y] * log_softmax(s)[y]
        others = -(softmax(np.delete(t, y) / temperature) * log_softmax(np.delete(s, y) / temperature)).sum()
        values.append(of_target + gamma * temperature**2 * others)
    agrees(nkd(*made.tensors, **options), np.mean(values))


def test_of_two_classes_dkd_is_its_first_part_and_nkd_too():
    made = LOGITS["two classes"]
    assert dkd(*made.tensors, beta=0.0) == dkd(*made.tensors, beta=8.0)
    assert nkd(*made.tensors, gamma=0.0) == nkd(*made.tensors, gamma=8.0)


@pytest.mark.parametrize("loss", [dkd, nkd])
def test_labels_of_another_size_are_refused(loss):
    with pytest.raises(ValueError, match="shapes do not fit"):
        loss(torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 2, 2, dtype=torch.long))
