"""The lattice of windows along one axis, and how neighbouring windows share the pixels between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rskd.card import Tiling


@dataclass(frozen=True)
class Axis:
    """Rows, or columns, of a grid cut into cells of one stride; each cell has one window around it.

    A window gives answers for its *part*: its cell and half of the overlap on either side. Only cells that hold pixels
    of the grid have windows, so at the grid's edge, where a neighbour is missing, a window answers alone.
    Where a pixel lies depends on the grid alone, never on the area that is asked for.
    """

    tiling: Tiling
    size: int

    @property
    def cells(self) -> int:
        """Number of cells, and so of windows."""
        return -(-self.size // self.tiling.stride)

    def start(self, cell: int) -> int:
        """First pixel of the window, before the grid's origin for the first one unless it has no surroundings."""
        return self.part(cell)[0] - self.tiling.margin

    def part(self, cell: int) -> tuple[int, int]:
        """First and one past the last pixel that the window answers for; may reach past the grid."""
        half = self.tiling.overlap // 2
        return cell * self.tiling.stride - half, (cell + 1) * self.tiling.stride + half

    def own(self, cell: int) -> tuple[int, int]:
        """First and one past the last pixel of the cell itself; the cells share out the grid."""
        return cell * self.tiling.stride, min((cell + 1) * self.tiling.stride, self.size)

    def meeting(self, first: int, end: int) -> range:
        """The cells whose parts hold a pixel of `first` to `end` (one past the last)."""
        half, stride = self.tiling.overlap // 2, self.tiling.stride
        return range(max(0, (first - half) // stride), min(self.cells, -(-(end + half) // stride)))

    def weights(self, cell: int) -> NDArray[np.float32]:
        """Weight of the window's answer at each pixel of its part: a linear ramp over the overlap.

        The weights of all windows that answer for a pixel sum to 1. Without overlap they are 1.
        """
        own = _ramp(self.tiling)
        total = np.zeros_like(own)
        for shift in self._neighbours(cell):
            # The neighbour's ramp, seen from this part's first pixel.
            here = slice(max(0, shift), len(own) + min(0, shift))
            there = slice(max(0, -shift), len(own) + min(0, -shift))
            total[here] += own[there]
        return (own / total).astype(np.float32)

    def _neighbours(self, cell: int) -> list[int]:
        """Distances in pixels to all windows whose parts meet this one's, itself among them."""
        return [(other - cell) * self.tiling.stride for other in self.meeting(*self.part(cell))]


def _ramp(tiling: Tiling) -> NDArray[np.float64]:
    """Weight before sharing: rises over the overlap, falls over it at the other end."""
    length = tiling.stride + tiling.overlap
    if tiling.overlap == 0:
        return np.ones(length)
    centre = np.arange(length) + 0.5
    weights: NDArray[np.float64] = np.minimum(np.minimum(centre, length - centre) / tiling.overlap, 1.0)
    return weights
