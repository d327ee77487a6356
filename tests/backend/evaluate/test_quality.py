import numpy as np
import pytest

from rskd.evaluate.quality import BLOCK, QualityTally

NONE = 255


def arrays(height, width):
    """All judged, all valid, labels and answers of class 0."""
    return (
        np.ones((height, width), bool),
        np.ones((height, width), bool),
        np.zeros((height, width), np.uint8),
        np.zeros((height, width), np.uint8),
    )


def test_a_known_share_of_bad_blocks_is_found():
    counts, valid, reference, answered = arrays(2 * BLOCK, 2 * BLOCK)
    valid[:BLOCK, : BLOCK - 20] = False  # 20 of 64 columns have data: 0.31
    answered[BLOCK:, BLOCK:][:40] = 1  # agrees on 24 of 64 rows: 0.375
    tally = QualityTally()
    tally.add(counts, valid, reference, answered)
    assert tally.result()["share_below"] == 0.5
    assert tally.result()["blocks"] == 4


def test_unlabelled_ground_is_judged_by_its_data_alone():
    counts, valid, reference, answered = arrays(BLOCK, BLOCK)
    reference[:], answered[:] = NONE, 3
    tally = QualityTally()
    tally.add(counts, valid, reference, answered)
    assert tally.result()["share_below"] == 0.0


def test_ground_outside_the_part_is_not_judged():
    counts, valid, reference, answered = arrays(BLOCK, 2 * BLOCK)
    counts[:, BLOCK:] = False
    valid[:, BLOCK:] = False
    tally = QualityTally()
    tally.add(counts, valid, reference, answered)
    assert tally.result() == pytest.approx({**tally.result(), "blocks": 1, "share_below": 0.0})


def test_nothing_to_judge_is_no_number():
    assert QualityTally().result()["share_below"] is None
