"""How channels, classes or layers lie to each other."""

import itertools

import numpy as np
import pytest
import torch

from rskd.distill.losses import channel_correlation, fsp, ranking

from .made_up import EMBEDDINGS, FEATURES, LOGITS, agrees, case, each
from .plain import averaged, cosines, counting, matched


@each(FEATURES)
def test_channel_correlation_compares_cosines_of_channels(made):
    student, teacher, counts = matched(*made.doubles, made.mask)
    apart = [
        (cosines(s[:, here]) - cosines(t[:, here])) ** 2
        for s, t, here in zip(student, teacher, counts, strict=True)
        if here.any()
    ]
    agrees(channel_correlation(*made.tensors), np.mean(apart))


def test_channels_that_differ_are_refused():
    with pytest.raises(ValueError, match="student 3, teacher 5"):
        channel_correlation(torch.zeros(1, 3, 4, 4), torch.zeros(1, 5, 4, 4))


def flow(first, second, mask):
    """Gram matrices of two levels, one a tile, and which tiles count."""
    size = tuple(np.minimum(first.shape[2:], second.shape[2:]))
    one, other = (averaged(side, counting(side, mask), size)[0] for side in (first, second))
    counts = counting(one, mask)
    return [a[:, here] @ b[:, here].T / max(here.sum(), 1) for a, b, here in zip(one, other, counts, strict=True)], [
        here.any() for here in counts
    ]


LEVELS = {
    "one grid": [case((2, 3, 4, 4), seed=0), case((2, 5, 4, 4), seed=1)],
    "one grid, masked": [case((2, 3, 4, 4), seed=0, masked=0.4), case((2, 5, 4, 4), seed=1)],
    "three levels, mask of the labels": [
        case((2, 3, 8, 8), labels=(2, 16, 16), seed=2, masked=0.3),
        case((2, 4, 4, 4), seed=3),
        case((2, 5, 2, 2), seed=4),
    ],
    "teacher of other grids, float16": [
        case((2, 3, 8, 8), (2, 3, 4, 4), seed=5, dtype=np.float16),
        case((2, 4, 4, 4), (2, 4, 2, 2), seed=6, dtype=np.float16),
    ],
}


@pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS)
def test_fsp_compares_the_flow_between_neighbouring_levels(levels):
    mask = levels[0].mask
    values = []
    for first, second in itertools.pairwise(levels):
        (learned, counts), (taught, _) = (flow(a, b, mask) for a, b in zip(first.doubles, second.doubles, strict=True))
        values.append(np.mean([((a - b) ** 2).mean() for a, b, c in zip(learned, taught, counts, strict=True) if c]))
    student, teacher = ([torch.from_numpy(getattr(level, side)) for level in levels] for side in ("student", "teacher"))
    agrees(fsp(student, teacher, None, levels[0].mask_tensor), np.mean(values))


def test_fsp_refuses_one_level_and_channels_that_differ():
    one, other = torch.zeros(1, 3, 4, 4), torch.zeros(1, 5, 4, 4)
    with pytest.raises(ValueError, match="two levels"):
        fsp([one], [one])
    with pytest.raises(ValueError, match="levels 0 and 1 differ"):
        fsp([one, one], [one, other])


def unkept(student, teacher, margin):
    """What each pair that the teacher orders falls short of."""
    return [
        max(0.0, min(margin, teacher[i] - teacher[j]) - (student[i] - student[j]))
        for i in range(len(teacher))
        for j in range(len(teacher))
        if teacher[i] > teacher[j]
    ]


@each(LOGITS, EMBEDDINGS)
@pytest.mark.parametrize("margin", [0.0, 1.5])
def test_ranking_of_classes_keeps_the_order_at_each_pixel(made, margin):
    short = [value for s, t, _ in zip(*made.pixels, strict=True) for value in unkept(s, t, margin)]
    agrees(ranking(*made.tensors, margin=margin), np.mean(short) if short else 0)


@pytest.mark.parametrize("grid", [2, 3, 8])
@each({name: made for name, made in LOGITS.items() if made.student.ndim == 4})
def test_ranking_of_pixels_keeps_the_order_of_cells_by_class(made, grid):
    size = [min(side, grid) for side in made.student.shape[2:]]
    (student, share), (teacher, _) = (averaged(side, made.counts, size) for side in made.doubles)
    short = []
    for s, t, known in zip(student, teacher, share > 0, strict=True):
        for k in range(len(s)):
            short += unkept(s[k, known], t[k, known], 0.5)
    agrees(ranking(*made.tensors, of="pixels", grid=grid, margin=0.5), np.mean(short))
