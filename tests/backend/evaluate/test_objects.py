"""Objects by hand, and by scipy where pixels are many."""

import numpy as np
import pytest
from scipy import ndimage

from rskd.evaluate.objects import ObjectCounts


def test_objects_by_hand():
    reference = np.zeros((10, 20), np.uint8)
    reference[1:4, 1:4] = 1  # 9 pixels, hit by 6 of 6: IoU 6/9
    reference[1:4, 8:11] = 1  # 9 pixels, hit by 4 of 4: IoU 4/9
    reference[6:8, 1:3] = 1  # missed
    reference[8:10, 3:5] = 1  # touches it at a corner only: another object, found
    predicted = np.zeros((10, 20), np.uint8)
    predicted[1:4, 1:3] = 1
    predicted[1:3, 8:10] = 1
    predicted[8:10, 3:5] = 1
    predicted[5, 15] = 1  # not there
    counts = ObjectCounts(background=0)
    counts.update(reference, predicted)
    assert (counts.reference, counts.predicted, counts.matched) == (4, 4, 2)
    assert (counts.precision, counts.recall, counts.f1) == (0.5, 0.5, 0.5)
    counts.update(np.zeros((4, 4), np.uint8), np.eye(4, dtype=np.uint8))
    assert (counts.reference, counts.predicted, counts.matched) == (4, 8, 2)
    assert counts.f1 == pytest.approx(2 * 2 / 12)


@pytest.mark.parametrize(
    ("reference", "predicted", "counts"),
    [
        ([1, 1, 1, 1], [1, 1, 0, 1], (1, 2, 1)),  # 2 of 4 pixels
        ([1, 1, 1, 1], [1, 0, 0, 1], (1, 2, 0)),  # 1 of 4 twice
        ([1, 1, 2, 2], [1, 0, 2, 0], (2, 2, 2)),  # neighbours of two classes are two objects
        ([1, 1, 0, 0], [2, 2, 0, 0], (1, 1, 0)),  # of another class
        ([1, 1, 2, 2], [1, 1, 1, 1], (2, 1, 1)),
    ],
)
def test_half_is_enough_and_classes_must_agree(reference, predicted, counts):
    found = ObjectCounts(background=0)
    found.update(np.array([reference], np.uint8), np.array([predicted], np.uint8))
    assert (found.reference, found.predicted, found.matched) == counts


def test_what_is_not_labelled_is_not_asked():
    reference = np.zeros((5, 5), np.uint8)
    reference[:, 3:] = 255
    predicted = np.zeros((5, 5), np.uint8)
    predicted[1:3, 3:5] = 1
    counts = ObjectCounts(background=0)
    counts.update(reference, predicted)
    assert (counts.predicted, counts.precision, counts.recall, counts.f1) == (0, None, None, None)


def test_a_background_that_is_not_the_first_channel():
    counts = ObjectCounts(background=2)
    pixels = np.full((6, 6), 2, np.uint8)
    pixels[1:3, 1:3] = 0
    counts.update(pixels, pixels)
    assert (counts.reference, counts.predicted, counts.matched, counts.f1) == (1, 1, 1, 1.0)


def test_many_objects_as_scipy_finds_them():
    random = np.random.default_rng(0)
    reference = (ndimage.gaussian_filter(random.random((200, 220)), 2) > 0.51).astype(np.uint8)
    predicted = (ndimage.gaussian_filter(reference + random.random((200, 220)), 1) > 1).astype(np.uint8)
    ours, count = ndimage.label(reference)
    theirs, their_count = ndimage.label(predicted)
    matched = sum(
        any(
            ((ours == one) & (theirs == other)).sum() / ((ours == one) | (theirs == other)).sum() >= 0.5
            for other in np.unique(theirs[ours == one])
            if other
        )
        for one in range(1, count + 1)
    )
    counts = ObjectCounts(background=0)
    counts.update(reference, predicted)
    assert count > 50
    assert (counts.reference, counts.predicted) == (count, their_count)
    assert counts.matched == matched
