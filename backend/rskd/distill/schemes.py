"""Ways to teach beside the losses: who teaches, how terms are weighed, what the student is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rskd.distill.losses.method import DENSE, parameters
from rskd.spec import (
    DegradeSpec,
    DistillJob,
    IndexTeacher,
    RecipeSpec,
    ScheduleSpec,
    SeveralTeachers,
    Spec,
    TermSpec,
)


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
    Scheme(
        "regions",
        "A term counts on the things, along edges, where the teacher looks, or where it is sure or doubts: "
        "Σ m · d / Σ m.",
        TermSpec,
        ("where",),
        ("teacher",),
        "next to nothing",
        "survey, block F5; Yang et al. 2022 (FGD), arXiv:2111.11837",
    ),
    Scheme(
        "several-teachers",
        "The mean of several teachers' answers, weighted: p = Σ w_k p_k, by validation, by pixel, learned, or where "
        "all agree.",
        SeveralTeachers,
        ("weights",),
        ("teacher", "several teachers"),
        "one pass of each teacher",
        "survey, block T1",
    ),
    Scheme(
        "assistants",
        "Students of falling size between teacher and student, each taught by the one before.",
        DistillJob,
        ("assistants",),
        ("teacher",),
        "a training and a pass for each",
        "Mirzadeh et al. 2020 (teacher assistants), arXiv:1902.03393; survey, block T2",
    ),
    Scheme(
        "self-distillation",
        "A term matches the student with its own deeper features, its running mean, or what it was an epoch ago.",
        TermSpec,
        ("by",),
        (),
        "nothing for own features, else a second pass of the student",
        "survey, block T3; Tarvainen and Valpola 2017 (running mean), arXiv:1703.01780",
    ),
    Scheme(
        "peers",
        "Students that learn together, each also from the mean of KL(peer || itself) over the others.",
        RecipeSpec,
        ("peers",),
        (),
        "a training step of each peer",
        "Zhang et al. 2018 (mutual learning), arXiv:1706.00384; survey, block T4",
    ),
    Scheme(
        "index-teacher",
        "A normalised difference of two bands, (a - b) / (a + b), cut into classes by thresholds with soft borders.",
        IndexTeacher,
        ("index", "thresholds", "softness", "unsure"),
        (),
        "one pass over two bands",
        "survey, block T7",
    ),
)
