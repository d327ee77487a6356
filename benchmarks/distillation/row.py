"""One row, measured in a process of its own: its peak of memory is then its own too."""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.distillation import teachers
from benchmarks.distillation.orders import Order
from benchmarks.distillation.scoring import on_test_part, opened_setting, tested
from rskd.events import Reporter
from rskd.geo.layouts import TRAIN
from rskd.jobs.maps import map_sites
from rskd.jobs.sites import opened_sites
from rskd.jobs.student_file import write_student
from rskd.jobs.teaching import soft_targets
from rskd.jobs.training import Trainer
from rskd.spec import DistillJob, describe


def measured(order: Order, work: Path, reporter: Reporter) -> dict[str, Any]:
    """Trains the student of a row and measures it on the test part; its teacher has answered before."""
    folder = work / order.set / "rows" / order.key
    shutil.rmtree(folder, ignore_errors=True)  # half a training would be half a measurement
    given = {**order.given, "path": str(teachers.file_of(order, work))}
    job = {**order.job(), "teacher": given, "out": str(folder)}
    with ExitStack() as stack:
        setting, teacher = stack.enter_context(opened_setting(job, reporter))
        targets = stack.enter_context(soft_targets(setting, teacher, teachers.answers_of(order, work)))
        trainer = Trainer(setting, targets if order.taught else (), folder, teacher if order.taught else None)
        before, started = time.process_time(), time.monotonic()
        outcome = trainer.train("student", order.steps, taught=order.taught)
        cpu, seconds = time.process_time() - before, time.monotonic() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        step = trainer.step_seconds()
        write_student(folder / "student.onnx", outcome, setting, teacher if order.taught else None, {})
        maps = {"student": map_sites(folder / "student.onnx", tested(setting), everything=False)}
        labelled = setting.sites
        if not any(site.labels for site in labelled):
            whole = describe(DistillJob, {**job, **order.data.job()}, base=Path.cwd())
            labelled = stack.enter_context(opened_sites(whole, reporter))
        trained = outcome.trained
        row = {
            "key": order.key,
            "stage": order.stage,
            "set": order.set,
            "regime": order.regime,
            "method": order.method,
            "seed": order.seed,
            "steps": order.steps,
            "steps_done": trained.steps_done,
            "student": order.data.student,
            "parameters": setting.parameters,
            "bands": order.bands,
            "labelled": _labelled(setting),
            "teacher": order.teacher,
            "recipe": order.recipe,
            "score": trained.score_name,
            "validation": trained.score,
            "test": on_test_part(setting, labelled, "student", (), maps),
            "step_seconds": round(step, 4),
            "training_cpu_seconds": round(cpu, 2),
            "training_seconds": round(seconds, 2),
            "peak_mb": round(peak),
            "machine": machine(),
            "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
    shutil.rmtree(folder)
    return row


def _labelled(setting: Any) -> int:
    """Labelled pixels of the training part that the student sees."""
    from rskd.distill.labelled import label_counts

    return int(label_counts(setting.on_disk(setting.bands), len(setting.classes), TRAIN).sum())


def machine() -> str:
    """The processor in words; one thread of it is used."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, one thread used"
