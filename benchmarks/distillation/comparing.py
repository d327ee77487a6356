"""Rows gathered into comparisons: means, spreads and paired differences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any

from scipy.stats import t as student_t

from benchmarks.distillation.methods import ALONE

LEAD = 0.03
"""By how much mean IoU on the validation part a teacher must lead the student alone for its rows to count."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """Paired by seed, in mean IoU."""

    mean: float
    each: tuple[float, ...]
    low: float | None
    high: float | None

    @property
    def significant(self) -> bool:
        """Whether 0 lies outside the 95 % confidence interval."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def difference(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Difference | None:
    """Of seeds that both have, with Student's t interval; no interval of one seed, nothing of none."""
    each = tuple(ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys()))
    if not each:
        return None
    mean, count = fmean(each), len(each)
    if count == 1:
        return Difference(mean, each, None, None)
    reach = float(student_t.ppf(0.975, count - 1)) * stdev(each) / math.sqrt(count)
    return Difference(mean, each, mean - reach, mean + reach)


@dataclass(frozen=True)
class Line:
    """One method on one set in one regime."""

    method: str
    by_seed: Mapping[int, float]
    against_alone: Difference | None
    against_kd: Difference | None
    of_teacher: float | None
    step_seconds: float
    """Of the processor, scoring included: other work on the machine does not count."""
    peak_mb: float

    @property
    def mean(self) -> float:
        return fmean(self.by_seed.values())

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds."""
        return stdev(self.by_seed.values()) if len(self.by_seed) > 1 else None


@dataclass(frozen=True)
class Comparison:
    """All methods on one set in one regime."""

    set: str
    regime: str
    teacher: float | None
    teacher_parameters: int | None
    parameters: int
    lead: float | None
    """Of the teacher before the student alone, mean IoU on the validation part, mean over seeds."""
    alone: Line | None
    lines: tuple[Line, ...]

    @property
    def counts(self) -> bool:
        """Whether the teacher had enough more to be given. Without labels there is no student alone to lead."""
        return self.regime == "no-labels" or (self.lead is not None and self.lead >= LEAD)


def comparisons(rows: Sequence[Row], teachers: Sequence[Row]) -> list[Comparison]:
    """One for each regime and set, in the order in which they were measured; later rows of a seed go before."""
    known = {(one["set"], one["teacher"]): one for one in teachers}
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["regime"], row["set"]), []).append(row)
    return [_comparison(name, regime, some, known) for (regime, name), some in found.items()]


def _comparison(name: str, regime: str, rows: Sequence[Row], known: Mapping[tuple[str, str], Row]) -> Comparison:
    methods: dict[str, dict[int, Row]] = {}
    for row in rows:
        methods.setdefault(row["method"], {})[row["seed"]] = row
    alone = methods.get(ALONE, {})
    taught_by = {row["seed"]: known.get((name, row["teacher"])) for row in rows}
    teachers = [one for one in taught_by.values() if one is not None]
    leads = [
        taught_by[seed]["validation"] - row["validation"]
        for seed, row in alone.items()
        if taught_by.get(seed) is not None
    ]
    teacher = fmean(one["test"]["mean_iou"] for one in teachers) if teachers else None
    lines = [_line(method, some, alone, methods.get("kd", {}), teacher) for method, some in methods.items()]
    taught = sorted((line for line in lines if line.method != ALONE), key=lambda line: (-len(line.by_seed), -line.mean))
    return Comparison(
        name,
        regime,
        teacher,
        teachers[0]["parameters"] if teachers else None,
        rows[0]["parameters"],
        fmean(leads) if leads else None,
        next((line for line in lines if line.method == ALONE), None),
        tuple(taught),
    )


def _line(
    method: str, rows: Mapping[int, Row], alone: Mapping[int, Row], kd: Mapping[int, Row], teacher: float | None
) -> Line:
    scores = _scores(rows)
    return Line(
        method,
        scores,
        difference(scores, _scores(alone)) if method != ALONE else None,
        difference(scores, _scores(kd)) if method not in (ALONE, "kd") else None,
        fmean(scores.values()) / teacher if teacher else None,
        median(row["training_cpu_seconds"] / row["steps_done"] for row in rows.values()),
        max(row["peak_mb"] for row in rows.values()),
    )


def _scores(rows: Mapping[int, Row]) -> dict[int, float]:
    return {seed: row["test"]["mean_iou"] for seed, row in rows.items()}


def over_sets(found: Iterable[Comparison], regime: str) -> dict[str, tuple[float, int]]:
    """Mean difference to the student alone of each method over the sets that count, and how many these are."""
    gains: dict[str, list[float]] = {}
    for one in found:
        if one.regime == regime and one.counts:
            for line in one.lines:
                if line.against_alone is not None:
                    gains.setdefault(line.method, []).append(line.against_alone.mean)
    return {method: (fmean(some), len(some)) for method, some in gains.items()}


def best_methods(found: Sequence[Comparison], count: int) -> dict[str, list[str]]:
    """By regime: kd, and the `count` others that gain most over the sets that count."""
    chosen = {}
    for regime in dict.fromkeys(one.regime for one in found):
        gains = {method: gain for method, (gain, _) in over_sets(found, regime).items() if method != "kd"}
        chosen[regime] = ["kd", *sorted(gains, key=lambda method: -gains[method])[:count]]
    return chosen
