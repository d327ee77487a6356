"""`metrics.json`: teacher, student and baseline on the same test pixels, with size, speed and areas."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata as packages
from typing import TYPE_CHECKING, Any

import numpy as np

from rskd import __version__
from rskd.evaluate.metrics import AREAS_NOTE, area_estimates
from rskd.geo.labels import IGNORE, Labels
from rskd.geo.layouts import TEST, TRAIN
from rskd.infer.speed import milliseconds_per_megapixel
from rskd.jobs.maps import Mapped, Readers
from rskd.jobs.scoring import Ground, Score
from rskd.jobs.setting import Setting
from rskd.jobs.speed import WINDOW, teacher_speed

if TYPE_CHECKING:
    from rskd.models.teachers.base import Teacher

_VERSIONED = (
    "torch", "torchgeo", "lightning", "segmentation-models-pytorch", "onnx", "onnxruntime", "numpy", "rasterio",
)  # fmt: skip

_BY_LABELS = "Compared with the labels of the test part, which no training tile touches."
_BY_TEACHER = "There are no labels to test with: the student is compared with its teacher on the test part."
_NO_TEST = "No test pixel has an answer to compare with: nothing is measured."


def metrics_of(setting: Setting, teacher: Teacher, mapped: Mapping[str, Mapped], readers: Readers) -> dict[str, Any]:
    """Everything but what only the trainer knows, JSON-ready.

    Args:
        setting: splits and classes.
        teacher: its size and speed.
        mapped: student and perhaps baseline.
        readers: of all that is compared.
    """
    compared = (
        {name: _score(setting, readers, name, "labels") for name in ("teacher", *mapped)} if "labels" in readers else {}
    )
    present = compared["student"].confusion.total.present if compared else []
    speeds = {name: _student_facts(model) for name, model in mapped.items()}
    speeds["teacher"] = _teacher_facts(teacher, setting)
    agreement = _score(setting, readers, "student", "teacher")
    metrics: dict[str, Any] = {
        name: {**_accuracies(compared.get(name), present), **speeds[name]} for name in ("teacher", *mapped)
    }
    metrics["student"]["agreement"] = _number(agreement.confusion.total.overall_accuracy())
    return {
        **metrics,
        "basis": _BY_LABELS if present else _BY_TEACHER if agreement.confusion.blocks else _NO_TEST,
        "counted": [setting.classes[channel].name for channel in present],
        "classes": [known.model_dump() for known in setting.classes],
        "untrained": list(setting.untrained),
        "ratios": _ratios(metrics),
        "areas": _areas(setting, mapped["student"], compared.get("student")),
        "areas_note": AREAS_NOTE,
        "split": _split(setting),
        "speed_note": f"One pass of one network over a window of {WINDOW} x {WINDOW} pixels in onnxruntime, "
        f"{setting.threads} thread{'s' * (setting.threads != 1)}, without flips; median of five.",
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "versions": versions(),
    }


def _score(setting: Setting, readers: Readers, name: str, reference: str) -> Score:
    background = next((s.labels.background for s in setting.sites if s.labels is not None), None)
    score = Score(setting.classes, background if setting.job.task == "segmentation" else None)
    for number, split in enumerate(setting.splits):
        score.add(Ground(split, readers[reference][number]), readers[name][number], TEST, number)
    return score


def _accuracies(score: Score | None, present: Sequence[int]) -> dict[str, Any]:
    if score is None or not present:
        return {"mean_iou": None, "mean_iou_reason": "there are no test pixels with a label", "classes": []}
    return score.facts(present)


def _student_facts(model: Mapped) -> dict[str, Any]:
    student = model.student
    return {
        "name": student.card.architecture,
        "parameters": student.card.parameters,
        "megabytes": round(student.megabytes, 3),
        "milliseconds_per_megapixel": milliseconds_per_megapixel(student.run, len(student.card.bands), WINDOW),
        "device": student.device.got,
    }


def _teacher_facts(teacher: Teacher, setting: Setting) -> dict[str, Any]:
    speed, reason = teacher_speed(teacher, setting.threads, device=setting.job.device)
    size = None if teacher.parameters is None else round(4 * teacher.parameters / 1e6, 3)
    return {
        "name": teacher.name,
        "kind": teacher.kind,
        "members": teacher.members,
        "parameters": teacher.parameters,
        "megabytes": size,
        "milliseconds_per_megapixel": speed,
        "milliseconds_per_megapixel_reason": reason,
    }


def _ratios(metrics: Mapping[str, Any]) -> dict[str, float | None]:
    """Teacher to student."""
    keys = ("parameters", "megabytes", "milliseconds_per_megapixel")
    pairs = {key: (metrics["teacher"][key], metrics["student"][key]) for key in keys}
    ratios = {key: teacher / student if teacher and student else None for key, (teacher, student) in pairs.items()}
    teacher, student = metrics["teacher"]["mean_iou"], metrics["student"]["mean_iou"]
    return {**ratios, "mean_iou": student / teacher if teacher and student is not None else None}


def _areas(setting: Setting, mapped: Mapped, score: Score | None) -> list[dict[str, Any]]:
    if not mapped.area_m2:
        return []
    counts = np.zeros((len(setting.classes),) * 2, np.int64) if score is None else score.confusion.total.counts
    pixels = np.array(mapped.pixels)
    # The mean pixel: in degrees, pixels shrink towards the poles.
    blocks = None if score is None else score.confusion
    estimates = area_estimates(counts, pixels, mapped.area_m2 / pixels.sum(), blocks=blocks)
    return [
        {"name": known.name, "value": known.value, **vars(estimate)}
        for known, estimate in zip(setting.classes, estimates, strict=True)
    ]


def _split(setting: Setting) -> dict[str, Any]:
    summaries = [split.summary() for split in setting.splits]
    parts = ("train", "validation", "test")
    kind, gap = summaries[0]["kind"], min(summary["gap"] for summary in summaries)
    how = {"auto": "Blocks on the ground", "given": "Parts as given", "whole scene": "Whole scenes"}[kind]
    apart = "" if kind == "whole scene" else f", at least {gap} pixels between training tiles and the rest"
    rows = [
        {
            "name": known.name,
            **{
                part: sum(summary["parts"][part]["classes"].get(known.name, 0) for summary in summaries)
                for part in parts
            },
        }
        for known in setting.classes
    ]
    there = _training_labels(setting, [site.labels for site in setting.sites])
    used = _training_labels(setting, setting.labels)
    return {
        "text": f"{how}{apart}.",
        "gap": gap,
        "kind": kind,
        "classes": rows,
        "scenes": summaries,
        "labels_used": used,
        "share_used": used / there if there else 1.0,
    }


def _training_labels(setting: Setting, labels: Sequence[Labels | None]) -> int:
    """Labelled pixels of the training part."""
    return sum(
        int(((split.read(window) == TRAIN) & (known.read(window) != IGNORE)).sum())
        for split, known in zip(setting.splits, labels, strict=True)
        if known is not None
        for window in split.windows(TRAIN, WINDOW)
    )


def versions() -> dict[str, str]:
    """Of everything that decides the numbers."""
    installed = {name: packages.version(name) for name in _VERSIONED}
    return {"rskd": __version__, "python": platform.python_version(), "system": platform.platform(), **installed}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
