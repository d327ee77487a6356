"""The losses that compare features cell by cell."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import channel_wise, hint, ofd, pkd, spatial_wise

from .made_up import EMBEDDINGS, FEATURES, agrees, each
from .plain import cosine, divergence, matched, rows


def compared(made):
    """Student and teacher at each cell that counts, (P, C) both."""
    student, teacher, counts = matched(*made.doubles, made.mask)
    return rows(student, counts), rows(teacher, counts)


@each(FEATURES, EMBEDDINGS)
def test_hint_is_a_mean_over_cells_and_channels(made):
    student, teacher = compared(made)
    agrees(hint(*made.tensors), ((student - teacher) ** 2).mean())
    agrees(hint(*made.tensors, distance="absolute"), np.abs(student - teacher).mean())
    apart = [1 - cosine(s, t) for s, t in zip(student, teacher, strict=True)]
    agrees(hint(*made.tensors, distance="cosine"), np.mean(apart))


@each(FEATURES, EMBEDDINGS)
def test_pkd_is_one_less_the_correlation_of_each_channel(made):
    channels = zip(*(side.T for side in compared(made)), strict=True)
    agrees(pkd(*made.tensors), np.mean([1 - np.corrcoef(s, t)[0, 1] for s, t in channels]))


def test_a_channel_that_is_the_same_everywhere_is_zero_to_pkd():
    teacher = torch.randn(1, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    agrees(pkd(torch.full((1, 2, 4, 4), 7.0), teacher), 0.5)


@each(FEATURES, EMBEDDINGS)
def test_ofd_asks_nothing_where_both_are_dropped_by_relu(made):
    student, teacher = compared(made)
    total = 0.0
    for s, t in zip(student.T, teacher.T, strict=True):
        margin = t[t < 0].mean() if (t < 0).any() else 0.0
        for own, other in zip(s, np.maximum(t, margin), strict=True):
            total += 0.0 if own <= other <= 0 else (own - other) ** 2
    agrees(ofd(*made.tensors), total / student.size)


@each(FEATURES)
@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_channel_wise_compares_where_each_channel_is_high(made, temperature):
    student, teacher, counts = matched(*made.doubles, made.mask)
    nats = [
        divergence(t[here] / temperature, s[here] / temperature)
        for tile, here in enumerate(counts)
        if here.any()
        for s, t in zip(student[tile], teacher[tile], strict=True)
    ]
    agrees(channel_wise(*made.tensors, temperature=temperature), temperature**2 * np.mean(nats))


@each(FEATURES, EMBEDDINGS)
@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_spatial_wise_compares_which_channel_is_high(made, temperature):
    nats = [divergence(t / temperature, s / temperature) for s, t in zip(*compared(made), strict=True)]
    agrees(spatial_wise(*made.tensors, temperature=temperature), temperature**2 * np.mean(nats))


@pytest.mark.parametrize("loss", [hint, pkd, ofd, channel_wise, spatial_wise])
def test_other_channels_or_tiles_are_refused_with_both_shapes_and_the_remedy(loss):
    with pytest.raises(ValueError, match=r"student \(2, 3, 4, 4\), teacher \(2, 5, 4, 4\); .* adapter"):
        loss(torch.zeros(2, 3, 4, 4), torch.zeros(2, 5, 4, 4))
    with pytest.raises(ValueError, match="not the same tiles"):
        loss(torch.zeros(2, 3, 4, 4), torch.zeros(1, 3, 4, 4))


def test_a_mean_over_a_coarser_cell_does_not_take_up_what_is_masked():
    # The student's four pixels of a cell are 8; one is masked: the mean of the others is still 8.
    mask = torch.tensor([[[True, True], [True, False]]])
    student = torch.full((1, 1, 2, 2), 8.0).masked_fill(~mask, float("nan"))
    assert hint(student, torch.full((1, 1, 1, 1), 8.0), None, mask) == 0
