"""What is odd about a job that can run all the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rskd.events import Reporter
from rskd.jobs.budget import FEW_STEPS, Costs, Steps, enough_minutes


def of_short_budget(
    steps: Steps,
    most: int,
    max_minutes: float,
    reporter: Reporter,
    *,
    costs: Costs | None,
    spent: float,
    trainings: int,
) -> None:
    """Warns where a budget buys so few steps that nothing can be learned in them.

    Args:
        steps: that were planned; none of a teacher that is not trained here.
        most: steps that `training.epochs` allows: where these are few, the budget is not to blame.
        max_minutes: the budget.
        reporter: hears it.
        costs: what was measured; None where an earlier run did that.
        spent: seconds that went by before.
        trainings: how often the student is trained.
    """
    trained = [count for count in (steps.student, steps.teacher) if count]
    if min(trained) >= min(FEW_STEPS, most):
        return
    of_teacher = f" and {steps.teacher:,} of the teacher’s" if steps.teacher else ""
    message = (
        f"max_minutes: {max_minutes:g} buys {steps.student:,} step{'s' * (steps.student != 1)} of the student’s "
        f"training{of_teacher}. Below {FEW_STEPS} steps little is learned: the results will be poor."
    )
    smaller = "A smaller student or teacher makes more of the time."
    hint, values = f"Raise max_minutes. {smaller}", dict[str, float]()
    if costs is not None:
        trains_teacher = bool(steps.teacher)
        needed = enough_minutes(costs, FEW_STEPS, spent=spent, trainings=trainings, trains_teacher=trains_teacher)
        values = {"enough_minutes": _rounded_up(needed)}
        hint = f"Here {FEW_STEPS} steps take max_minutes: {_rounded_up(needed):g}; more is better. {smaller}"
    values |= {"minutes": max_minutes, "steps": steps.student, "teacher_steps": steps.teacher, "few_steps": FEW_STEPS}
    reporter.warn("budget-short", message, hint, **values)


def _rounded_up(minutes: float) -> float:
    return math.ceil(minutes) if minutes > 1 else math.ceil(10 * minutes) / 10


def of_larger_student(student: int, teacher: int | None, reporter: Reporter) -> None:
    """Warns of a student that has more parameters than its teacher; a map as the teacher has none."""
    if teacher is None or student <= teacher:
        return
    message = f"The student has {student:,} parameters, its teacher {teacher:,}: nothing will become smaller."
    hint = "Choose a smaller student from `rskd students`, or state `max_parameters`."
    reporter.warn("student-larger", message, hint, student=student, teacher=teacher)


def of_untrained_classes(names: Sequence[str], reporter: Reporter, *, teacher_knows: bool) -> None:
    """Warns of classes that no training label shows.

    Args:
        names: of these classes.
        reporter: hears it.
        teacher_knows: whether the teacher comes from elsewhere and may know them; else none of the networks will.
    """
    if not names:
        return
    learned = "is learned from the teacher alone" if teacher_knows else "is learned by neither teacher nor student"
    message = f"No training pixel is labelled {', '.join(names)}: such ground {learned}."
    hint = "Label some of that ground in the training part, give another `split:`, or leave these values out."
    reporter.warn("classes-untrained", message, hint, classes=list(names), teacher_knows=teacher_knows)
