import re
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

BACKEND = Path(__file__).resolve().parents[3] / "backend" / "rskd"
STAGE = re.compile(r"""\.stage\(\s*"([^"]+)",""")


@pytest.fixture
def course(installed):
    from rskd_qgis.gui.course import Course, shares

    return Course(shares(trains_teacher=True, baseline=True), budget=600.0)


def start(code, total=None, unit="", **values):
    return {
        "event": "stage-start",
        "code": code,
        "stage": "As it is called",
        "values": values,
        "total": total,
        "unit": unit,
    }


def progress(code, done, total):
    return {"event": "progress", "code": code, "done": done, "total": total, "unit": "steps"}


def warning(code, **values):
    return {"event": "warning", "code": code, "message": "As it is said.", "hint": "", "values": values}


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
            start("band-statistics"),
            start("teacher", 100),
            progress("teacher", 50, 100),
            progress("teacher", 100, 100),
            start("answers", 2.0, "MP", scene="scene 1", number=1, scenes=1),
            start("band-statistics"),  # again, of the student's bands
            start("student", 100),
            progress("student", 60, 100),
            start("baseline", 100),  # the student stopped early
            progress("baseline", 100, 100),
            start("writing", file="student.onnx"),
            start("map", 1.0, "MP"),
            start("report"),
        ]
    ):
        course.hear(event, now)
        seen.append(course.fraction)
    assert seen == sorted(seen)
    assert seen[2] == pytest.approx(0.04 + 0.4 / 2)
    assert 0.9 < seen[-1] <= 1


def test_time_left_is_the_budget_until_a_rate_is_known(course):
    course.hear(start("teacher", 100), 0)
    assert course.left(10) == pytest.approx(590)
    course.hear(progress("teacher", 1, 100), 10)
    course.hear(progress("teacher", 51, 100), 60)
    # 50 steps in 50 s: 100 s for the teacher's two fifths of everything, so 250 s for the whole.
    assert course.left(60) == pytest.approx(250 * (1 - 0.04 - 0.4 * 0.51))


def planned(**parts):
    return {"event": "log", "level": "info", "message": "Planned", "seconds": sum(parts.values()), "parts": parts}


def test_what_was_measured_gives_each_part_its_share(course):
    course.hear(start("measuring-step"), 0)
    course.hear({"event": "heartbeat"}, 60)
    assert course.fraction == pytest.approx(0.1)  # by the clock, as long as nothing is known
    course.hear(planned(teacher=60, answers=120, probe=3, student=30, baseline=30, finishing=57), 100)
    assert course.fraction == pytest.approx(0.25)
    assert course.left(100) == pytest.approx(300)
    course.hear(start("teacher", 100), 100)
    course.hear(progress("teacher", 100, 100), 160)
    assert course.fraction == pytest.approx(160 / 400)
    course.hear(start("answers", 2.0, "MP"), 160)
    course.hear(progress("answers", 0.0, 2.0), 160)
    course.hear(progress("answers", 1.0, 2.0), 220)
    assert course.fraction == pytest.approx(220 / 400)
    assert course.left(220) == pytest.approx(180)
    course.hear(start("writing"), 343)
    assert course.fraction == pytest.approx(343 / 400)


def test_no_more_is_said_to_be_left_than_the_budget_leaves(installed):
    from rskd_qgis.gui.course import Course, shares

    course = Course(shares(trains_teacher=False, baseline=False), budget=180.0)
    course.hear(start("answers", 100, "MP"), 0)
    course.hear(progress("answers", 0, 100), 0)
    course.hear(progress("answers", 10, 100), 60)  # of six hundredths of the whole, if these were its shares
    assert course.left(60) == 120
    assert course.fraction == pytest.approx(60 / 180)
    course.hear(start("student", 100), 170)
    course.hear(progress("student", 0, 100), 170)
    course.hear(progress("student", 10, 100), 300)
    assert course.left(300) == pytest.approx(18)  # longer than was asked for, and nobody knows how much


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


def test_terms_are_kept_by_name_and_nothing_else_is_taken_for_one(course):
    row = {"epoch": 1, "step": 2, "loss": 2.0, "labels": 1.5, "teacher": 0.5, "pkd": 3, "learning_rate": 0.1}
    course.hear({"event": "metric", "id": 7, "name": "student", **row, "agreement": 0.7, "seconds": 1.5}, 0)
    assert course.curves["student"][0].terms == {"labels": 1.5, "teacher": 0.5, "pkd": 3.0}


def test_agreement_stands_in_where_there_are_no_labels(course):
    course.hear({"event": "metric", "name": "student", "step": 2, "loss": 2.0, "agreement": 0.7}, 0)
    course.hear({"event": "metric", "name": "teacher", "step": 2, "loss": 2.0}, 0)
    assert course.curves["student"][0].score == 0.7
    assert course.curves["teacher"][0].score is None


def test_each_member_of_a_teacher_draws_its_own_curve_and_adds_its_part(course):
    course.hear(start("teacher", 10, number=1, members=2), 0)
    course.hear({"event": "metric", "name": "teacher", "step": 10, "loss": 1.0}, 0)
    course.hear(progress("teacher", 10, 10), 1)
    assert course.fraction == pytest.approx(0.04 + 0.4 / 2)
    course.hear(start("teacher", 10, number=2, members=2), 1)
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


def test_a_warning_is_kept_once_and_the_resumed_job_s_own_takes_its_place(course):
    course.hear(warning("student-larger", student=5, teacher=4), 0)
    course.hear(warning("student-larger", student=5, teacher=4), 0)
    course.hear(warning("budget-short", minutes=1, steps=3, teacher_steps=0, few_steps=100, enough_minutes=7), 0)
    course.hear(warning("checkpoint-damaged", path="a"), 0)
    assert [one.code for one in course.warnings] == ["student-larger", "budget-short", "checkpoint-damaged"]
    course.resume()
    # Nobody measured anew what would be enough: the same warning reads differently.
    course.hear(warning("budget-short", minutes=1, steps=3, teacher_steps=0, few_steps=100), 1)
    course.hear(warning("student-larger", student=5, teacher=4), 1)
    assert [one.code for one in course.warnings] == ["checkpoint-damaged", "budget-short", "student-larger"]
    assert "7" not in course.warnings[1].hint


def test_two_warnings_of_one_code_are_two(course):
    for scenes in (["a", "b"], ["a", "c"]):
        course.hear(warning("scenes-overlap", scenes=scenes), 0)
    assert ["a, c" in one.message for one in course.warnings] == [False, True]
    course.resume()
    course.hear(warning("scenes-overlap", scenes=["a", "b"]), 1)
    course.hear(warning("scenes-overlap", scenes=["a", "c"]), 1)
    assert len(course.warnings) == 2


def test_every_stage_of_the_backend_has_words(installed):
    from rskd_qgis.gui import stages

    made = {text for path in BACKEND.rglob("*.py") for text in STAGE.findall(path.read_text(encoding="utf-8"))}
    assert {"band-statistics", "map", "writing"} <= made
    made |= {"teacher", "student", "baseline", "probe"}  # the trainings, called by their names
    assert made == set(stages.table())


def test_stages_are_told_by_code_and_values(installed):
    from rskd_qgis.gui import stages

    def words(code, **values):
        return stages.words(stages.Stage.of(start(code, **values)))

    assert words("answers", scene="scene 1", number=1, scenes=1) == "The teacher answers for every pixel"
    assert "“north”" in words("answers", scene="north", number=1, scenes=2)
    assert words("teacher", number=2, members=3) == "Training teacher 2 of 3"
    assert words("teacher", number=1, members=1) == "Training the teacher"
    assert words("writing", file="student.onnx") == "Writing student.onnx"
    assert words("something-new") == "As it is called"
    assert stages.words(None) == ""
