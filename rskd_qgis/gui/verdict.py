"""What a finished distillation is worth, in sentences made from its metrics; decided without a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from . import figures, stages

translate = QCoreApplication.translate

# As in the backend's report (`rskd.jobs.verdict`).
_WEAK_IOU = 0.3
_FEW_PIXELS = 500
_ALL_PIXELS = 0.999
_FEW_STEPS = 100

_SAME = 0.05  # a ratio this near to 1 is none
_AS_GOOD, _NEAR = 0.95, 0.9
"""Shares of the teacher's mean IoU from which on a student is called so."""

SPEED, SIZE = "milliseconds_per_megapixel", "megabytes"
"""What a model takes, by the names of the metrics."""


@dataclass(frozen=True)
class Rated:
    """A model in the plot of accuracy against what it takes.

    Attributes:
        name: `student`, `teacher` or `baseline`.
        score: its mean IoU.
        low, high: of its 95 % interval; the score itself where there is none.
        takes: in the comparison's unit; None where nobody knows.
    """

    name: str
    score: float
    low: float
    high: float
    takes: float | None


@dataclass(frozen=True)
class Compared:
    """Models that were scored on the same ground; `by` is `SPEED` or `SIZE`."""

    by: str
    models: tuple[Rated, ...]


def compared(metrics: dict[str, Any]) -> Compared | None:
    """Student, teacher and baseline as far as they were measured; None where fewer than two were scored."""
    found = {name: metrics.get(name) or {} for name in (stages.STUDENT, stages.TEACHER, stages.BASELINE)}
    known = {name: facts for name, facts in found.items() if facts.get("mean_iou") is not None}
    if stages.STUDENT not in known or len(known) < 2:
        return None
    whole = [by for by in (SPEED, SIZE) if all(found[name].get(by) for name in (stages.STUDENT, stages.TEACHER))]
    by = next(iter(whole), SPEED)
    return Compared(by, tuple(_rated(name, facts, facts.get(by)) for name, facts in known.items()))


def _rated(name: str, facts: dict[str, Any], takes: float | None) -> Rated:
    score = float(facts["mean_iou"])
    interval = facts.get("intervals", {}).get("mean_iou") or (None, None)
    low, high = (score if end is None else float(end) for end in interval)
    return Rated(name, score, low, high, float(takes) if takes else None)


def headline(metrics: dict[str, Any]) -> str:
    """The student's accuracy with its uncertainty."""
    student = metrics["student"]
    score, agreement = student.get("mean_iou"), student.get("agreement")
    if score is not None:
        interval = student.get("intervals", {}).get("mean_iou")
        if interval and None not in interval:
            words = translate("Verdict", "Mean IoU {score} (95 % interval {low} to {high})")
            return words.format(score=_three(score), low=_three(interval[0]), high=_three(interval[1]))
        return translate("Verdict", "Mean IoU {}").format(_three(score))
    if agreement is not None:
        return translate("Verdict", "Agrees with its teacher on {} of the test pixels").format(
            figures.percent(agreement)
        )
    return translate("Verdict", "There was nothing to test with")


def comparison(metrics: dict[str, Any]) -> str:
    """Against the teacher: accuracy, size, speed; as far as they are known."""
    ratios = metrics.get("ratios", {})
    said = []
    if ratios.get("mean_iou") is not None:
        said.append(translate("Verdict", "{} of its teacher").format(figures.percent(ratios["mean_iou"])))
    size, speed = ratios.get("megabytes") or ratios.get("parameters"), ratios.get("milliseconds_per_megapixel")
    if size:
        words = translate("Verdict", "{} times smaller"), translate("Verdict", "{} times larger")
        said.append(_ratio(size, *words, translate("Verdict", "as large")))
    if speed:
        words = translate("Verdict", "{} times faster"), translate("Verdict", "{} times slower")
        said.append(_ratio(speed, *words, translate("Verdict", "as fast")))
    return " · ".join(said)


def takes(metrics: dict[str, Any]) -> str:
    """Size and speed of the student."""
    student = metrics["student"]
    said = []
    if student.get("megabytes"):
        said.append(figures.megabytes(student["megabytes"]))
    if student.get("milliseconds_per_megapixel"):
        said.append(figures.speed(student["milliseconds_per_megapixel"]))
    return " · ".join([str(student.get("name", "")), *said])


def sentences(metrics: dict[str, Any]) -> list[str]:
    """The judgement, the most useful first."""
    student, teacher = metrics["student"], metrics["teacher"]
    steps = metrics.get("steps") or {}
    few = _of_few_steps(steps)
    if student.get("mean_iou") is None:
        return [few] if few else []
    weak = _weak_classes(student)
    said = [few or _overall(metrics, weak=bool(weak)), *weak]
    baseline = metrics.get("baseline")
    if baseline and baseline.get("mean_iou") is not None:
        said.append(_brought(100 * (student["mean_iou"] - baseline["mean_iou"]), steps))
    untested = [row["name"] for row in student.get("classes", ()) if not row["reference_pixels"]]
    if untested:
        words = translate("Verdict", "Not tested: {}. No test pixel is labelled so.")
        said.append(words.format(", ".join(untested)))
    share = teacher.get("pixels", 0) / student["pixels"] if student.get("pixels") else 1.0
    if share < _ALL_PIXELS:
        words = translate(
            "Verdict", "The teacher answers for {} of the test pixels only, and is scored on these alone."
        )
        said.append(words.format(figures.percent(share)))
    return [sentence for sentence in said if sentence]


def _overall(metrics: dict[str, Any], *, weak: bool) -> str:
    ratio = metrics.get("ratios", {}).get("mean_iou")
    if ratio is None:
        return ""
    if ratio >= _AS_GOOD:
        if weak:
            return translate("Verdict", "As good as its teacher, with the weak spots below.")
        return translate("Verdict", "Good: as accurate as its teacher. Use it.")
    if ratio >= _NEAR:
        words = translate(
            "Verdict",
            "Near its teacher: {share} of its mean IoU ({least} or more is called near). "
            "More minutes or a larger student may bring it closer.",
        )
        return words.format(share=figures.percent(ratio), least=figures.percent(_NEAR))
    words = translate("Verdict", "Below its teacher: {} of its mean IoU. Give it more minutes, or a larger student.")
    return words.format(figures.percent(ratio))


def _of_few_steps(steps: dict[str, Any]) -> str:
    """In the place of a judgement: nothing can be said of trainings that had hardly begun."""
    planned, of_teacher = steps.get("planned"), steps.get("teacher")
    if planned is None or all(count is None or count >= _FEW_STEPS for count in (planned, of_teacher)):
        return ""
    if of_teacher:
        words = translate(
            "Verdict",
            "Too few steps to judge it: {steps} of the student’s training, {teacher_steps} of the teacher’s. "
            "Below {few} little is learned. Give it more minutes.",
        )
    else:
        words = translate(
            "Verdict",
            "Too few steps to judge it: {steps} of the student’s training. Below {few} little is learned. "
            "Give it more minutes.",
        )
    return words.format(steps=planned, teacher_steps=of_teacher, few=_FEW_STEPS)


def _weak_classes(student: dict[str, Any]) -> list[str]:
    said = []
    for row in student.get("classes", ()):
        if not row.get("counted") or row.get("iou") is None or row["iou"] >= _WEAK_IOU:
            continue
        if row["reference_pixels"] < _FEW_PIXELS:
            words = translate("Verdict", "{name} ({pixels} test pixels)")
            said.append(words.format(name=row["name"], pixels=figures.number(row["reference_pixels"])))
        else:
            said.append(row["name"])
    return [translate("Verdict", "Weak on {}.").format(", ".join(said))] if said else []


def _brought(points: float, steps: dict[str, Any]) -> str:
    """In how many steps, as far as it is known: more of them would bring others."""
    if points >= 0:
        words = translate("Verdict", "The teacher brought {} points of mean IoU more than the labels alone.")
    else:
        words = translate("Verdict", "The labels alone gave {} points of mean IoU more than with the teacher.")
    said, student, baseline = words.format(figures.number(abs(points), 1)), steps.get("student"), steps.get("baseline")
    if not student or not baseline:
        return said
    if student == baseline:
        compared = translate("Verdict", "Both were trained for the same {} steps.").format(figures.number(student))
    else:
        words = translate("Verdict", "It was trained for {steps} steps with the teacher, for {alone} without.")
        compared = words.format(steps=figures.number(student), alone=figures.number(baseline))
    return f"{said} {compared}"


def _ratio(ratio: float, more: str, less: str, same: str) -> str:
    if abs(ratio - 1) < _SAME:
        return same
    return (more if ratio > 1 else less).format(figures.times(max(ratio, 1 / ratio)))


def _three(value: float) -> str:
    return figures.number(value, 3)


def short(metrics: dict[str, Any]) -> str:
    """The accuracy in two or three words, for a heading."""
    score, ratio = metrics["student"].get("mean_iou"), metrics.get("ratios", {}).get("mean_iou")
    if score is None:
        return ""
    if ratio is None:
        return _three(score)
    return translate("Verdict", "{score}, {share} of its teacher").format(
        score=_three(score), share=figures.percent(ratio)
    )
