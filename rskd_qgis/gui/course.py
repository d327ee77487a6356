"""Where a running job is: made of the backend's events alone, without Qt's clock or widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rskd_qgis.bridge import cautions
from rskd_qgis.bridge.cautions import Caution

from . import stages
from .stages import Stage

_PREPARING, _ANSWERS, _FINISHING, _PROBE = 0.04, 0.06, 0.10, 0.03
_NEARLY = 0.9
"""Of the budget, what goes by before it is known what the parts take: further the bar does not go by the clock."""

_LAST = 0.1
"""Of the budget, what may still be left when it has gone by."""

_STAGES_AT_THE_END = 6
_OF_ONE_PART = ("map", "evaluating")
"""Stages that are most of a job which is no distillation."""

_UNKNOWN = (stages.PREPARING, stages.ANSWERS)
"""Parts whose share is not known before the backend has measured: the clock tells better."""

SCORES = ("mean_iou", "agreement")
"""What a training is judged by: the first where there are labels."""

_NO_TERMS = frozenset({"event", "id", "name", "epoch", "step", "loss", "learning_rate", "seconds", *SCORES})
"""Of a metric; all else in it is a term of the recipe."""


@dataclass(frozen=True)
class Point:
    """A row of a training's curve; `score` is the mean IoU, or the agreement where there are no labels.

    `terms` are the parts of the loss by the recipe's names, each before its weight.
    """

    step: int
    loss: float
    score: float | None
    terms: dict[str, float] = field(default_factory=dict)


@dataclass
class Course:
    """Hears a job's events; says where it is. Times are seconds of any one clock.

    Args:
        shares: what each part takes of the whole, see `shares`; empty for a job of one part, a map's for instance.
        budget: seconds that the whole was given, 0 if none.
    """

    shares: dict[str, float] = field(default_factory=dict)
    budget: float = 0.0
    stage: Stage | None = None
    done: float = 0.0
    total: float | None = None
    unit: str = ""
    fraction: float = 0.0
    curves: dict[str, list[Point]] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    """Steps that each training was planned for."""
    preview: str = ""
    previews: int = 0
    """How many there were: each may be written over the last one."""
    warnings: list[Caution] = field(default_factory=list)
    """Each once, however often the job is resumed."""
    silent: float = 0.0
    """Seconds since the backend's last word, where that is long ago."""
    _first: float | None = None
    """When the first event was heard, since the job was resumed if it was."""
    _planned: bool = False
    """The shares are those of this job: the backend has measured what its parts take."""
    _begun: float = 0.0
    _begun_done: float = 0.0
    _finishing: int = 0
    _seconds_of_whole: float | None = None
    _earlier: list[Caution] = field(default_factory=list)
    """Warnings from before the job was resumed."""

    def hear(self, event: dict[str, Any], now: float) -> None:
        """Takes in one event."""
        kind = event.get("event")
        if self._first is None:
            self._first = now
        self.silent = float(event.get("seconds", 0)) if kind == "silent" else 0.0
        if kind == "stage-start":
            self._begin(event, now)
        elif kind == "progress":
            self._advance(event, now)
        elif kind == "stage-end" and self.stage and event.get("code") == self.stage.code and self.total is None:
            self._reach(1.0)
        elif kind == "metric":
            self._plot(event)
        elif kind == "preview":
            self.preview, self.previews = str(event.get("path", "")), self.previews + 1
        elif kind == "warning":
            self.warn(cautions.in_words(event))
        elif kind == "log" and event.get("parts") and self.shares:
            self._plan(event["parts"], now - self._first)
        if self.budget and self.shares and not self._planned and self.stage and self.stage.part in _UNKNOWN:
            self.fraction = max(self.fraction, min(_NEARLY, (now - self._first) / self.budget))

    def warn(self, caution: Caution) -> None:
        """Keeps a warning. What was said before the job was resumed gives way to the same, said with newer numbers."""
        self.warnings = [one for one in self.warnings if one not in self._earlier or one.code != caution.code]
        self._earlier = [one for one in self._earlier if one.code != caution.code]
        if caution not in self.warnings:
            self.warnings.append(caution)

    def resume(self) -> None:
        """Begins again: what was learned stays in the picture, the rates do not."""
        self.stage, self.done, self.total, self.silent, self._finishing = None, 0.0, None, 0.0, 0
        self._seconds_of_whole, self._first, self._earlier = None, None, list(self.warnings)

    def left(self, elapsed: float) -> float | None:
        """Seconds that are still to come: by the rate of the last long stage, and no more than the budget leaves."""
        rated = None if self._seconds_of_whole is None else (1 - self.fraction) * self._seconds_of_whole
        if not self.budget:
            return rated
        most = max(self.budget - elapsed, _LAST * self.budget)
        return most if rated is None else min(rated, most)

    def _plan(self, parts: dict[str, float], spent: float) -> None:
        """From what the backend has measured: seconds of what is to come, after those that are gone."""
        whole = spent + sum(parts.values())
        if whole > 0:
            order = (stages.TEACHER, stages.ANSWERS, stages.PROBE, stages.STUDENT, stages.BASELINE, stages.FINISHING)
            self.shares = {stages.PREPARING: spent / whole, **{name: parts.get(name, 0.0) / whole for name in order}}
            self._planned, self._seconds_of_whole = True, whole
            self.fraction = max(self.fraction, self.shares[stages.PREPARING])

    def _begin(self, event: dict[str, Any], now: float) -> None:
        self.stage, self.total, self.unit = Stage.of(event), event.get("total"), str(event.get("unit", ""))
        self.done, self._begun, self._begun_done = 0.0, now, -1.0
        part = self.stage.part
        if part == stages.FINISHING:
            self._finishing += 1
        if part in (stages.TEACHER, stages.STUDENT, stages.BASELINE) and self.total:
            self.steps[part] = float(self.total)
            if part == stages.TEACHER and self.stage.member[0] > 1:
                self.curves[part] = []
        self._reach(0.0)

    def _advance(self, event: dict[str, Any], now: float) -> None:
        self.done, self.total = float(event["done"]), event.get("total") or self.total
        if not self.total or self.stage is None:
            return
        if self._begun_done < 0:  # a training that goes on begins in the middle
            self._begun, self._begun_done = now, self.done
        within = min(1.0, self.done / self.total)
        part = self.stage.part
        share = self.shares.get(part, 0.0) if self.shares else 1.0
        learned = (self.done - self._begun_done) / self.total
        trains = part in (stages.TEACHER, stages.STUDENT, stages.BASELINE)
        # How long the answers take beside the rest is not known before that was measured.
        long = trains or not self.shares or (part == stages.ANSWERS and self._planned)
        if long and share and learned > 0.02 and now > self._begun:
            members = self.stage.member[1]
            self._seconds_of_whole = (now - self._begun) / learned * members / share
        self._reach(within)

    def _reach(self, within: float) -> None:
        """`within` the stage, from 0 to 1; the whole never goes back."""
        if self.stage is None:
            return
        if not self.shares:
            if self.stage.code in _OF_ONE_PART:
                self.fraction = max(self.fraction, within)
            return
        part = self.stage.part
        if part == stages.TEACHER:
            number, members = self.stage.member
            within = (number - 1 + within) / members
        elif part == stages.FINISHING:
            within = min(1.0, (self._finishing - 1 + within) / _STAGES_AT_THE_END)
        before = 0.0
        for name, share in self.shares.items():
            if name == part:
                self.fraction = max(self.fraction, before + share * within)
            before += share

    def _plot(self, event: dict[str, Any]) -> None:
        part = str(event.get("name", ""))
        if part not in (stages.TEACHER, stages.STUDENT, stages.BASELINE) or "loss" not in event:
            return
        score = next((float(event[name]) for name in SCORES if event.get(name) is not None), None)
        terms = {name: float(value) for name, value in event.items() if name not in _NO_TERMS and _is_number(value)}
        point = Point(int(event.get("step", 0)), float(event["loss"]), score, terms)
        kept = [old for old in self.curves.get(part, []) if old.step < point.step]
        self.curves[part] = [*kept, point]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shares(*, trains_teacher: bool, baseline: bool) -> dict[str, float]:
    """What each part of a distillation takes of its time; the backend's plan gives a teacher half of the training."""
    training = 1 - _PREPARING - _ANSWERS - _FINISHING
    teacher = training / 2 if trains_teacher else 0.0
    students = training - teacher - _PROBE
    student = students / 2 if baseline else students
    return {
        stages.PREPARING: _PREPARING,
        stages.TEACHER: teacher,
        stages.ANSWERS: _ANSWERS,
        stages.PROBE: _PROBE,
        stages.STUDENT: student,
        stages.BASELINE: students - student,
        stages.FINISHING: _FINISHING,
    }
