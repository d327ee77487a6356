"""What a training matches and how it is weighted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol, Self

import torch
from torch import Tensor

from rskd.distill.data import Batch
from rskd.distill.losses import cross_entropy, kd
from rskd.spec import RecipeSpec


class Loss(Protocol):
    """The signature that all losses share once their options are bound."""

    def __call__(
        self, student: Tensor, teacher: Tensor | None, target: Tensor | None, mask: Tensor | None, /
    ) -> Tensor:
        """A float32 scalar, a mean over the pixels that count."""
        ...


@dataclass(frozen=True)
class Term:
    """One loss and its weight; `of` says whose word it is, and so which pixels count."""

    of: Literal["labels", "teacher"]
    weight: float
    loss: Loss


@dataclass(frozen=True)
class Recipe:
    """Weighted terms: equation (4) of the survey, or what is left of it where labels or teacher are absent."""

    terms: tuple[Term, ...]
    facts: Mapping[str, Any]
    """The settings, JSON types only: for the report, and to tell one training from another."""

    @classmethod
    def of(cls, spec: RecipeSpec, *, labels: bool, class_weights: Tensor | None = None) -> Self:
        """`alpha` · cross entropy + (1 - `alpha`) · T² KL; without labels the T² KL alone, at full weight.

        A batch that happens to hold no labelled pixel adds nothing to the first term and keeps the second as it is.

        Args:
            spec: the job's recipe.
            labels: False where the job has no labels at all.
            class_weights: (K,), see `rskd.distill.losses.cross_entropy`.
        """
        alpha = spec.alpha if labels else 0.0
        from_labels = Term("labels", alpha, partial(cross_entropy, class_weights=class_weights))
        from_teacher = Term("teacher", 1 - alpha, partial(kd, temperature=spec.temperature))
        facts = {"name": spec.name, "alpha": alpha, "temperature": spec.temperature, **_weights(class_weights)}
        return cls(tuple(term for term in (from_labels, from_teacher) if term.weight > 0), facts)

    @classmethod
    def supervised(cls, class_weights: Tensor | None = None) -> Self:
        """Cross entropy alone: a teacher trained here, the baseline, the probe."""
        term = Term("labels", 1.0, partial(cross_entropy, class_weights=class_weights))
        return cls((term,), {"name": "supervised", **_weights(class_weights)})

    @property
    def needs_labels(self) -> bool:
        """Whether a tile without labels may still have to be balanced by one with."""
        return any(term.of == "labels" for term in self.terms)

    @property
    def needs_teacher(self) -> bool:
        """Whether soft targets are read."""
        return any(term.of == "teacher" for term in self.terms)

    def loss(self, logits: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and each term's own value before its weight (detached), by whose word it is."""
        parts = {term.of: term.loss(logits, batch.soft, batch.target, batch.counts(term.of)) for term in self.terms}
        total = torch.stack([term.weight * parts[term.of] for term in self.terms]).sum()
        return total, {name: part.detach() for name, part in parts.items()}


def _weights(class_weights: Tensor | None) -> dict[str, Any]:
    return {} if class_weights is None else {"class_weights": [round(float(weight), 6) for weight in class_weights]}


def methods() -> list[dict[str, Any]]:
    """What `rskd methods` lists, JSON types only; parameters with the job file's own defaults and ranges."""
    described = RecipeSpec.model_json_schema()["properties"]
    return [
        {
            "name": "soft-targets",
            "kind": "response",
            "summary": "The student learns the teacher's class probabilities on every valid pixel, and the labels "
            "where there are any: alpha · cross entropy + (1 - alpha) · T² · KL.",
            "needs": ["teacher"],
            "uses": ["labels"],
            "parameters": [_parameter(name, described[name]) for name in ("alpha", "temperature")],
            "source": "Hinton, Vinyals and Dean 2015, arXiv:1503.02531; Himeur et al., equation (4)",
        }
    ]


def _parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    lowest, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    return {
        "name": name,
        "description": schema["description"],
        "default": schema["default"],
        "minimum": lowest if above is None else above,
        "minimum_excluded": above is not None,
        "maximum": schema.get("maximum"),
    }
