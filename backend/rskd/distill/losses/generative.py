"""Losses for which something is learned beside the student: a generator, a discriminator."""

from __future__ import annotations

from typing import Annotated

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import both_sides, same_shape, weighed_mean


class Generator(nn.Sequential):
    """Two 3x3 convolutions that guess hidden features from those around them (MGD).

    Args:
        channels: of the student's (adapted) and the teacher's features.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1),
        )


class Discriminator(nn.Sequential):
    """Tells the teacher's features from the student's, cell by cell: (N, C, H, W) to logits (N, 1, H, W).

    Args:
        channels: of the student's (adapted) and the teacher's features.
        width: hidden channels.
    """

    def __init__(self, channels: int, width: int = 64) -> None:
        super().__init__(
            nn.Conv2d(channels, width, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, width, 3, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, 1, 1),
        )


@method(
    "feature",
    needs=("teacher", "taps"),
    cost="18·N·C²·P",
    source="Yang et al. 2022 (MGD), arXiv:2205.01529",
    learned=Generator,
    adapter=True,
)
def mgd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    learned: nn.Module,
    hidden: Annotated[float, Field(ge=0, lt=1, description="Share of the student's cells that are hidden")] = 0.5,
) -> Tensor:
    """Masked generation: squared difference of the teacher's features from those made of the student's left ones.

    Cells to hide are drawn from torch's generator, the same for all channels.

    Args:
        student, teacher: features (N, C, H, W), the same channels; of two grids the smaller one is taken.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        learned: makes features of features, `Generator`.
        hidden: share of cells set to 0.

    Returns:
        Float32 scalar: mean over cells and channels; it need not be 0 where student and teacher agree. The paper sums
        over C·H·W and weighs with 2e-5.
    """
    del target
    learner, taught, counts = both_sides(student, teacher, mask)
    same_shape(learner, taught)
    seen = torch.rand(counts.shape, device=counts.device) >= hidden
    made = learned(learner * seen.unsqueeze(1))
    return weighed_mean((made - taught).square().mean(1), counts.float())


@method(
    "feature",
    needs=("teacher", "taps"),
    cost="10·N·C·64·P",
    source="survey, block F7; Goodfellow et al. 2014, arXiv:1406.2661",
    learned=Discriminator,
    adapter=True,
)
def adversarial(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    learned: nn.Module,
) -> Tensor:
    """Features that a discriminator cannot tell from the teacher's: -log D(student), and D's own loss beside it.

    One backward pass trains both: the discriminator learns -log D(teacher) - log(1 - D(student)) from features that
    send no gradient on, the student learns -log D(student) from a discriminator that takes none.

    Args:
        student, teacher: features (N, C, H, W), the same channels; of two grids the smaller one is taken.
        target: not used.
        mask: True where a pixel counts, (N, H, W) of any size.
        learned: the discriminator, features to logits, `Discriminator`.

    Returns:
        Float32 scalar in nats, mean over cells: the sum of both parts. Where D cannot tell (1/2 everywhere) it is
        3 ln 2; it does not fall to 0.
    """
    del target
    learner, taught, counts = both_sides(student, teacher, mask)
    same_shape(learner, taught)
    weight = counts.float()
    real, made = (learned(side).squeeze(1) for side in (taught, learner.detach()))
    judge = weighed_mean(F.softplus(-real) + F.softplus(made), weight)
    fixed = {name: weights.detach() for name, weights in learned.named_parameters()}
    fooled = torch.func.functional_call(learned, fixed, (learner,)).squeeze(1)
    return judge + weighed_mean(F.softplus(-fooled), weight)
