"""Where the entries of a diagram's legend stand: in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence


def rows(widths: Sequence[float], room: float, gap: float) -> list[tuple[int, float]]:
    """Row and left edge of each entry, from its width; an entry wider than `room` has a row of its own."""
    found, row, left = [], 0, 0.0
    for width in widths:
        if left and left + width > room:
            row, left = row + 1, 0.0
        found.append((row, left))
        left += width + gap
    return found
