"""Ways to teach beside the losses: who teaches, how terms are weighed, what the student is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rskd.distill.losses.method import DENSE, parameters
from rskd.spec import DegradeSpec, RecipeSpec, ScheduleSpec, Spec


@dataclass(frozen=True)
class Scheme:
    """One way, with the part of the job file that sets it.

    Attributes:
        name: what to call it.
        summary: one line.
        spec: the part of the job file.
        settings: its fields that belong to the scheme.
        needs: labels, teacher, several teachers.
        cost: what it takes beside plain training, in words.
        source: paper, or the survey's equation.
    """

    name: str
    summary: str
    spec: type[Spec]
    settings: Sequence[str]
    needs: Sequence[str]
    cost: str
    source: str

    def facts(self) -> dict[str, Any]:
        """As those of a loss (`rskd.distill.losses.method.Method.facts`)."""
        return {
            "name": self.name,
            "kind": "scheme",
            "summary": self.summary,
            "needs": list(self.needs),
            "tasks": list(DENSE),
            "fewest_classes": 2,
            "cost": self.cost,
            "parameters": [one for one in parameters(self.spec) if one["name"] in self.settings],
            "source": self.source,
        }


SCHEMES = (
    Scheme(
        "soft-targets",
        "The student learns the teacher's class probabilities on every valid pixel, and the labels where there are "
        "any: alpha · cross entropy + (1 - alpha) · T² · KL.",
        RecipeSpec,
        ("alpha", "beta", "temperature"),
        ("teacher",),
        "one pass of the teacher, then next to nothing",
        "Hinton, Vinyals and Dean 2015, arXiv:1503.02531; survey, equation (4) and Algorithm 1",
    ),
    Scheme(
        "pixel-weights",
        "The teacher's answers count more where it is sure, or doubts, at edges, or where the student is far off.",
        RecipeSpec,
        ("pixel_weights",),
        ("teacher",),
        "next to nothing",
        "survey, equation (17)",
    ),
    Scheme(
        "schedule",
        "The weight of a term grows or falls while the student learns.",
        ScheduleSpec,
        ("start", "end", "until", "shape"),
        (),
        "nothing",
        "survey, equation (30)",
    ),
    Scheme(
        "balance",
        "Terms are scaled so that each pulls at the student by its weight.",
        RecipeSpec,
        ("balance",),
        ("teacher",),
        "a backward pass a term, every eighth step",
        "survey, block A1",
    ),
    Scheme(
        "degrade",
        "The student's picture is blurred, noised, clouded, robbed of a band or mixed; the teacher's is not.",
        DegradeSpec,
        ("kind", "strength", "share"),
        ("teacher",),
        "little",
        "survey, block M4 and equation (21): the teacher sees the clean picture",
    ),
)
