"""One or two sentences of judgement, as an experienced colleague would say them."""

from __future__ import annotations

from typing import Any

_WEAK_IOU = 0.3
_FEW_PIXELS = 500
_ALL_PIXELS = 0.999


def judgement(metrics: dict[str, Any]) -> list[str]:
    """Sentences about a finished distillation, from its metrics."""
    student, teacher, baseline = metrics["student"], metrics["teacher"], metrics.get("baseline")
    sentences = []
    if student["mean_iou"] is not None:
        sentences.append(_against_teacher(student, teacher, metrics["ratios"]))
        if baseline is not None:
            points = 100 * (student["mean_iou"] - baseline["mean_iou"])
            word = "more" if points >= 0 else "less"
            sentences.append(f"The teacher brought {abs(points):.1f} points of mean IoU {word} than the labels alone.")
        sentences += _partial_teacher(student, teacher) + _weak_classes(student) + _untested_classes(student)
    elif student["agreement"] is not None:
        sentences.append(f"The student agrees with its teacher on {student['agreement']:.1%} of the test pixels.")
    return sentences


def _against_teacher(student: dict[str, Any], teacher: dict[str, Any], ratios: dict[str, Any]) -> str:
    said = f"Mean IoU {student['mean_iou']:.3f}"
    interval = student["intervals"].get("mean_iou")
    if interval:
        said += f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})"
    if ratios["mean_iou"] is not None:
        said += f", {ratios['mean_iou']:.0%} of its teacher's {teacher['mean_iou']:.3f}"
    if ratios["parameters"] is not None and ratios["parameters"] > 1:
        said += f", with 1/{ratios['parameters']:.3g} of its parameters"
    if ratios["milliseconds_per_megapixel"] is not None:
        said += f", at {ratios['milliseconds_per_megapixel']:.1f} times its speed"
    return said + "."


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
