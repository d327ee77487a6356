import pytest

from rskd.jobs.course import course_of


@pytest.mark.parametrize(("steps", "epoch"), [(1, 1), (20, 1), (21, 2), (1000, 50)])
def test_a_training_is_scored_about_twenty_times(opened, steps, epoch):
    course = course_of(opened.setting, steps)
    assert (course.steps, course.epoch_steps) == (steps, epoch)
    assert (course.batch, course.seed) == (2, 3)
