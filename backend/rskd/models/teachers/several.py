"""Several teachers as one (block T1): their answers averaged, with weights that may differ from pixel to pixel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rskd.events import Stage
from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import Scene
from rskd.infer.engine import Strip
from rskd.models.teachers.base import Reopen, Teacher
from rskd.spec import SeveralTeachers

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

_LEAST = 1e-6


@dataclass(frozen=True)
class SeveralOpened:
    """The teachers of a job; each answers by itself, and `rskd.jobs.several` brings their answers together."""

    spec: SeveralTeachers
    teachers: tuple[Teacher, ...]

    @property
    def kind(self) -> str:
        """As in the job."""
        return self.spec.kind

    @property
    def name(self) -> str:
        """All of them."""
        return " + ".join(teacher.name for teacher in self.teachers)

    @property
    def key(self) -> str:
        """Of their content and of how they are weighed."""
        facts = [self.spec.weights, [teacher.key for teacher in self.teachers]]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """The same for all."""
        return self.teachers[0].classes

    @property
    def gsd(self) -> float | None:
        """Any: each looks at its own."""
        return None

    @property
    def parameters(self) -> int | None:
        """Of those that are networks."""
        known = [teacher.parameters for teacher in self.teachers if teacher.parameters is not None]
        return sum(known) if known else None

    @property
    def members(self) -> int:
        """Networks and maps of all of them."""
        return sum(teacher.members for teacher in self.teachers)

    def answers(self, scene: Scene, *, stage: Stage | None = None, reopen: Reopen | None = None) -> Iterator[Strip]:
        """Not asked as one: their lattices differ, so each keeps its answers by itself."""
        raise NotImplementedError("several teachers are asked one by one")


def combined(answers: Floats, valid: Bools, weights: Floats) -> tuple[Floats, Bools]:
    """The weighted mean of those that have an answer, and where any has.

    Args:
        answers: probabilities (M, K, h, w) of M teachers.
        valid: (M, h, w).
        weights: (M, h, w) or (M, 1, 1), >= 0.
    """
    shares = np.where(valid, weights, 0)
    total = shares.sum(axis=0)
    known = total > 0
    mean = (answers * shares[:, None]).sum(axis=0) / np.where(known, total, 1)
    return mean.astype(np.float32), known


def by_entropy(answers: Floats) -> Floats:
    """Weights (M, h, w): exp(-H) of each teacher's entropy H in nats, so that the sure one speaks louder."""
    weights: Floats = np.exp((answers * np.log(np.maximum(answers, _LEAST))).sum(axis=1))
    return weights


def by_cross_entropy(answers: Floats, target: NDArray[np.uint8], labelled: Bools, elsewhere: Floats) -> Floats:
    """Weights (M, h, w): exp(-CE) = the probability that a teacher gives the label; `elsewhere` (M,) without one."""
    channels = np.where(labelled, target, 0)[None, None]
    right = np.take_along_axis(answers, np.broadcast_to(channels, (len(answers), 1, *target.shape)), axis=1)[:, 0]
    return np.where(labelled, np.maximum(right, _LEAST), elsewhere[:, None, None]).astype(np.float32)


def agreement(answers: Floats, valid: Bools) -> Floats:
    """Weights (M, h, w): 1 where all have an answer and the same class is likeliest, else 0."""
    likeliest = answers.argmax(axis=1)
    same = (likeliest == likeliest[:1]).all(axis=0) & valid.all(axis=0)
    return np.broadcast_to(same, valid.shape).astype(np.float32)


def learned(right: Floats, rounds: int = 200) -> Floats:
    """Weights (M,) of the mixture that makes the labels likeliest, by expectation and maximisation from equal ones.

    Args:
        right: probability (M, P) that each teacher gives the label of each of P pixels, > 0.
        rounds: at most; it ends where weights no longer change.
    """
    weights = np.full(len(right), 1 / len(right))
    for _ in range(rounds):
        shares = weights[:, None] * right
        better = (shares / shares.sum(axis=0)).mean(axis=1)
        settled = np.abs(better - weights).max() < 1e-6
        weights = better
        if settled:
            break
    found: Floats = weights.astype(np.float32)
    return found
