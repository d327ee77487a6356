"""How samples lie to each other: cells of tiles, or embeddings."""

import itertools

import numpy as np
import pytest
import torch

from rskd.distill.losses import cc, cirkd, pairwise, pkt, rkd, similarity_preserving

from .made_up import EMBEDDINGS, FEATURES, OTHER_CHANNELS, OTHER_EMBEDDINGS, agrees, each
from .plain import cosine, cosines, divergence, samples, smooth_l1

every_case = each(FEATURES, OTHER_CHANNELS, EMBEDDINGS, OTHER_EMBEDDINGS)
every_tile = each(FEATURES, OTHER_CHANNELS)
grids = pytest.mark.parametrize("grid", [2, 4])


def batch(made, grid):
    """Samples of the whole batch: (B, C) and (B, C')."""
    student, teacher, known = samples(*made.doubles, made.mask, grid)
    return student[known], teacher[known]


@grids
@every_case
def test_similarity_preserving_compares_rows_of_products(made, grid):
    grams = [side @ side.T for side in batch(made, grid)]
    one, other = (gram / np.linalg.norm(gram, axis=1, keepdims=True) for gram in grams)
    agrees(similarity_preserving(*made.tensors, grid=grid), ((one - other) ** 2).sum(1).mean())


def distances(side):
    apart = np.array([[np.linalg.norm(a - b) for b in side] for a in side])
    return apart / apart[apart > 0].mean()


def angles(side):
    """Of each sample i, between those to j and k."""
    number = len(side)
    found = np.zeros((number, number, number))
    for i, j, k in itertools.product(range(number), repeat=3):
        found[i, j, k] = cosine(side[j] - side[i], side[k] - side[i])
    return found


@every_case
@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (25.0, 50.0)])
def test_rkd_compares_distances_and_angles(made, weights):
    student, teacher = batch(made, 2)
    expected = weights[0] * smooth_l1(distances(student) - distances(teacher)).mean()
    expected += weights[1] * smooth_l1(angles(student) - angles(teacher)).mean()
    agrees(rkd(*made.tensors, distance=weights[0], angle=weights[1]), expected, rel=1e-4)


@grids
@every_case
def test_pkt_compares_who_is_whose_neighbour(made, grid):
    def likely(side):
        near = (cosines(side) + 1) / 2
        return near / near.sum(1, keepdims=True)

    q, p = map(likely, batch(made, grid))
    agrees(pkt(*made.tensors, grid=grid), (p * np.log(p / q)).sum(1).mean(), rel=1e-3)


@grids
@every_case
def test_cc_compares_kernels_of_pairs(made, grid):
    units = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in batch(made, grid)]
    bilinear = [side @ side.T for side in units]
    agrees(cc(*made.tensors, kernel="bilinear", grid=grid), ((bilinear[0] - bilinear[1]) ** 2).mean())
    gaussian = [np.exp(-0.7 * ((s[:, None] - s[None]) ** 2).sum(2)) for s in units]
    agrees(cc(*made.tensors, gamma=0.7, grid=grid), ((gaussian[0] - gaussian[1]) ** 2).mean())


@grids
@every_tile
def test_pairwise_compares_cosines_within_a_tile(made, grid):
    apart = [
        value
        for s, t, known in zip(*samples(*made.doubles, made.mask, grid), strict=True)
        for value in ((cosines(s[known]) - cosines(t[known])) ** 2).flat
    ]
    agrees(pairwise(*made.tensors, grid=grid), np.mean(apart))


@grids
@every_tile
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_cirkd_describes_each_cell_by_its_cosines_to_each_tile(made, grid, temperature):
    tiles = list(zip(*samples(*made.doubles, made.mask, grid), strict=True))
    nats = []
    for (own_s, own_t, own), (s, t, known) in itertools.product(tiles, repeat=2):
        if known.any():
            for a, b in zip(own_s[own], own_t[own], strict=True):
                described = [
                    np.array([cosine(x, y) for y in side[known]]) / temperature for x, side in ((b, t), (a, s))
                ]
                nats.append(divergence(*described))
    agrees(cirkd(*made.tensors, grid=grid, temperature=temperature), np.mean(nats), rel=1e-4)


@pytest.mark.parametrize("loss", [similarity_preserving, rkd, pkt, cc, pairwise, cirkd])
def test_other_tiles_are_refused(loss):
    with pytest.raises(ValueError, match="not the same tiles"):
        loss(torch.zeros(2, 3, 4, 4), torch.zeros(3, 3, 4, 4))


@pytest.mark.parametrize("loss", [similarity_preserving, rkd, pkt, cc])
def test_one_sample_has_no_relations(loss):
    assert loss(torch.ones(1, 3), torch.ones(1, 5)) == 0


@pytest.mark.parametrize("loss", [similarity_preserving, rkd, pkt, cc, pairwise, cirkd])
def test_cells_of_zeros_send_gradients_that_can_be_trained_with(loss):
    # Behind a ReLU whole cells are 0, and two of them are equal.
    generator = torch.Generator().manual_seed(0)
    student = torch.randn(2, 3, 4, 4, generator=generator)
    student[:, :, :2] = 0
    student.requires_grad_()
    loss(student, torch.randn(2, 3, 4, 4, generator=generator)).backward()
    assert student.grad.isfinite().all()
    assert student.grad.abs().max() < 1e7
