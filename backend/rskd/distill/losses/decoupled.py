"""Response losses that part the target class from the others."""

from __future__ import annotations

from typing import Annotated

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import counting, kept, relative_entropy, same_shape, weighed_mean, weighing
from rskd.distill.losses.response import Temperature
from rskd.geo.labels import IGNORE

_NEVER = -1e9
"""A logit that no softmax sees, and whose difference is still a number."""


@method(
    "response",
    needs=("teacher",),
    cost="N·K·P",
    source="Zhao et al. 2022, arXiv:2203.08679",
    fewest_classes=3,
)
def dkd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 4.0,
    alpha: Annotated[float, Field(ge=0, description="Weight of the target class against all others")] = 1.0,
    beta: Annotated[float, Field(ge=0, description="Weight of the other classes among themselves")] = 2.0,
    weights: Tensor | None = None,
) -> Tensor:
    """Decoupled KD: T² · mean over pixels of [alpha · KL(target or not) + beta · KL(among the other classes)].

    b = (p_t, 1 - p_t) for the target class t; q = p over the others, renormalised; p = softmax(z / T). With beta equal
    to the teacher's 1 - p_t at each pixel, and alpha = 1, it would be `kd`.

    Args:
        student, teacher: logits, (N, K, H, W) or (N, K), K >= 2; the teacher is detached.
        target: int64 (N, H, W) or (N,); where it is 255 or None, t is the teacher's most probable class.
        mask, weights: as in `kd`.
        temperature: T > 0.
        alpha, beta: >= 0. The paper's beta of 8 is for images of one label; 1 to 2 suits pixels.

    Returns:
        Float32 scalar in nats; 0 if nothing counts. With K = 2 there is one other class: the second part is 0.
    """
    same_shape(student, teacher, classes=True)
    counts = counting(student, mask, exact=True)
    weight = weighing(counts, weights)
    learned, taught = (kept(side, counts) / temperature for side in (student, teacher.detach()))
    is_target = _one_hot(_target_class(taught, target, counts), taught)
    of_target = relative_entropy(*(_target_or_not(side, is_target) for side in (learned, taught))).sum(1)
    others = (side.masked_fill(is_target, _NEVER).log_softmax(1) for side in (learned, taught))
    among_others = relative_entropy(*others).masked_fill(is_target, 0).sum(1)
    return temperature**2 * weighed_mean(alpha * of_target + beta * among_others, weight)


@method(
    "response",
    needs=("teacher",),
    cost="N·K·P",
    source="Yang et al. 2023 (NKD), arXiv:2303.13005",
    fewest_classes=3,
)
def nkd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 1.0,
    gamma: Annotated[float, Field(ge=0, description="Weight of the other classes")] = 1.5,
    weights: Tensor | None = None,
) -> Tensor:
    """Normalised KD: mean over pixels of -p_t(teacher) log p_t(student) + gamma · T² · cross entropy of the others.

    The others' probabilities are renormalised to sum to 1 on both sides, at temperature T; the target's are at T = 1.
    A cross entropy, not a divergence: its least value is the teacher's own entropy, not 0.

    Args:
        student, teacher: logits, (N, K, H, W) or (N, K), K >= 2; the teacher is detached.
        target: int64; where it is 255 or None, t is the teacher's most probable class.
        mask, weights: as in `kd`.

    Returns:
        Float32 scalar in nats; 0 if nothing counts. With K = 2 the second part is 0.
    """
    same_shape(student, teacher, classes=True)
    counts = counting(student, mask, exact=True)
    learned, taught = kept(student, counts), kept(teacher.detach(), counts)
    is_target = _one_hot(_target_class(taught, target, counts), taught)
    of_target = -(taught.softmax(1) * learned.log_softmax(1)).masked_fill(~is_target, 0).sum(1)
    softened = [(side / temperature).masked_fill(is_target, _NEVER) for side in (learned, taught)]
    others = -(softened[1].softmax(1) * softened[0].log_softmax(1)).masked_fill(is_target, 0).sum(1)
    return weighed_mean(of_target + gamma * temperature**2 * others, weighing(counts, weights))


def _target_class(teacher: Tensor, target: Tensor | None, counts: Tensor) -> Tensor:
    seen = teacher.argmax(1)
    if target is None:
        return seen
    if target.shape != counts.shape:
        raise ValueError(f"shapes do not fit: {tuple(teacher.shape)}, target {tuple(target.shape)}")
    return target.where(target != IGNORE, seen)


def _one_hot(classes: Tensor, like: Tensor) -> Tensor:
    return F.one_hot(classes, like.shape[1]).bool().movedim(-1, 1)


def _target_or_not(logits: Tensor, is_target: Tensor) -> Tensor:
    """Log-probabilities (N, 2, ...) of the target class and of all others together."""
    others = logits.masked_fill(is_target, _NEVER).logsumexp(1)
    of_target = logits.masked_fill(~is_target, 0).sum(1)
    return torch.stack([of_target, others], 1).log_softmax(1)
