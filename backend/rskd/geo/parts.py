"""A scene in three parts: what is training, validation and test ground, and where training tiles may be cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.geo.cells import CellCounts, Cells
from rskd.geo.grid import windows_of
from rskd.geo.layouts import TEST, TRAIN, VALIDATION

PART_NAMES = {TRAIN: "train", VALIDATION: "validation", TEST: "test"}

# Training never needs more places to cut a tile from, and a list of them stays small.
_MOST_ORIGINS = 250_000
# Blocks that confidence intervals are drawn over: enough for a bootstrap, few enough to keep a matrix each.
_MOST_BLOCKS = 1024
Kind = Literal["auto", "given", "whole scene"]


class Split:
    """The parts of one scene.

    Attributes:
        gap: pixels between any training tile and the nearest validation or test pixel; at least so many where the
            parts were given. 0: they may touch.
        block: side in pixels of the blocks that `block_ids` numbers.
    """

    def __init__(
        self,
        kind: Kind,
        cells: Cells,
        parts: Mapping[int, CellCounts],
        barred: NDArray[np.bool_],
        *,
        read: Callable[[Window], NDArray[np.uint8]],
        names: Sequence[str],
        total: int,
        gap: int,
        tile: int,
    ) -> None:
        """`parts` counts pixels a part; `barred` marks the cells that no training tile may touch.

        `read` answers for pixels, `names` are the classes', `total` is the number of valid pixels inside the area.
        """
        self.kind, self.gap = kind, gap
        self._cells, self._parts, self._barred, self._read = cells, parts, barred, read
        self._names, self._total = tuple(names), total
        side = math.ceil(math.sqrt(cells.extent.width * cells.extent.height / _MOST_BLOCKS))
        self.block = max(tile, -(-side // cells.size) * cells.size)

    @property
    def extent(self) -> Window:
        """The part of the grid that the split covers."""
        return self._cells.extent

    def read(self, window: Window) -> NDArray[np.uint8]:
        """(H, W): TRAIN, VALIDATION or TEST; 0 in the gap, outside the area and past the edges."""
        return self._read(window)

    def train_origins(self, tile: int) -> NDArray[np.int64]:
        """Upper left corners (n, 2) as (row, column), row by row, of tiles to train on.

        They lie an eighth of a tile apart (more where there would be over 250,000), keep the gap, and hold valid
        training pixels. Where the area is smaller than a tile, the tile reaches past it.
        """
        extent = self._cells.extent
        step = max(1, tile // 8, math.isqrt(extent.width * extent.height // _MOST_ORIGINS))
        rows, columns = self._cells.origins(tile, step)
        barred = self._cells.touched(self._cells.sums(self._barred), rows, columns, tile)
        sums = self._cells.sums(self._parts[TRAIN].valid)
        # Cells at a tile's edge may hold their valid pixels outside it, but small tiles hold no whole cell.
        count = self._cells.within if tile >= 2 * self._cells.size else self._cells.touched
        at = np.argwhere((barred == 0) & (count(sums, rows, columns, tile) > 0))
        return np.column_stack([rows[at[:, 0]] + extent.row_off, columns[at[:, 1]] + extent.col_off]).astype(np.int64)

    def windows(self, part: int, size: int) -> list[Window]:
        """Disjoint windows of up to `size` pixels a side that cover all valid pixels of a part, row by row."""
        found: list[Window] = []
        filled = self._parts[part].valid > 0
        step = max(1, size // self._cells.size)
        for top, left in product(range(0, filled.shape[0], step), range(0, filled.shape[1], step)):
            rows, columns = np.nonzero(filled[top : top + step, left : left + step])
            if len(rows):
                box = (top + rows.min(), top + rows.max() + 1, left + columns.min(), left + columns.max() + 1)
                # Cells of a large area can be larger than `size`.
                found += windows_of(self._cells.box(*map(int, box)), size, size)
        return found

    def block_ids(self, window: Window) -> NDArray[np.int32]:
        """(H, W): number of the square block that a pixel lies in, -1 outside the area's extent.

        Blocks are counted as independent pieces of ground when confidence intervals are drawn.
        """
        extent = self._cells.extent
        rows = np.arange(window.row_off, window.row_off + window.height) - extent.row_off
        columns = np.arange(window.col_off, window.col_off + window.width) - extent.col_off
        across = -(-extent.width // self.block)
        ids = np.add.outer(rows // self.block * across, columns // self.block)
        inside = np.outer((rows >= 0) & (rows < extent.height), (columns >= 0) & (columns < extent.width))
        return np.where(inside, ids, -1).astype(np.int32)

    def footprint(self, part: int) -> float:
        """Share of the area's valid pixels that a part holds."""
        return int(self._parts[part].valid.sum()) / self._total if self._total else 0.0

    def labelled(self, part: int) -> list[int]:
        """Labelled pixels of a part, a class."""
        return [int(count) for count in self._parts[part].labelled.sum(axis=(0, 1))]

    def summary(self) -> dict[str, Any]:
        """For the report: kind, gap, block and cell size, and what each part holds."""
        parts = {}
        for part, name in PART_NAMES.items():
            labelled = self.labelled(part)
            parts[name] = {
                "pixels": int(self._parts[part].valid.sum()),
                "share": round(self.footprint(part), 4),
                "labelled": sum(labelled),
                "classes": dict(zip(self._names, labelled, strict=True)),
            }
        sizes = {"gap": self.gap, "block": self.block, "cell": self._cells.size}
        return {"kind": self.kind, **sizes, "parts": parts}
