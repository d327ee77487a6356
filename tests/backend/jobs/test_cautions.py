"""Warnings before the work: what they say, and when they are silent."""

import pytest

from rskd.events import Reporter
from rskd.jobs import cautions
from rskd.jobs.budget import Costs, Steps


def short_budget(steps, most=3000, costs=None):
    reporter = Reporter()
    cautions.of_short_budget(steps, most, 0.1, reporter, costs=costs, spent=6, trainings=1)
    return reporter.warnings


def test_a_budget_that_buys_hardly_a_step_is_warned_of():
    (warning,) = short_budget(Steps(1, 0), costs=Costs(student_step=0.5))
    assert warning["code"] == "budget-short"
    assert "max_minutes: 0.1 buys 1 step of the student’s training." in warning["message"]
    # 100 steps and a probe of 10 take 55 s; with 6 s gone and a fifth in reserve that is 76 s
    assert "max_minutes: 2" in warning["hint"]
    assert warning["values"] == {"minutes": 0.1, "steps": 1, "teacher_steps": 0, "few_steps": 100, "enough_minutes": 2}


def test_the_teachers_steps_count_too_and_a_rerun_knows_no_costs():
    (warning,) = short_budget(Steps(400, 20))
    assert "400 steps of the student’s training and 20 of the teacher’s" in warning["message"]
    assert "Raise max_minutes" in warning["hint"]
    assert "enough_minutes" not in warning["values"]


@pytest.mark.parametrize(("steps", "most"), [(Steps(100, 0), 3000), (Steps(20, 0), 20), (Steps(100, 100), 3000)])
def test_enough_steps_and_few_epochs_are_not(steps, most):
    assert short_budget(steps, most) == []


@pytest.mark.parametrize(("teacher", "warned"), [(50, True), (200, False), (None, False)])
def test_a_student_larger_than_its_teacher(teacher, warned):
    reporter = Reporter()
    cautions.of_larger_student(100, teacher, reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["student-larger"] * warned


def test_classes_without_training_labels_say_who_can_teach_them():
    reporter = Reporter()
    cautions.of_untrained_classes(["ice", "road"], reporter, teacher_knows=True)
    cautions.of_untrained_classes(["ice"], reporter, teacher_knows=False)
    cautions.of_untrained_classes([], reporter, teacher_knows=True)
    first, second = reporter.warnings
    assert first["message"] == (
        "No training pixel is labelled ice, road: such ground is learned from the teacher alone."
    )
    assert "neither teacher nor student" in second["message"]
    assert first["values"] == {"classes": ["ice", "road"], "teacher_knows": True}
