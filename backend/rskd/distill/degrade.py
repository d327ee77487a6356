"""What is done to the student's picture and not to the teacher's, so that it learns to see through it (block M4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from rskd.distill.data import Batch
from rskd.geo.labels import IGNORE
from rskd.spec import DegradeSpec

BLUR = 2.0
"""Largest standard deviation of the blur in pixels, at strength 1."""

NOISE = 0.2
"""Standard deviation of the noise in deviations of the band, at strength 1."""

CLOUD = 0.3
"""Largest share of a tile under cloud, at strength 1."""


class Degrade:
    """Applies a recipe's degradations to the image of a batch, each to a share of its tiles.

    Draws come from torch's generator: the trainer seeds it by step.

    Args:
        specs: in the order in which they are applied.
        mean, std: of the student's bands in raw units, (C,).
    """

    def __init__(self, specs: Sequence[DegradeSpec], mean: Sequence[float], std: Sequence[float]) -> None:
        self._specs = tuple(specs)
        self._mean, self._std = (torch.tensor(one, dtype=torch.float32).view(1, -1, 1, 1) for one in (mean, std))

    def __call__(self, batch: Batch) -> Batch:
        """The batch with another image; `mix` changes target, soft targets and masks too."""
        for spec in self._specs:
            chosen = torch.rand(len(batch.image), device=batch.image.device) < spec.share
            if spec.kind == "mix":
                batch = _mixed(batch, chosen, spec.strength)
            else:
                changed = self._ways[spec.kind](batch.image, spec.strength)
                batch = replace(batch, image=changed.where(chosen.view(-1, 1, 1, 1), batch.image))
        return batch

    @property
    def _ways(self) -> dict[str, Callable[[Tensor, float], Tensor]]:
        return {"blur": _blurred, "noise": self._noisy, "cloud": self._clouded, "band-drop": self._without_a_band}

    def _noisy(self, image: Tensor, strength: float) -> Tensor:
        return image + torch.randn_like(image) * self._std.to(image.device) * (NOISE * strength)

    def _clouded(self, image: Tensor, strength: float) -> Tensor:
        """Bright veils with soft edges over parts of the tile, the same in all bands."""
        size = (image.shape[2], image.shape[3])
        rough = torch.randn(len(image), 1, 5, 5, device=image.device)
        smooth = F.interpolate(rough, size=size, mode="bicubic", align_corners=False)
        share = torch.rand(len(image), device=image.device) * min(CLOUD * strength, 1.0)
        above = torch.stack([tile.flatten().quantile(1 - part) for tile, part in zip(smooth, share, strict=True)])
        veil = ((smooth - above.view(-1, 1, 1, 1)) * 2).clamp(0, 1)
        bright = (self._mean + 3 * self._std).to(image.device)
        return image * (1 - veil) + bright * veil

    def _without_a_band(self, image: Tensor, strength: float) -> Tensor:
        """A band (or, at higher strength, several) set to its mean."""
        if image.shape[1] == 1:
            return image
        number = min(max(1, round(strength)), image.shape[1] - 1)
        order = torch.rand(len(image), image.shape[1], device=image.device).argsort(1)
        lost = (order < number).view(len(image), -1, 1, 1)
        return torch.where(lost, self._mean.to(image.device), image)


def _blurred(image: Tensor, strength: float) -> Tensor:
    """A Gaussian of a width drawn for each tile (spatial feature blurring, survey [2])."""
    radius = math.ceil(2 * BLUR * strength)
    at = torch.arange(-radius, radius + 1, device=image.device, dtype=torch.float32)
    widths = torch.rand(len(image), device=image.device) * BLUR * strength + 1e-3
    kernels = torch.exp(-0.5 * (at / widths.unsqueeze(1)).square())
    kernels = kernels / kernels.sum(1, keepdim=True)
    bands = image.shape[1]
    lines = kernels.repeat_interleave(bands, 0).view(-1, 1, 1, 2 * radius + 1)
    flat = F.pad(image.reshape(1, -1, *image.shape[2:]), (radius,) * 4, mode="replicate")
    across = F.conv2d(flat, lines, groups=len(lines))
    return F.conv2d(across, lines.transpose(2, 3), groups=len(lines)).reshape(image.shape)


def _mixed(batch: Batch, chosen: Tensor, strength: float) -> Batch:
    """Tiles mixed with their neighbour in the batch by a share of at most half; the teacher's answers with them.

    Where the two have different labels, or only one counts, there is none.
    """
    if len(batch.image) < 2:
        return batch
    share = (torch.rand(len(chosen), device=chosen.device) * 0.5 * min(strength, 1.0)).where(chosen, 0)
    own, other = (1 - share).view(-1, 1, 1, 1), share.view(-1, 1, 1, 1)
    mixed = chosen.view(-1, 1, 1)

    def rolled(values: Tensor) -> Tensor:
        return values.roll(1, 0)

    same = (batch.target == rolled(batch.target)) | ~mixed
    soft, answered = batch.soft, batch.answered
    if soft is not None and answered is not None:
        soft = torch.where(mixed.unsqueeze(1), (own * soft.exp() + other * rolled(soft).exp()).log(), soft)
        answered = answered & (rolled(answered) | ~mixed)
    return replace(
        batch,
        image=own * batch.image + other * rolled(batch.image),
        valid=batch.valid & (rolled(batch.valid) | ~mixed),
        target=batch.target.where(same, IGNORE),
        soft=soft,
        answered=answered,
    )
