"""Steps decided once."""

import json
import time

import pytest

from rskd.events import Reporter
from rskd.jobs.budget import Costs
from rskd.jobs.folder import JobFolder
from rskd.jobs.plan import Plan
from rskd.spec import DistillJob


@pytest.fixture
def planned(country, enter, tmp_path):
    """Settles a job of these training settings; gives the plan, and how often costs were measured."""

    def settle(training, costs=None, decisions=None, hear=lambda _: None, **changes):
        job = country.job(tmp_path / "out", training={"tile": 32, "batch": 2, **training}, **changes)
        opened = enter(job, Reporter(hear))
        folder = JobFolder(tmp_path / "out")
        folder.work.mkdir(parents=True, exist_ok=True)
        plan, asked = Plan(opened.setting, folder, decisions or {"asked": "x"}, time.monotonic()), []

        def measure():
            asked.append(True)
            return costs or Costs(0.0)

        plan.settle(measure)
        return plan, len(asked)

    return settle


def test_steps_that_the_job_names_are_taken(planned):
    plan, asked = planned({"steps": 9})
    assert (plan.steps.student, plan.steps.teacher, asked) == (9, 0, 0)


def test_a_labels_teacher_gets_as_many_unless_said(planned):
    teacher = {"kind": "labels", "model": "plain-unet", "widths": [8, 8]}
    assert planned({"steps": 9}, teacher=teacher)[0].steps.teacher == 9
    assert planned({"steps": 9, "teacher_steps": 4}, teacher=teacher)[0].steps.teacher == 4


def test_a_budget_is_measured_once_and_stays_below_the_epochs(planned):
    plan, asked = planned({"max_minutes": 1, "epochs": 1000}, Costs(student_step=1.0))
    # 48 s without the reserve, shared by the training and a tenth of one for the probe
    assert 30 < plan.steps.student <= 48
    assert asked == 1
    bounded, _ = planned({"max_minutes": 600, "epochs": 1}, Costs(student_step=1e-6))
    # 128 x 112 training pixels in batches of 2 x 32 x 32: 7 steps; small scenes are passed over several times
    assert bounded.steps.student < 100


def test_how_long_it_will_take_is_told_where_it_was_measured(planned):
    heard = []
    plan, _ = planned({"max_minutes": 1, "epochs": 1000}, Costs(student_step=1.0), hear=heard.append)
    planned({"epochs": 1}, hear=heard.append)
    measured, epochs = (event for event in heard if event.get("message", "").startswith("Planned"))
    assert measured["steps"] == plan.steps.student
    assert 40 < measured["seconds"] <= 60
    assert measured["parts"]["student"] == plan.steps.student  # a second each
    assert sum(measured["parts"].values()) == pytest.approx(measured["seconds"], abs=1)
    assert epochs["steps"] > 0
    assert "seconds" not in epochs


def test_a_budget_that_buys_a_few_steps_is_warned_of_also_when_the_job_runs_again(planned):
    heard = []
    planned({"max_minutes": 0.05}, Costs(student_step=1.0), hear=heard.append)
    decided = {"asked": "x", "student": "swift-unet-16", "steps": 2, "teacher_steps": 0}
    planned({"max_minutes": 0.05}, decisions=decided, hear=heard.append)
    planned({"steps": 2}, hear=heard.append)  # asked for: no surprise
    warned = [event["values"]["steps"] for event in heard if event.get("code") == "budget-short"]
    assert warned == [2, 2]


def test_what_was_decided_is_not_decided_again(planned):
    decided = {"asked": "x", "student": "swift-unet-16", "steps": 77, "teacher_steps": 0}
    plan, asked = planned({"max_minutes": 1}, decisions=decided)
    assert (plan.steps.student, asked) == (77, 0)


def test_the_resolved_job_names_student_and_steps_and_is_a_job(planned, tmp_path):
    plan, _ = planned({"steps": 9}, student={"max_parameters": 200_000})
    assert plan.resolved.training.steps == 9
    assert plan.resolved.student.name != "auto"
    (found,) = (tmp_path / "out").rglob("job.json")
    assert DistillJob.model_validate(json.loads(found.read_text(encoding="utf-8"))) == plan.resolved
