"""Distillation from end to end: layers and a teacher in, a student and its map out.

    scenes ─► student chosen ─► split ─► teacher ─► soft targets ─► student, baseline ─► student.onnx ─► map ─► report

Every step leaves something in the job's folder, and what it has left is not made again.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rskd.events import Reporter
from rskd.jobs import cautions
from rskd.jobs.account import account
from rskd.jobs.assistants import Assistants, Taught
from rskd.jobs.beforehand import refuse_early
from rskd.jobs.budget import Costs
from rskd.jobs.folder import JobFolder
from rskd.jobs.plan import Plan
from rskd.jobs.recipe_choice import with_recipe
from rskd.jobs.scenes import with_scenes_read
from rskd.jobs.setting import Setting, settle
from rskd.jobs.sites import Site, opened_sites
from rskd.jobs.teaching import LabelTaught, open_given, soft_targets, with_encoders_to_train
from rskd.jobs.training import Trainer, teacher_inside
from rskd.spec import DistillJob, LabelsTeacher

if TYPE_CHECKING:
    from rskd.models.teachers.base import Teacher

GOES_ON = "The same command goes on from here."
STARTS_ANEW = "Nothing had been kept yet: the same command starts anew."


def run(job: DistillJob, reporter: Reporter) -> dict[str, Any]:
    """Distils; running the same job again goes on where it stopped.

    Returns:
        JSON-ready: `metrics` as in `metrics.json`, the paths of all `files`, and for each map the folder of the
        teacher's `answers`, as `rskd.spec.DisagreementJob` takes it.

    Raises:
        RskdError: whatever the user can put right, see `rskd.errors`.
        KeyboardInterrupt: as it came, with what the same command will do then.
    """
    started = time.monotonic()
    job = with_scenes_read(job, reporter)
    refuse_early(job)
    job = with_encoders_to_train(job, reporter)
    refuse_early(job)  # an encoder has become a teacher that needs labels
    folder = JobFolder(Path(job.out))
    try:
        with folder.held(), opened_sites(job, reporter) as sites:
            return _distilled(job, folder, sites, reporter, started)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(GOES_ON if folder.keeps(job) else STARTS_ANEW) from stop


def _trained_teacher(setting: Setting, folder: JobFolder, plan: Plan) -> Teacher:
    """Trained here on the labels; what it learned from is let go of when it is done."""
    if not isinstance(setting.job.teacher, LabelsTeacher):
        raise TypeError(setting.job.teacher)
    own = LabelTaught(setting.job.teacher, setting, folder.work)
    plan.settle(lambda: _costs(setting, own, Trainer(setting, (), folder.work)))
    return own.train(plan.steps.teacher)


def _costs(setting: Setting, own: LabelTaught, trainer: Trainer) -> Costs:
    from rskd.distill.recipe import Recipe

    student = trainer.step_seconds()
    if Recipe.of(setting.job.recipe, labels=True).needs_live_teacher:
        student += own.look_seconds()
    return Costs(student, own.step_seconds, own.answer_seconds())


def _distilled(
    job: DistillJob, folder: JobFolder, sites: tuple[Site, ...], reporter: Reporter, started: float
) -> dict[str, Any]:
    from rskd.distill.device import pick_device

    decisions = folder.recall(job)
    if decisions.get("done"):
        reporter.info("This job is done: what was trained is kept, and the results are made anew from it.")
    device = pick_device(job.device, reporter)
    given = open_given(job, sites, device=device, reporter=reporter)
    setting = settle(
        job,
        sites,
        teacher_classes=given.classes if given else None,
        decided_student=decisions.get("student"),
        device=device,
        reporter=reporter,
    )
    setting = replace(setting, job=with_recipe(setting.job, classes=len(setting.classes), reporter=reporter))
    if given is not None:
        teacher_inside(setting, given)  # refused now, not when it has answered
    plan = Plan(setting, folder, decisions, started)
    cautions.of_untrained_classes(setting.untrained, reporter, teacher_knows=given is not None)
    teacher = _trained_teacher(setting, folder, plan) if given is None else given
    cautions.of_larger_student(setting.parameters, teacher.parameters, reporter)
    with soft_targets(setting, teacher, folder.targets) as targets:
        trainer, assistants = Trainer(setting, targets, folder.work, teacher), Assistants(setting, folder.work)
        first = Taught(teacher, targets)
        plan.settle(lambda: Costs(trainer.step_seconds() + assistants.step_seconds(first)))
        trainer.check_lead(plan.steps.student, teacher_steps=plan.steps.teacher)
        with assistants.taught_down(first, plan.steps.student, folder.targets) as last:
            if last is not first:
                trainer = Trainer(setting, last.targets, folder.work, last.teacher)
            outcomes = {"student": trainer.train("student", plan.steps.student, taught=True)}
        if job.baseline and trainer.has_labels:
            outcomes["baseline"] = trainer.train("baseline", plan.steps.student, taught=False)
        elif job.baseline:
            message = "No training pixel has a label: there is no baseline to compare the student with."
            reporter.warn("no-baseline", message, "Give labels in the training part, or leave `baseline:` out.")
        return account(plan.resolved, setting, teacher, targets, trainer, outcomes, folder)
