"""Losses between layers of different depth."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import deep_to_shallow, review, semckd
from rskd.distill.losses.cross_layer import Attention, Fusion, Reach

from .made_up import agrees, case
from .plain import averaged, bilinear, convolved, counting, matched, softmax

LEVELS = {
    "plain": [case((2, 3, 8, 8), (2, 5, 8, 8), seed=0), case((2, 4, 4, 4), (2, 6, 4, 4), seed=1)],
    "masked": [case((2, 3, 8, 8), (2, 5, 8, 8), seed=2, masked=0.4), case((2, 4, 4, 4), (2, 6, 4, 4), seed=3)],
    "mask of the labels, other grids": [
        case((2, 3, 8, 8), (2, 5, 16, 16), labels=(2, 32, 32), seed=4, masked=0.4),
        case((2, 4, 8, 8), (2, 6, 4, 4), seed=5),
    ],
    "large, float16": [
        case((2, 3, 8, 8), (2, 5, 8, 8), seed=6, scale=300, dtype=np.float16),
        case((2, 4, 4, 4), (2, 6, 4, 4), seed=7, scale=300, dtype=np.float16),
    ],
}
every_pair = pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS)


def sides(levels, numpy=False):
    """Lists of the student's and the teacher's levels, and the mask."""
    if numpy:
        return [level.doubles[0] for level in levels], [level.doubles[1] for level in levels], levels[0].mask
    student, teacher = ([torch.from_numpy(getattr(level, side)) for level in levels] for side in ("student", "teacher"))
    return student, teacher, levels[0].mask_tensor


def clean(values, mask):
    counts = counting(values, mask)
    return np.where(counts[:, None], values, 0)


def widths(levels):
    return [level.student.shape[1] for level in levels], [level.teacher.shape[1] for level in levels]


def apart(learned, levels, s, t):
    """Squared differences (N, H, W) of a projected student level from a teacher level, and which cells count."""
    student, teacher, mask = sides(levels, numpy=True)
    projected = convolved(clean(student[s], mask), learned.projections[s][t])
    own, other, counts = matched(projected, teacher[t], mask)
    return ((own - other) ** 2).mean(1), counts


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@every_pair
def test_deep_to_shallow_is_a_table_of_differences(levels):
    learned = Reach(*widths(levels))
    mean = [[(lambda a, c: a[c].mean())(*apart(learned, levels, s, t)) for t in (0, 1)] for s in (0, 1)]
    student, teacher, mask = sides(levels)
    agrees(
        deep_to_shallow(student, teacher, None, mask, learned=learned),
        ((mean[0][0] + mean[0][1]) / 2 + mean[1][1]) / 2,
    )
    table = [[0.25, 0.75], [1.0, 0.0]]
    agrees(
        deep_to_shallow(student, teacher, None, mask, learned=learned, table=table),
        (mean[0][0] / 4 + mean[0][1] * 3 / 4 + mean[1][0]) / 2,
    )


def test_each_level_of_a_student_of_few_learns_from_its_depth_and_deeper():
    features = [torch.full((1, 1, 4, 4), float(level)) for level in (1, 2, 3)]
    learned = Reach([1], [1, 1, 1])
    for projection in learned.projections[0]:
        torch.nn.init.zeros_(projection.weight)
        torch.nn.init.zeros_(projection.bias)
    agrees(deep_to_shallow(features[:1], features, learned=learned), (1 + 4 + 9) / 3)


@every_pair
def test_semckd_learns_how_much_each_level_looks_to_each(levels):
    learned = Attention(*widths(levels))
    student, teacher, mask = sides(levels, numpy=True)

    def described(values, layer):
        cells, _ = averaged(clean(values, mask), counting(values, mask), (4, 4))
        cells = cells.reshape(*cells.shape[:2], 16)
        length = np.linalg.norm(cells, axis=1, keepdims=True)
        cells = cells / np.where(length > 0, length, 1)
        weights, bias = (side.detach().numpy().astype(np.float64) for side in (layer.weight, layer.bias))
        return np.einsum("ncp,ncq->npq", cells, cells).reshape(len(cells), 256) @ weights.T + bias

    queries = np.stack([described(level, learned.query) for level in student], 1)
    keys = np.stack([described(level, learned.key) for level in teacher], 1)
    share = softmax(np.einsum("nsw,ntw->nst", queries, keys) / np.sqrt(32))
    expected = 0.0
    for s in (0, 1):
        for t in (0, 1):
            squared, counts = apart(learned, levels, s, t)
            expected += np.mean([a[c].mean() * w for a, c, w in zip(squared, counts, share[:, s, t], strict=True)])
    student, teacher, mask = sides(levels)
    agrees(semckd(student, teacher, None, mask, learned=learned), expected / 2)


def level_value(student, teacher, mask, pyramid):
    learned, taught, counts = matched(student, teacher, mask)
    values, weights = [((learned - taught) ** 2).mean(1)[counts].mean()], [1.0]
    for step in range(pyramid):
        grid = max(4 // 2**step, 1)
        size = [min(side, grid) for side in learned.shape[2:]]
        (one, share), (other, _) = averaged(learned, counts, size), averaged(taught, counts, size)
        values.append(((one - other) ** 2).mean(1)[share > 0].mean())
        weights.append(weights[-1] / 2)
    return np.average(values, weights=weights)


PAIRED = {
    "plain": [case((2, 3, 8, 8), seed=0), case((2, 5, 4, 4), seed=1), case((2, 6, 2, 2), seed=2)],
    "masked": [case((2, 3, 8, 8), labels=(2, 16, 16), masked=0.3, seed=3), case((2, 5, 4, 4), (2, 5, 8, 8), seed=4)],
    "float16": [case((1, 3, 6, 7), seed=5, scale=300, dtype=np.float16), case((1, 3, 3, 4), seed=6, dtype=np.float16)],
}


@pytest.mark.parametrize("pyramid", [0, 1, 3, 4])
@pytest.mark.parametrize("levels", PAIRED.values(), ids=PAIRED)
def test_review_compares_levels_at_their_own_and_at_pooled_grids(levels, pyramid):
    mask = levels[0].mask
    expected = sum(level_value(*level.doubles, mask, pyramid) for level in levels)
    student, teacher, mask = sides(levels)
    agrees(review(student, teacher, None, mask, pyramid=pyramid), expected)


@pytest.mark.parametrize("levels", PAIRED.values(), ids=PAIRED)
def test_fusion_mixes_levels_from_the_top_down(levels):
    student, teacher, mask = sides(levels, numpy=True)
    learned = Fusion(*widths(levels), width=8)
    above, fused = None, []
    for at in reversed(range(len(levels))):
        here = convolved(clean(student[at], mask), learned.enter[at])
        if above is not None:
            above = bilinear(above, here.shape[2:])
            share = 1 / (1 + np.exp(-convolved(np.concatenate([here, above], 1), learned.weigh[at])))
            here = here * share[:, :1] + above * share[:, 1:]
        above = here
        fused.insert(0, convolved(here, learned.leave[at]))
    expected = sum(level_value(s, t, mask, 3) for s, t in zip(fused, teacher, strict=True))
    student, teacher, mask = sides(levels)
    agrees(review(student, teacher, None, mask, learned=learned), expected, rel=1e-4)


def test_review_refuses_levels_that_are_not_paired():
    one = torch.zeros(1, 3, 4, 4)
    with pytest.raises(ValueError, match="as many levels on both sides: 2 and 1"):
        review([one, one], [one])


@pytest.mark.parametrize(
    ("loss", "module"), [(deep_to_shallow, Reach), (semckd, Attention), (review, Fusion)], ids=lambda x: x.__name__
)
def test_what_is_learned_gets_gradients_too(loss, module):
    levels = LEVELS["plain"]
    learned = module(*widths(levels))
    student, teacher, _ = sides(levels)
    loss(student, teacher, learned=learned).backward()
    unused = [name for name, weights in learned.named_parameters() if weights.grad is None]
    # The default table never looks from deep to shallow; the coarsest level has nothing above to weigh.
    assert (
        unused
        == {
            "deep_to_shallow": ["projections.1.0.weight", "projections.1.0.bias"],
            "semckd": [],
            "review": ["weigh.1.weight", "weigh.1.bias"],
        }[loss.__name__]
    )
