"""Networks between teacher and student: each learns from the one before, and the last one teaches the student."""

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.errors import JobInvalid
from rskd.jobs.assistants import Assistants, Taught
from rskd.jobs.beforehand import refuse_early
from rskd.jobs.distill import run
from rskd.models.students import entry

WHOLE = Window(0, 0, 192, 128)


def test_the_last_assistant_teaches(country, enter, tmp_path):
    job = country.job(tmp_path, assistants=["tiny-unet-12", "tiny-unet-8"], labels=None)
    opened = enter(job)
    first = Taught(opened.teacher, opened.targets)
    chain = Assistants(opened.setting, tmp_path / ".work")
    with chain.taught_down(first, 40, tmp_path / "targets") as last:
        assert last.teacher.parameters == entry("tiny-unet-8").parameters(2, 3)
        answers, answered = last.targets[0].probabilities(WHOLE)
    assert sorted(path.name for path in tmp_path.glob("*.safetensors")) == [
        "assistant-1.safetensors",
        "assistant-2.safetensors",
    ]
    assert answered.all()
    # It has learned from its teacher, not copied it: it does not know the wrong tenth of the rows by heart.
    assert (answers.argmax(0) == country.truth).mean() > 0.85
    assert not np.array_equal(answers.argmax(0), country.taught)


def test_without_assistants_the_teacher_teaches_itself(country, enter, tmp_path, opened):
    first = Taught(opened.teacher, opened.targets)
    with Assistants(opened.setting, tmp_path).taught_down(first, 5, tmp_path) as last:
        assert last is first


def test_a_whole_job_with_an_assistant_is_measured_against_its_teacher(country, tmp_path):
    from rskd.events import Reporter

    job = country.job(tmp_path / "out", assistants=["tiny-unet-12"], baseline=False)
    result = run(job, Reporter())
    assert result["metrics"]["teacher"]["kind"] == "map"
    assert (tmp_path / "out" / "assistant-1.safetensors").exists()


def test_an_assistant_or_peer_that_does_not_exist_is_refused(country, tmp_path):
    with pytest.raises(JobInvalid, match="tiny-unet-13"):
        refuse_early(country.job(tmp_path, assistants=["tiny-unet-13"]))
    with pytest.raises(JobInvalid, match="tiny-unet-13"):
        refuse_early(country.job(tmp_path, recipe={"peers": ["tiny-unet-13"]}))
