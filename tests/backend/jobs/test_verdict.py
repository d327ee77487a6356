"""The sentences, from metrics made by hand."""

import pytest

from rskd.jobs.verdict import judgement


@pytest.fixture
def metrics():
    def row(name, iou, pixels, counted=True):
        return {"name": name, "iou": iou, "reference_pixels": pixels, "counted": counted}

    classes = [row("forest", 0.8, 9000), row("road", 0.1, 120), row("water", 0.2, 7000), row("ice", None, 0, False)]
    return {
        "teacher": {"mean_iou": 0.5},
        "student": {
            "mean_iou": 0.48,
            "intervals": {"mean_iou": [0.4, 0.55]},
            "agreement": 0.9,
            "classes": classes,
        },
        "ratios": {"mean_iou": 0.96, "parameters": 20.0, "milliseconds_per_megapixel": 6.54},
    }


def test_the_student_is_set_against_its_teacher(metrics):
    assert judgement(metrics)[:2] == [
        "The student reaches a mean IoU of 0.480 (95 % interval 0.400 to 0.550), 96% of its teacher's 0.500.",
        "It has 1/20 of the teacher's parameters and runs at 6.5 times the teacher's speed.",
    ]


def test_a_larger_and_slower_student_is_said_to_be_so(metrics):
    metrics["ratios"] |= {"parameters": 0.625, "milliseconds_per_megapixel": 0.9}
    assert judgement(metrics)[1] == (
        "It has 1.6 times the teacher's parameters and runs at 0.9 times the teacher's speed, which is slower."
    )
    metrics["ratios"]["parameters"] = None
    assert judgement(metrics)[1] == "It runs at 0.9 times the teacher's speed, which is slower."


def test_classes_without_training_labels_are_named(metrics):
    metrics["untrained"] = ["ice"]
    assert "Without training labels: ice." in judgement(metrics)


def test_weak_classes_are_named_with_how_little_they_were_tested(metrics):
    assert judgement(metrics)[-2] == "Weak on road (120 test pixels), water."


def test_classes_without_test_pixels_are_named(metrics):
    assert judgement(metrics)[-1] == "Not tested: ice. No test pixel is labelled so."


@pytest.mark.parametrize(
    ("alone", "said"), [(0.45, "3.0 points of mean IoU more"), (0.5, "2.0 points of mean IoU less")]
)
def test_the_baseline_says_what_the_teacher_brought(metrics, alone, said):
    metrics["baseline"] = {"mean_iou": alone}
    assert said in judgement(metrics)[2]


def test_the_teacher_brought_it_in_so_many_steps(metrics):
    metrics["baseline"], metrics["steps"] = {"mean_iou": 0.45}, {"planned": 200, "student": 200, "baseline": 200}
    assert judgement(metrics)[2].endswith("than the labels alone in the same 200 steps.")
    metrics["steps"]["baseline"] = 150
    assert judgement(metrics)[2].endswith("than the labels alone (200 steps with the teacher, 150 without).")


@pytest.mark.parametrize("score", [0.48, None])
def test_few_steps_are_said_first(metrics, score):
    metrics["student"]["mean_iou"] = score
    metrics["steps"] = {"planned": 37, "student": 37, "teacher": 41}
    assert judgement(metrics)[0].startswith("The student was trained for 37 steps, its teacher for 41: below 100")
    metrics["steps"] = {"planned": 37, "student": 37, "teacher": None}
    assert judgement(metrics)[0].startswith("The student was trained for 37 steps: below 100")
    metrics["steps"] = {"planned": 100, "student": 60, "teacher": None}  # it stopped early by itself
    assert "trained for" not in judgement(metrics)[0]


def test_what_is_not_known_is_not_said(metrics):
    metrics["ratios"] = dict.fromkeys(metrics["ratios"])
    metrics["student"]["intervals"] = {}
    assert judgement(metrics)[0] == "The student reaches a mean IoU of 0.480."
    assert not any("times" in sentence for sentence in judgement(metrics))


def test_without_test_labels_agreement_is_all(metrics):
    metrics["student"]["mean_iou"] = None
    assert judgement(metrics) == ["The student agrees with its teacher on 90.0% of the test pixels."]
    metrics["student"]["agreement"] = None
    assert judgement(metrics) == []


def test_a_teacher_that_answers_for_part_of_the_test_is_said_to(metrics):
    metrics["student"]["pixels"], metrics["teacher"]["pixels"] = 1000, 600
    assert "The teacher answers for 60% of the test pixels only, and is scored on these alone." in judgement(metrics)
    metrics["teacher"]["pixels"] = 1000
    assert not any("answers for" in sentence for sentence in judgement(metrics))
