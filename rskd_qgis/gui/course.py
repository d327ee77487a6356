"""Where a running job is: made of the backend's events alone, without Qt's clock or widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import stages

_PREPARING, _ANSWERS, _FINISHING, _PROBE = 0.04, 0.06, 0.10, 0.03
_STAGES_AT_THE_END = 6


@dataclass(frozen=True)
class Point:
    """A row of a training's curve; `score` is the mean IoU, or the agreement where there are no labels."""

    step: int
    loss: float
    score: float | None


@dataclass
class Course:
    """Hears a job's events; says where it is. Times are seconds of any one clock.

    Args:
        shares: what each part takes of the whole, see `shares`; empty for a job of one part, a map's for instance.
        budget: seconds that the whole was given, 0 if none.
    """

    shares: dict[str, float] = field(default_factory=dict)
    budget: float = 0.0
    stage: str = ""
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
    warnings: list[dict[str, Any]] = field(default_factory=list)
    silent: float = 0.0
    """Seconds since the backend's last word, where that is long ago."""
    _begun: float = 0.0
    _begun_done: float = 0.0
    _finishing: int = 0
    _seconds_of_whole: float | None = None

    def hear(self, event: dict[str, Any], now: float) -> None:
        """Takes in one event."""
        kind = event.get("event")
        self.silent = float(event.get("seconds", 0)) if kind == "silent" else 0.0
        if kind == "stage-start":
            self._begin(event, now)
        elif kind == "progress":
            self._advance(event, now)
        elif kind == "stage-end" and event.get("stage") == self.stage and self.total is None:
            self._reach(1.0)
        elif kind == "metric":
            self._plot(event)
        elif kind == "preview":
            self.preview, self.previews = str(event.get("path", "")), self.previews + 1
        elif kind == "warning":
            self.warnings.append(event)

    def resume(self) -> None:
        """Begins again: what was learned stays in the picture, the rates do not."""
        self.stage, self.done, self.total, self.silent, self._finishing = "", 0.0, None, 0.0, 0
        self._seconds_of_whole = None

    def left(self, elapsed: float) -> float | None:
        """Seconds that are still to come: by the rate of the last long stage, before that by the budget."""
        whole = self._seconds_of_whole or (max(self.budget, elapsed) if self.budget else None)
        return None if whole is None else max(0.0, (1 - self.fraction) * whole)

    def _begin(self, event: dict[str, Any], now: float) -> None:
        self.stage, self.total, self.unit = str(event["stage"]), event.get("total"), str(event.get("unit", ""))
        self.done, self._begun, self._begun_done = 0.0, now, -1.0
        part = stages.part(self.stage)
        if part == stages.FINISHING:
            self._finishing += 1
        if part in (stages.TEACHER, stages.STUDENT, stages.BASELINE) and self.total:
            self.steps[part] = float(self.total)
            if part == stages.TEACHER and stages.member(self.stage)[0] > 1:
                self.curves[part] = []
        self._reach(0.0)

    def _advance(self, event: dict[str, Any], now: float) -> None:
        self.done, self.total = float(event["done"]), event.get("total") or self.total
        if not self.total:
            return
        if self._begun_done < 0:  # a training that goes on begins in the middle
            self._begun, self._begun_done = now, self.done
        within = min(1.0, self.done / self.total)
        part = stages.part(self.stage)
        share = self.shares.get(part, 0.0) if self.shares else 1.0
        learned = (self.done - self._begun_done) / self.total
        long = part in (stages.TEACHER, stages.ANSWERS, stages.STUDENT, stages.BASELINE) or not self.shares
        if long and share and learned > 0.02 and now > self._begun:
            members = stages.member(self.stage)[1]
            self._seconds_of_whole = (now - self._begun) / learned * members / share
        self._reach(within)

    def _reach(self, within: float) -> None:
        """`within` the stage, from 0 to 1; the whole never goes back."""
        if not self.shares:
            self.fraction = max(self.fraction, within) if self.stage in ("", "map", "Evaluating") else self.fraction
            return
        part = stages.part(self.stage)
        if part == stages.TEACHER:
            number, members = stages.member(self.stage)
            within = (number - 1 + within) / members
        elif part == stages.FINISHING:
            within = min(1.0, (self._finishing - 1 + within) / _STAGES_AT_THE_END)
        before = 0.0
        for name, share in self.shares.items():
            if name == part:
                self.fraction = max(self.fraction, before + share * within)
            before += share

    def _plot(self, event: dict[str, Any]) -> None:
        part = stages.part(str(event.get("name", "")))
        if part not in (stages.TEACHER, stages.STUDENT, stages.BASELINE) or "loss" not in event:
            return
        score = event.get("mean_iou", event.get("agreement"))
        point = Point(int(event.get("step", 0)), float(event["loss"]), None if score is None else float(score))
        kept = [old for old in self.curves.get(part, []) if old.step < point.step]
        self.curves[part] = [*kept, point]


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
