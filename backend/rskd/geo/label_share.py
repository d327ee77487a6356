"""Fewer labels on purpose: whole blocks of training labels, as if only these had been mapped."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.geo.cells import Cells
from rskd.geo.labels import IGNORE, Labels
from rskd.geo.layouts import TRAIN
from rskd.geo.parts import Split

# Side in pixels; larger where a scene would have too many.
_BLOCK = 64
_MOST_BLOCKS = 100_000


def label_share(labels: Labels, split: Split, share: float, seed: int) -> Labels:
    """The same labels with only `share` of the labelled training pixels left, in whole blocks of 64 pixels.

    Every class that training has keeps a block, which can take more than `share` where classes are many or blocks few;
    the rest is drawn at random. Validation and test labels stay. Closing the result closes `labels`.

    Args:
        labels: of the scene.
        split: of the same scene.
        share: above 0, up to 1.
        seed: same seed, same blocks.
    """
    if share >= 1:
        return labels
    side = math.isqrt(split.extent.width * split.extent.height // _MOST_BLOCKS)
    blocks = Cells(split.extent, max(_BLOCK, side))
    counts = _training_counts(labels, split, blocks)
    kept = _kept(counts.reshape(-1, counts.shape[-1]), share, seed).reshape(blocks.shape)

    def read(window: Window) -> NDArray[np.uint8]:
        dropped = (split.read(window) == TRAIN) & (blocks.look_up(kept, window) == 0)
        return np.where(dropped, np.uint8(IGNORE), labels.read(window))

    lost = counts[kept == 0].sum(axis=0)
    left = tuple(int(count - gone) for count, gone in zip(labels.counts, lost, strict=True))
    return Labels(labels.classes, read, counts=left, background=labels.background, close=labels.close)


def _training_counts(labels: Labels, split: Split, blocks: Cells) -> NDArray[np.int64]:
    """Labelled training pixels of each block and class, (rows, columns, K)."""
    counts = np.zeros((*blocks.shape, len(labels.classes)), np.int64)
    for window in blocks.windows():
        channels = np.where(split.read(window) == TRAIN, labels.read(window), np.uint8(IGNORE))
        for channel in np.unique(channels[channels != IGNORE]).tolist():
            blocks.add_counts(counts[..., channel], channels == channel, window)
    return counts


def _kept(counts: NDArray[np.int64], share: float, seed: int) -> NDArray[np.uint8]:
    """1 for each block that stays; `counts` is (blocks, K)."""
    kept = np.zeros(len(counts), np.uint8)
    of_block = counts.sum(axis=1)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(of_block))
    wanted = share * of_block.sum()
    for channel in np.argsort(counts.sum(axis=0), kind="stable"):
        having = order[counts[order, channel] > 0]
        if len(having) and not kept[having].any():
            # A block worth having: at least as much of the class as the middle one of those that have it.
            rich = having[counts[having, channel] >= np.median(counts[having, channel])]
            kept[rich[0]] = 1
    for block in order:
        short = wanted - of_block[kept == 1].sum()
        if not kept[block] and of_block[block] / 2 <= short:
            kept[block] = 1
    return kept
