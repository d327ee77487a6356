"""Weights that say where to match: foreground, boundaries, where the teacher looks, where it doubts (block F5).

Each gives float32 (N, H, W), what a loss takes as `weights`; a loss divides by their sum, so only their ratio matters.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from rskd.distill.losses.pixels import SMALL
from rskd.geo.labels import IGNORE


def foreground(target: Tensor, *, background: int = 0, inside: float = 1.0, outside: float = 0.0) -> Tensor:
    """`inside` on every class but the background, `outside` on it and where there is no label.

    Args:
        target: int64 (N, H, W), 255 is not labelled: the labels, or the classes that a teacher sees.
        background: its channel.
        inside, outside: weights >= 0.
    """
    apart = (target != background) & (target != IGNORE)
    return torch.where(apart, inside, outside)


def boundary(target: Tensor, *, radius: int = 2, inside: float = 1.0, outside: float = 0.0) -> Tensor:
    """`inside` within `radius` pixels (of a square) of a place where two classes meet, `outside` elsewhere.

    Unlabelled pixels are no class: they make no boundary, and are `outside`.

    Args:
        target: int64 (N, H, W), 255 is not labelled.
        radius: pixels >= 1.
        inside, outside: weights >= 0.
    """
    known = target != IGNORE
    side = 2 * radius + 1
    highest = F.max_pool2d(target.where(known, -1).float().unsqueeze(1), side, 1, radius)
    lowest = -F.max_pool2d(-target.where(known, IGNORE).float().unsqueeze(1), side, 1, radius)
    return torch.where((highest > lowest).squeeze(1) & known, inside, outside)


def attention(features: Tensor, *, temperature: float = 0.5) -> Tensor:
    """Where features are strong: softmax over the positions of a tile of A / T, times their number (mean 1).

    A is the mean of |F| over channels in units of its deviation over the tile: the size of features is of no matter.

    Args:
        features: (N, C, H, W), a teacher's.
        temperature: T > 0; smaller ones look at fewer places.

    Source: Yang et al. 2022 (FGD), arXiv:2111.11837, equation (5), without the units.
    """
    strength = features.detach().float().abs().mean(1)
    spread = strength.flatten(1).std(1, correction=0).clamp_min(SMALL)[:, None, None]
    shares = (strength / spread / temperature).flatten(1).softmax(1)
    return (shares * shares.shape[1]).reshape(strength.shape)


def certainty(teacher: Tensor) -> Tensor:
    """1 - entropy of the teacher's classes in units of the largest possible: 1 where it is sure, 0 where not at all.

    Args:
        teacher: logits, (N, K, H, W).
    """
    nats = teacher.detach().float().log_softmax(1)
    return 1 + (nats.exp() * nats).sum(1) / torch.tensor(float(teacher.shape[1])).log()


def doubt(teacher: Tensor) -> Tensor:
    """1 - `certainty`: the hard places count most."""
    return 1 - certainty(teacher)
