import pytest

from rskd.jobs.budget import Costs, Steps, enough_minutes, expected_parts, plan_steps


def test_without_a_budget_all_epochs_are_trained():
    assert plan_steps(Costs(0.1), most=900, max_minutes=None, spent=5, trainings=2, trains_teacher=False) == Steps(
        student=900, teacher=0
    )


def test_a_budget_is_shared_between_student_and_baseline():
    # 10 minutes: 600 s, 480 s without the reserve, 60 s spent, 20 s soft targets:
    # 400 s for 2.1 trainings of 0.1 s steps
    steps = plan_steps(
        Costs(0.1, soft_targets=20), most=9000, max_minutes=10, spent=60, trainings=2, trains_teacher=False
    )
    assert steps == Steps(student=int(400 / 0.21), teacher=0)


def test_a_trained_teacher_gets_half_and_leaves_what_it_cannot_use():
    costs = Costs(student_step=0.1, teacher_step=1.0)
    steps = plan_steps(costs, most=10_000, max_minutes=10, spent=80, trainings=1, trains_teacher=True)
    assert steps == Steps(student=int(200 / 0.11), teacher=200)
    bounded = plan_steps(costs, most=50, max_minutes=10, spent=80, trainings=1, trains_teacher=True)
    assert bounded == Steps(student=50, teacher=50)


@pytest.mark.parametrize("spent", [0, 10_000])
def test_there_is_always_something_to_do(spent):
    steps = plan_steps(Costs(100.0, 100.0), most=3, max_minutes=0.01, spent=spent, trainings=2, trains_teacher=True)
    assert steps == Steps(1, 1)


def test_what_is_planned_takes_the_budget_or_less():
    costs = Costs(student_step=0.1, teacher_step=1.0, soft_targets=30)
    given = {"max_minutes": 10, "spent": 0, "trains_teacher": True}
    for trainings in (1, 2):
        steps = plan_steps(costs, most=10_000, trainings=trainings, **given)
        assert sum(expected_parts(steps, costs, trainings=trainings).values()) == pytest.approx(600, rel=0.01)
    short = plan_steps(costs, most=10, trainings=1, **given)
    # 10 s of the teacher, 30 s of answers, 1.1 s of the student and the probe, and a fifth of all that kept
    parts = expected_parts(short, costs, trainings=1)
    assert parts["baseline"] == 0
    assert parts["student"] == 10 * parts["probe"]
    assert sum(parts.values()) == pytest.approx(41.1 / 0.8)


@pytest.mark.parametrize("trains_teacher", [False, True])
@pytest.mark.parametrize("teacher_step", [0.02, 3.0])
def test_what_is_enough_buys_the_steps_and_a_little_less_does_not(trains_teacher, teacher_step):
    costs = Costs(student_step=0.1, teacher_step=teacher_step, soft_targets=30)
    given = {"spent": 20, "trainings": 2, "trains_teacher": trains_teacher}

    def fewest(budget):
        steps = plan_steps(costs, most=10_000, max_minutes=budget, **given)
        return min(steps.student, steps.teacher) if trains_teacher else steps.student

    enough = enough_minutes(costs, 100, **given)
    assert fewest(enough * 1.001) >= 100
    assert fewest(enough * 0.98) < 100
