"""Data quality: the share of training ground on which little can be learned (survey equation 14)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 64
"""Side in pixels of the blocks that are judged."""

THRESHOLD = 0.5

MEANING = (
    f"Quality of a block of {BLOCK} x {BLOCK} training pixels: the share of its pixels with data in all bands, times "
    "the share of its labelled pixels on which the teacher agrees with the label (1 where nothing is labelled)."
)

_IGNORE = 255


class QualityTally:
    """Blocks judged one by one as windows come in; windows start at multiples of `BLOCK` from each other."""

    def __init__(self) -> None:
        self._qualities: list[float] = []

    def add(
        self,
        counts: NDArray[np.bool_],
        valid: NDArray[np.bool_],
        reference: NDArray[np.uint8],
        answered: NDArray[np.uint8],
    ) -> None:
        """Adds the blocks of one window; arrays are (H, W).

        Args:
            counts: ground that is judged.
            valid: all bands have data.
            reference: label channels, 255 without one.
            answered: the teacher's channels, 255 without an answer.
        """
        for top in range(0, counts.shape[0], BLOCK):
            for left in range(0, counts.shape[1], BLOCK):
                here = np.s_[top : top + BLOCK, left : left + BLOCK]
                if counts[here].any():
                    judged = counts[here]
                    self._qualities.append(
                        _quality(valid[here][judged], reference[here][judged], answered[here][judged])
                    )

    def result(self) -> dict[str, Any]:
        """Share of blocks below the threshold, and what that means; JSON-ready."""
        qualities = np.array(self._qualities)
        below = float((qualities < THRESHOLD).mean()) if len(qualities) else None
        return {"share_below": below, "threshold": THRESHOLD, "blocks": len(qualities), "meaning": MEANING}


def _quality(valid: NDArray[np.bool_], reference: NDArray[np.uint8], answered: NDArray[np.uint8]) -> float:
    both = (reference != _IGNORE) & (answered != _IGNORE)
    agreement = float((reference[both] == answered[both]).mean()) if both.any() else 1.0
    return float(valid.mean()) * agreement
