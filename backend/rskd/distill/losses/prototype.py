"""Losses on classes as points among features: each class's mean, and how far pixels are from it.

Labels come as `target`; the teacher's most probable class does where there are none (the recipe sees to that).
"""

from __future__ import annotations

from typing import Annotated

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from rskd.distill.losses.method import method
from rskd.distill.losses.pixels import both_sides, labelled, rows, same_shape, unit, weighed_mean


@method("prototype", needs=("labels", "teacher", "taps"), cost="N·C·P", source="survey, block G2 (CMD)", adapter=True)
def class_mean(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Class means: mean over the classes present of ||mean feature in the student - in the teacher||² / C.

    Args:
        student, teacher: features (N, C, H, W), the same channels; of two grids the smaller one is taken.
        target: int64 (N, H, W) of any size, 255 is not labelled. Needed.
        mask: True where a pixel counts, (N, H, W) of any size.

    Returns:
        Float32 scalar in squared units of the features, whatever the number of classes; 0 if none is there.
    """
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    classes, known = labelled(target, learned, counts, "class_mean")
    means = [_means(rows(side, known), classes[known]) for side in (learned, taught)]
    return _mean((means[0] - means[1]).square().mean(1))


@method("prototype", needs=("labels", "teacher", "taps"), cost="2·N·C·P", source="Wang et al. 2020 (IFVD), ECCV")
def ifvd(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Variation within classes: mean over labelled cells of (cos to the own class's centre: student - teacher)².

    Centres are of one tile, as in the paper; channels may differ.

    Args: as `class_mean`.

    Returns:
        Float32 scalar from 0 to 4.
    """
    learned, taught, counts = both_sides(student, teacher, mask)
    classes, known = labelled(target, learned, counts, "ifvd")
    # Classes of different tiles are different centres.
    number = int(classes.max()) + 1
    tile = torch.arange(len(classes), device=classes.device)[:, None, None]
    own = (classes + number * tile)[known]
    near = [_cosine_to_own(rows(side, known), own) for side in (learned, taught)]
    return _mean((near[0] - near[1]).square())


@method(
    "prototype",
    needs=("labels", "teacher", "taps"),
    cost="2·N·C·P·K",
    source="survey, block G2 (CDKD, reference 107; relative form)",
)
def prototype_contrast(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Relative closeness: mean over labelled cells of (r in the student - r in the teacher)², r = cos own - cos other.

    r compares a cell's cosine to its own class's mean with the mean of those to all other classes present; with two
    classes (change and none) that is the formula of the survey. With one class present there is nothing to compare: 0.

    Args: as `class_mean`; channels may differ.

    Returns:
        Float32 scalar from 0 to 16.
    """
    learned, taught, counts = both_sides(student, teacher, mask)
    classes, known = labelled(target, learned, counts, "prototype_contrast")
    present, own = _present(classes[known])
    if len(present) < 2:
        return (learned.sum() + taught.sum()) * 0
    relative = [_relative(rows(side, known), own, len(present)) for side in (learned, taught)]
    return _mean((relative[0] - relative[1]).square())


@method(
    "prototype",
    needs=("labels", "teacher", "taps"),
    cost="N·C·P·K",
    source="van den Oord et al. 2018 (InfoNCE), arXiv:1807.03748; survey, block G2",
    adapter=True,
)
def info_nce(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    temperature: Annotated[float, Field(gt=0, description="Of the cosines to the class means")] = 0.1,
) -> Tensor:
    """Towards the teacher's class means: mean over labelled cells of -log softmax(cos / T) at the own class.

    Args: as `class_mean`, in T > 0.

    Returns:
        Float32 scalar in nats; it falls towards 0 as classes part and is not 0 where student and teacher agree. With
        one class present it is 0.
    """
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    classes, known = labelled(target, learned, counts, "info_nce")
    own = _present(classes[known])[1]
    means = unit(_means(rows(taught, known), own))
    cosines = unit(rows(learned, known)) @ means.T / temperature
    nats = F.cross_entropy(cosines, own, reduction="none") if len(means) else cosines.sum(1)
    return _mean(nats)


@method(
    "prototype",
    needs=("labels", "teacher", "taps"),
    cost="N·C·P·K",
    source="Schroff et al. 2015 (triplet loss), arXiv:1503.03832; survey, reference 58",
    adapter=True,
)
def triplet(
    student: Tensor,
    teacher: Tensor,
    target: Tensor | None = None,
    mask: Tensor | None = None,
    *,
    margin: Annotated[float, Field(gt=0, description="By how much the own class must be nearer, in cosines")] = 0.2,
) -> Tensor:
    """Own class nearer than any other: mean over labelled cells of max(0, margin + nearest other cos - own cos).

    Cosines are those of the student's cells to the teacher's class means.

    Args: as `class_mean`; margin > 0.

    Returns:
        Float32 scalar; with one class present it is 0.
    """
    learned, taught, counts = both_sides(student, teacher, mask)
    same_shape(learned, taught)
    classes, known = labelled(target, learned, counts, "triplet")
    present, own = _present(classes[known])
    if len(present) < 2:
        return learned.sum() * 0
    cosines = unit(rows(learned, known)) @ unit(_means(rows(taught, known), own)).T
    mine = F.one_hot(own, len(present)).bool()
    other = cosines.masked_fill(mine, -2).amax(1)
    return _mean((margin + other - cosines[mine]).relu())


def _present(classes: Tensor) -> tuple[Tensor, Tensor]:
    """The classes that are there, rising, and for each sample the place of its own among them."""
    found, own = torch.unique(classes, return_inverse=True)
    return found, own


def _means(samples: Tensor, classes: Tensor) -> Tensor:
    """(K', C): the mean sample of each class that is there, in the order of its number."""
    present, own = _present(classes)
    sums = samples.new_zeros(len(present), samples.shape[1]).index_add(0, own, samples)
    means: Tensor = sums / own.bincount(minlength=len(present)).clamp_min(1).unsqueeze(1)
    return means


def _cosine_to_own(samples: Tensor, classes: Tensor) -> Tensor:
    own = _present(classes)[1]
    return (unit(samples) * unit(_means(samples, classes))[own]).sum(1)


def _relative(samples: Tensor, own: Tensor, number: int) -> Tensor:
    cosines = unit(samples) @ unit(_means(samples, own)).T
    mine = F.one_hot(own, number).bool()
    return cosines[mine] - cosines.masked_fill(mine, 0).sum(1) / (number - 1)


def _mean(values: Tensor) -> Tensor:
    return weighed_mean(values, torch.ones_like(values))
