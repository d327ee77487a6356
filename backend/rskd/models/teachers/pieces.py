"""An extent in pieces that fit into memory: slabs of columns, each cut into strips of rows."""

from __future__ import annotations

from collections.abc import Iterator

from rasterio.windows import Window

from rskd.infer.engine import BLOCK, BUFFER_BYTES

_COPIES = 4  # of a strip of probabilities that are in memory at once


def slabs(extent: Window, channels: int) -> Iterator[Window]:
    """Columns from the left, narrow enough to keep strips of `channels` probabilities; most often all at once."""
    width = max(BLOCK, BUFFER_BYTES // (4 * _COPIES * channels * BLOCK) // BLOCK * BLOCK)
    for left in range(0, int(extent.width), width):
        wide = min(width, int(extent.width) - left)
        yield Window(int(extent.col_off) + left, int(extent.row_off), wide, int(extent.height))


def strips(slab: Window) -> Iterator[Window]:
    """Rows of a slab from the top, a block high."""
    for down in range(0, int(slab.height), BLOCK):
        high = min(BLOCK, int(slab.height) - down)
        yield Window(int(slab.col_off), int(slab.row_off) + down, int(slab.width), high)
