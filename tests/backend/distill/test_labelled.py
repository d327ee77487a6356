"""Counts by hand, weights by the formula."""

import numpy as np
import pytest

from rskd.distill.labelled import class_weights, label_counts


def test_labels_are_counted_a_part_at_a_time(countryside):
    truth, parts = countryside.truth.copy(), countryside.split.parts
    truth[:7] = 255
    for part in (1, 2, 3):
        expected = [((truth == channel) & (parts == part)).sum() for channel in range(3)]
        assert label_counts([countryside.material(truth=truth)] * 2, 3, part).tolist() == [2 * n for n in expected]


def test_weights_are_of_the_inverse_root_of_frequency_and_of_mean_one():
    # Shares 0.64, 0.32 and 0.04; roots 0.8, 0.5657, 0.2; the mean of share / root is the sum of roots.
    weights = class_weights(np.array([64, 32, 4]))
    total = 0.8 + 0.32**0.5 + 0.2
    assert weights.tolist() == pytest.approx([1 / 0.8 / total, 1 / 0.32**0.5 / total, 1 / 0.2 / total], rel=1e-6)
    assert float((weights * weights.new_tensor([0.64, 0.32, 0.04])).sum()) == pytest.approx(1)


def test_very_rare_classes_are_clipped_and_absent_ones_weigh_one():
    weights = class_weights(np.array([1_000_000, 1, 0]))
    assert weights.tolist() == pytest.approx([0.999, 4.0, 1.0], abs=1e-3)
