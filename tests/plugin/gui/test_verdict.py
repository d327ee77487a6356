import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


def row(name, iou, pixels=10_000, counted=True):
    return {"name": name, "iou": iou, "reference_pixels": pixels, "counted": counted}


def metrics(score=0.371, ratio=1.02, classes=(), **more):
    return {
        "student": {
            "name": "swift-unet-16",
            "mean_iou": score,
            "intervals": {"mean_iou": [0.324, 0.412]},
            "pixels": 1000,
            "classes": list(classes),
            "megabytes": 0.794,
            "milliseconds_per_megapixel": 41.5,
            "agreement": 0.8,
        },
        "teacher": {"mean_iou": 0.364, "pixels": 1000},
        "ratios": {"mean_iou": ratio, "parameters": 16.2, "megabytes": 16.4, "milliseconds_per_megapixel": 6.93},
        **more,
    }


@pytest.fixture
def verdict(installed, monkeypatch):
    from qgis.PyQt.QtCore import QLocale

    QLocale.setDefault(QLocale("en_GB"))
    from rskd_qgis.gui import verdict

    # Whether a line may break between a number and its unit is not the question here.
    monkeypatch.setattr("rskd_qgis.gui.figures._whole", lambda words, said: words.format(said))
    return verdict


def test_accuracy_comes_with_its_uncertainty(verdict):
    assert verdict.headline(metrics()) == "Mean IoU 0.371 (95 % interval 0.324 to 0.412)"
    assert verdict.comparison(metrics()) == "102 % of its teacher · 16 times smaller · 6.9 times faster"
    assert verdict.takes(metrics()) == "swift-unet-16 · 0.79 MB · 42 ms per megapixel"
    assert verdict.short(metrics()) == "0.371, 102 % of its teacher"


def test_one_block_has_no_interval_and_no_labels_no_accuracy(verdict):
    one = metrics()
    one["student"]["intervals"] = {}
    assert verdict.headline(one) == "Mean IoU 0.371"
    none = metrics(score=None, ratio=None)
    assert verdict.headline(none) == "Agrees with its teacher on 80 % of the test pixels"
    assert verdict.sentences(none) == []
    assert verdict.short(none) == ""
    none["student"]["agreement"] = None
    assert verdict.headline(none) == "There was nothing to test with"


def test_a_teacher_of_unknown_size_is_not_compared(verdict):
    of_a_map = metrics()
    of_a_map["ratios"] = {"mean_iou": 0.9, "parameters": None, "megabytes": None, "milliseconds_per_megapixel": None}
    assert verdict.comparison(of_a_map) == "90 % of its teacher"


def test_a_larger_or_slower_student_is_called_that(verdict):
    odd = metrics()
    odd["ratios"] = {"mean_iou": None, "megabytes": 0.25, "milliseconds_per_megapixel": 0.5}
    assert verdict.comparison(odd) == "4.0 times larger · 2.0 times slower"
    odd["ratios"]["milliseconds_per_megapixel"] = 1.01
    assert verdict.comparison(odd).endswith("as fast")


def test_the_judgement(verdict):
    assert verdict.sentences(metrics()) == ["Good: as accurate as its teacher. Use it."]
    (near,) = verdict.sentences(metrics(ratio=0.92))
    assert near.startswith("Near its teacher: 92 % of its mean IoU (90 % or more is called near).")
    assert verdict.sentences(metrics(ratio=0.85))[0].startswith("Below its teacher: 85 % of its mean IoU.")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({"planned": 37, "teacher": 41}, "37 of the student’s training, 41 of the teacher’s"),
        ({"planned": 37, "teacher": None}, "37 of the student’s training. Below 100"),
        ({"planned": 370, "teacher": 41}, "370 of the student’s training, 41 of the teacher’s"),
    ],
)
def test_after_a_few_steps_nothing_is_judged(verdict, steps, said):
    for told in (metrics(steps=steps), metrics(score=None, ratio=None, steps=steps)):
        (sentence,) = verdict.sentences(told)
        assert sentence.startswith("Too few steps to judge it")
        assert said in sentence


def test_enough_steps_are_not_mentioned(verdict):
    steps = {"planned": 100, "teacher": 200, "student": 60}  # it stopped early by itself
    assert verdict.sentences(metrics(steps=steps)) == ["Good: as accurate as its teacher. Use it."]


def test_weak_and_untested_classes_are_named(verdict):
    classes = [row("forest", 0.9), row("wetland", 0.1, pixels=40), row("bamboo", 0.2), row("soil", None, pixels=0)]
    said = verdict.sentences(metrics(classes=classes))
    assert said[0] == "As good as its teacher, with the weak spots below."
    assert said[1] == "Weak on wetland (40 test pixels), bamboo."
    assert said[2] == "Not tested: soil. No test pixel is labelled so."


def test_what_the_teacher_brought(verdict):
    more = verdict.sentences(metrics(baseline={"mean_iou": 0.341}))
    assert "The teacher brought 3.0 points of mean IoU more than the labels alone." in more
    steps = {"planned": 200, "teacher": 200, "student": 200, "baseline": 200}
    same = verdict.sentences(metrics(baseline={"mean_iou": 0.341}, steps=steps))
    assert any(sentence.endswith("Both were trained for the same 200 steps.") for sentence in same)
    other = verdict.sentences(metrics(baseline={"mean_iou": 0.341}, steps={**steps, "baseline": 150}))
    assert any("200 steps with the teacher, for 150 without" in sentence for sentence in other)
    less = verdict.sentences(metrics(baseline={"mean_iou": 0.381}))
    assert "The labels alone gave 1.0 points of mean IoU more than with the teacher." in less


def test_a_teacher_that_answers_for_a_part_only_is_told(verdict):
    partial = metrics()
    partial["teacher"]["pixels"] = 500
    assert verdict.sentences(partial)[-1].startswith("The teacher answers for 50 % of the test pixels")
