"""How the student's bands are spread over the training pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rskd.card import BandCard
from rskd.distill.material import Material
from rskd.errors import AreaTooSmall
from rskd.geo.grid import windows_of
from rskd.geo.scene import Band
from rskd.geo.splits import TRAIN

_BLOCK = 512
_SAMPLE = 2**20
"""Pixels kept for the percentiles, at most."""


def band_statistics(materials: Sequence[Material], bands: Sequence[Band]) -> tuple[BandCard, ...]:
    """Mean, deviation and the 0.1st and 99.9th percentile of each band over all valid training pixels.

    Mean and deviation are exact, in double precision; so are percentiles up to a million pixels, above that they are
    of a random sample, the same on every run. A band that is constant gets the deviation 1.

    Args:
        materials: the scenes, read once, block by block.
        bands: the student's, in its order, as the first scene names them.

    Raises:
        AreaTooSmall: no training pixel has data.
    """
    moments, sample = _Moments(len(bands)), _Sample()
    for material in materials:
        for window in windows_of(material.extent, _BLOCK, _BLOCK):
            if (material.split.read(window) == TRAIN).any():
                patch = material.read(window)
                pixels = patch.pixels[:, patch.valid & (patch.part == TRAIN)]  # (C, P)
                moments.add(pixels.astype(np.float64))
                sample.add(pixels)
    if not moments.count:
        hint = "Check nodata values and `area:`, or give a `split:` whose training part has data."
        raise AreaTooSmall("No pixel of the training part has data.", hint)
    low, high = np.percentile(sample.whole(), [0.1, 99.9], axis=1)
    return tuple(
        BandCard(
            name=band.name,
            layer=band.layer,
            dtype=band.dtype,
            mean=float(moments.mean[at]),
            std=float(moments.std[at]) or 1.0,
            low=float(low[at]),
            high=float(high[at]),
            nodata=band.nodata,
        )
        for at, band in enumerate(bands)
    )


class _Moments:
    """Count, mean and deviation, merged block by block (Chan, Golub and LeVeque 1979)."""

    def __init__(self, bands: int) -> None:
        self.count, self.mean, self._squares = 0, np.zeros(bands), np.zeros(bands)

    @property
    def std(self) -> NDArray[np.float64]:
        return np.sqrt(self._squares / self.count)

    def add(self, pixels: NDArray[np.float64]) -> None:
        fresh = pixels.shape[1]
        if not fresh:
            return
        mean = pixels.mean(axis=1)
        apart, total = mean - self.mean, self.count + fresh
        self._squares += ((pixels - mean[:, None]) ** 2).sum(axis=1) + apart**2 * self.count * fresh / total
        self.mean += apart * fresh / total
        self.count = total


class _Sample:
    """A random share of the stream, the same on every run; the share halves when too many are held.

    Not every n-th pixel: rows of blocks have round lengths, and n would pick out columns.
    """

    def __init__(self) -> None:
        self._kept, self._keys = list[NDArray[np.float32]](), list[NDArray[np.float64]]()
        self._draw, self._share, self._held = np.random.default_rng(0), 1.0, 0

    def add(self, pixels: NDArray[np.float32]) -> None:
        self._keep(pixels, self._draw.random((pixels.shape[1],)))
        while self._held > _SAMPLE:
            pixels, keys = self.whole(), np.concatenate(self._keys)
            self._kept, self._keys, self._held, self._share = [], [], 0, self._share / 2
            self._keep(pixels, keys)

    def whole(self) -> NDArray[np.float32]:
        return np.concatenate(self._kept, axis=1)

    def _keep(self, pixels: NDArray[np.float32], keys: NDArray[np.float64]) -> None:
        chosen = keys < self._share
        self._kept.append(pixels[:, chosen])
        self._keys.append(keys[chosen])
        self._held += int(chosen.sum())
