"""Which pixels count, and means over those alone."""

import numpy as np
import pytest
import torch

from rskd.distill.losses.pixels import both_sides, counting, labelled, on_grid, pooled, unit, weighed_mean, weighing

from .plain import averaged, bilinear, labels_on


def random(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def test_a_cell_counts_where_half_of_it_does():
    mask = torch.tensor([[[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]], dtype=torch.bool)
    assert counting(random(1, 3, 2, 2), mask).tolist() == [[[True, False], [True, False]]]


def test_without_a_mask_everything_counts():
    assert counting(random(2, 3, 4, 5), None).shape == (2, 4, 5)
    assert counting(random(2, 3), None).tolist() == [True, True]


@pytest.mark.parametrize("shape", [(1, 4, 4), (2, 4), (3,)])
def test_masks_of_other_tiles_are_refused(shape):
    with pytest.raises(ValueError, match=r"values \(2, 3, 2, 2\), mask"):
        counting(random(2, 3, 2, 2), torch.ones(shape, dtype=torch.bool))


@pytest.mark.parametrize(("source", "size"), [((8, 6), (4, 3)), ((7, 5), (3, 4)), ((6, 6), (1, 6))])
def test_a_grid_that_shrinks_is_averaged(source, size):
    values = random(2, 3, *source)
    expected, _ = averaged(values.double().numpy(), np.ones((2, *source), bool), size)
    assert on_grid(values, size).numpy() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("source", "size"), [((2, 3), (4, 6)), ((3, 4), (7, 5)), ((2, 6), (4, 3))])
def test_a_grid_that_grows_in_a_direction_is_bilinear(source, size):
    values = random(2, 3, *source)
    assert on_grid(values, size).numpy() == pytest.approx(bilinear(values.double().numpy(), size), abs=1e-6)


@pytest.mark.parametrize("junk", [float("nan"), 1e6])
def test_both_sides_meet_on_the_smaller_grid_without_what_is_masked(junk):
    mask = torch.ones(1, 4, 4, dtype=torch.bool)
    mask[:, 0, 0] = mask[:, :2, 2:] = False
    student = torch.full((1, 2, 4, 4), 3.0).masked_fill(~mask, junk)
    teacher = torch.full((1, 2, 2, 2), 5.0)
    teacher[:, :, 0, 1] = junk
    learned, taught, counts = both_sides(student, teacher.requires_grad_(), mask)
    assert counts.tolist() == [[[True, False], [True, True]]]
    assert learned[0, 0].tolist() == [[3, 0], [3, 3]]
    assert taught[0, 0].tolist() == [[5, 0], [5, 5]]
    assert not taught.requires_grad


def test_pooled_cells_are_means_of_what_counts_and_known_where_anything_does():
    values = torch.tensor([[[[1.0, 9.0, 4.0, 4.0], [3.0, 9.0, 4.0, 4.0]]]])
    counts = torch.tensor([[[True, False, False, False], [True, False, False, False]]])
    means, known = pooled(values, counts, 2)
    assert means[0, 0].tolist() == [[1, 0], [3, 0]]
    assert known.tolist() == [[[True, False], [True, False]]]


@pytest.mark.parametrize("size", [(4, 4), (2, 3), (8, 8)])
def test_labels_are_those_nearest_to_the_middle_of_a_cell(size):
    target = torch.randint(0, 5, (2, 8, 8), generator=torch.Generator().manual_seed(0))
    target[0, :4] = 255
    features = random(2, 3, *size)
    classes, known = labelled(target, features, counting(features, None), "a loss")
    expected = labels_on(size, target.numpy())
    assert (known.numpy() == (expected != 255)).all()
    assert (classes.numpy() == np.where(expected == 255, 0, expected)).all()


def test_weights_of_another_size_are_averaged_to_the_cells():
    weights = torch.tensor([[[1.0, 3.0, 0.0, 0.0], [1.0, 3.0, 0.0, 4.0]]])
    counts = torch.tensor([[[True, True]]])
    assert weighing(counts, weights).tolist() == [[[2, 1]]]
    assert weighing(torch.tensor([[[True, False]]]), weights).tolist() == [[[2, 0]]]


def test_a_weighed_mean_of_nothing_is_zero_and_ignores_what_weighs_nothing():
    values = torch.tensor([1.0, 5.0, float("inf")], requires_grad=True)
    assert weighed_mean(values, torch.tensor([3.0, 1.0, 0.0])) == 2
    nothing = weighed_mean(values, torch.zeros(3))
    nothing.backward()
    assert nothing == 0
    assert values.grad.tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e30])
def test_unit_vectors_have_length_one_whatever_their_size(size):
    assert unit(random(4, 3) * size).norm(dim=1).tolist() == pytest.approx([1] * 4, rel=1e-6)


def test_the_gradient_at_a_vector_of_zeros_is_bounded():
    zeros = torch.zeros(1, 3, requires_grad=True)
    (unit(zeros) * torch.tensor([1.0, -2.0, 0.5])).sum().backward()
    assert zeros.grad.abs().max() <= 2.1e6


def test_finer_weights_that_are_no_number_weigh_nothing():
    weights = torch.ones(1, 4, 4)
    weights[0, :2, :2] = torch.nan
    counts = torch.ones(1, 2, 2, dtype=torch.bool)
    assert weighing(counts, weights).tolist() == [[[0, 1], [1, 1]]]
