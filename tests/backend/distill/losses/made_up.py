"""Made-up logits and features in the shapes, types and sizes that losses must bear. What is masked is NaN."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch


@dataclass(frozen=True)
class Case:
    """Inputs of a loss; `mask` True = counts, `target` 255 = not labelled."""

    student: np.ndarray
    teacher: np.ndarray
    target: np.ndarray
    mask: np.ndarray | None = None

    @property
    def tensors(self):
        """What the loss is called with."""
        return (*map(torch.from_numpy, (self.student, self.teacher, self.target)), self.mask_tensor)

    @property
    def mask_tensor(self):
        return None if self.mask is None else torch.from_numpy(self.mask)

    @property
    def doubles(self):
        """What the reference is called with."""
        return self.student.astype(np.float64), self.teacher.astype(np.float64)

    @property
    def counts(self):
        """The mask of answers."""
        return np.ones(self.target.shape, bool) if self.mask is None else self.mask

    @property
    def pixels(self):
        """Student, teacher and label at each place that counts, (P, K), (P, K) and (P,)."""
        return *(np.moveaxis(side, 1, -1)[self.counts] for side in self.doubles), self.target[self.counts]


def case(student, teacher=None, *, labels=None, seed=0, classes=None, masked=0.0, scale=3.0, dtype=np.float32):
    """A case of these shapes; `labels` is the shape of target and mask where it is not that of the features."""
    rng = np.random.default_rng(seed)
    teacher = teacher or student
    sides = [(rng.normal(size=shape) * scale).astype(dtype) for shape in (student, teacher)]
    places = labels or student[:1] + student[2:]
    target = rng.integers(0, classes or student[1], places)
    target[rng.random(places) < 0.15] = 255
    mask = rng.random(places) >= masked if masked else None
    if mask is not None:
        for side in sides:
            if side.shape[:1] + side.shape[2:] == mask.shape:
                np.moveaxis(side, 1, -1)[~mask] = np.nan
    return Case(*sides, target, mask)


def extreme(shape, seed=0):
    """Logits of 1000, 0 and -1000 alone."""
    made = case(shape, seed=seed)
    rng = np.random.default_rng(seed)
    student, teacher = (rng.choice([-1000, 0, 1000], shape).astype(np.float32) for _ in range(2))
    return Case(student, teacher, made.target)


def one_tile_masked(made):
    """The same with nothing left of the last tile."""
    mask = made.counts.copy()
    mask[-1] = False
    return Case(made.student, made.teacher, made.target, mask)


LOGITS = {
    "five classes": case((2, 5, 4, 6)),
    "five classes, masked": case((3, 5, 7, 3), masked=0.4),
    "two classes": case((2, 2, 5, 4), seed=1),
    "two classes, masked": case((1, 2, 6, 6), seed=2, masked=0.4),
    "vectors": case((9, 5), seed=3),
    "vectors, masked": case((9, 4), seed=4, masked=0.3),
    "one tile masked": one_tile_masked(case((2, 3, 4, 4), seed=5)),
    "extreme": extreme((2, 5, 4, 4)),
    "extreme, two classes": extreme((2, 2, 4, 4), seed=1),
    "float16": case((2, 5, 4, 4), seed=6, scale=30.0, dtype=np.float16),
}
"""Answers of networks."""

FEATURES = {
    "one grid": case((2, 4, 5, 7), classes=3),
    "masked": case((2, 4, 6, 6), classes=3, seed=1, masked=0.4),
    "finer student, mask of the labels": case((2, 4, 8, 8), (2, 4, 4, 4), labels=(2, 16, 16), classes=3, masked=0.4),
    "finer teacher, grids that do not fit": case((1, 4, 3, 4), (1, 4, 7, 5), labels=(1, 14, 20), classes=3, seed=2),
    "coarse features, mask of the labels": case((2, 4, 3, 3), labels=(2, 12, 12), classes=2, seed=3, masked=0.5),
    "one tile masked": one_tile_masked(case((3, 4, 4, 4), classes=3, seed=4)),
    "two channels": case((2, 2, 4, 4), classes=2, seed=5),
    "large, float16": case((2, 4, 4, 4), classes=3, seed=6, scale=300.0, dtype=np.float16),
}
"""Inner features with as many channels on both sides."""

OTHER_CHANNELS = {
    "other channels": case((2, 3, 6, 6), (2, 5, 6, 6), classes=3, seed=7),
    "other channels and grid, masked": case((2, 3, 8, 8), (2, 5, 4, 4), labels=(2, 16, 16), classes=2, masked=0.4),
}
"""Features whose channels differ."""

EMBEDDINGS = {
    "embeddings": case((7, 4), seed=8),
    "embeddings, masked": case((9, 4), seed=9, masked=0.3),
}
OTHER_EMBEDDINGS = {"embeddings of other channels": case((6, 3), (6, 8), seed=10)}


def each(*families):
    """Runs a test on every case of these families."""
    cases = {name: made for family in families for name, made in family.items()}
    return pytest.mark.parametrize("made", cases.values(), ids=cases)


def agrees(value, expected, rel=2e-5):
    """The loss is a float32 scalar of this value."""
    assert value.dtype == torch.float32
    assert value.shape == ()
    assert value.item() == pytest.approx(expected, rel=rel, abs=2e-6)
