import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def course(installed):
    from rskd_qgis.gui.course import Course, shares

    return Course(shares(trains_teacher=True, baseline=True), budget=600.0)


def start(stage, total=None, unit=""):
    return {"event": "stage-start", "stage": stage, "total": total, "unit": unit}


def progress(stage, done, total):
    return {"event": "progress", "stage": stage, "done": done, "total": total, "unit": "steps"}


def test_shares_add_up_to_the_whole(installed):
    from rskd_qgis.gui.course import shares

    for trains in (True, False):
        for baseline in (True, False):
            parts = shares(trains_teacher=trains, baseline=baseline)
            assert sum(parts.values()) == pytest.approx(1)
            assert (parts["teacher"] > 0) is trains
            assert (parts["baseline"] > 0) is baseline


def test_it_goes_forward_only_and_through_all_parts(course):
    seen = []
    for now, event in enumerate(
        [
            start("Band statistics"),
            start("teacher", 100),
            progress("teacher", 50, 100),
            progress("teacher", 100, 100),
            start("Teacher’s answers, scene 1", 2.0, "MP"),
            start("Band statistics"),  # again, of the student's bands
            start("student", 100),
            progress("student", 60, 100),
            start("baseline", 100),  # the student stopped early
            progress("baseline", 100, 100),
            start("Writing student.onnx"),
            start("map", 1.0, "MP"),
            start("Report"),
        ]
    ):
        course.hear(event, now)
        seen.append(course.fraction)
    assert seen == sorted(seen)
    assert seen[2] == pytest.approx(0.04 + 0.4 / 2)
    assert 0.9 < seen[-1] <= 1


def test_time_left_is_the_budget_until_a_rate_is_known(course):
    course.hear(start("teacher", 100), 0)
    assert course.left(10) == pytest.approx(0.96 * 600)
    course.hear(progress("teacher", 1, 100), 10)
    course.hear(progress("teacher", 51, 100), 60)
    # 50 steps in 50 s: 100 s for the teacher's two fifths of everything, so 250 s for the whole.
    assert course.left(60) == pytest.approx(250 * (1 - 0.04 - 0.4 * 0.51))


def test_a_resumed_training_is_timed_by_what_it_does_now(course):
    course.hear(start("teacher", 100), 0)
    course.hear(progress("teacher", 80, 100), 1)  # where the checkpoint was
    course.hear(progress("teacher", 90, 100), 11)
    assert course.left(11) == pytest.approx(250 * (1 - 0.04 - 0.4 * 0.9))


def test_curves_grow_and_a_repeated_step_replaces_what_came_after(course):
    for step, loss, score in ((2, 2.0, 0.1), (4, 1.0, 0.3), (6, 0.8, 0.4), (4, 1.1, 0.2)):
        course.hear({"event": "metric", "name": "student", "step": step, "loss": loss, "mean_iou": score}, 0)
    assert [(one.step, one.loss, one.score) for one in course.curves["student"]] == [(2, 2.0, 0.1), (4, 1.1, 0.2)]
    course.hear({"event": "metric", "name": "probe", "step": 2, "loss": 1.0}, 0)
    assert list(course.curves) == ["student"]


def test_agreement_stands_in_where_there_are_no_labels(course):
    course.hear({"event": "metric", "name": "student", "step": 2, "loss": 2.0, "agreement": 0.7}, 0)
    course.hear({"event": "metric", "name": "teacher", "step": 2, "loss": 2.0}, 0)
    assert course.curves["student"][0].score == 0.7
    assert course.curves["teacher"][0].score is None


def test_each_member_of_a_teacher_draws_its_own_curve_and_adds_its_part(course):
    course.hear(start("teacher 1 of 2", 10), 0)
    course.hear({"event": "metric", "name": "teacher 1 of 2", "step": 10, "loss": 1.0}, 0)
    course.hear(progress("teacher 1 of 2", 10, 10), 1)
    assert course.fraction == pytest.approx(0.04 + 0.4 / 2)
    course.hear(start("teacher 2 of 2", 10), 1)
    assert course.curves["teacher"] == []


def test_silence_is_told_until_the_next_word(course):
    course.hear({"event": "silent", "seconds": 40}, 0)
    assert course.silent == 40
    course.hear({"event": "heartbeat"}, 1)
    assert course.silent == 0


def test_a_map_has_one_part_only(installed):
    from rskd_qgis.gui.course import Course

    course = Course()
    course.hear(start("map", 2.0, "MP"), 0)
    course.hear(progress("map", 1.0, 2.0), 10)
    assert course.fraction == 0.5
    course.hear(start("polygons", 2.0, "MP"), 20)
    course.hear(progress("polygons", 0.2, 2.0), 21)
    assert course.fraction == 0.5  # never back


def test_every_stage_of_the_backend_has_words(installed):
    from rskd_qgis.gui import stages

    for stage in ("Band statistics", "Splitting the ground", "Measuring a step", "probe", "student", "Report", "map"):
        assert stages.words(stage) != stage
    assert stages.words("Band statistics of the teacher") == stages.words("Band statistics")
    assert "scene 1" in stages.words("Teacher’s answers, scene 1")
    assert stages.words("teacher 2 of 3") == "Training teacher 2 of 3"
    assert stages.words("something new") == "something new"
