"""Losses on inner features, cell by cell: the student's own, projected to the teacher's channels by an adapter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import (
    SMALL,
    both_sides,
    relative_entropy,
    same_shape,
    unit,
    weighed_mean,
    weighing,
)
from rskd.distill.losses.response import divergence

Distance = Annotated[
    Literal["squared", "absolute", "cosine"], Field(description="Difference squared, absolute, or 1 - cosine")
]


@method("feature", needs=("teacher", "taps"), cost="N·C·P", source="Romero et al. 2015, arXiv:1412.6550", adapter=True)
def hint(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    distance: Distance = "squared",
    weights: Tensor | None = None,
) -> Tensor:
    """Difference of features: mean over cells and channels of (student - teacher)², or another distance.

    Equation (18) is a sum of these over layers, each a term with its weight.

    Args:
        student, teacher: features (N, C, H, W), or embeddings (N, D), with the same channels (the student's adapted);
            of two grids the smaller one is taken. The teacher is detached.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size: a cell counts where at least half of it does.
        distance: squared and absolute are means over channels, cosine is 1 - cos over them.
        weights: how much a pixel counts beside others, (N, H, W) of any size.

    Returns:
        Float32 scalar in (squared) units of the features; 0 if nothing counts. A sum over elements divided by N (some
        codes) is C·H·W times this.

    Raises:
        ValueError: other channels or other tiles on the two sides.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    match distance:
        case "squared":
            apart = (learned - taught).square().mean(1)
        case "absolute":
            apart = (learned - taught).abs().mean(1)
        case "cosine":
            apart = 1 - (unit(learned) * unit(taught)).sum(1)
    return weighed_mean(apart, weighing(counts, weights))


@method(
    "feature", needs=("teacher", "taps"), cost="N·C·P", source="Cao et al. 2022 (PKD), arXiv:2207.02039", adapter=True
)
def pkd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    weights: Tensor | None = None,
) -> Tensor:
    """Half the squared difference of features standardised by channel: mean of (s - t)² / 2 = 1 - correlation.

    Mean and deviation are of a channel over all cells that count in the batch (divided by their number): the size of
    features is of no matter, only where they are high. A channel that is the same everywhere is 0.

    Args, returns, raises: as `hint`; from 0 to 2, without unit.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    weight = weighing(counts, weights)
    apart = (_standardised(learned, weight) - _standardised(taught, weight)).square().mean(1) / 2
    return weighed_mean(apart, weight)


@method(
    "feature", needs=("teacher", "taps"), cost="N·C·P", source="Heo et al. 2019 (OFD), arXiv:1904.01866", adapter=True
)
def ofd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    weights: Tensor | None = None,
) -> Tensor:
    """Overhaul of features: partial squared difference from the teacher's features before ReLU, lifted to a margin.

    The margin of a channel is the mean of its negative values, each as much as it counts; t = max(teacher, margin).
    Where t <= 0 and the student is below it already, nothing is asked (ReLU will drop both).

    Args, raises: as `hint`; take the features before their activation.

    Returns:
        Mean over cells and channels. The paper sums over C·H·W and weighs with 1e-3.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    weight = weighing(counts, weights)
    negative = (taught < 0) * weight.unsqueeze(1)
    places = [0, *range(2, taught.ndim)]
    total = negative.sum(places, keepdim=True)
    margin = (taught * negative).sum(places, keepdim=True) / total.where(total > 0, 1)
    lifted = taught.maximum(margin)
    asked = (learned > lifted) | (lifted > 0)
    return weighed_mean((learned - lifted).square().where(asked, 0).mean(1), weight)


@method(
    "feature", needs=("teacher", "taps"), cost="2·N·K·P", source="Shu et al. 2021 (CWD), arXiv:2011.13256", adapter=True
)
def channel_wise(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Annotated[float, Field(gt=0, description="Softens where a channel is high")] = 4.0,
) -> Tensor:
    """Where each channel is high: T² · mean over tiles and channels of KL(softmax over positions of F / T).

    Of logits (no adapter needed) or features. The positions are those of one tile that count.

    Args:
        student, teacher: (N, C, H, W), the same channels; of two grids the smaller one is taken.
        target: not used.
        mask: as in `hint`.
        temperature: T > 0.

    Returns:
        Float32 scalar in nats, the mean over all tiles in which anything counts; tiling a tile leaves it as it is. The
        published weights (3 on logits, 50 on features, at T = 4) hold for this reduction.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    beside = counts.flatten(1).unsqueeze(1)
    maps = ((side.flatten(2) / temperature).masked_fill(~beside, _NEVER).log_softmax(2) for side in (learned, taught))
    nats = relative_entropy(*maps).where(beside, 0).sum(2).mean(1)
    return temperature**2 * weighed_mean(nats, counts.flatten(1).any(1).float())


@method("feature", needs=("teacher", "taps"), cost="2·N·C·P", source="survey, block F3 (CDKD)", adapter=True)
def spatial_wise(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Annotated[float, Field(gt=0, description="Softens which channel is high")] = 4.0,
    weights: Tensor | None = None,
) -> Tensor:
    """Which channel is high at each cell: T² · mean over cells of KL(softmax over channels of F / T).

    Of logits it is `kd`; of features it needs adapted channels.

    Args, returns: as `hint`, in nats.
    """
    del target
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    return divergence(learned, taught, weighing(counts, weights), temperature)


_NEVER = -1e9


def _standardised(values: Tensor, weight: Tensor) -> Tensor:
    places = [0, *range(2, values.ndim)]
    total = weight.sum()
    share = (weight / total.where(total > 0, 1)).unsqueeze(1)
    centred = values - (values * share).sum(places, keepdim=True)
    variance = (centred.square() * share).sum(places, keepdim=True)
    return centred / variance.clamp_min(SMALL**2).sqrt()
