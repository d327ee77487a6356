import numpy as np
import pytest

from rskd.evaluate.areas import area_estimates
from rskd.evaluate.confusion import BlockedConfusion


def test_the_papers_own_example():
    # Olofsson et al. 2014, section 5: deforestation, forest gain, stable forest, stable non-forest; Landsat pixels.
    in_map_by_reference = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
    mapped = np.array([200_000, 150_000, 3_200_000, 6_450_000])
    estimates = area_estimates(in_map_by_reference.T, mapped, 900.0)
    hectares = [(e.mapped_m2 / 1e4, e.adjusted_m2 / 1e4, e.half_width_m2 / 1e4) for e in estimates]
    expected = [(18_000, 21_158, 6158), (13_500, 11_686, 3756), (288_000, 285_770, 15_510), (580_500, 581_386, 16_282)]
    np.testing.assert_allclose(hectares, expected, rtol=1e-4)


def test_areas_add_up_and_a_perfect_map_needs_no_correction():
    random = np.random.default_rng(0)
    mapped = random.integers(100, 1000, 5)
    adjusted = area_estimates(random.integers(2, 50, (5, 5)), mapped, 4.0)
    assert sum(e.adjusted_m2 for e in adjusted) == pytest.approx(mapped.sum() * 4)
    perfect = area_estimates(np.diag([10, 20, 30]), np.array([7, 8, 9]), 1.0)
    assert [(e.adjusted_m2, e.half_width_m2) for e in perfect] == [(7, 0), (8, 0), (9, 0)]


def test_the_interval_holds_the_truth_when_pixels_are_drawn_at_random():
    random = np.random.default_rng(1)
    truth = np.array([[700, 200, 0], [100, 2000, 300], [50, 100, 1550]])  # all pixels, rows = reference
    mapped, held = truth.sum(0), 0
    for _ in range(300):
        sample = np.column_stack([random.multinomial(100, truth[:, k] / mapped[k]) for k in range(3)])
        estimate = area_estimates(sample, mapped, 1.0)[1]
        held += abs(estimate.adjusted_m2 - truth[1].sum()) <= estimate.half_width_m2
    assert 0.9 <= held / 300 <= 0.99


def test_a_class_of_the_map_without_test_pixels_widens_all_intervals_by_its_area():
    confusion = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    without = area_estimates(confusion, np.array([100, 200, 0]), 1.0)
    with_it = area_estimates(confusion, np.array([100, 200, 30]), 1.0)
    for before, after in zip(without[:2], with_it[:2], strict=True):
        assert after.adjusted_m2 == pytest.approx(before.adjusted_m2)
        assert after.half_width_m2 == pytest.approx(before.half_width_m2 + 30)
    assert with_it[2].adjusted_m2 == 30
    assert without[2].adjusted_m2 == without[2].half_width_m2 == 0


def test_without_test_pixels_nothing_is_estimated():
    (one, other) = area_estimates(np.zeros((2, 2), np.int64), np.array([10, 0]), 2.0)
    assert (one.mapped_m2, one.adjusted_m2, one.half_width_m2) == (20, None, None)
    assert other.adjusted_m2 is None


def test_neighbouring_pixels_do_not_narrow_the_interval():
    # 60 blocks of 400 pixels, all alike within a block: each is worth one observation, not 400.
    random = np.random.default_rng(3)
    truth = random.permutation(np.repeat([0, 1], [25, 35]))
    found = np.where(random.random(60) < 0.75, truth, 1 - truth)
    confusion = BlockedConfusion(2)
    for block, (reference, predicted) in enumerate(zip(truth, found, strict=True)):
        pixels = np.ones(400, np.uint8)
        confusion.update(pixels * np.uint8(reference), pixels * np.uint8(predicted), np.full(400, block, np.int32))
    mapped = np.array([5000, 7000])
    alike, apart = (area_estimates(confusion.total.counts, mapped, 1.0, blocks=b)[1] for b in (confusion, None))
    assert alike.adjusted_m2 == apart.adjusted_m2
    # Drawn block by block in a plain loop, draws that lack a class of the map left out: these have no estimate.
    drawn = []
    while len(drawn) < 3000:
        here = random.integers(0, 60, 60)
        t, f = truth[here], found[here]
        if 0 < f.sum() < 60:
            drawn.append(5000 * t[f == 0].mean() + 7000 * t[f == 1].mean())
    reach = np.abs(np.percentile(drawn, [2.5, 97.5]) - alike.adjusted_m2).max()
    assert alike.half_width_m2 == pytest.approx(reach, rel=0.1)
    assert alike.half_width_m2 > 10 * apart.half_width_m2
