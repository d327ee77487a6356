"""A coarse lattice of square cells: splits are decided on it, so their memory does not grow with pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.geo.labels import IGNORE, Labels
from rskd.geo.scene import Scene

# A table of so many cells is decided on in a second.
_MOST_CELLS = 40_000
_READ_AT_ONCE = 1024  # pixels a side


@dataclass(frozen=True)
class Cells:
    """Cells of `size` pixels a side over `extent`, a window of the grid; the last row and column may be cut."""

    extent: Window
    size: int

    @classmethod
    def over(cls, extent: Window, tile: int) -> Cells:
        """Cells of an eighth of a tile, or a multiple of that where they would become too many."""
        step = max(1, tile // 8)
        most = math.sqrt(extent.width * extent.height / _MOST_CELLS)
        return cls(extent, step * max(1, math.ceil(most / step)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return -(-self.extent.height // self.size), -(-self.extent.width // self.size)

    def of_pixels(self, window: Window) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row of cells of each pixel row, column of each pixel column; outside the lattice where past the extent."""
        rows = np.arange(window.row_off, window.row_off + window.height) - self.extent.row_off
        columns = np.arange(window.col_off, window.col_off + window.width) - self.extent.col_off
        return rows // self.size, columns // self.size

    def look_up(self, table: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
        """(H, W): a table's value at each pixel, 0 outside the extent."""
        rows, columns = self.of_pixels(window)
        beyond = np.arange(window.row_off, window.row_off + window.height) >= self.extent.row_off + self.extent.height
        aside = np.arange(window.col_off, window.col_off + window.width) >= self.extent.col_off + self.extent.width
        inside = np.outer((rows >= 0) & ~beyond, (columns >= 0) & ~aside)
        last_row, last_column = (length - 1 for length in self.shape)
        values = table[np.ix_(rows.clip(0, last_row), columns.clip(0, last_column))]
        return np.where(inside, values, np.uint8(0))

    def box(self, top: int, bottom: int, left: int, right: int) -> Window:
        """The window of pixels of rows `top` … `bottom` - 1 and columns `left` … `right` - 1 of cells."""
        first_row, first_column = top * self.size, left * self.size
        height = min(bottom * self.size, self.extent.height) - first_row
        width = min(right * self.size, self.extent.width) - first_column
        return Window(self.extent.col_off + first_column, self.extent.row_off + first_row, width, height)

    def add_counts(self, table: NDArray[np.int64], chosen: NDArray[np.bool_], window: Window) -> None:
        """Adds to `table` how many of the chosen pixels (H, W) of a window from `windows` lie in each cell."""
        rows, columns = self.of_pixels(window)
        here = table[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        where = np.add.outer((rows - rows[0]) * here.shape[1], columns - columns[0])
        here += np.bincount(where[chosen], minlength=here.size).reshape(here.shape)

    def windows(self) -> Iterator[Window]:
        """Windows of whole cells over the extent, each quickly read."""
        side = self.size * max(1, _READ_AT_ONCE // self.size)
        bottom, right = self.extent.row_off + self.extent.height, self.extent.col_off + self.extent.width
        for top in range(self.extent.row_off, bottom, side):
            for left in range(self.extent.col_off, right, side):
                yield Window(left, top, min(side, right - left), min(side, bottom - top))

    def sums(self, table: NDArray[np.generic]) -> NDArray[np.int64]:
        """Sums over all cells above and to the left, (rows + 1, columns + 1): a box's sum then takes four look-ups."""
        sums = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int64)
        sums[1:, 1:] = table.astype(np.int64).cumsum(0).cumsum(1)
        return sums

    def touched(
        self, sums: NDArray[np.int64], tops: NDArray[np.int64], lefts: NDArray[np.int64], side: int
    ) -> NDArray[np.int64]:
        """Sum over the cells that squares of `side` pixels touch, (tops, lefts); corners in pixels of the extent."""
        rows = (tops // self.size).clip(0), (-(-(tops + side) // self.size)).clip(0, self.shape[0])
        columns = (lefts // self.size).clip(0), (-(-(lefts + side) // self.size)).clip(0, self.shape[1])
        return _box_sums(sums, rows, columns)

    def within(
        self, sums: NDArray[np.int64], tops: NDArray[np.int64], lefts: NDArray[np.int64], side: int
    ) -> NDArray[np.int64]:
        """Sum over the cells that lie wholly in squares of `side` pixels, (tops, lefts); cut cells are whole."""
        rows = _whole(tops, side, self.size, self.extent.height, self.shape[0])
        columns = _whole(lefts, side, self.size, self.extent.width, self.shape[1])
        return _box_sums(sums, rows, columns)

    def origins(self, tile: int, step: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns, in pixels of the extent, of tiles every `step` pixels; the last is flush with the edge."""
        rows, columns = (
            np.unique(np.append(np.arange(0, max(length - tile, 0) + 1, step), max(length - tile, 0)))
            for length in (self.extent.height, self.extent.width)
        )
        return rows, columns


Span = tuple[NDArray[np.int64], NDArray[np.int64]]


def _whole(starts: NDArray[np.int64], side: int, size: int, length: int, count: int) -> Span:
    first, ends = -(-starts // size), starts + side
    last = np.where(ends >= length, count, ends // size)
    return first, np.maximum(first, last)


def _box_sums(sums: NDArray[np.int64], rows: Span, columns: Span) -> NDArray[np.int64]:
    (top, bottom), (left, right) = rows, columns
    found: NDArray[np.int64] = (
        sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)] - sums[np.ix_(bottom, left)] + sums[np.ix_(top, left)]
    )
    return found


@dataclass(frozen=True)
class CellCounts:
    """Pixels of each cell.

    Attributes:
        valid: pixels with data inside the area, (rows, columns).
        labelled: of these, the labelled ones a class, (rows, columns, K); K = 0 without labels.
    """

    valid: NDArray[np.int64]
    labelled: NDArray[np.int64]

    @property
    def weights(self) -> NDArray[np.int64]:
        """What shares are measured in, (rows, columns, K or 1): labelled pixels, or valid ones without labels."""
        return self.labelled if self.labelled.any() else self.valid[..., None]

    def only(self, chosen: NDArray[np.bool_]) -> CellCounts:
        """The same with nothing but the chosen cells."""
        return CellCounts(np.where(chosen, self.valid, 0), np.where(chosen[..., None], self.labelled, 0))


def count_cells(
    scene: Scene, labels: Labels | None, cells: Cells, *, within: Callable[[Window], NDArray[np.bool_]] | None = None
) -> CellCounts:
    """One pass over labels and over one band a layer (bands of a layer share their gaps but for a few pixels).

    `within` narrows the scene's area further.
    """
    classes = len(labels.classes) if labels else 0
    valid = np.zeros(cells.shape, np.int64)
    labelled = np.zeros((*cells.shape, classes), np.int64)
    first = {band.layer: index for index, band in reversed(list(enumerate(scene.bands)))}
    for window in cells.windows():
        _, data = scene.read(window, sorted(first.values()))
        data &= scene.inside(window)
        if within is not None:
            data &= within(window)
        cells.add_counts(valid, data, window)
        if labels:
            channels = labels.read(window)
            for channel in np.unique(channels[data & (channels != IGNORE)]).tolist():
                cells.add_counts(labelled[..., channel], data & (channels == channel), window)
    return CellCounts(valid, labelled)
