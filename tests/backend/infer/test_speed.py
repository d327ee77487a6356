import time

import numpy as np
import pytest

from rskd.infer.speed import milliseconds_per_megapixel


def test_the_median_pass_is_scaled_to_a_megapixel(monkeypatch):
    # The first pass (10 s) warms up; of 4, 1, 2 s the median is 2 s for a quarter of a megapixel.
    durations = iter([10, 4, 1, 2])
    clock = 0.0

    def run(pixels):
        nonlocal clock
        assert pixels.shape == (1, 3, 500, 500)
        assert pixels.dtype == np.float32
        clock += next(durations)

    monkeypatch.setattr(time, "perf_counter", lambda: clock)
    assert milliseconds_per_megapixel(run, 3, 500, 3) == pytest.approx(8000)
