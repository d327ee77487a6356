"""A teacher's speed: a number, or the reason why there is none."""

import torch

from rskd.events import Reporter
from rskd.jobs.speed import teacher_speed
from rskd.models.teachers import open_teacher
from rskd.spec import CheckpointTeacher, OnnxTeacher


def test_a_map_is_read_not_run(opened):
    assert teacher_speed(opened.teacher, 1) == (None, "a teacher of kind “map” is read, not run")


def test_a_network_is_timed_from_any_format(opened, country, mapped, enter, tmp_path):
    from rskd.jobs.sites import classes_of
    from rskd.jobs.teaching import LabelTaught

    sites, cpu = opened.setting.sites, torch.device("cpu")
    told = {"device": cpu, "threads": 1, "reporter": Reporter()}
    onnx = OnnxTeacher(kind="onnx", path=str(mapped.student.path))
    seconds, why = teacher_speed(open_teacher(onnx, sites[0].scene.bands, classes_of(sites), **told), 1)
    assert seconds > 0
    assert why == ""
    job = country.job(tmp_path, teacher={"kind": "labels", "model": "plain-unet", "widths": [8, 8]})
    own = enter(job)
    trained = LabelTaught(job.teacher, own.setting, tmp_path / "work").train(1)
    assert isinstance(trained.spec, CheckpointTeacher)
    assert teacher_speed(trained, 1)[0] > 0
