"""Where a network looks: maps of how strong its features are, whatever their channels."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import SMALL, both_sides, unit, weighed_mean


@method("feature", needs=("teacher", "taps"), cost="N·C·P", source="Zagoruyko and Komodakis 2017, arXiv:1612.03928")
def attention_transfer(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    power: Annotated[float, Field(ge=1, description="Of a feature before the sum over channels")] = 2.0,
    over: Annotated[Literal["channels", "positions"], Field(description="What is summed: a map or a vector stays")] = (
        "channels"
    ),
) -> Tensor:
    """Difference of attention maps: mean over tiles of ||Q(student) - Q(teacher)||², maps of length 1.

    Q is the sum over channels of |F_c|^p, a value a position. Summed over positions instead it
    matches how strong each channel is; then both sides need the same channels.

    Args:
        student, teacher: features (N, C, H, W); channels may differ, of two grids the smaller one is taken.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        power: p >= 1.
        over: channels (a map is matched) or positions (a vector of channels is).

    Returns:
        Float32 scalar from 0 to 2. Codes that take the mean over H·W positions report 1/(H·W) of it: a published
        weight of 1000 at 32 x 32 is about 1 here.

    Raises:
        ValueError: other tiles, or channels that differ where they are matched.
    """
    del target
    student, teacher, counts = both_sides(student, teacher, mask)
    if over == "positions" and student.shape[1] != teacher.shape[1]:
        raise ValueError(f"channels differ: student {student.shape[1]}, teacher {teacher.shape[1]}; give an adapter")
    looks = [_strength(side, power, over) for side in (student, teacher)]
    return weighed_mean((looks[0] - looks[1]).square().sum(1), counts.flatten(1).any(1).float())


def _strength(features: Tensor, power: float, over: str) -> Tensor:
    """(N, P) or (N, C), of length 1 a tile."""
    # To a largest value of 1 first: the power of a strong feature may be more than float32 holds.
    strong = features.abs().flatten(2)
    strong = strong / strong.detach().amax((1, 2), keepdim=True).clamp_min(SMALL)
    return unit(strong.pow(power).sum(1 if over == "channels" else 2))


def class_activation(features: Tensor, classifier: Tensor) -> Tensor:
    """Class activation maps: ReLU of the features summed with a class's weights, each map's largest value 1.

    Args:
        features: (N, C, H, W), before the classifier.
        classifier: (K, C), the weights of the last layer.

    Returns:
        Float32 (N, K, H, W), 0 to 1: maps that `attention_transfer` or `hint` match.

    Source: Zhou et al. 2016, arXiv:1512.04150.
    """
    with torch.autocast(features.device.type, enabled=False):
        maps = torch.einsum("nchw,kc->nkhw", features.float(), classifier.float()).relu()
    return maps / maps.detach().amax((2, 3), keepdim=True).clamp_min(SMALL)
