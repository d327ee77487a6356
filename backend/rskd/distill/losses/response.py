"""Losses on the network's answer: what the labels say, what the teacher says."""

from __future__ import annotations

from typing import Annotated

import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import SMALL, counting, kept, relative_entropy, same_shape, weighed_mean, weighing
from rskd.geo.labels import IGNORE

Temperature = Annotated[float, Field(gt=0, description="Softens both sides; larger shows more of the teacher's doubt")]


@method("response", needs=("teacher",), cost="N·K·P", source="Hinton, Vinyals and Dean 2015, arXiv:1503.02531")
def kd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 2.0,
    alpha: Annotated[float, Field(ge=0, description="Weight of the labels' cross entropy")] = 0.0,
    beta: Annotated[float | None, Field(ge=0, description="Weight of the teacher; 1 - alpha where not given")] = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Divergence of the student from the teacher's softened classes: T² · mean over pixels of KL(teacher || student).

    With labels and an `alpha` it is equation (4) of the survey, alpha · cross entropy + (1 - alpha) · T² KL; with a
    `beta` of its own, Algorithm 1. In a recipe the labels are a term of their own, and alpha stays 0.

    Args:
        student: logits, (N, K, H, W) or (N, K), any float type, K >= 2. With K = 2 it needs no special rule.
        teacher: logits of the same shape (log-probabilities are logits); it is detached.
        target: int64 (N, H, W) or (N,), 255 is not labelled; needed for alpha > 0.
        mask: True where a pixel counts, (N, H, W) or (N,); None counts all.
        temperature: T > 0.
        alpha: of the labels, >= 0; up to 1 where beta is not given.
        beta: of the teacher, >= 0.
        weights: how much a pixel counts beside others, (N, H, W), >= 0; their mean does not matter.

    Returns:
        Float32 scalar in nats, times T² so that gradients keep their size when T changes; 0 if nothing counts.
        Codes that sum over pixels report H·W times this (mmrazor), those that take PyTorch's element mean at T = 1
        K·T² times less (IFVD): convert a published weight accordingly.

    Raises:
        ValueError: the shapes disagree, K < 2, or alpha > 0 without a target.
    """
    same_shape(student, teacher, classes=True)
    counts = counting(student, mask, exact=True)
    value = divergence(kept(student, counts), kept(teacher.detach(), counts), weighing(counts, weights), temperature)
    if alpha == 0 and beta is None:
        return value
    value = (1 - alpha if beta is None else beta) * value
    return value if alpha == 0 else value + alpha * cross_entropy(student, None, target, mask, weights=weights)


@method("response", needs=("labels",), cost="N·K·P", source="survey, equation (3)")
def cross_entropy(
    student: Tensor,
    teacher: Tensor | None = None,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    class_weights: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Surprise of the student at the labels: mean over labelled pixels of w[y] · -log softmax(student)[y].

    The divisor is the number of labelled pixels, not the sum of their class weights: a rare class then keeps its weight
    in a tile that holds nothing else. Weights of mean 1 over the labelled pixels
    (`rskd.distill.labelled.class_weights`) leave the size of the loss as it is.

    Args:
        student: logits, (N, K, H, W) or (N, K), any float type, K >= 2.
        teacher: not used; all losses share one signature.
        target: int64 (N, H, W) or (N,), channel indices; 255 is not labelled. Needed.
        mask: True where a pixel counts, (N, H, W) or (N,); None counts all.
        class_weights: (K,); None weighs all classes alike.
        weights: how much a pixel counts beside others, (N, H, W), >= 0.

    Returns:
        Float32 scalar in nats; 0 if no labelled pixel counts.

    Raises:
        ValueError: the shapes disagree, K < 2 or there is no target.
    """
    del teacher
    if target is None:
        raise ValueError("cross entropy needs a target")
    same_shape(student, student, classes=True)
    counts = counting(student, mask, exact=True)
    if target.shape != counts.shape:
        raise ValueError(f"shapes do not fit: {tuple(student.shape)}, target {tuple(target.shape)}")
    known = counts & (target != IGNORE)
    of_class = None if class_weights is None else class_weights.float()
    nats = F.cross_entropy(kept(student, known), target.where(known, 0), of_class, reduction="none")
    return weighed_mean(nats, weighing(known, weights))


@method(
    "response",
    needs=("teacher",),
    cost="N·K·P",
    source="Sun et al. 2024 (logit standardisation), arXiv:2403.01427",
    fewest_classes=3,
    void_below=True,
)
def logit_standardised_kd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Temperature = 2.0,
    weights: Tensor | None = None,
) -> Tensor:
    """As kd, of logits brought to mean 0 and deviation 1 over the classes of each pixel: only their pattern is learned.

    The student need not copy how sure its teacher is. Unchanged when the logits of either side are shifted or scaled.
    A pixel at which all logits are equal is uniform. With K = 2 standardised logits are +1 and -1 whatever they were:
    nothing is left to learn, and it is refused.

    Args, returns: as `kd` (shapes, T² · mean over pixels, nats).

    Raises:
        ValueError: the shapes disagree or K < 3.
    """
    del target
    same_shape(student, teacher, classes=True)
    if student.shape[1] < 3:
        raise ValueError("two standardised logits are always +1 and -1: use kd for two classes")
    counts = counting(student, mask, exact=True)
    learned, taught = (_standardised(kept(side, counts)) for side in (student, teacher.detach()))
    return divergence(learned, taught, weighing(counts, weights), temperature)


@method("response", needs=("teacher",), cost="N·K·P", source="survey, block R1", tasks=("regression",))
def regression_mse(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    weights: Tensor | None = None,
) -> Tensor:
    """Squared difference of continuous answers: mean over pixels and channels of (student - teacher)².

    Args:
        student, teacher: values, (N, K, H, W) or (N, K), K >= 1, of the same shape; the teacher is detached.
        target: not used.
        mask, weights: as in `kd`.

    Returns:
        Float32 scalar in squared units of the values; 0 if nothing counts.
    """
    del target
    return _regression(student, teacher, mask, weights, power=2)


@method("response", needs=("teacher",), cost="N·K·P", source="survey, block R1", tasks=("regression",))
def regression_l1(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    weights: Tensor | None = None,
) -> Tensor:
    """Difference of continuous answers: mean over pixels and channels of |student - teacher|.

    Args, returns: as `regression_mse`, in units of the values.
    """
    del target
    return _regression(student, teacher, mask, weights, power=1)


@method("response", needs=("teacher",), cost="N·K·P", source="Zhang et al. 2018 (mutual learning), arXiv:1706.00384")
def dml(
    student: Tensor,
    teacher: list[Tensor] | Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    weights: Tensor | None = None,
) -> Tensor:
    """Divergence from peers: mean over them of KL(peer || student) at T = 1; each peer learns in a call of its own.

    The paper sums over peers: with n of them its weight is n times ours.

    Args:
        student: logits, (N, K, H, W) or (N, K), K >= 2.
        teacher: logits of one peer, or a list; detached.
        target: not used.
        mask, weights: as in `kd`.
    """
    del target
    peers = [teacher] if isinstance(teacher, Tensor) else teacher
    total = kd(student, peers[0], None, mask, temperature=1.0, weights=weights)
    for peer in peers[1:]:
        total = total + kd(student, peer, None, mask, temperature=1.0, weights=weights)
    return total / len(peers)


def divergence(student: Tensor, teacher: Tensor, weight: Tensor, temperature: float) -> Tensor:
    """T² · weighed mean of KL(softmax(teacher / T) || softmax(student / T)) of float32 logits."""
    taught, learned = (teacher / temperature).log_softmax(1), (student / temperature).log_softmax(1)
    return temperature**2 * weighed_mean(relative_entropy(learned, taught).sum(1), weight)


def _standardised(logits: Tensor) -> Tensor:
    centred = logits - logits.mean(1, keepdim=True)
    # Scaled first: the square of a logit may be more than float32 holds.
    largest = centred.detach().abs().amax(1, keepdim=True).clamp_min(SMALL)
    scaled = centred / largest
    # The mean of squares is then more than 1 / K, but where all logits are equal: there the gradient stays bounded.
    return scaled / scaled.square().mean(1, keepdim=True).clamp_min(1 / logits.shape[1]).sqrt()


def _regression(student: Tensor, teacher: Tensor, mask: Tensor | None, weights: Tensor | None, *, power: int) -> Tensor:
    same_shape(student, teacher)
    counts = counting(student, mask, exact=True)
    apart = (kept(student, counts) - kept(teacher.detach(), counts)).abs().pow(power).mean(1)
    return weighed_mean(apart, weighing(counts, weights))
