"""A teacher's answers put away strip by strip, so that a pass that was stopped goes on behind the last whole one.

`<store>/parts/<row>-<column>-<height>-<width>.z` holds one strip as the store's raster will hold it: half floats
(bands, height, width), deflated, whose own checksum says whether they are whole. Each appears under its name in one
step. Teachers answer slab by slab from the left, each from its top to its bottom: what is there is a beginning of that
order, and what remains are at most two rectangles.
"""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.geo.atomic import write_bytes

FOLDER = "parts"

Halves = NDArray[np.float16]

_NAME = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)\.z")
_QUICK = 1  # of zlib's levels: the parts are gone when the store is whole


class AnsweredParts:
    """What an earlier pass over `extent` has left in a store's folder, found when this is made."""

    def __init__(self, store: Path, bands: int, extent: Window) -> None:
        self._folder, self._bands = store / FOLDER, bands
        self.windows: list[Window] = []
        """Of the whole strips, in the order in which they were answered."""
        self.answered = False
        """Whether any of their pixels has an answer."""
        self.rest: list[Window] = []
        """What is still to be asked, in that order."""
        self._find(extent)

    def _find(self, extent: Window) -> None:
        first, left, top, bottom, right = (
            int(side)
            for side in (
                extent.row_off,
                extent.col_off,
                extent.row_off,
                extent.row_off + extent.height,
                extent.col_off + extent.width,
            )
        )
        there, width = self._there(), 0
        while left < right:
            window = there.get((top, left))
            if window is None or (top > first and window.width != width) or not self._is_whole(window):
                break
            self.windows.append(window)
            top, width = top + int(window.height), int(window.width)
            if top >= bottom:
                top, left = first, left + width
        if top > first:
            self.rest.append(Window(left, top, width, bottom - top))
            left += width
        if left < right:
            self.rest.append(Window(left, first, right - left, bottom - first))

    def _there(self) -> dict[tuple[int, int], Window]:
        """By first row and column."""
        if not self._folder.is_dir():
            return {}
        named = filter(None, (_NAME.fullmatch(entry.name) for entry in self._folder.iterdir()))
        sizes = (map(int, found.groups()) for found in named)
        return {(row, column): Window(column, row, width, height) for row, column, height, width in sizes}

    def _is_whole(self, window: Window) -> bool:
        try:
            halves = self._read(window)
        except (OSError, ValueError, zlib.error):
            return False
        self.answered = self.answered or bool((halves[0] >= 0).any())
        return True

    def _read(self, window: Window) -> Halves:
        pixels = zlib.decompress(self._path(window).read_bytes())
        return np.frombuffer(pixels, np.dtype("<f2")).reshape(self._bands, int(window.height), int(window.width))

    def _path(self, window: Window) -> Path:
        sides = (window.row_off, window.col_off, window.height, window.width)
        return self._folder / ("-".join(str(int(side)) for side in sides) + ".z")

    def kept(self) -> Iterator[tuple[Window, Halves]]:
        """The whole strips."""
        for window in self.windows:
            yield window, self._read(window)

    def keep(self, window: Window, halves: Halves) -> None:
        """Puts a new strip away. Raises OutputUnwritable."""
        write_bytes(self._path(window), zlib.compress(halves.astype("<f2").tobytes(), _QUICK))

    def remove(self) -> None:
        """When the store is whole."""
        shutil.rmtree(self._folder, ignore_errors=True)
