"""The response losses: values worked out by hand, and the conventions that all losses keep."""

import math

import numpy as np
import pytest
import torch

from rskd.distill.losses import cross_entropy, dml, kd, logit_standardised_kd, regression_l1, regression_mse

from .made_up import LOGITS, agrees, case, each
from .plain import divergence, log_softmax


def image(*pixels):
    """Logits (1, K, 1, P) from one list of K logits a pixel."""
    return torch.tensor(pixels, dtype=torch.float32).T[None, :, None, :].contiguous()


def random_logits(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * 3


LOSSES = {"kd": kd, "cross_entropy": cross_entropy}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def batch(n=2, classes=3, size=4):
    student, teacher = random_logits(n, classes, size, size), random_logits(n, classes, size, size, seed=1)
    target = torch.randint(0, classes, (n, size, size), generator=torch.Generator().manual_seed(2))
    return student, teacher, target


def test_kd_of_two_classes_worked_out_by_hand():
    # Teacher odds 3:1 and student odds 1:1 at T = 1: 0.75 ln(0.75 / 0.5) + 0.25 ln(0.25 / 0.5)
    value = kd(image([0.0, 0.0]), image([math.log(3), 0.0]), temperature=1.0)
    assert value.item() == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5), rel=1e-6)


def test_kd_softens_both_sides_and_restores_the_size_of_gradients():
    # Odds 9:1 at T = 2 are 3:1; times T² = 4.
    value = kd(image([0.0, 0.0]), image([math.log(9), 0.0]), temperature=2.0)
    assert value.item() == pytest.approx(4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5)), rel=1e-6)


def test_kd_agrees_with_the_definition_in_double_precision():
    student, teacher, _ = batch()
    p, q = (torch.softmax(x.double() / 3, 1) for x in (teacher, student))
    expected = 9 * (p * (p / q).log()).sum(1).mean()
    assert kd(student, teacher, temperature=3.0).item() == pytest.approx(expected.item(), rel=1e-5)


def test_kd_is_zero_with_no_gradient_when_student_and_teacher_agree():
    student = random_logits(2, 3, 4, 4).requires_grad_()
    value = kd(student, student.detach() + 5)  # a constant added to all logits changes nothing
    value.backward()
    assert value.item() == pytest.approx(0, abs=1e-6)
    assert student.grad.abs().max() < 1e-6


def test_probabilities_of_the_store_are_logits_too():
    student, teacher, _ = batch()
    assert torch.isclose(kd(student, teacher), kd(student, teacher.log_softmax(1)))


def test_gradients_never_reach_the_teacher():
    student, teacher, _ = batch()
    teacher.requires_grad_()
    student.requires_grad_()
    kd(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


def test_cross_entropy_is_the_mean_over_labelled_pixels():
    student = image([0.0, 0.0], [math.log(3), 0.0], [7.0, -7.0])
    value = cross_entropy(student, target=torch.tensor([[[0, 1, 255]]]))
    assert value.item() == pytest.approx((math.log(2) + math.log(4)) / 2, rel=1e-6)


def test_class_weights_keep_their_size_in_a_tile_of_one_class():
    student, target = image([0.0, 0.0], [0.0, 0.0]), torch.tensor([[[1, 1]]])
    value = cross_entropy(student, target=target, class_weights=torch.tensor([0.5, 3.0]))
    assert value.item() == pytest.approx(3 * math.log(2), rel=1e-6)


def test_cross_entropy_of_a_batch_without_labels_is_zero():
    student = random_logits(2, 3, 4, 4).requires_grad_()
    value = cross_entropy(student, target=torch.full((2, 4, 4), 255))
    value.backward()
    assert value.item() == 0
    assert (student.grad == 0).all()


@every_loss
def test_masking_pixels_is_dropping_them(loss):
    student, teacher, target = batch(n=1, size=6)
    mask = torch.ones(1, 6, 6, dtype=torch.bool)
    mask[:, 4:] = False
    dropped = loss(student[:, :, :4], teacher[:, :, :4], target[:, :4], None)
    assert torch.isclose(loss(student, teacher, target, mask), dropped)


@every_loss
def test_nodata_reaches_neither_value_nor_gradient(loss):
    student, teacher, target = batch(n=1)
    mask = torch.zeros(1, 4, 4, dtype=torch.bool)
    mask[:, 1] = True
    clean = loss(student, teacher, target, mask)
    dirty = student.masked_fill(~mask[:, None], float("nan")).requires_grad_()
    value = loss(dirty, teacher.masked_fill(~mask[:, None], float("inf")), target, mask)
    value.backward()
    assert value == clean > 0
    assert dirty.grad.isfinite().all()
    assert (dirty.grad.masked_select(~mask[:, None]) == 0).all()


@every_loss
def test_nothing_counts_gives_zero_and_a_gradient_of_zero(loss):
    student, teacher, target = batch()
    student.requires_grad_()
    value = loss(student, teacher, target, torch.zeros(2, 4, 4, dtype=torch.bool))
    value.backward()
    assert value.item() == 0
    assert (student.grad == 0).all()


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_huge_logits_stay_finite_in_any_float_type(loss, dtype):
    student = image([1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0]).to(dtype).requires_grad_()
    teacher = image([-1000.0, 1000.0, 0.0], [1000.0, 0.0, -1000.0]).to(dtype)
    value = loss(student, teacher, torch.tensor([[[1, 0]]]), None)
    value.backward()
    assert value.dtype == torch.float32
    assert value.isfinite()
    assert value > 0
    assert student.grad.isfinite().all()


@every_loss
def test_autocast_does_not_change_the_value(loss):
    student, teacher, target = batch()
    plain = loss(student, teacher, target, None)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert loss(student, teacher, target, None) == plain


@every_loss
def test_doubling_the_batch_or_tiling_the_image_changes_nothing(loss):
    student, teacher, target = batch()
    once = loss(student, teacher, target, None)
    twice = loss(*(torch.cat([x, x]) for x in (student, teacher, target)), None)
    tiled = loss(student.tile(1, 1, 2, 3), teacher.tile(1, 1, 2, 3), target.tile(1, 2, 3), None)
    assert torch.isclose(once, twice)
    assert torch.isclose(once, tiled)


@every_loss
def test_plain_classification_is_the_case_without_height_and_width(loss):
    student, teacher, target = batch(n=1, size=4)
    flat = [x.movedim(1, -1).reshape(16, 3) for x in (student, teacher)]
    assert torch.isclose(loss(*flat, target.reshape(16), None), loss(student, teacher, target, None))


@every_loss
def test_gradients_agree_with_finite_differences(loss):
    student, teacher, target = batch(n=1, size=2)
    student.requires_grad_()
    loss(student, teacher, target, None).backward()
    nudge = torch.zeros_like(student)
    nudge[0, 1, 0, 1] = 0.05
    with torch.no_grad():
        slope = loss(student + nudge, teacher, target, None) - loss(student - nudge, teacher, target, None)
    assert student.grad[0, 1, 0, 1].item() == pytest.approx(slope.item() / 0.1, rel=0.01, abs=1e-4)


@every_loss
def test_shapes_that_do_not_fit_are_refused(loss):
    student, teacher, target = batch()
    with pytest.raises(ValueError, match="shapes do not fit"):
        loss(student, teacher, target, torch.ones(2, 4, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="one channel"):
        loss(student[:, :1], teacher[:, :1], target, None)


def test_kd_refuses_a_teacher_of_another_shape_and_cross_entropy_a_missing_target():
    with pytest.raises(ValueError, match="shapes do not fit"):
        kd(torch.zeros(1, 3, 2, 2), torch.zeros(1, 2, 2, 2))
    with pytest.raises(ValueError, match="target"):
        cross_entropy(torch.zeros(1, 3, 2, 2))


def surprise(student, label):
    return -log_softmax(student)[label]


@each(LOGITS)
@pytest.mark.parametrize("temperature", [1.0, 2.0, 4.0])
def test_kd_is_a_mean_of_divergences(made, temperature):
    nats = [divergence(t / temperature, s / temperature) for s, t, _ in zip(*made.pixels, strict=True)]
    agrees(kd(*made.tensors, temperature=temperature), temperature**2 * np.mean(nats))


@each(LOGITS)
def test_kd_with_alpha_is_equation_4_and_with_beta_algorithm_1(made):
    labelled = [surprise(s, y) for s, _, y in zip(*made.pixels, strict=True) if y != 255]
    soft = 4 * np.mean([divergence(t / 2, s / 2) for s, t, _ in zip(*made.pixels, strict=True)])
    agrees(kd(*made.tensors, alpha=0.3), 0.3 * np.mean(labelled) + 0.7 * soft)
    agrees(kd(*made.tensors, alpha=0.3, beta=2.0), 0.3 * np.mean(labelled) + 2 * soft)
    agrees(kd(*made.tensors, beta=0.25), 0.25 * soft)


@each(LOGITS)
def test_cross_entropy_of_weighed_classes_is_divided_by_pixels(made):
    of_class = np.linspace(0.5, 2, made.student.shape[1])
    nats = [of_class[y] * surprise(s, y) for s, _, y in zip(*made.pixels, strict=True) if y != 255]
    agrees(cross_entropy(*made.tensors, class_weights=torch.from_numpy(of_class)), np.mean(nats))


@each({name: made for name, made in LOGITS.items() if made.student.shape[1] > 2})
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_standardised_kd_compares_patterns(made, temperature):
    def standardised(logits):
        centred = logits - logits.mean()
        return centred / centred.std() if centred.any() else centred

    student, teacher, _ = made.pixels
    nats = [
        divergence(standardised(t) / temperature, standardised(s) / temperature)
        for s, t in zip(student, teacher, strict=True)
    ]
    agrees(logit_standardised_kd(*made.tensors, temperature=temperature), temperature**2 * np.mean(nats))


def test_standardised_kd_refuses_two_classes():
    with pytest.raises(ValueError, match="use kd for two classes"):
        logit_standardised_kd(torch.zeros(1, 2, 4, 4), torch.zeros(1, 2, 4, 4))


def test_standardising_equal_logits_leaves_gradients_that_can_be_trained_with():
    # As a network whose last layer begins at zero answers.
    student = torch.zeros(1, 3, 2, 2, requires_grad=True)
    logit_standardised_kd(student, random_logits(1, 3, 2, 2)).backward()
    assert student.grad.abs().max() < 1e6


@each(LOGITS, {"one channel, masked": case((2, 1, 5, 5), classes=2, masked=0.3), "one value": case((6, 1), classes=2)})
def test_regression_is_a_mean_of_squared_or_absolute_differences(made):
    student, teacher, _ = made.pixels
    agrees(regression_mse(*made.tensors), ((student - teacher) ** 2).mean())
    agrees(regression_l1(*made.tensors), np.abs(student - teacher).mean())


@each(LOGITS)
def test_mutual_learning_is_the_mean_over_peers(made):
    student, first, target, mask = made.tensors
    peers = [first, -first, first.flip(1)]
    s, p, _ = made.pixels
    of_peers = [[divergence(t, x) for x, t in zip(s, peer, strict=True)] for peer in (p, -p, p[:, ::-1])]
    agrees(dml(student, peers, target, mask), np.mean(of_peers))
    agrees(dml(student, first, target, mask), np.mean(of_peers[0]))
