"""One or two sentences of judgement, as an experienced colleague would say them."""

from __future__ import annotations

from typing import Any

from rskd.jobs.budget import FEW_STEPS

_WEAK_IOU = 0.3
_FEW_PIXELS = 500
_ALL_PIXELS = 0.999


def judgement(metrics: dict[str, Any]) -> list[str]:
    """Sentences about a finished distillation, from its metrics."""
    student, teacher, baseline = metrics["student"], metrics["teacher"], metrics.get("baseline")
    sentences = _few_steps(metrics.get("steps", {}))
    if student["mean_iou"] is not None:
        sentences += [_against_teacher(student, teacher, metrics["ratios"]), *_size_and_speed(metrics["ratios"])]
        if baseline is not None:
            points = 100 * (student["mean_iou"] - baseline["mean_iou"])
            sentences.append(_brought(points, metrics.get("steps", {})))
        sentences += _partial_teacher(student, teacher) + _weak_classes(student)
        sentences += _untrained_classes(metrics) + _untested_classes(student)
    elif student["agreement"] is not None:
        sentences.append(f"The student agrees with its teacher on {student['agreement']:.1%} of the test pixels.")
    return sentences


def _against_teacher(student: dict[str, Any], teacher: dict[str, Any], ratios: dict[str, Any]) -> str:
    said = f"The student reaches a mean IoU of {student['mean_iou']:.3f}"
    interval = student["intervals"].get("mean_iou")
    if interval:
        said += f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})"
    if ratios["mean_iou"] is not None:
        said += f", {ratios['mean_iou']:.0%} of its teacher's {teacher['mean_iou']:.3f}"
    return said + "."


def _few_steps(steps: dict[str, int | None]) -> list[str]:
    """A warning where the numbers after it are of trainings that had hardly begun."""
    planned, of_teacher = steps.get("planned"), steps.get("teacher")
    if planned is None or min(count for count in (planned, of_teacher, FEW_STEPS) if count) >= FEW_STEPS:
        return []
    teacher = f", its teacher for {of_teacher:,}" if of_teacher else ""
    said = f"The student was trained for {planned:,} step{'s' * (planned != 1)}{teacher}: below {FEW_STEPS} little is "
    return [said + "learned, and what follows says little of what they can do with more time."]


def _brought(points: float, steps: dict[str, int | None]) -> str:
    """Points that the teacher brought, and in how many steps: more of them would bring others."""
    word = "more" if points >= 0 else "less"
    said = f"The teacher brought {abs(points):.1f} points of mean IoU {word} than the labels alone"
    student, baseline = steps.get("student"), steps.get("baseline")
    if not student or not baseline:
        return said + "."
    if student == baseline:
        return f"{said} in the same {student:,} step{'s' * (student != 1)}."
    return f"{said} ({student:,} steps with the teacher, {baseline:,} without)."


def _size_and_speed(ratios: dict[str, Any]) -> list[str]:
    """A sentence, where there is a teacher's network to compare with."""
    size, speed = ratios["parameters"], ratios["milliseconds_per_megapixel"]
    said = []
    if size is not None:
        share = f"1/{size:.3g} of" if size > 1 else f"{1 / size:.3g} times"
        said.append(f"has {share} the teacher's parameters")
    if speed is not None:
        slower = "" if speed >= 1 else ", which is slower"
        said.append(f"runs at {speed:.1f} times the teacher's speed{slower}")
    return [f"It {' and '.join(said)}."] if said else []


def _untrained_classes(metrics: dict[str, Any]) -> list[str]:
    untrained = metrics.get("untrained")
    return [f"Without training labels: {', '.join(untrained)}."] if untrained else []


def _partial_teacher(student: dict[str, Any], teacher: dict[str, Any]) -> list[str]:
    share = teacher.get("pixels", 0) / student["pixels"] if student.get("pixels") else 1.0
    if share > _ALL_PIXELS:
        return []
    return [f"The teacher answers for {share:.0%} of the test pixels only, and is scored on these alone."]


def _weak_classes(student: dict[str, Any]) -> list[str]:
    weak = [
        f"{row['name']} ({row['reference_pixels']:,} test pixels)"
        if row["reference_pixels"] < _FEW_PIXELS
        else row["name"]
        for row in student["classes"]
        if row["counted"] and row["iou"] is not None and row["iou"] < _WEAK_IOU
    ]
    return [f"Weak on {', '.join(weak)}."] if weak else []


def _untested_classes(student: dict[str, Any]) -> list[str]:
    untested = [row["name"] for row in student["classes"] if not row["reference_pixels"]]
    return [f"Not tested: {', '.join(untested)}. No test pixel is labelled so."] if untested else []
