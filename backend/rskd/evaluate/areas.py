"""How much ground each class covers, corrected for the map's errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    confusion: NDArray[np.int64], mapped_pixels: NDArray[np.int64], pixel_area_m2: float
) -> list[AreaEstimate]:
    """Error-adjusted areas of all classes: the map's classes are the strata, the test pixels the sample.

    The intervals take test pixels as a random sample of each stratum. Pixels of test blocks are neighbours and no such
    sample, so the true uncertainty is larger.

    Args:
        confusion: (K, K), rows = reference, columns = map.
        mapped_pixels: (K,), pixels of each class in the map.
        pixel_area_m2: of one pixel.

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
    sample = confusion.T[checked]  # rows = map, as in the source
    size = sample.sum(1, keepdims=True)
    area = mapped[checked, np.newaxis]
    share = sample / size
    unchecked = np.where(checked, 0, mapped)
    adjusted = (area * share).sum(0) + unchecked
    error = np.sqrt((area**2 * share * (1 - share) / (size - 1)).sum(0))
    half_width = _Z_95 * error + unchecked.sum()
    return [AreaEstimate(*map(float, row)) for row in zip(mapped, adjusted, half_width, strict=True)]
