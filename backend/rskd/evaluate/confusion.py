"""One streamed confusion matrix, and every accuracy that follows from it.

The functions take matrices (..., K, K), rows = reference, columns = map, so that they also answer for many resampled
matrices at once. What cannot be said (a class that is nowhere) is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rskd.geo.labels import IGNORE

Matrix = NDArray[Any]
Statistic = Callable[[Matrix], NDArray[np.float64]]
"""Takes matrices (..., K, K), gives numbers (...) or (..., n)."""

# Cells of resampled matrices that are in memory at a time.
_CELLS = 2**22


def _ratio(part: Matrix, whole: Matrix) -> NDArray[np.float64]:
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _hits(matrix: Matrix) -> Matrix:
    return np.asarray(np.diagonal(matrix, axis1=-2, axis2=-1))


def users_accuracy(matrix: Matrix) -> NDArray[np.float64]:
    """Share of a class's map pixels that are right (precision), (..., K)."""
    return _ratio(_hits(matrix), matrix.sum(-2))


def producers_accuracy(matrix: Matrix) -> NDArray[np.float64]:
    """Share of a class's reference pixels that the map found (recall), (..., K)."""
    return _ratio(_hits(matrix), matrix.sum(-1))


def f1(matrix: Matrix) -> NDArray[np.float64]:
    """Harmonic mean of user's and producer's accuracy, (..., K)."""
    return _ratio(2 * _hits(matrix), matrix.sum(-1) + matrix.sum(-2))


def iou(matrix: Matrix) -> NDArray[np.float64]:
    """Intersection over union of each class, (..., K)."""
    return _ratio(_hits(matrix), matrix.sum(-1) + matrix.sum(-2) - _hits(matrix))


def mean_iou(matrix: Matrix, present: Sequence[int]) -> NDArray[np.float64]:
    """Mean IoU over the channels `present`, (...), without those that neither reference nor map has."""
    chosen = iou(matrix)[..., list(present)]
    return _ratio(np.nansum(chosen, -1), (~np.isnan(chosen)).sum(-1))


def overall_accuracy(matrix: Matrix) -> NDArray[np.float64]:
    """Share of pixels that are right, (...)."""
    return _ratio(_hits(matrix).sum(-1), matrix.sum((-1, -2)))


def kappa(matrix: Matrix) -> NDArray[np.float64]:
    """Cohen's kappa, (...): agreement beyond that of chance with the same class totals."""
    right = overall_accuracy(matrix)
    total = matrix.sum((-1, -2), dtype=np.float64)
    chance = _ratio((matrix.sum(-1, dtype=np.float64) * matrix.sum(-2, dtype=np.float64)).sum(-1), total**2)
    return _ratio(right - chance, 1 - chance)


class ConfusionMatrix:
    """Counts (K, K) int64, rows = reference, columns = map; grows window by window."""

    def __init__(self, classes: int) -> None:
        self.counts: NDArray[np.int64] = np.zeros((classes, classes), np.int64)

    def update(self, reference: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
        """Adds channel indices of equal shape; a pixel with 255 in one of them is not counted.

        Raises:
            ValueError: the shapes differ, or an index is neither a channel nor 255.
        """
        self.counts += _count(reference, predicted, len(self.counts))

    def add(self, other: ConfusionMatrix) -> None:
        """Adds another one's counts."""
        self.counts += other.counts

    @property
    def present(self) -> list[int]:
        """Channels with reference pixels."""
        return [int(channel) for channel in np.flatnonzero(self.counts.sum(1))]

    def mean_iou(self, present: Sequence[int] | None = None) -> float:
        """Mean IoU over the channels `present`, by default those with reference pixels; NaN without any."""
        return float(mean_iou(self.counts, self.present if present is None else present))

    def iou(self) -> NDArray[np.float64]:
        """IoU of each class, (K,)."""
        return iou(self.counts)

    def f1(self) -> NDArray[np.float64]:
        """F1 of each class, (K,)."""
        return f1(self.counts)

    def users(self) -> NDArray[np.float64]:
        """User's accuracy of each class, (K,)."""
        return users_accuracy(self.counts)

    def producers(self) -> NDArray[np.float64]:
        """Producer's accuracy of each class, (K,)."""
        return producers_accuracy(self.counts)

    def overall_accuracy(self) -> float:
        """Share of pixels that are right."""
        return float(overall_accuracy(self.counts))

    def kappa(self) -> float:
        """Cohen's kappa."""
        return float(kappa(self.counts))


class BlockedConfusion:
    """A confusion matrix a spatial block: blocks, not pixels, are what can be taken as independent.

    Memory grows with the number of blocks, not with pixels.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._blocks: dict[tuple[int, int], NDArray[np.int64]] = {}

    def update(
        self, reference: NDArray[np.uint8], predicted: NDArray[np.uint8], blocks: NDArray[np.int32], *, scene: int = 0
    ) -> None:
        """As `ConfusionMatrix.update`, with the block number of each pixel; blocks of different scenes are different.

        Raises:
            ValueError: as there.
        """
        for block in np.unique(blocks):
            here = blocks == block
            counts = _count(reference[here], predicted[here], self._classes)
            if counts.any():
                key = (scene, int(block))
                self._blocks[key] = self._blocks.get(key, 0) + counts

    @property
    def total(self) -> ConfusionMatrix:
        """All blocks together."""
        whole = ConfusionMatrix(self._classes)
        whole.counts += sum(self._blocks.values(), np.zeros_like(whole.counts))
        return whole

    @property
    def blocks(self) -> int:
        """Number of blocks with counted pixels."""
        return len(self._blocks)

    def interval(self, statistic: Statistic, *, draws: int = 1000, seed: int = 7) -> NDArray[np.float64] | None:
        """95 % percentile bootstrap interval of a statistic of the whole: blocks get random weights.

        Drawing blocks with replacement leaves out the only block of a rare class in one draw of three; a mean over
        classes would then leave the class out too, and look better than it is. Dirichlet weights have the same mean
        and variance as such draws (with the concentration below), and are never 0: all draws have the same classes.

        Returns:
            (2,) or (2, n): lower and upper ends, NaN where the statistic says nothing; None with fewer than two blocks.
            With few blocks (below about ten) such intervals are too narrow, and so is what a class adds to them that
            only one block has.

        Sources: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; Rubin 1981, The Annals of
        Statistics 9, 130-134.
        """
        if self.blocks < 2:
            return None
        matrices = np.stack([self._blocks[key] for key in sorted(self._blocks)]).reshape(self.blocks, -1)
        concentration = np.full(self.blocks, 1 - 1 / self.blocks)
        weights = self.blocks * np.random.default_rng(seed).dirichlet(concentration, draws)
        step = max(1, _CELLS // matrices.shape[1])
        sums = (weights[at : at + step] @ matrices for at in range(0, draws, step))
        found = np.concatenate([statistic(s.reshape(-1, self._classes, self._classes)) for s in sums])
        return _percentiles(found)


def _percentiles(found: NDArray[np.float64]) -> NDArray[np.float64]:
    ends = np.full((2, *found.shape[1:]), np.nan)
    said = ~np.isnan(found).all(axis=0)  # numpy warns of columns that are NaN throughout
    ends[:, said] = np.nanpercentile(found[:, said], [2.5, 97.5], axis=0)
    return ends


def _count(reference: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    if reference.shape != predicted.shape:
        raise ValueError(f"reference {reference.shape} and map {predicted.shape} differ in shape")
    counted = (reference != IGNORE) & (predicted != IGNORE)
    rows, columns = reference[counted].astype(np.int64), predicted[counted].astype(np.int64)
    if rows.size and max(rows.max(), columns.max()) >= classes:
        raise ValueError(f"expected channels 0 to {classes - 1} or {IGNORE}")
    return np.bincount(rows * classes + columns, minlength=classes**2).reshape(classes, classes).astype(np.int64)
