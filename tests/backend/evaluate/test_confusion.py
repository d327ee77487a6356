"""Accuracies by hand and by scikit-learn; intervals by a plain resampling loop."""

import numpy as np
import pytest
from sklearn import metrics

from rskd.evaluate.confusion import BlockedConfusion, ConfusionMatrix, iou, kappa, mean_iou, overall_accuracy


def maps(shape=(60, 70), classes=4, seed=0, right=0.6):
    random = np.random.default_rng(seed)
    reference = random.integers(0, classes, shape).astype(np.uint8)
    predicted = np.where(random.random(shape) < right, reference, random.integers(0, classes, shape)).astype(np.uint8)
    reference[random.random(shape) < 0.1] = 255
    predicted[random.random(shape) < 0.05] = 255
    return reference, predicted


def matrix_of(counts):
    matrix = ConfusionMatrix(len(counts))
    matrix.counts += np.array(counts)
    return matrix


def test_accuracies_by_hand():
    matrix = matrix_of([[50, 10], [20, 120]])  # rows = reference
    assert matrix.overall_accuracy() == pytest.approx(170 / 200)
    np.testing.assert_allclose(matrix.users(), [50 / 70, 120 / 130])
    np.testing.assert_allclose(matrix.producers(), [50 / 60, 120 / 140])
    np.testing.assert_allclose(matrix.iou(), [50 / 80, 120 / 150])
    assert matrix.mean_iou() == pytest.approx((0.625 + 0.8) / 2)
    np.testing.assert_allclose(matrix.f1(), [100 / 130, 240 / 270])
    chance = (60 * 70 + 140 * 130) / 200**2
    assert matrix.kappa() == pytest.approx((0.85 - chance) / (1 - chance))


def test_accuracies_are_scikit_learns_and_windows_add_up():
    reference, predicted = maps()
    matrix, other = ConfusionMatrix(4), ConfusionMatrix(4)
    matrix.update(reference[:13], predicted[:13])
    other.update(reference[13:], predicted[13:])
    matrix.add(other)
    counted = (reference != 255) & (predicted != 255)
    y, x = reference[counted], predicted[counted]
    np.testing.assert_array_equal(matrix.counts, metrics.confusion_matrix(y, x))
    np.testing.assert_allclose(matrix.users(), metrics.precision_score(y, x, average=None))
    np.testing.assert_allclose(matrix.producers(), metrics.recall_score(y, x, average=None))
    np.testing.assert_allclose(matrix.f1(), metrics.f1_score(y, x, average=None))
    np.testing.assert_allclose(matrix.iou(), metrics.jaccard_score(y, x, average=None))
    assert matrix.mean_iou() == pytest.approx(metrics.jaccard_score(y, x, average="macro"))
    assert matrix.overall_accuracy() == pytest.approx(metrics.accuracy_score(y, x))
    assert matrix.kappa() == pytest.approx(metrics.cohen_kappa_score(y, x))
    assert matrix.counts.dtype == np.int64


def test_mean_iou_is_over_classes_of_the_reference_or_those_given():
    matrix = matrix_of([[6, 0, 2], [0, 2, 0], [0, 0, 0]])  # class 2 is only in the map
    assert matrix.present == [0, 1]
    assert matrix.mean_iou() == pytest.approx((0.75 + 1) / 2)
    assert matrix.mean_iou([0, 1, 2]) == pytest.approx((0.75 + 1 + 0) / 3)
    assert matrix.mean_iou([0]) == pytest.approx(0.75)


def test_what_cannot_be_said_is_nan():
    matrix = matrix_of([[5, 0], [0, 0]])
    np.testing.assert_array_equal(np.isnan(matrix.iou()), [False, True])
    assert np.isnan(matrix.kappa())
    empty = ConfusionMatrix(3)
    assert np.isnan([empty.mean_iou(), empty.overall_accuracy(), empty.kappa()]).all()


def test_channels_that_do_not_exist_and_other_shapes_are_refused():
    matrix = ConfusionMatrix(2)
    with pytest.raises(ValueError, match="channels 0 to 1"):
        matrix.update(np.array([2], np.uint8), np.array([0], np.uint8))
    with pytest.raises(ValueError, match="differ in shape"):
        matrix.update(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8))
    matrix.update(np.full((2, 2), 255, np.uint8), np.zeros((2, 2), np.uint8))
    assert matrix.counts.sum() == 0


def test_functions_answer_for_many_matrices_at_once():
    many = np.random.default_rng(1).integers(0, 50, (5, 2, 3, 3))
    for index in np.ndindex(5, 2):
        one = matrix_of(many[index])
        np.testing.assert_allclose(iou(many)[index], one.iou())
        np.testing.assert_allclose(kappa(many)[index], one.kappa())
        np.testing.assert_allclose(mean_iou(many, [0, 2])[index], one.mean_iou([0, 2]))


def blocked(blocks=9, **options):
    reference, predicted = maps(**options)
    numbers = (np.indices(reference.shape)[1] * blocks // reference.shape[1]).astype(np.int32)
    confusion = BlockedConfusion(4)
    for rows in (np.s_[:25], np.s_[25:]):  # windows cut blocks
        confusion.update(reference[rows], predicted[rows], numbers[rows])
    return confusion, reference, predicted, numbers


def test_blocks_add_up_to_the_whole():
    confusion, reference, predicted, _ = blocked()
    whole = ConfusionMatrix(4)
    whole.update(reference, predicted)
    np.testing.assert_array_equal(confusion.total.counts, whole.counts)
    assert confusion.blocks == 9
    confusion.update(reference, predicted, np.zeros(reference.shape, np.int32), scene=1)
    assert confusion.blocks == 10


def test_interval_is_the_percentiles_of_resampled_blocks():
    confusion, reference, predicted, numbers = blocked()
    random = np.random.default_rng(99)
    found = []
    for _ in range(2000):
        drawn = random.integers(0, 9, 9)
        y, x = (np.concatenate([layer[numbers == block] for block in drawn]) for layer in (reference, predicted))
        counted = (y != 255) & (x != 255)
        found.append((y[counted] == x[counted]).mean())
    ends = confusion.interval(overall_accuracy, draws=4000)
    np.testing.assert_allclose(ends, np.percentile(found, [2.5, 97.5]), atol=0.002)


def test_interval_is_the_same_for_the_same_seed_and_any_order_of_windows():
    reference, predicted = maps()
    numbers = (np.indices(reference.shape)[0] // 10).astype(np.int32)
    one, other = BlockedConfusion(4), BlockedConfusion(4)
    for row in range(0, 60, 5):
        one.update(reference[row : row + 5], predicted[row : row + 5], numbers[row : row + 5])
        back = 55 - row
        other.update(reference[back : back + 5], predicted[back : back + 5], numbers[back : back + 5])
    np.testing.assert_array_equal(one.interval(iou, seed=3), other.interval(iou, seed=3))
    assert (one.interval(iou, seed=3) != one.interval(iou, seed=4)).any()
    assert one.interval(iou).shape == (2, 4)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    # Blocks of differing accuracy around 0.6; the interval over 30 blocks should hold the truth in about 95 of 100.
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        confusion = BlockedConfusion(2)
        for block, share in enumerate(random.normal(0.6, 0.1, 30).clip(0, 1)):
            right = round(share * 1000)
            reference = np.zeros(1000, np.uint8)
            predicted = (np.arange(1000) >= right).astype(np.uint8)
            confusion.update(reference, predicted, np.full(1000, block, np.int32))
        low, high = confusion.interval(overall_accuracy, draws=400)
        covered += low <= 0.6 <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_a_class_that_is_nowhere_has_no_interval_and_one_block_none_at_all():
    confusion = BlockedConfusion(3)
    pixels = np.array([0, 0, 1, 1], np.uint8)
    confusion.update(pixels, pixels, np.array([0, 0, 0, 0], np.int32))
    assert confusion.interval(iou) is None
    confusion.update(pixels, pixels, np.array([1, 1, 1, 1], np.int32))
    np.testing.assert_array_equal(confusion.interval(iou), [[1, 1, np.nan], [1, 1, np.nan]])


def test_a_class_of_one_block_counts_in_every_draw():
    # 30 blocks; class 1 is in one of them alone and always missed: its IoU is 0, the mean at most one half.
    random = np.random.default_rng(11)
    confusion, blocks = BlockedConfusion(3), []
    for block, wrong in enumerate(random.integers(0, 80, 30)):
        reference, predicted = np.zeros(1000, np.uint8), np.zeros(1000, np.uint8)
        predicted[:wrong] = 2
        if block == 4:
            reference[-50:] = 1
        confusion.update(reference, predicted, np.full(1000, block, np.int32))
        blocks.append((reference, predicted))
    # Drawn one by one, and again until the rare class is there: what all draws agree upon.
    found = []
    while len(found) < 400:
        drawn = random.integers(0, 30, 30)
        if 4 in drawn:
            y, x = (np.concatenate([blocks[block][layer] for block in drawn]) for layer in (0, 1))
            found.append(metrics.jaccard_score(y, x, labels=[0, 1], average="macro"))
    low, high = confusion.interval(lambda matrix: mean_iou(matrix, [0, 1]))
    assert low < confusion.total.mean_iou() < high < 0.5
    np.testing.assert_allclose([low, high], np.percentile(found, [2.5, 97.5]), atol=0.002)


def test_weights_of_blocks_vary_as_draws_do():
    # The share of 12 pixels that block 0 gets, of 3 equal blocks: drawn with replacement, binomial(3, 1/3) / 3.
    confusion = BlockedConfusion(2)
    for block in range(3):
        pixels = np.full(4, block == 0, np.uint8)
        confusion.update(pixels, pixels, np.full(4, block, np.int32))
    shares = []
    confusion.interval(lambda matrix: shares.append(matrix[..., 1, 1] / matrix.sum((-1, -2))) or iou(matrix))
    assert np.concatenate(shares).mean() == pytest.approx(1 / 3, abs=0.02)
    assert np.concatenate(shares).var() == pytest.approx(3 * (1 / 3) * (2 / 3) / 9, abs=0.005)
