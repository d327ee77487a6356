"""The teacher, given or trained, and its answers kept as rasters."""

import os

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.errors import LabelsUnusable
from rskd.events import Reporter
from rskd.jobs.teaching import LabelTaught, open_given, soft_targets
from rskd.spec import LabelsTeacher

WHOLE = Window(0, 0, 192, 128)


def test_the_kept_answers_are_the_teachers(opened, country):
    answers, answered = opened.targets[0].probabilities(WHOLE)
    assert answered.all()
    np.testing.assert_array_equal(answers.argmax(0), country.taught)


def test_answers_are_computed_once(country, enter, tmp_path):
    heard = []
    first = enter(country.job(tmp_path))
    reporter = Reporter(heard.append)
    again = enter(country.job(tmp_path), reporter)
    assert any("kept from an earlier run" in event.get("message", "") for event in heard)
    assert not any("answers" in event.get("stage", "") for event in heard)
    assert len(list((tmp_path / "targets").iterdir())) == 1
    np.testing.assert_array_equal(first.targets[0].probabilities(WHOLE)[0], again.targets[0].probabilities(WHOLE)[0])


@pytest.mark.parametrize("change", ["confidence", "image", "area"])
def test_another_teacher_image_or_area_is_asked_anew(country, enter, tmp_path, change):
    job = country.job(tmp_path)
    enter(job)
    if change == "confidence":
        job = country.job(tmp_path, teacher={**job.teacher.model_dump(), "confidence": 0.6})
    elif change == "area":
        job = country.job(tmp_path, area=country.box(0, 190))
    else:
        image = country.folder / "image.tif"
        status = image.stat()
        os.utime(image, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    enter(job)
    assert len(list((tmp_path / "targets").iterdir())) == 2


def test_a_labels_teacher_is_not_opened_but_trained(country, enter, tmp_path):
    job = country.job(tmp_path, teacher={"kind": "labels", "model": "plain-unet", "widths": [8, 8], "flips": False})
    heard = []
    opened = enter(job, Reporter(heard.append))
    assert open_given(job, opened.setting.sites, device=opened.setting.device, reporter=Reporter()) is None
    own = LabelTaught(job.teacher, opened.setting, tmp_path / "work")
    assert 0 < own.step_seconds < 10
    stages = [event["stage"] for event in heard if event["event"] == "stage-start"]
    assert stages[-2:] == ["Band statistics of the teacher", "Measuring a step of the teacher"]
    # a third of a step for its 2 tiles of 32 x 32, times one and a half looks at every pixel
    assert own.answer_seconds() == pytest.approx(own.step_seconds / 3 / 2048 * 192 * 128 * 1.5)
    teacher = own.train(3)
    assert (tmp_path / "teacher.safetensors").is_file()
    assert [known.value for known in teacher.classes] == [1, 5, 9]
    with soft_targets(opened.setting, teacher, tmp_path / "targets") as (targets,):
        assert targets.probabilities(WHOLE)[1].all()


def test_no_labels_to_train_on_are_said(country, enter, tmp_path):
    opened = enter(country.job(tmp_path, labels=None))
    with pytest.raises(LabelsUnusable, match="no labels to train"):
        LabelTaught(LabelsTeacher(model="plain-unet", widths=[8, 8]), opened.setting, tmp_path)
