import numpy as np
import pytest
from rasterio.windows import Window

from rskd.errors import ClassesMismatch
from rskd.events import Reporter
from rskd.infer.engine import Strip
from rskd.models.teachers.classmap import OwnClasses, map_classes


def mapped(names, job, table=None, *, count=None, reporter=None):
    own = OwnClasses.by_names(names, count or len(names))
    return map_classes("teacher", own, job, table, reporter or Reporter())


def strip(*values):
    """One pixel."""
    return Strip(Window(0, 0, 1, 1), np.array(values, np.float32)[:, None, None], np.ones((1, 1), bool))


def test_names_are_compared_whatever_their_case(job_classes):
    assert mapped(["Forest", "WATER"], job_classes("water", "forest")).targets == (1, 0)


def test_several_classes_may_feed_one_and_the_sum_stays_one(job_classes):
    table = {"oak": "forest", "pine": "forest"}
    class_map = mapped(["oak", "pine", "water"], job_classes("water", "forest"), table)
    answer = class_map.apply(strip(0.25, 0.25, 0.5))
    assert answer.probabilities.flatten().tolist() == [0.5, 0.5]


def test_what_is_dropped_is_shared_out_among_the_rest(job_classes):
    class_map = mapped(["water", "forest", "cloud"], job_classes("water", "forest"), {"cloud": None})
    answer = class_map.apply(strip(0.6, 0.2, 0.2))
    np.testing.assert_allclose(answer.probabilities.flatten(), [0.75, 0.25], rtol=1e-6)


def test_a_pixel_that_is_mostly_something_else_has_no_answer(job_classes):
    class_map = mapped(["water", "forest", "cloud"], job_classes("water", "forest"), {"cloud": None})
    answer = class_map.apply(strip(0.3, 0.1, 0.6))
    assert not answer.valid.any()
    assert not answer.probabilities.any()


@pytest.mark.parametrize("key", ["wood", "1"])
@pytest.mark.parametrize("target", ["forest", 20, "FOREST"])
def test_the_table_takes_names_and_numbers_on_both_sides(job_classes, key, target):
    class_map = mapped(["water", "wood"], job_classes("water", "forest"), {key: target})
    assert class_map.targets == (0, 1)


def test_classes_that_do_not_fit_are_listed_on_both_sides(job_classes):
    with pytest.raises(ClassesMismatch, match=r"teacher has water \(0\), wood \(1\).*job has water \(10\), forest"):
        mapped(["water", "wood"], job_classes("water", "forest"))


def test_a_class_without_a_teacher_is_a_warning_once_there_is_a_table(job_classes):
    reporter = Reporter()
    mapped(["water", "wood"], job_classes("water", "forest", "ice"), {"wood": "forest"}, reporter=reporter)
    assert [(w["code"], "ice" in w["message"]) for w in reporter.warnings] == [("teacher-lacks-classes", True)]


@pytest.mark.parametrize(("table", "said"), [({"oak": "forest"}, "“oak”"), ({"wood": "meadow"}, "“meadow”")])
def test_a_table_with_a_wrong_name_is_refused(job_classes, table, said):
    with pytest.raises(ClassesMismatch, match=said):
        mapped(["water", "wood"], job_classes("water", "forest"), table)


def test_channels_without_names_follow_the_jobs_order_with_a_warning(job_classes):
    reporter = Reporter()
    assert mapped(None, job_classes("water", "forest"), count=2, reporter=reporter).targets == (0, 1)
    assert reporter.warnings[0]["code"] == "teacher-classes-unnamed"


def test_channels_without_names_of_another_number_are_refused(job_classes):
    with pytest.raises(ClassesMismatch):
        mapped(None, job_classes("water", "forest"), count=3)


def test_without_a_job_the_teachers_classes_are_the_jobs():
    class_map = mapped(["water", "oak", "pine", "cloud"], None, {"oak": "forest", "pine": "forest", "cloud": None})
    assert [known.name for known in class_map.classes] == ["water", "forest"]
    assert class_map.targets == (0, 1, 1, None)


def test_one_class_alone_is_refused():
    with pytest.raises(ClassesMismatch, match="one class at most"):
        mapped(["water", "cloud"], None, {"cloud": None})
