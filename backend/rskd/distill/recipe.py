"""What a training matches and how it is weighted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from rskd.distill.data import Batch
from rskd.distill.library import loss_named, with_terms
from rskd.distill.losses import regions
from rskd.distill.losses.method import METHODS
from rskd.distill.terms import Inner, Shapes, Term
from rskd.errors import JobInvalid
from rskd.models.taps import LOGITS
from rskd.spec import DegradeSpec, RecipeSpec, TermSpec

EDGES = 3.0
"""How much a pixel beside another class counts beside one within a class, where edges count most."""

LABELS, TEACHER = "labels", "teacher"
"""Names of the two terms that nearly every training has: what the labels say, and the teacher's softened classes."""


@dataclass(frozen=True)
class Recipe:
    """Weighted terms: equation (4) of the survey, or what is left of it where labels or teacher are absent."""

    terms: tuple[Term, ...]
    facts: Mapping[str, Any]
    """The settings, JSON types only: for the report, and to tell one training from another."""
    pixel_weights: str = "even"
    degrade: tuple[DegradeSpec, ...] = ()
    balanced: bool = False
    peers: tuple[str, ...] = ()
    """Students of the catalogue that learn beside this one, each from all others (block T4)."""

    @classmethod
    def of(cls, spec: RecipeSpec, *, labels: bool, class_weights: Tensor | None = None) -> Self:
        """`alpha` · cross entropy + (1 - `alpha`) · the teacher's terms; without labels these alone, at full weight.

        A batch that happens to hold no labelled pixel adds nothing to the first term and keeps the others as they are.

        Args:
            spec: the job's recipe.
            labels: False where the job has no labels at all.
            class_weights: (K,), see `rskd.distill.losses.cross_entropy`.

        Raises:
            JobInvalid: a recipe or loss that does not exist, settings that do not suit it, or no labels where the
                recipe matches inner features alone.
        """
        spec = with_terms(spec)
        alpha = spec.alpha if labels else 0.0
        beta = 1 - alpha if spec.beta is None else spec.beta
        from_labels = _from_labels(alpha, class_weights)
        from_teacher = _from_teacher(spec, beta)
        facts = {"name": spec.name, "alpha": alpha, "temperature": spec.temperature, **_weights(class_weights)}
        facts |= _beyond_the_plain(spec)
        terms = tuple(term for term in (from_labels, *from_teacher) if term.weight > 0)
        if not labels and all(term.student != LOGITS for term in terms):
            message = f"Without labels nothing in the recipe “{spec.name}” teaches the student which class is where."
            hint = "Give labels, or take a recipe that matches answers too, for example soft-targets or hint."
            raise JobInvalid(message, hint, fields=["recipe", "labels"])
        return cls(
            terms, facts, spec.pixel_weights, tuple(spec.degrade), spec.balance == "gradients", tuple(spec.peers)
        )

    @classmethod
    def supervised(cls, class_weights: Tensor | None = None) -> Self:
        """Cross entropy alone: a teacher trained here, the baseline, the probe."""
        return cls((_from_labels(1.0, class_weights),), {"name": "supervised", **_weights(class_weights)})

    @property
    def needs_labels(self) -> bool:
        """Whether a tile without labels may still have to be balanced by one with."""
        return any(term.of == LABELS for term in self.terms)

    @property
    def needs_teacher(self) -> bool:
        """Whether soft targets are read."""
        return any(term.of == TEACHER and term.by == "teacher" for term in self.terms)

    @property
    def needs_live_teacher(self) -> bool:
        """Whether a term looks inside the teacher, which then runs beside the student."""
        return any(term.inner for term in self.terms)

    @property
    def student_taps(self) -> tuple[str, ...]:
        """Where the student is listened at, its own deeper features among them."""
        own = [term.teacher for term in self.terms if term.by == "self"]
        return _named([term.student for term in self.terms] + own)

    def taps_of(self, who: str) -> tuple[str, ...]:
        """Where the teacher, or whoever else is matched, is listened at."""
        return _named([term.teacher for term in self.terms if term.by == who])

    def matches(self, who: str) -> bool:
        """Whether any term matches the student with `who`."""
        return any(term.by == who for term in self.terms if term.of == TEACHER)

    def companions(self, student: Shapes, others: Mapping[str, Shapes]) -> nn.ModuleDict:
        """What learns beside the student, by term; never exported.

        Args:
            student: shapes of its inner features by tap (`rskd.models.taps.Taps.shapes`).
            others: the same of whoever is matched.
        """
        looking = [term for term in self.terms if term.student != LOGITS or term.teacher != LOGITS]
        return nn.ModuleDict({term.name: term.companion(student, others[term.by]) for term in looking})

    def values(
        self,
        logits: Tensor,
        batch: Batch,
        *,
        inner: Inner | None = None,
        companions: nn.ModuleDict | None = None,
    ) -> dict[str, Tensor]:
        """Each term's own value, before its weight."""
        weights = self._pixel_weights(logits, batch)
        found = {}
        for term in self.terms:
            companion = companions[term.name] if companions is not None and term.name in companions else None
            found[term.name] = term.value(logits, batch, inner, companion, weights if term.of == TEACHER else None)
        return found

    def total(self, values: Mapping[str, Tensor], share: float = 0.0) -> Tensor:
        """The weighted sum of `values`, at a share of the steps (0 to 1)."""
        return torch.stack([term.weight * term.factor(share) * values[term.name] for term in self.terms]).sum()

    def loss(self, logits: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The total at the start, and each term's own value before its weight (detached); of terms on answers alone."""
        values = self.values(logits, batch)
        return self.total(values), {name: value.detach() for name, value in values.items()}

    def on_answers(self) -> Self:
        """What of the recipe can be told from answers alone, without inner features."""
        kept = tuple(term for term in self.terms if term.on_answers)
        return type(self)(kept, self.facts, self.pixel_weights)

    def _pixel_weights(self, logits: Tensor, batch: Batch) -> Tensor | None:
        """lambda(x) of equation (17); losses divide by its sum, so its mean is 1."""
        if batch.soft is None or self.pixel_weights == "even":
            return None
        match self.pixel_weights:
            case "certainty":
                return regions.certainty(batch.soft)
            case "doubt":
                return regions.doubt(batch.soft)
            case "edges":
                return regions.boundary(batch.soft.argmax(1), inside=EDGES, outside=1.0)
            case _:
                apart = (batch.soft.exp() * (batch.soft - logits.detach().float().log_softmax(1))).sum(1)
                return apart.clamp_min(0)


def _from_labels(weight: float, class_weights: Tensor | None) -> Term:
    options = {} if class_weights is None else {"class_weights": class_weights}
    return Term(LABELS, "labels", weight, METHODS["cross_entropy"], options)


def _from_teacher(spec: RecipeSpec, beta: float) -> list[Term]:
    terms: list[Term] = []
    for at, given in enumerate(spec.terms or ()):
        terms.append(_term(given, beta, spec, _unused(TEACHER if given.loss == "kd" else given.loss, terms), at))
    return terms


def _term(given: TermSpec, beta: float, spec: RecipeSpec, name: str, at: int) -> Term:
    method, field = loss_named(given.loss, f"recipe.terms.{at}.loss"), f"recipe.terms.{at}"
    options = dict(given.options)
    softened = method.kind == "response" and "temperature" in method.options.model_fields
    # Each loss has a temperature that suits it; the job's own word goes before it.
    if softened and "temperature" not in options and ("temperature" in spec.model_fields_set or method.name == "kd"):
        options["temperature"] = spec.temperature
    checked = checked_options(method.name, method.options, options, field)
    student = given.student or _usual_tap(method.needs)
    if given.where != "everywhere" and not method.weighable:
        hint = "Leave `where:` out, or take a loss that is a mean over pixels, for example kd or hint."
        raise JobInvalid(
            f"“{method.name}” cannot weigh pixels: it compares them with each other.", hint, fields=[field]
        )
    return Term(
        name,
        "teacher",
        beta * given.weight,
        method,
        checked,
        student,
        given.teacher or student,
        tuple(given.levels) if given.levels else None,
        given.where,
        given.schedule,
        given.by,
    )


def _named(taps: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tap for tap in taps if tap != LOGITS))


def _usual_tap(needs: Sequence[str]) -> str:
    if "levels" in needs:
        return "encoder"
    return "features" if "taps" in needs else LOGITS


def checked_options(name: str, model: Any, options: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Options of a loss, checked against its signature; only those that are given.

    Raises:
        JobInvalid: one that the loss does not have, or a value out of range.
    """
    from pydantic import ValidationError

    try:
        return dict(model.model_validate(dict(options)).model_dump(include=set(options)))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        hint = f"“{name}” has these options: {', '.join(model.model_fields) or 'none'}."
        raise JobInvalid(f"Options of “{name}” are wrong: {wrong}.", hint, fields=[field]) from error


def _unused(name: str, terms: Sequence[Term]) -> str:
    taken = {term.name for term in terms}
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(terms) + 2))
    return next(one for one in numbered if one not in taken)


def _weights(class_weights: Tensor | None) -> dict[str, Any]:
    return {} if class_weights is None else {"class_weights": [round(float(weight), 6) for weight in class_weights]}


def _beyond_the_plain(spec: RecipeSpec) -> dict[str, Any]:
    """Settings that the plainest recipe does not have: it keeps the facts, and so the trainings, that it always had."""
    said = spec.model_dump(mode="json", exclude_defaults=True, exclude={"name", "alpha", "temperature"})
    return {} if said.get("terms") == [{"loss": "kd"}] and len(said) == 1 else said
