"""How many objects a segmentation finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize, shapes

from rskd.geo.labels import IGNORE

SAME_OBJECT = 0.5
"""IoU from which two objects are one."""


@dataclass
class ObjectCounts:
    """Objects of reference and map, and how many of them belong together; grows window by window.

    An object is a patch of 4-connected pixels of one class other than the background. What a window cuts counts as
    objects of their own on either side, so windows should be whole test blocks.
    """

    background: int
    reference: int = 0
    predicted: int = 0
    matched: int = 0

    def update(self, reference: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
        """Adds a window of channel indices (H, W); where the reference is 255, the map is not asked."""
        ours, classes = self._objects(reference)
        theirs, their_classes = self._objects(np.where(reference == IGNORE, IGNORE, predicted))
        self.reference += len(classes) - 1
        self.predicted += len(their_classes) - 1
        self.matched += _matches(ours, theirs, classes, their_classes)

    @property
    def precision(self) -> float | None:
        """Share of the map's objects that are there; None without objects in the map."""
        return self.matched / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share of the reference's objects that the map has; None without objects in the reference."""
        return self.matched / self.reference if self.reference else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None without any objects."""
        objects = self.reference + self.predicted
        return 2 * self.matched / objects if objects else None

    def _objects(self, channels: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Object number of each pixel (H, W), 0 for none, and the class of each object (n + 1,)."""
        channels = channels.astype(np.uint8, copy=False)
        mask = (channels != self.background) & (channels != IGNORE)
        found = list(shapes(channels, mask, connectivity=4))
        classes = np.array([IGNORE, *(value for _, value in found)], np.int64)
        if not found:
            return np.zeros(channels.shape, np.int32), classes
        numbered = ((shape, number) for number, (shape, _) in enumerate(found, 1))
        return rasterize(numbered, channels.shape, fill=0, dtype="int32"), classes


def _matches(
    ours: NDArray[np.int32], theirs: NDArray[np.int32], classes: NDArray[np.int64], their_classes: NDArray[np.int64]
) -> int:
    pairs, shared = np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1, return_counts=True)
    sizes, their_sizes = np.bincount(ours.ravel()), np.bincount(theirs.ravel())
    left, right = pairs
    iou = shared / (sizes[left] + their_sizes[right] - shared)
    same = (left > 0) & (right > 0) & (classes[left] == their_classes[right]) & (iou >= SAME_OBJECT)
    # No object is in two pairs: both partners would be exactly half of it, hence touch and be one object.
    return int(same.sum())
