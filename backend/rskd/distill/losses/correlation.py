"""Response losses that match the pattern of probabilities, not their values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import SMALL, counting, kept, same_shape, weighed_mean, weighing
from rskd.distill.losses.response import Temperature


@method("response", needs=("teacher",), cost="N·K·P", source="Huang et al. 2022 (DIST), arXiv:2205.10536")
def dist(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 1.0,
    beta: Annotated[float, Field(ge=0, description="Weight of the relation between classes at a pixel")] = 1.0,
    gamma: Annotated[float, Field(ge=0, description="Weight of the relation between pixels in a class")] = 1.0,
    weights: Tensor | None = None,
) -> Tensor:
    """Correlation with the teacher: T² · [beta (1 - r between classes) + gamma (1 - r between pixels)].

    r between classes is Pearson's correlation over the K probabilities of a pixel, mean over pixels; r between pixels
    that over all pixels which count, of one class, mean over classes. Where the teacher says the same everywhere (all
    classes alike at a pixel, or a class alike at all pixels) there is no pattern to learn, and it is left out.

    Args:
        student, teacher: logits, (N, K, H, W) or (N, K), K >= 2; the teacher is detached.
        target: not used.
        mask, weights: as in `kd`.
        temperature, beta, gamma: T > 0, weights >= 0.

    Returns:
        Float32 scalar, 0 to 2 (beta + gamma) T²; 0 if nothing counts. With K = 2 a correlation over two values is +1 or
        -1: the part between classes is left out.
    """
    del target
    same_shape(student, teacher, classes=True)
    counts = counting(student, mask, exact=True)
    weight = weighing(counts, weights).unsqueeze(1)
    learned, taught = ((kept(s, counts) / temperature).softmax(1) for s in (student, teacher.detach()))
    places = [0, *range(2, student.ndim)]
    total = weight.sum()
    share = weight / total.where(total > 0, 1)
    between_pixels, known = _correlation(learned, taught, share, places)
    value = gamma * weighed_mean(1 - between_pixels, known.float())
    if student.shape[1] > 2:
        even = share.new_full((), 1 / student.shape[1]).expand_as(taught)
        between_classes, known = _correlation(learned, taught, even, [1])
        value = value + beta * weighed_mean(1 - between_classes, known * weight)
    return temperature**2 * value


def _correlation(student: Tensor, teacher: Tensor, share: Tensor, dims: list[int]) -> tuple[Tensor, Tensor]:
    """Pearson's correlation over `dims` with shares that sum to 1, and where the teacher varies at all."""
    learned, taught = (side - (side * share).sum(dims, keepdim=True) for side in (student, teacher))
    spread = (taught.square() * share).sum(dims, keepdim=True).sqrt()
    own = (learned.square() * share).sum(dims, keepdim=True).clamp_min(SMALL**2).sqrt()
    together = (learned * taught * share).sum(dims, keepdim=True)
    return together / (own * spread.clamp_min(SMALL)), spread > 10 * SMALL
