"""How much ground each class covers, corrected for the map's errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rskd.evaluate.confusion import BlockedConfusion, Matrix

NOTE = (
    "Adjusted areas by the stratified estimator of Olofsson et al. 2014, from the errors seen on the test blocks. "
    "± is half of a 95 % interval: the larger one of that of a random sample and that of resampled test blocks, "
    "whose pixels are neighbours. Test blocks are not drawn at random over the map, and few of them say little: "
    "the true uncertainty may be larger."
)
"""To stand beside the numbers, wherever they are shown."""

_Z_95 = 1.96


@dataclass(frozen=True)
class AreaEstimate:
    """Area of one class in square metres.

    `adjusted_m2` ± `half_width_m2` is the 95 % confidence interval. Both are None where nothing can be said.
    """

    mapped_m2: float
    adjusted_m2: float | None
    half_width_m2: float | None


def area_estimates(
    confusion: NDArray[np.int64],
    mapped_pixels: NDArray[np.int64],
    pixel_area_m2: float,
    *,
    blocks: BlockedConfusion | None = None,
) -> list[AreaEstimate]:
    """Error-adjusted areas of all classes: the map's classes are the strata, the test pixels the sample.

    The source's intervals take test pixels as a random sample of each stratum. Pixels of test blocks are neighbours and
    no such sample: with `blocks` an interval is at least as wide as resampling these makes it. Still, blocks are not
    drawn at random over the map (`NOTE`).

    Args:
        confusion: (K, K), rows = reference, columns = map.
        mapped_pixels: (K,), pixels of each class in the map.
        pixel_area_m2: of one pixel.
        blocks: the same pixels block by block.

    Returns:
        One a class. Where the map has a class without two test pixels, nothing is known of those pixels: they are taken
        as right, and all intervals grow by their area, since they may be of any class. Without any test pixels,
        nothing is estimated.

    Source: Olofsson et al. 2014, Remote Sensing of Environment 148, 42-57, equations 9 to 11.
    """
    mapped = mapped_pixels * pixel_area_m2
    checked = (mapped_pixels > 0) & (confusion.sum(0) >= 2)
    if not checked.any():
        return [AreaEstimate(float(area), None, None) for area in mapped]
    unchecked = np.where(checked, 0, mapped)
    share = _shares(confusion, checked)
    area = mapped[checked, np.newaxis]
    adjusted = (area * share).sum(0)
    size = confusion.sum(0)[checked, np.newaxis]
    half_width = _Z_95 * np.sqrt((area**2 * share * (1 - share) / (size - 1)).sum(0))

    def adjusted_areas(matrices: Matrix) -> NDArray[np.float64]:
        return np.asarray((area * _shares(matrices, checked)).sum(-2))

    ends = None if blocks is None else blocks.interval(adjusted_areas)
    if ends is not None:
        half_width = np.maximum(half_width, np.abs(ends - adjusted).max(0))
    rows = zip(mapped, adjusted + unchecked, half_width + unchecked.sum(), strict=True)
    return [AreaEstimate(*map(float, row)) for row in rows]


def _shares(matrices: Matrix, checked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(..., C, K): of the test pixels in each checked class of the map, the share of each reference class."""
    sample = np.swapaxes(matrices, -1, -2)[..., checked, :]  # rows = map, as in the source
    return np.asarray(sample / sample.sum(-1, keepdims=True), np.float64)
