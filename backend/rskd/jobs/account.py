"""What a distillation hands over: student file, maps, metrics, report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rskd.geo.atomic import write_text
from rskd.jobs.folder import JobFolder
from rskd.jobs.maps import map_sites, opened_readers
from rskd.jobs.metrics import metrics_of
from rskd.jobs.report import write_job_report, write_picture
from rskd.jobs.setting import Setting
from rskd.jobs.student_file import write_student
from rskd.jobs.verdict import judgement
from rskd.spec import DistillJob

if TYPE_CHECKING:
    from rskd.distill.targets import SoftTargets
    from rskd.jobs.training import Outcome, Trainer
    from rskd.models.teachers.base import Teacher


def account(
    resolved: DistillJob,
    setting: Setting,
    teacher: Teacher,
    targets: Sequence[SoftTargets],
    trainer: Trainer,
    outcomes: Mapping[str, Outcome],
    folder: JobFolder,
) -> dict[str, Any]:
    """Writes everything that the job leaves, all of it at once; `outcomes` holds the student and perhaps the baseline.

    Returns:
        JSON-ready: `metrics`, the paths of all `files`, and for each map the store of the teacher's `answers`.

    Raises:
        OutputUnwritable: no space, no permission.
    """
    from rskd.distill.stac import write_stac

    place, reporter = folder.results, setting.reporter
    paths = {"student": place / "student.onnx", "baseline": folder.work / "baseline.onnx"}
    settings = {"recipe": resolved.recipe.model_dump(), "training": resolved.training.model_dump(exclude_none=True)}
    cards, mapped = {}, {}
    for name, outcome in outcomes.items():
        taught_by = teacher if name == "student" else None
        cards[name] = write_student(paths[name], outcome, setting, taught_by, settings)
        mapped[name] = map_sites(paths[name], setting, everything=name == "student")
    with opened_readers(setting, targets, mapped) as readers, reporter.stage("report", "Report"):
        metrics = metrics_of(setting, teacher, mapped, readers)
        metrics["generalisation_gap"] = trainer.gap(outcomes["student"])
        metrics["data_quality"] = trainer.quality()
        metrics["steps"] = _steps(resolved, outcomes)
        metrics["judgement"] = judgement(metrics)
        write_text(place / "metrics.json", json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False))
        write_stac(place / "student.stac.json", cards["student"], paths["student"], metrics["student"])
        write_picture(place / "map.png", setting, readers)
        names = ["student.onnx", "student.stac.json", "job.json", "metrics.json"]
        maps = mapped["student"]
        names += [path.name for path in (*maps.maps, *maps.vectors, *maps.confidences)] + ["map.png"]
        write_job_report(place / "report.html", resolved, setting, metrics, outcomes, readers, names)
    folder.publish()
    return {
        "metrics": metrics,
        "files": [str(folder.path / name) for name in ["report.html", *names]],
        "answers": {str(folder.path / path.name): str(one.store) for path, one in zip(maps.maps, targets, strict=True)},
    }


def _steps(resolved: DistillJob, outcomes: Mapping[str, Outcome]) -> dict[str, int | None]:
    """That were done, perhaps fewer than were `planned` for each student; the teacher's, where it was trained here."""
    done: dict[str, int | None] = {name: outcome.trained.steps_done for name, outcome in outcomes.items()}
    return {**done, "planned": resolved.training.steps, "teacher": resolved.training.teacher_steps}
