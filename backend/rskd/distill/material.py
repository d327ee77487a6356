"""What a scene offers to learn from: pixels, labels and the teacher's answers, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.distill.targets import SoftTargets
from rskd.geo.grid import windows_of
from rskd.geo.labels import IGNORE, Labels
from rskd.geo.scene import Scene
from rskd.geo.splits import Split

_BLOCK = 512


@dataclass(frozen=True)
class Patch:
    """One window; arrays of the same height and width."""

    pixels: NDArray[np.float32]
    """(C, H, W) raw values of the student's bands, 0 where not valid."""
    valid: NDArray[np.bool_]
    """(H, W): all bands have data."""
    part: NDArray[np.uint8]
    """(H, W): the split's 0 none, 1 train, 2 validation, 3 test."""
    target: NDArray[np.uint8]
    """(H, W): channel of the label, 255 without one."""
    answers: NDArray[np.float32] | None
    """(K, H, W): the teacher's probabilities; None without a teacher."""
    answered: NDArray[np.bool_] | None
    """(H, W): the teacher has an answer."""
    shown: NDArray[np.float32] | None = None
    """(C', H, W) raw values of the bands that a teacher sees while the student learns; None where it is not there."""


class Material(Protocol):
    """A scene to learn from, read from its files or held in memory."""

    @property
    def split(self) -> Split:
        """Which pixels train, validate, test."""
        ...

    @property
    def extent(self) -> Window:
        """The window of the grid that holds all of it."""
        ...

    def read(self, window: Window) -> Patch:
        """The window, which may reach past any edge. Thread-safe."""
        ...

    def labels(self, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Target and part of the window alone, as in `Patch`."""
        ...


@dataclass(frozen=True)
class SceneMaterial:
    """Material read from its files."""

    scene: Scene
    bands: tuple[int, ...]
    """The student's bands among the scene's, from 0, in the student's order."""
    split: Split
    reference: Labels | None = None
    targets: SoftTargets | None = None
    shown: tuple[int, ...] | None = None
    """The bands of a teacher that runs beside the student, in its order."""

    @property
    def extent(self) -> Window:
        """The area's window, or the whole grid."""
        return self.scene.extent()

    def read(self, window: Window) -> Patch:
        """See `Material.read`."""
        pixels, valid = self.scene.read(window, self.bands)
        target, part = self.labels(window)
        answers, answered = (None, None) if self.targets is None else self.targets.probabilities(window)
        shown = None if self.shown is None else self.scene.read(window, self.shown)[0]
        return Patch(pixels, valid, part, target, answers, answered, shown)

    def labels(self, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Material.labels`."""
        part = self.split.read(window)
        return np.full_like(part, IGNORE) if self.reference is None else self.reference.read(window), part


def read_square(material: Material, window: Window, size: int) -> Patch:
    """A whole square, of which only the window counts: what lies beside it may be counted by its neighbour."""
    patch = material.read(Window(window.col_off, window.row_off, size, size))
    part = np.zeros_like(patch.part)
    here = np.s_[: int(window.height), : int(window.width)]
    part[here] = patch.part[here]
    return replace(patch, part=part)


class ResidentMaterial:
    """Material decoded once and held in memory; hands out the same numbers as its files."""

    def __init__(self, source: Material) -> None:
        self.split, self.extent = source.split, source.extent
        self._whole = _empty(_corner(source), int(self.extent.height), int(self.extent.width))
        for window in windows_of(self.extent, _BLOCK, int(self.extent.width)):
            _fill(self._whole, int(window.row_off - self.extent.row_off), source.read(window))

    def read(self, window: Window) -> Patch:
        """See `Material.read`."""
        whole, answers, answered = self._whole, None, None
        if whole.answers is not None and whole.answered is not None:
            answered = self._cut(whole.answered, window, False)
            answers = self._cut(whole.answers, window, 0).astype(np.float32)
            answers[:, ~answered] = 1 / len(answers)
        pixels, valid = self._cut(whole.pixels, window, 0), self._cut(whole.valid, window, False)
        target, part = self.labels(window)
        shown = None if whole.shown is None else self._cut(whole.shown, window, 0)
        return Patch(pixels, valid, part, target, answers, answered, shown)

    def labels(self, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Material.labels`."""
        return self._cut(self._whole.target, window, IGNORE), self._cut(self._whole.part, window, 0)

    def _cut(self, array: NDArray, window: Window, outside: float) -> NDArray:  # type: ignore[type-arg]
        height, width = int(window.height), int(window.width)
        top, left = int(window.row_off - self.extent.row_off), int(window.col_off - self.extent.col_off)
        here = array[..., max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
        if here.shape[-2:] == (height, width):
            return here.copy()
        cut = np.full((*array.shape[:-2], height, width), outside, array.dtype)
        row, col = max(-top, 0), max(-left, 0)
        cut[..., row : row + here.shape[-2], col : col + here.shape[-1]] = here
        return cut


def resident(materials: Sequence[Material], memory_gb: float) -> tuple[Material, ...]:
    """Decodes scenes into memory, in order, as long as they fit into `memory_gb`; the others stay on disk."""
    left, kept = memory_gb * 1e9, list[Material]()
    for material in materials:
        need = _bytes_a_pixel(material) * material.extent.width * material.extent.height
        fits = need <= left
        kept.append(ResidentMaterial(material) if fits else material)
        left -= need if fits else 0
    return tuple(kept)


def _bytes_a_pixel(material: Material) -> int:
    return sum(array.nbytes for array in vars(_empty(_corner(material), 1, 1)).values() if array is not None)


def _corner(material: Material) -> Patch:
    return material.read(Window(material.extent.col_off, material.extent.row_off, 1, 1))


def _empty(like: Patch, height: int, width: int) -> Patch:
    return Patch(
        np.empty((len(like.pixels), height, width), np.float32),
        np.empty((height, width), bool),
        np.empty((height, width), np.uint8),
        np.empty((height, width), np.uint8),
        # Half floats, as the store holds them: nothing is lost.
        None if like.answers is None else np.empty((len(like.answers), height, width), np.float16),
        None if like.answered is None else np.empty((height, width), bool),
        None if like.shown is None else np.empty((len(like.shown), height, width), np.float32),
    )


def _fill(whole: Patch, row: int, patch: Patch) -> None:
    for name, array in vars(patch).items():
        if array is not None:
            getattr(whole, name)[..., row : row + array.shape[-2], :] = array
