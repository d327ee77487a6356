"""Losses for which a generator or a discriminator is learned."""

import math

import numpy as np
import pytest
import torch

from rskd.distill.losses import adversarial, mgd
from rskd.distill.losses.generative import Discriminator, Generator

from .made_up import FEATURES, agrees, each
from .plain import convolved, matched


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@each(FEATURES)
@pytest.mark.parametrize("hidden", [0.0, 0.5])
def test_mgd_makes_the_teachers_features_of_what_is_left(made, hidden):
    student, teacher, counts = matched(*made.doubles, made.mask)
    learned = Generator(student.shape[1])
    torch.manual_seed(1)
    value = mgd(*made.tensors, learned=learned, hidden=hidden)
    torch.manual_seed(1)
    seen = torch.rand(counts.shape).numpy() >= hidden
    made_of_it = convolved(np.maximum(convolved(student * seen[:, None], learned[0]), 0), learned[2])
    agrees(value, ((made_of_it - teacher) ** 2).mean(1)[counts].mean())


def judged(features, learned):
    for layer in (learned[0], learned[2]):
        features = convolved(features, layer)
        features = np.where(features > 0, features, 0.2 * features)
    return convolved(features, learned[4])[:, 0]


@each(FEATURES)
def test_adversarial_sums_what_both_players_pay(made):
    student, teacher, counts = matched(*made.doubles, made.mask)
    learned = Discriminator(student.shape[1], width=8)
    own, other = judged(student, learned)[counts], judged(teacher, learned)[counts]
    # -log D = log(1 + e^-x), -log(1 - D) = log(1 + e^x)
    expected = np.mean(np.logaddexp(0, -other) + np.logaddexp(0, own)) + np.mean(np.logaddexp(0, -own))
    agrees(adversarial(*made.tensors, learned=learned), expected)


def test_a_discriminator_that_cannot_tell_pays_three_times_log_two():
    learned = Discriminator(2)
    torch.nn.init.zeros_(learned[4].weight)
    torch.nn.init.zeros_(learned[4].bias)
    agrees(adversarial(torch.randn(1, 2, 4, 4), torch.randn(1, 2, 4, 4), learned=learned), 3 * math.log(2))


def test_each_player_learns_its_own_part_alone():
    student, teacher = torch.randn(1, 2, 4, 4, requires_grad=True), torch.randn(1, 2, 4, 4)
    learned = Discriminator(2, width=4)
    adversarial(student, teacher, learned=learned).backward()
    of_student = student.grad.clone()
    of_judge = [weights.grad.clone() for weights in learned.parameters()]

    fooled = torch.nn.functional.softplus(-learned(student)).mean()
    assert torch.allclose(of_student, torch.autograd.grad(fooled, student)[0])
    real, made = learned(teacher), learned(student.detach())
    judge = torch.nn.functional.softplus(-real).mean() + torch.nn.functional.softplus(made).mean()
    for one, other in zip(of_judge, torch.autograd.grad(judge, list(learned.parameters())), strict=True):
        assert torch.allclose(one, other, atol=1e-7)


def test_a_discriminator_learns_to_tell_and_the_student_to_fool_it():
    generator = torch.Generator().manual_seed(0)
    teacher = torch.randn(4, 2, 8, 8, generator=generator) + 2
    student = torch.nn.Parameter(torch.randn(4, 2, 8, 8, generator=generator))
    learned = Discriminator(2, width=8)
    optimiser = torch.optim.Adam([student, *learned.parameters()], lr=0.02)
    before = (teacher.mean() - student.mean()).item()
    for _ in range(150):
        optimiser.zero_grad()
        adversarial(student, teacher, learned=learned).backward()
        optimiser.step()
    assert abs(teacher.mean() - student.mean()).item() < before / 2


def test_a_generator_gets_gradients():
    learned = Generator(2)
    mgd(torch.randn(1, 2, 4, 4), torch.randn(1, 2, 4, 4), learned=learned).backward()
    assert all(weights.grad.abs().sum() > 0 for weights in learned.parameters())
