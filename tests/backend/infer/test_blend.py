import numpy as np
import pytest

from rskd.card import Tiling
from rskd.infer.blend import Axis

TILINGS = [
    Tiling(window=64, margin=4, overlap=16),
    Tiling(window=64, margin=0, overlap=48),  # up to four windows over a pixel
    Tiling(window=32, margin=8, overlap=0),
    Tiling(window=8, margin=0, overlap=2),
]


@pytest.mark.parametrize("tiling", TILINGS, ids=str)
@pytest.mark.parametrize("size", [1, 39, 40, 41, 300])
def test_weights_sum_to_one_at_every_pixel_of_the_grid(tiling, size):
    axis = Axis(tiling, size)
    total = np.zeros(size)
    for cell in range(axis.cells):
        first, end = axis.part(cell)
        weights = axis.weights(cell)
        assert len(weights) == end - first == tiling.window - 2 * tiling.margin
        total[max(0, first) : end] += weights[max(0, -first) : max(0, size - first)]
    np.testing.assert_allclose(total, 1, rtol=1e-6)


def test_two_neighbours_share_the_overlap_linearly():
    axis = Axis(Tiling(window=8, margin=0, overlap=4), 100)  # stride 4: a part is all ramp
    assert axis.part(3) == (10, 18)
    np.testing.assert_allclose(axis.weights(3), [0.125, 0.375, 0.625, 0.875, 0.875, 0.625, 0.375, 0.125])


def test_without_overlap_the_weights_are_exactly_one():
    assert (Axis(Tiling(window=32, margin=8), 100).weights(2) == 1).all()


def test_a_window_without_a_neighbour_answers_alone():
    axis = Axis(Tiling(window=64, margin=4, overlap=16), 40)
    assert axis.cells == 1
    assert (axis.weights(0) == 1).all()


def test_the_lattice_is_laid_as_the_card_says():
    tiling = Tiling(window=64, margin=4, overlap=16)
    axis = Axis(tiling, 1000)
    assert [axis.start(i) for i in range(3)] == [
        i * tiling.stride - tiling.margin - tiling.overlap / 2 for i in range(3)
    ]
    assert [axis.own(i) for i in (0, 24)] == [(0, 40), (960, 1000)]


@pytest.mark.parametrize("tiling", TILINGS, ids=str)
def test_the_windows_that_meet_some_pixels_are_those_whose_parts_hold_one(tiling):
    axis = Axis(tiling, 300)
    for first, end in [(0, 1), (0, 300), (31, 33), (33, 34), (150, 210), (299, 300)]:
        holding = [i for i in range(axis.cells) if axis.part(i)[0] < end and axis.part(i)[1] > first]
        assert list(axis.meeting(first, end)) == holding
