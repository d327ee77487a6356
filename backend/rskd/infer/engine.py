"""The streaming predictor: a model over a scene of any size, in memory that depends on the window's size.

One lattice of windows, anchored at the grid's origin, serves every request: whatever area or part is asked for, a pixel
gets the same number. Windows are read ahead, answered, blended on the open strips, handed out and forgotten.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.card import Tiling
from rskd.events import Stage
from rskd.geo.scene import Scene
from rskd.infer.ahead import read_ahead
from rskd.infer.blend import Axis

BLOCK = 512
"""Side in pixels of the blocks of written rasters; strips are whole rows of blocks."""
BUFFER_BYTES = 256 * 2**20
"""How much the strips being worked on may take, unless said otherwise."""
_AHEAD = 2


class Predictor(Protocol):
    """A model matched to a scene: pixels in, probabilities out."""

    @property
    def tiling(self) -> Tiling:
        """The lattice it is run on."""

    @property
    def bands(self) -> tuple[int, ...]:
        """The scene's bands (from 0) in the model's order."""

    @property
    def fill(self) -> NDArray[np.float32]:
        """(C,): what stands in for pixels without data."""

    @property
    def channels(self) -> int:
        """Number of classes, K."""

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, H, W) raw values to (N, K, H, W) probabilities."""


@dataclass(frozen=True)
class Strip:
    """A finished piece: whole rows of the asked window, or of one slab of it where the window is very wide."""

    window: Window
    """On the scene's grid."""
    probabilities: NDArray[np.float32]
    """(K, h, w); 0 where not valid."""
    valid: NDArray[np.bool_]
    """(h, w): there is data here, and it is inside the area."""

    def winners(self) -> NDArray[np.uint8]:
        """(h, w): channel of the largest probability, the first of equals; at most 255 channels."""
        largest = self.probabilities.max(axis=0)
        winners = np.zeros(largest.shape, np.uint8)
        # Half the time of `argmax` over the first axis, which walks across memory.
        for channel in reversed(range(len(self.probabilities))):
            np.copyto(winners, np.uint8(channel), where=self.probabilities[channel] == largest)
        return winners


class _Box(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of(cls, window: Window) -> _Box:
        top, left = int(window.row_off), int(window.col_off)
        return cls(top, left, top + int(window.height), left + int(window.width))

    @property
    def window(self) -> Window:
        return Window(self.left, self.top, self.right - self.left, self.bottom - self.top)

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    def within(self, other: _Box) -> _Box:
        top, left = max(self.top, other.top), max(self.left, other.left)
        return _Box(top, left, max(top, min(self.bottom, other.bottom)), max(left, min(self.right, other.right)))

    def cut(self, piece: _Box) -> tuple[slice, slice]:
        """Where `piece` lies in an array that covers this box."""
        rows = slice(piece.top - self.top, piece.bottom - self.top)
        return rows, slice(piece.left - self.left, piece.right - self.left)


def megapixels(window: Window) -> float:
    """Size of a window, as counted by `stream` on its stage."""
    return float(window.width * window.height / 1e6)


def stream(
    scene: Scene,
    predictor: Predictor,
    *,
    stage: Stage | None = None,
    window: Window | None = None,
    block_origin: tuple[int, int] = (0, 0),
    buffer_bytes: int = BUFFER_BYTES,
) -> Generator[Strip]:
    """Probabilities of all of `window`, strip by strip, from the top; close the generator to stop early.

    Pixels without data, and those past the raster's edge, are shown to the model as `predictor.fill`. Windows that
    would answer for no valid pixel are not run.

    Args:
        scene: the pixels.
        predictor: the model, matched to the scene.
        stage: is advanced by megapixels of `window`.
        window: part of the grid that is wanted; the scene's extent if None.
        block_origin: row and column of the grid where the output's blocks of 512 pixels start.
        buffer_bytes: what the strips being worked on may take; very wide windows are cut into slabs, each from its
            top to its bottom, at least one block wide.

    Raises:
        LayerUnreadable: the scene stops being readable.
        ValueError: the predictor's answer has another shape than it declares.
    """
    asked = _Box.of(scene.extent() if window is None else window)
    for slab in _slabs(asked, block_origin[1], _slab_width(predictor, buffer_bytes)):
        yield from _Slab(scene, predictor, slab, block_origin[0], stage).strips()


def bytes_of_windows(predictor: Predictor) -> int:
    """What the windows under way take, besides the strips and the model itself."""
    pixels = predictor.tiling.window**2
    return 4 * pixels * ((_AHEAD + 2) * len(predictor.bands) + 3 * predictor.channels)


def bytes_of_narrowest_slab(predictor: Predictor) -> int:
    """The least that `buffer_bytes` can achieve."""
    return BLOCK * _bytes_of_column(predictor)


def _bytes_of_column(predictor: Predictor) -> int:
    answered = predictor.tiling.stride + predictor.tiling.overlap
    # A part rarely starts on a block's edge; one strip more is in the consumer's hands, and a copy of it.
    strips = -(-answered // BLOCK) + 3
    return strips * BLOCK * (4 * predictor.channels + 1)


def _slab_width(predictor: Predictor, buffer_bytes: int) -> int:
    return BLOCK * max(1, buffer_bytes // bytes_of_narrowest_slab(predictor))


def _slabs(asked: _Box, origin: int, width: int) -> Iterator[_Box]:
    left = asked.left
    while left < asked.right:
        aligned = origin + (left + width - origin) // BLOCK * BLOCK
        right = asked.right if left + width >= asked.right else aligned
        yield asked._replace(left=left, right=right)
        left = right


@dataclass(frozen=True)
class _Seen:
    """What was read for one window of the lattice."""

    pixels: NDArray[np.float32]
    """(C, window, window), filled where there is no data."""
    part: _Box
    """The pixels of the slab that the window answers for."""
    counts: NDArray[np.bool_]
    """(h, w) of `part`: data there, and inside the area."""


class _Slab:
    """One run over columns that are few enough to keep strips of them."""

    def __init__(self, scene: Scene, predictor: Predictor, box: _Box, origin: int, stage: Stage | None) -> None:
        self._scene, self._predictor, self._stage = scene, predictor, stage
        self._box = box
        self._rows = Axis(predictor.tiling, scene.grid.height)
        self._columns = Axis(predictor.tiling, scene.grid.width)
        self._open = _OpenStrips(box, predictor.channels, origin)

    def strips(self) -> Iterator[Strip]:
        windows = (
            (row, column)
            for row in self._rows.meeting(self._box.top, self._box.bottom)
            for column in self._columns.meeting(self._box.left, self._box.right)
        )
        for (row, column), seen in read_ahead(self._read, windows, depth=_AHEAD):
            yield from self._open.finished(self._rows.part(row)[0])
            if seen is not None:
                self._answer(row, column, seen)
            if self._stage is not None:
                self._stage.advance(megapixels(self._own(row, column).window))
        yield from self._open.finished(self._box.bottom)

    def _part(self, row: int, column: int) -> _Box:
        (top, bottom), (left, right) = self._rows.part(row), self._columns.part(column)
        return _Box(top, left, bottom, right)

    def _own(self, row: int, column: int) -> _Box:
        (top, bottom), (left, right) = self._rows.own(row), self._columns.own(column)
        return _Box(top, left, bottom, right).within(self._box)

    def _read(self, cell: tuple[int, int]) -> _Seen | None:
        """Runs in the reader's thread. None where the window would answer for no valid pixel."""
        part = self._part(*cell).within(self._box)
        inside = self._scene.inside(part.window)
        if not inside.any():
            return None
        size = self._predictor.tiling.window
        top, left = self._rows.start(cell[0]), self._columns.start(cell[1])
        window = _Box(top, left, top + size, left + size)
        pixels, has_data = self._scene.read(window.window, self._predictor.bands)
        counts = has_data[window.cut(part)] & inside
        if not counts.any():
            return None
        if not has_data.all():
            pixels[:, ~has_data] = self._predictor.fill[:, None]
        return _Seen(pixels, part, counts)

    def _answer(self, row: int, column: int, seen: _Seen) -> None:
        tiling = self._predictor.tiling
        answer = self._predictor(seen.pixels[None])
        expected = (1, self._predictor.channels, tiling.window, tiling.window)
        if answer.shape != expected:
            raise ValueError(f"the model answered {answer.shape} where {expected} was expected")
        core = slice(tiling.margin, tiling.window - tiling.margin)
        answer = answer[0, :, core, core]  # (K, part, part)
        if tiling.overlap:
            answer = answer * np.outer(self._rows.weights(row), self._columns.weights(column))
        rows, columns = self._part(row, column).cut(seen.part)
        self._open.add(seen.part, answer[:, rows, columns])
        own = self._own(row, column)
        self._open.mark(own, seen.counts[seen.part.cut(own)])


class _OpenStrips:
    """Strips that windows still add to, each made when first touched and let go when finished."""

    def __init__(self, box: _Box, channels: int, origin: int) -> None:
        self._box, self._channels, self._origin = box, channels, origin
        self._next = box.top
        self._strips: dict[int, tuple[NDArray[np.float32], NDArray[np.bool_]]] = {}

    def add(self, part: _Box, weighted: NDArray[np.float32]) -> None:
        for strip in self._touched(part):
            piece = part.within(strip)
            self._arrays(strip)[0][:, *strip.cut(piece)] += weighted[:, *part.cut(piece)]

    def mark(self, own: _Box, valid: NDArray[np.bool_]) -> None:
        for strip in self._touched(own):
            piece = own.within(strip)
            self._arrays(strip)[1][strip.cut(piece)] = valid[own.cut(piece)]

    def finished(self, complete: int) -> Iterator[Strip]:
        """The strips that end at or above row `complete`; what they held is forgotten."""
        while self._next < self._box.bottom:
            strip = self._strip_at(self._next)
            if strip.bottom > complete:
                return
            probabilities, valid = self._arrays(strip)
            del self._strips[strip.top]
            self._next = strip.bottom
            # Blended from only some of its windows where no valid pixel needed the others: not an answer.
            np.copyto(probabilities, np.float32(0), where=~valid)
            yield Strip(strip.window, probabilities, valid)

    def _strip_at(self, row: int) -> _Box:
        top = self._origin + (row - self._origin) // BLOCK * BLOCK
        return self._box._replace(top=top, bottom=top + BLOCK).within(self._box)

    def _touched(self, part: _Box) -> Iterator[_Box]:
        row = part.top
        while row < part.bottom:
            strip = self._strip_at(row)
            yield strip
            row = strip.bottom

    def _arrays(self, strip: _Box) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        if strip.top not in self._strips:
            blank = np.zeros((self._channels, *strip.shape), np.float32), np.zeros(strip.shape, np.bool_)
            self._strips[strip.top] = blank
        return self._strips[strip.top]
