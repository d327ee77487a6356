"""Classes as points among features."""

import numpy as np
import pytest
import torch

from rskd.distill.losses import class_mean, ifvd, info_nce, prototype_contrast, triplet

from .made_up import FEATURES, OTHER_CHANNELS, agrees, each
from .plain import cosine, labels_on, log_softmax, matched, rows

one_width = each(FEATURES)
any_width = each(FEATURES, OTHER_CHANNELS)


def labelled(made):
    """Student, teacher, class and tile of each labelled cell that counts."""
    student, teacher, counts = matched(*made.doubles, made.mask)
    target = labels_on(student.shape[2:], made.target)
    known = counts & (target != 255)
    tile = np.broadcast_to(np.arange(len(target))[:, None, None], target.shape)
    return rows(student, known), rows(teacher, known), target[known], tile[known]


def means(cells, classes):
    return {k: cells[classes == k].mean(0) for k in np.unique(classes)}


@one_width
def test_class_mean_compares_the_means_of_the_classes_present(made):
    student, teacher, classes, _ = labelled(made)
    one, other = means(student, classes), means(teacher, classes)
    agrees(class_mean(*made.tensors), np.mean([((one[k] - other[k]) ** 2).mean() for k in one]))


@any_width
def test_ifvd_compares_cosines_to_the_centre_of_the_class_in_the_tile(made):
    student, teacher, classes, tiles = labelled(made)
    apart = []
    for tile, k in sorted({*zip(tiles, classes, strict=True)}):
        here = (tiles == tile) & (classes == k)
        near = [[cosine(cell, side[here].mean(0)) for cell in side[here]] for side in (student, teacher)]
        apart += [(s - t) ** 2 for s, t in zip(*near, strict=True)]
    agrees(ifvd(*made.tensors), np.mean(apart))


@any_width
def test_prototype_contrast_compares_own_with_other_classes(made):
    student, teacher, classes, _ = labelled(made)

    def relative(side):
        centres = means(side, classes)
        return np.array(
            [
                cosine(cell, centres[y]) - np.mean([cosine(cell, centre) for k, centre in centres.items() if k != y])
                for cell, y in zip(side, classes, strict=True)
            ]
        )

    agrees(prototype_contrast(*made.tensors), ((relative(student) - relative(teacher)) ** 2).mean())


@one_width
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_info_nce_is_the_surprise_at_the_own_class_among_the_teachers_means(made, temperature):
    student, teacher, classes, _ = labelled(made)
    centres = means(teacher, classes)
    nats = [
        -log_softmax(np.array([cosine(cell, centre) for centre in centres.values()]) / temperature)[[*centres].index(y)]
        for cell, y in zip(student, classes, strict=True)
    ]
    agrees(info_nce(*made.tensors, temperature=temperature), np.mean(nats))


@one_width
@pytest.mark.parametrize("margin", [0.2, 1.0])
def test_triplet_asks_that_the_own_class_is_nearer_than_any_other(made, margin):
    student, teacher, classes, _ = labelled(made)
    centres = means(teacher, classes)
    short = [
        max(0, margin + max(cosine(s, m) for k, m in centres.items() if k != y) - cosine(s, centres[y]))
        for s, y in zip(student, classes, strict=True)
    ]
    agrees(triplet(*made.tensors, margin=margin), np.mean(short))


@pytest.mark.parametrize("loss", [prototype_contrast, info_nce, triplet])
def test_one_class_alone_has_nothing_to_be_parted_from(loss):
    generator = torch.Generator().manual_seed(0)
    student = torch.randn(2, 3, 4, 4, generator=generator).requires_grad_()
    value = loss(student, torch.randn(2, 3, 4, 4, generator=generator), torch.ones(2, 4, 4, dtype=torch.long))
    value.backward()
    assert value == 0
    assert (student.grad == 0).all()


@pytest.mark.parametrize("loss", [class_mean, ifvd, prototype_contrast, info_nce, triplet])
def test_labels_are_needed(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__} needs a target"):
        loss(torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4))
