"""How fast a model is on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def milliseconds_per_megapixel(
    run: Callable[[NDArray[np.float32]], object], channels: int, window: int = 512, repeats: int = 5
) -> float:
    """Median time of one pass over one window, after one pass that does not count.

    Args:
        run: takes (1, C, window, window).
        channels: C.
        window: side in pixels.
        repeats: passes that count.
    """
    pixels = np.random.default_rng(0).normal(size=(1, channels, window, window)).astype(np.float32)
    run(pixels)
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        run(pixels)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1000 / (window**2 / 1e6)
