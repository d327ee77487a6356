"""One layer on a scene's grid: read as it is where the pixels coincide, resampled where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from rskd.geo.grid import Grid
from rskd.geo.sources import Source
from rskd.geo.warps import warped

_ALIGNED = 0.01  # pixels: layers that are nearer than this are not resampled


class Reader(Protocol):
    """Bands of one layer on a grid."""

    def read(self, bands: Sequence[int], window: Window) -> NDArray[np.float32]:
        """(C, H, W) of the bands at these positions in the layer, NaN in gaps; the window lies inside the grid."""
        ...


def open_reader(source: Source, grid: Grid, files: ExitStack) -> Reader:
    """Reads `source` on `grid`: as it is where their pixels coincide, else warped; `files` will close what it opens.

    Raises:
        LayerUnreadable: the layer cannot be brought to the grid.
    """
    offset = whole_pixel_offset(source.grid, grid)
    if offset is not None:
        return _Aligned(source, *offset)
    return _Warped(source, warped(source, grid, files))


def whole_pixel_offset(source: Grid, grid: Grid) -> tuple[int, int] | None:
    """Column and row of `source` at the grid's origin, where the pixels of both are the same ones; else None."""
    if source.crs != grid.crs:
        return None
    to_source = ~source.transform * grid.transform
    columns, rows = to_source * np.array([(0, 0), (grid.width, 0), (0, grid.height)], float).T
    shift = np.array([round(columns[0]), round(rows[0])])
    drift = np.array([columns - [0, grid.width, 0], rows - [0, 0, grid.height]]) - shift[:, None]
    return (int(shift[0]), int(shift[1])) if np.abs(drift).max() < _ALIGNED else None


class _Aligned:
    """A layer whose pixels are the grid's: read as they are."""

    def __init__(self, source: Source, left: int, top: int) -> None:
        self._source, self._left, self._top = source, left, top

    def read(self, bands: Sequence[int], window: Window) -> NDArray[np.float32]:
        there = Window(window.col_off + self._left, window.row_off + self._top, window.width, window.height)
        part, here = part_inside(there, self._source.grid.width, self._source.grid.height)
        pixels = np.full((len(bands), window.height, window.width), np.nan, np.float32)
        if part is not None:
            pixels[(slice(None), *here)] = self._source.read(bands, part)
        return pixels


class _Warped:
    """A layer that is resampled to the grid as it is read."""

    def __init__(self, source: Source, vrt: WarpedVRT) -> None:
        self._source, self._vrt = source, vrt

    def read(self, bands: Sequence[int], window: Window) -> NDArray[np.float32]:
        pixels: NDArray[np.floating] = self._source.patiently(
            lambda: self._vrt.read([band + 1 for band in bands], window=window)
        )
        with np.errstate(over="ignore"):
            return pixels.astype(np.float32, copy=False)


def part_inside(window: Window, width: int, height: int) -> tuple[Window | None, tuple[slice, slice]]:
    """The part of a window that a raster of this size has, and where in the window it lies; None where it has none."""
    left, top, right, bottom = (
        int(max(window.col_off, 0)),
        int(max(window.row_off, 0)),
        int(min(window.col_off + window.width, width)),
        int(min(window.row_off + window.height, height)),
    )
    if left >= right or top >= bottom:
        return None, (slice(0), slice(0))
    here = (
        slice(top - int(window.row_off), bottom - int(window.row_off)),
        slice(left - int(window.col_off), right - int(window.col_off)),
    )
    return Window(left, top, right - left, bottom - top), here
