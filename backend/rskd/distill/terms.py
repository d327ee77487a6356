"""One term of a recipe: a loss with its weight, its taps, and the pixels on which it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from rskd.distill.data import Batch
from rskd.distill.losses import regions
from rskd.distill.losses.method import Method
from rskd.distill.losses.pixels import on_grid
from rskd.errors import JobInvalid
from rskd.geo.labels import IGNORE
from rskd.models.taps import LOGITS, Heard
from rskd.spec import ScheduleSpec

Where = Literal["everywhere", "foreground", "boundary", "attention", "certain", "doubtful"]
By = Literal["teacher", "self", "average", "previous"]
Shapes = Mapping[str, Sequence[tuple[int, ...]]]


@dataclass(frozen=True)
class Inner:
    """Inner features by tap, `logits` among them: the student's, and those of whoever is matched (`Term.by`)."""

    student: Heard
    others: Mapping[str, Heard]


@dataclass(frozen=True)
class Term:
    """One loss and its weight; `of` says whose word it is, and so which pixels count."""

    name: str
    of: Literal["labels", "teacher"]
    weight: float
    method: Method
    options: Mapping[str, Any] = field(default_factory=dict)
    student: str = LOGITS
    teacher: str = LOGITS
    levels: tuple[float, ...] | None = None
    where: Where = "everywhere"
    schedule: ScheduleSpec | None = None
    by: By = "teacher"

    @property
    def inner(self) -> bool:
        """Whether the teacher has to be there while the student learns: its stored answers are not enough."""
        return self.of == self.by == "teacher" and (self.teacher != LOGITS or self.where == "attention")

    @property
    def on_answers(self) -> bool:
        """Whether labels, stored answers and the student's own answer are all it needs."""
        return self.by == "teacher" and self.student == LOGITS and not self.inner

    def factor(self, share: float) -> float:
        """Of the weight, at a share of the steps (0 to 1)."""
        if self.schedule is None:
            return 1.0
        done = min(share / self.schedule.until, 1.0)
        if self.schedule.shape == "step":
            return self.schedule.start if done < 1 else self.schedule.end
        if self.schedule.shape == "cosine":
            done = 0.5 - 0.5 * math.cos(math.pi * done)
        return self.schedule.start + (self.schedule.end - self.schedule.start) * done

    def companion(self, student: Shapes, teacher: Shapes) -> nn.Module:
        """What learns beside the student for this term: adapters, the loss's own module; empty where nothing does."""
        own, other = self._paired(list(student[self.student]), list(teacher[self.teacher]))
        companion = nn.Module()
        if self.method.learned is None or self.method.adapter:
            adapters = [self._adapter(s[0], t[0]) for s, t in zip(own, other, strict=False)]
            companion.add_module("adapters", nn.ModuleList(adapters))
        if self.method.learned is not None:
            channels = [shape[0] for shape in own], [shape[0] for shape in other]
            many = "levels" in self.method.needs
            module = self.method.learned(*channels) if many else self.method.learned(channels[1][0])
            companion.add_module("learned", module)
        return companion

    def value(
        self, logits: Tensor, batch: Batch, inner: Inner | None, companion: nn.Module | None, weights: Tensor | None
    ) -> Tensor:
        """The loss of one batch, before the weight.

        Raises:
            JobInvalid: shapes that do not fit; names the term and its taps.
        """
        options = dict(self.options)
        if self.method.weighable:
            weights = self._weights(batch, inner, weights)
            options |= {} if weights is None else {"weights": weights}
        target = classes_seen(batch) if self.method.kind == "prototype" else batch.target
        try:
            if inner is not None and self._inside:
                return self._of_features(inner, batch, target, companion, options)
            if inner is not None and self.by != "teacher":
                return self.method.loss(logits, inner.others[self.by][LOGITS], target, batch.valid, **options)
            return self.method.loss(logits, batch.soft, target, batch.counts(self.of), **options)
        except ValueError as error:
            raise JobInvalid(f"The term “{self.name}” ({self.student} to {self.teacher}): {error}.") from error

    @property
    def _inside(self) -> bool:
        return self.student != LOGITS or self.teacher != LOGITS

    def _of_features(
        self, inner: Inner, batch: Batch, target: Tensor, companion: nn.Module | None, options: dict[str, Any]
    ) -> Tensor:
        own, other = self._paired(_listed(inner.student[self.student]), _listed(inner.others[self.by][self.teacher]))
        adapters = getattr(companion, "adapters", None)
        if adapters is not None:
            own = [_projected(adapter, one) for adapter, one in zip(adapters, own, strict=True)]
        if hasattr(companion, "learned"):
            options["learned"] = companion.learned  # type: ignore[union-attr]
        if "levels" in self.method.needs:
            return self.method.loss(own, other, target, batch.valid, **options)
        values = [self.method.loss(s, t, target, batch.valid, **options) for s, t in zip(own, other, strict=True)]
        shares = torch.tensor(self.levels or [1.0] * len(values), device=values[0].device)
        if len(shares) != len(values):
            raise ValueError(f"{len(shares)} weights for {len(values)} levels")
        return (torch.stack(values) * shares).sum() / shares.sum()

    def _paired(self, own: list[Any], other: list[Any]) -> tuple[list[Any], list[Any]]:
        """Levels of both sides that belong together: the coarsest of each, unless the loss takes any number."""
        if self.method.kind == "cross-layer" and not self.method.paired:
            return own, other
        count = min(len(own), len(other))
        return own[-count:], other[-count:]

    def _adapter(self, student: int, teacher: int) -> nn.Module:
        return nn.Conv2d(student, teacher, 1) if self.method.adapter and student != teacher else nn.Identity()

    def _weights(self, batch: Batch, inner: Inner | None, weights: Tensor | None) -> Tensor | None:
        """Of the pixels, (N, H, W): the recipe's times the region's."""
        here: Tensor | None = None
        match self.where:
            case "foreground":
                here = regions.foreground(classes_seen(batch))
            case "boundary":
                here = regions.boundary(classes_seen(batch), inside=1.0, outside=0.1)
            case "attention" if inner is not None:
                strong = regions.attention(_listed(inner.others[self.by][self.teacher])[-1])
                here = on_grid(strong.unsqueeze(1), batch.valid.shape[1:]).squeeze(1)
            case "certain" if batch.soft is not None:
                here = regions.certainty(batch.soft)
            case "doubtful" if batch.soft is not None:
                here = regions.doubt(batch.soft)
        if here is None or weights is None:
            return weights if here is None else here
        return here * weights


def classes_seen(batch: Batch) -> Tensor:
    """The labels, and where there are none the teacher's most probable class; 255 where neither says anything."""
    if batch.soft is None or batch.answered is None:
        return batch.target
    unlabelled = (batch.target == IGNORE) & batch.answered
    return batch.soft.argmax(1).where(unlabelled, batch.target)


def _listed(features: Tensor | list[Tensor]) -> list[Tensor]:
    return features if isinstance(features, list) else [features]


def _projected(adapter: nn.Module, features: Tensor) -> Tensor:
    projected: Tensor = adapter(features)
    return projected
