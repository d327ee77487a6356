"""The teachers: trained once on the labels that they may see, kept as files, and measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from benchmarks.distillation.orders import Order
from benchmarks.distillation.scoring import on_test_part, opened_setting
from rskd.events import Reporter
from rskd.geo.atomic import write_text
from rskd.jobs.teaching import LabelTaught, soft_targets


def file_of(order: Order, work: Path) -> Path:
    """Where the teacher of a row is kept."""
    ready = order.data.ready
    return (
        ready if ready is not None and order.teacher == "all" else _folder(order, work) / f"{order.teacher}.safetensors"
    )


def facts_of(order: Order, work: Path) -> Path:
    """Where its numbers are kept."""
    return _folder(order, work) / f"{order.teacher}.json"


def answers_of(order: Order, work: Path) -> Path:
    """Where its answers are kept."""
    return _folder(order, work) / "answers" / order.teacher


def made(order: Order, work: Path, reporter: Reporter) -> dict[str, Any]:
    """Trains the teacher of a row if need be, has it answer, and measures it.

    Returns:
        What `results/teachers.jsonl` says of it.
    """
    folder, path = _folder(order, work), file_of(order, work)
    folder.mkdir(parents=True, exist_ok=True)
    steps = order.data.teacher_steps
    if not path.exists():
        _train(order, path, steps, reporter)
    job = {**order.teacher_job(steps), "teacher": {**order.given, "path": str(path)}, "out": str(folder)}
    with (
        opened_setting(job, reporter) as (setting, teacher),
        soft_targets(setting, teacher, answers_of(order, work)) as targets,
    ):
        from rskd.distill.validation import Validation

        materials = setting.materials(setting.bands, targets)
        validation = Validation(
            materials, setting.cards, size=2 * order.data.tile, batch=4, classes=len(setting.classes)
        )
        facts = {
            "set": order.set,
            "teacher": order.teacher,
            "parameters": teacher.parameters,
            "members": teacher.members,
            "labels": order.teacher_share,
            "steps": None if path == order.data.ready else steps,
            "validation": validation.teacher_score(),
            "test": on_test_part(setting, setting.sites, "teacher", targets, {}),
        }
    write_text(facts_of(order, work), json.dumps(facts))
    return facts


def _train(order: Order, path: Path, steps: int, reporter: Reporter) -> None:
    spec = {"kind": "labels", **order.data.teacher, "flips": True}
    training = path.with_suffix("")
    job = {**order.teacher_job(steps), "teacher": spec, "out": str(training)}
    with opened_setting(job, reporter) as (setting, _):
        LabelTaught(setting.job.teacher, setting, training / ".work").train(steps)
        (training / "teacher.safetensors").replace(path)
    shutil.rmtree(training)


def _folder(order: Order, work: Path) -> Path:
    return work / order.set
