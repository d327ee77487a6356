"""Losses on the network's answer: what the labels say, what the teacher says."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from rskd.geo.labels import IGNORE


def kd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: float = 2.0,
) -> Tensor:
    """Divergence of the student from the teacher's softened classes: T² mean over pixels of KL(teacher || student).

    Args:
        student: logits, (N, K, H, W) or (N, K), any float type, K >= 2. With K = 2 it needs no special rule.
        teacher: logits of the same shape; it is detached.
        target: not used; all losses share one signature.
        mask: True where a pixel counts, (N, H, W) or (N,); None counts all.
        temperature: T > 0; larger values show more of the teacher's doubt.

    Returns:
        Float32 scalar in nats, times T² so that gradients keep their size when T changes; 0 if nothing counts.
        Codes that sum over pixels report H·W times this (mmrazor), those that take PyTorch's element mean at T = 1
        K·T² times less (IFVD): convert a published weight accordingly.

    Raises:
        ValueError: the shapes disagree or K < 2.

    Source: Hinton, Vinyals and Dean 2015, arXiv:1503.02531, section 2.
    """
    del target
    counts = _counting(student, teacher.shape, mask)
    with torch.autocast(student.device.type, enabled=False):
        of_student = _kept(student, counts) / temperature
        of_teacher = _kept(teacher.detach(), counts) / temperature
        nats = F.kl_div(of_student.log_softmax(1), of_teacher.log_softmax(1), reduction="sum", log_target=True)
        return temperature**2 * nats / counts.sum().clamp_min(1)


def cross_entropy(
    student: Tensor,
    teacher: Tensor | None = None,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Surprise of the student at the labels: mean over labelled pixels of w[y] · -log softmax(student)[y].

    The divisor is the number of labelled pixels, not the sum of their weights: a rare class then keeps its weight in a
    tile that holds nothing else. Weights of mean 1 over the labelled pixels (`rskd.distill.labelled.class_weights`)
    leave the size of the loss as it is.

    Args:
        student: logits, (N, K, H, W) or (N, K), any float type, K >= 2.
        teacher: not used; all losses share one signature.
        target: int64 (N, H, W) or (N,), channel indices; 255 is not labelled. Needed.
        mask: True where a pixel counts, (N, H, W) or (N,); None counts all.
        class_weights: (K,); None weighs all classes alike.

    Returns:
        Float32 scalar in nats; 0 if no labelled pixel counts.

    Raises:
        ValueError: the shapes disagree, K < 2 or there is no target.
    """
    del teacher
    if target is None:
        raise ValueError("cross entropy needs a target")
    labelled = _counting(student, student.shape, mask, target.shape) & (target != IGNORE)
    with torch.autocast(student.device.type, enabled=False):
        weights = None if class_weights is None else class_weights.float()
        nats = F.cross_entropy(_kept(student, labelled), target.where(labelled, 0), weights, reduction="none")
        return nats.where(labelled, 0).sum() / labelled.sum().clamp_min(1)


def _counting(student: Tensor, expected: torch.Size, mask: Tensor | None, target: torch.Size | None = None) -> Tensor:
    """The mask as bool (N, H, W), after a check of all shapes."""
    pixels = student.shape[:1] + student.shape[2:]
    counts = torch.ones(pixels, dtype=torch.bool, device=student.device) if mask is None else mask
    if student.shape != expected or counts.shape != pixels or (target is not None and target != pixels):
        raise ValueError(f"shapes do not fit: {student.shape}, {expected}, mask {counts.shape}, target {target}")
    if student.shape[1] < 2:
        raise ValueError("one channel is no choice: give two, (0, logit) for a sigmoid")
    return counts


def _kept(logits: Tensor, counts: Tensor) -> Tensor:
    """Float32 logits, 0 where nothing counts: a NaN in nodata then reaches neither the value nor the gradient."""
    return logits.float().where(counts.unsqueeze(1), 0)
