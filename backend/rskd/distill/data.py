"""Tiles to train on: number i of a seed is always the same tile, whatever was asked before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from rasterio.windows import Window
from torch import Tensor

from rskd.card import BandCard
from rskd.distill.material import Material, Patch
from rskd.distill.targets import log_probabilities
from rskd.errors import AreaTooSmall, LabelsUnusable
from rskd.geo.labels import IGNORE
from rskd.geo.splits import TRAIN

BALANCED_EVERY = 4
"""One tile in so many is drawn by class, each class as often as any other; the rest walk over all of the imagery."""

JITTER = 0.05
"""Standard deviation of the gain and (in the band's own deviations) of the offset of a band, where jitter is on."""


@dataclass(frozen=True)
class Batch:
    """N tiles; what does not count is masked, never guessed."""

    image: Tensor
    """Float32 (N, C, H, W), raw values; the band's mean where there is no data."""
    valid: Tensor
    """Bool (N, H, W): data, and a training pixel (in validation: a validation pixel)."""
    target: Tensor
    """Int64 (N, H, W), 255 = not labelled or not valid."""
    soft: Tensor | None = None
    """Float32 (N, K, H, W): the teacher's log-probabilities; None without a teacher."""
    answered: Tensor | None = None
    """Bool (N, H, W): valid, and the teacher has an answer."""
    shown: Tensor | None = None
    """Float32 (N, C', H, W): raw values that a teacher sees who runs beside the student."""

    def counts(self, of: Literal["labels", "teacher"]) -> Tensor | None:
        """Where the word of either counts."""
        return self.valid if of == "labels" else self.answered

    def to(self, device: torch.device, non_blocking: bool = False) -> Self:
        """The same on a device."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        move = partial(torch.Tensor.to, device=device, non_blocking=non_blocking)
        return replace(self, **{name: move(value) for name, value in given.items() if value is not None})


def collate(patches: Iterable[Patch], fill: NDArray[np.float32], part: int) -> Batch:
    """A batch of patches of one size, of which the pixels of `part` count; `fill` (C,) stands in for missing data."""
    image, valid, target, soft, answered, shown = [], [], [], [], [], []
    for patch in patches:
        counts = patch.valid & (patch.part == part)
        image.append(np.where(patch.valid, patch.pixels, fill[:, None, None]))
        valid.append(counts)
        target.append(np.where(counts, patch.target, IGNORE).astype(np.int64))
        if patch.answers is not None and patch.answered is not None:
            soft.append(log_probabilities(patch.answers))
            answered.append(counts & patch.answered)
        if patch.shown is not None:
            # Where the student has no data its teacher gets the tile's mean, which its normalisation keeps near 0.
            here = patch.shown[:, patch.valid]
            mean = here.mean(axis=1) if here.size else np.zeros(len(patch.shown), np.float32)
            shown.append(np.where(patch.valid, patch.shown, mean[:, None, None]))
    return Batch(
        torch.from_numpy(np.stack(image)),
        torch.from_numpy(np.stack(valid)),
        torch.from_numpy(np.stack(target)),
        torch.from_numpy(np.stack(soft)) if soft else None,
        torch.from_numpy(np.stack(answered)) if answered else None,
        torch.from_numpy(np.stack(shown)) if shown else None,
    )


class TileSource:
    """Training tiles of all scenes, each a pure function of (seed, number).

    One tile in four (`BALANCED_EVERY`), where there are labels, is drawn by class: a class first, each alike, then a
    place that holds it; so rare classes are met. The others walk over all places in an order of the seed's own and
    start anew with another order: with few labels and much imagery, all imagery is visited. Without a teacher only
    places with labels are visited.

    A tile is flipped and turned (one of eight ways) together with its labels, the teacher's answers and the masks; its
    brightness is jittered on the student's image only.

    Args:
        materials: the scenes; those with a teacher all have one.
        bands: the student's bands; mean and std serve as fill and as the unit of the jitter.
        tile: side in pixels.
        seed: of places, flips and jitter.
        classes: K.
        teacher: False leaves the teacher out, as for the baseline.
        jitter: False leaves brightness as it is.

    Raises:
        AreaTooSmall: there is no place for a tile.
        LabelsUnusable: there is no teacher, and no training tile holds a label.
    """

    def __init__(
        self,
        materials: Sequence[Material],
        bands: Sequence[BandCard],
        *,
        tile: int,
        seed: int,
        classes: int,
        teacher: bool = True,
        jitter: bool = True,
    ) -> None:
        self.tile, self.seed, self.teacher = tile, seed, teacher
        self._materials, self._jitter = tuple(materials), JITTER if jitter else 0.0
        self._mean = np.array([band.mean for band in bands], np.float32)
        self._std = np.array([band.std for band in bands], np.float32)
        origins = [material.split.train_origins(tile).reshape(-1, 2) for material in materials]
        # (n, 3): scene, row, col
        self._places = np.concatenate([np.insert(rows, 0, at, axis=1) for at, rows in enumerate(origins)])
        if not len(self._places):
            hint = "Lower training.tile, or give a larger area or a `split:` with more room."
            raise AreaTooSmall(f"No training tile of {tile} pixels fits beside validation and test.", hint, tile=tile)
        held = [_classes_held(material, rows, tile, classes) for material, rows in zip(materials, origins, strict=True)]
        holds = np.concatenate(held)  # (n, K)
        self._of_class = [np.flatnonzero(column) for column in holds.T if column.any()]
        self._walk = np.arange(len(self._places)) if teacher else np.flatnonzero(holds.any(axis=1))
        if not len(self._walk):
            hint = "Give labels that lie in the training part, or a teacher that needs none."
            raise LabelsUnusable("No training tile holds a label.", hint)

    def facts(self) -> dict[str, object]:
        """What tells one source from another, JSON types only."""
        places = [int(self._places.sum()), len(self._places), len(self._walk), [len(one) for one in self._of_class]]
        return {"tile": self.tile, "seed": self.seed, "teacher": self.teacher, "places": places}

    def batch(self, numbers: Iterable[int]) -> Batch:
        """The tiles of these numbers (from 0), ready for a network."""
        return collate((self._patch(number) for number in numbers), self._mean, TRAIN)

    def place(self, number: int) -> tuple[int, Window]:
        """Scene and window of a tile."""
        scene, row, col = self._places[self._choose(number)]
        return int(scene), Window(int(col), int(row), self.tile, self.tile)

    def _choose(self, number: int) -> int:
        if self._of_class and number % BALANCED_EVERY == BALANCED_EVERY - 1:
            draw = np.random.default_rng([self.seed, number, 0])
            holding = self._of_class[draw.integers(len(self._of_class))]
            return int(holding[draw.integers(len(holding))])
        step = number - number // BALANCED_EVERY if self._of_class else number
        lap, at = divmod(step, len(self._walk))
        return int(self._walk[_order(self.seed, lap, len(self._walk))[at]])

    def _patch(self, number: int) -> Patch:
        scene, window = self.place(number)
        patch = self._materials[scene].read(window)
        draw = np.random.default_rng([self.seed, number, 1])
        way = int(draw.integers(8))
        pixels = patch.pixels
        if self._jitter:
            gain, offset = draw.normal(0, self._jitter, (2, len(pixels))).astype(np.float32)
            pixels = pixels + (pixels - self._mean[:, None, None]) * gain[:, None, None]
            pixels += (offset * self._std)[:, None, None]
        return Patch(
            turned(pixels, way),
            turned(patch.valid, way),
            turned(patch.part, way),
            turned(patch.target, way),
            turned(patch.answers, way) if self.teacher and patch.answers is not None else None,
            turned(patch.answered, way) if self.teacher and patch.answered is not None else None,
            turned(patch.shown, way) if self.teacher and patch.shown is not None else None,
        )


def turned(array: NDArray, way: int) -> NDArray:  # type: ignore[type-arg]
    """One of the eight ways to lay a square: `way % 4` quarter turns of the last two axes, mirrored first from 4 on."""
    return np.rot90(array[..., ::-1] if way >= 4 else array, way % 4, axes=(-2, -1))


@lru_cache(maxsize=8)
def _order(seed: int, lap: int, count: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, lap, 2]).permutation(count)


def _classes_held(material: Material, origins: NDArray[np.int64], tile: int, classes: int) -> NDArray[np.bool_]:
    """(n, K): which classes a tile at each origin (row, col) holds among its training labels."""
    held = np.zeros((len(origins), classes), bool)
    for row in np.unique(origins[:, 0]):
        here = np.flatnonzero(origins[:, 0] == row)
        left, right = int(origins[here, 1].min()), int(origins[here, 1].max()) + tile
        target, part = material.labels(Window(left, int(row), right - left, tile))
        columns = origins[here, 1] - left
        for channel in np.unique(target[(part == TRAIN) & (target != IGNORE)]):
            found = ((target == channel) & (part == TRAIN)).any(axis=0)
            before = np.concatenate([[0], np.cumsum(found)])
            held[here, channel] = before[columns + tile] > before[columns]
    return held
