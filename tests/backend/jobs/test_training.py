"""Trainings over a setting: same start with and without the teacher, and what is measured afterwards."""

import numpy as np
import pytest
import torch

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.geo.layouts import TRAIN
from rskd.jobs.distill import run


def test_a_training_is_scored_and_changes_the_network(opened, outcome):
    start = opened.setting.fresh_student().state_dict()
    assert outcome.trained.steps_done == 6
    assert outcome.trained.score_name == "mean_iou"
    assert not outcome.network.training
    assert any(not torch.equal(start[name], value) for name, value in outcome.network.state_dict().items())


def test_the_teacher_makes_a_difference_and_nothing_else_does(opened, outcome):
    alone = opened.trainer.train("baseline", 6, taught=False)
    assert set(alone.trained.curves[0]) - set(outcome.trained.curves[0]) == set()
    assert set(outcome.trained.curves[0]) - set(alone.trained.curves[0]) == {"teacher"}
    again = opened.trainer.train("student", 6, taught=True)  # finished before: nothing is trained
    pairs = zip(again.network.state_dict().values(), outcome.network.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_steps_seconds_are_measured(opened):
    assert 0 < opened.trainer.step_seconds() < 10


def test_the_taught_student_alone_is_shown_while_it_learns(country, enter, tmp_path):
    heard = []
    trainer = enter(country.job(tmp_path), Reporter(heard.append)).trainer
    trainer.train("baseline", 2, taught=False)
    assert "preview" not in {event["event"] for event in heard}
    trainer.train("student", 2, taught=True)
    shown = [event for event in heard if event["event"] == "preview"]
    assert shown == [{"event": "preview", "path": str(tmp_path / "work" / "preview.png")}]
    assert (tmp_path / "work" / "preview.png").read_bytes().startswith(b"\x89PNG")


def test_each_epoch_is_told_by_name(country, enter, tmp_path):
    heard = []
    trainer = enter(country.job(tmp_path), Reporter(heard.append)).trainer
    trainer.train("student", 2, taught=True)
    told = [event for event in heard if event["event"] == "metric"]
    assert [(event["name"], event["epoch"], event["step"]) for event in told] == [("student", 1, 1), ("student", 2, 2)]
    assert all(event["loss"] > 0 and 0 <= event["mean_iou"] <= 1 for event in told)


@pytest.mark.parametrize(("wrong", "leads"), [(False, True), (True, False)])
def test_a_teacher_is_compared_with_a_student_alone(country, enter, tmp_path, wrong, leads):
    heard = []
    job = country.job(tmp_path)
    if wrong:  # the teacher's classes change places: it is wrong nearly everywhere
        job = country.job(tmp_path, teacher={**job.teacher.model_dump(), "classes": {"1": "5", "5": "9", "9": "1"}})
    enter(job, Reporter(heard.append)).trainer.check_lead(6)
    said = [event for event in heard if "lead" in event.get("message", "")]
    assert [event["event"] for event in said] == ["log" if leads else "warning"]
    # nine tenths of the rows are right, and the classes share the validation columns
    assert (said[0].get("values", said[0])["teacher"] > 0.7) == leads
    assert "on the validation blocks" in said[0]["message"]


def test_a_teacher_that_was_hardly_trained_lacks_steps(country, enter, tmp_path):
    heard = []
    job = country.job(tmp_path)
    job = country.job(tmp_path, teacher={**job.teacher.model_dump(), "classes": {"1": "5", "5": "9", "9": "1"}})
    trainer = enter(job, Reporter(heard.append)).trainer
    for steps in (3, 3000):
        trainer.check_lead(6, teacher_steps=steps)
    few, many = (event["hint"] for event in heard if event.get("code") == "teacher-does-not-lead")
    assert "trained for 3 steps only" in few
    assert "bands" in many


def test_quality_is_the_share_of_poor_blocks(opened, country):
    quality = opened.trainer.quality()
    # no block of 64 x 64 has more than 7 wrong rows of 64
    assert quality["share_below"] == 0
    split = opened.setting.splits[0]
    assert quality["blocks"] == sum(-(-w.height // 64) * -(-w.width // 64) for w in split.windows(TRAIN, 512))


def test_quality_sees_ground_that_the_teacher_has_wrong(country, enter, tmp_path):
    teacher = {**country.job(tmp_path).teacher.model_dump(), "classes": {"1": "5", "5": "1", "9": "9"}}
    quality = enter(country.job(tmp_path, teacher=teacher)).trainer.quality()
    agrees = np.where(country.truth == 2, country.taught == 2, False) | (
        np.where(country.truth == 0, country.taught == 1, False)
        | np.where(country.truth == 1, country.taught == 0, False)
    )
    blocks = [agrees[top : top + 64, left : min(left + 64, 112)].mean() for top in (0, 64) for left in (0, 64)]
    assert quality["share_below"] == np.mean(np.array(blocks) < 0.5)


def test_the_gap_is_the_difference_of_two_losses(opened, outcome):
    gap = opened.trainer.gap(outcome)
    assert gap["gap"] == pytest.approx(gap["test"] - gap["train"])
    assert gap["train"] > 0


def test_a_teacher_without_a_network_is_refused_before_it_answers(country, tmp_path):
    job = country.job(tmp_path / "out", recipe={"name": "mine", "terms": [{"loss": "hint"}]})
    with pytest.raises(JobInvalid, match="gives answers only, and hint look"):
        run(job, Reporter())
    assert not list((tmp_path / "out").glob("**/targets.json"))
