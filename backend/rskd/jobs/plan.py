"""Steps decided once for a job, from what it names, its epochs or its budget of time, and kept for every rerun."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from rskd.jobs.budget import Costs, Steps, expected_parts, plan_steps
from rskd.jobs.cautions import of_short_budget
from rskd.jobs.folder import JobFolder
from rskd.jobs.setting import Setting
from rskd.spec import DistillJob, LabelsTeacher

_SHORTEST_EPOCH = 20
"""Steps of an epoch, at least: a small scene is passed over several times."""


class Plan:
    """The steps of a job's trainings.

    Attributes:
        steps: known once settled.
        resolved: the job with its student and steps, as in `job.json`; known once settled.
    """

    def __init__(self, setting: Setting, folder: JobFolder, decisions: dict[str, Any], started: float) -> None:
        """`decisions` are those of an earlier run; `started` is when this one began, by `time.monotonic`."""
        self._setting, self._folder, self._decisions, self._started = setting, folder, decisions, started
        self._spent = 0.0

    def settle(self, costs: Callable[[], Costs]) -> None:
        """Decides, unless that was done before, and writes it down; `costs` measures only where a budget asks for it.

        Raises:
            OutputUnwritable: `job.json` cannot be written.
        """
        measured = None
        if "steps" not in self._decisions:
            steps, measured = self._planned(costs)
            self._decisions |= {"student": self._setting.entry.name, "steps": steps.student}
            self._decisions |= {"teacher_steps": steps.teacher}
        self.steps = Steps(self._decisions["steps"], self._decisions["teacher_steps"])
        self.resolved = self._resolved()
        self._folder.decide(self._decisions, self.resolved)
        self._warn_of_short_budget(measured)

    def _warn_of_short_budget(self, measured: Costs | None) -> None:
        training = self._setting.job.training
        if training.max_minutes is None or training.steps is not None:
            return
        of_short_budget(
            self.steps,
            self._most_steps(),
            training.max_minutes,
            self._setting.reporter,
            costs=measured,
            spent=self._spent,
            trainings=self._trainings,
        )

    def _planned(self, costs: Callable[[], Costs]) -> tuple[Steps, Costs | None]:
        training, job = self._setting.job.training, self._setting.job
        trains_teacher = isinstance(job.teacher, LabelsTeacher)
        if training.steps is not None:
            return Steps(training.steps, (training.teacher_steps or training.steps) if trains_teacher else 0), None
        measured = costs() if training.max_minutes is not None else None
        self._spent = time.monotonic() - self._started
        steps = plan_steps(
            measured or Costs(0.0),
            most=self._most_steps(),
            max_minutes=training.max_minutes,
            spent=self._spent,
            trainings=self._trainings,
            trains_teacher=trains_teacher,
        )
        of_teacher = f", {steps.teacher} of the teacher" if trains_teacher else ""
        facts: dict[str, object] = {"steps": steps.student, "teacher_steps": steps.teacher}
        if measured is not None:
            parts = expected_parts(steps, measured, trainings=self._trainings)
            facts |= {"seconds": round(sum(parts.values())), "parts": {name: round(parts[name], 1) for name in parts}}
        self._setting.reporter.info(
            f"Planned: {steps.student} step{'s' * (steps.student != 1)} of training{of_teacher}.", **facts
        )
        return steps, measured

    @property
    def _trainings(self) -> int:
        return 2 if self._setting.job.baseline else 1

    def _most_steps(self) -> int:
        training = self._setting.job.training
        pixels: int = sum(split.summary()["parts"]["train"]["pixels"] for split in self._setting.splits)
        return training.epochs * max(math.ceil(pixels / (training.batch * training.tile**2)), _SHORTEST_EPOCH)

    def _resolved(self) -> DistillJob:
        job = self._setting.job
        steps = {"steps": self.steps.student, "teacher_steps": self.steps.teacher or None}
        training = job.training.model_copy(update=steps)
        student = job.student.model_copy(update={"name": self._setting.entry.name})
        return job.model_copy(update={"training": training, "student": student})
