import json

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from rskd.card import ClassCard
from rskd.evaluate.metrics import BlockedConfusion, ObjectCounts, scores

CLASSES = [
    ClassCard(value=v, name=n, color="#102030") for v, n in ((3, "other"), (5, "house"), (9, "road"), (11, "lake"))
]


@pytest.fixture
def compared():
    random = np.random.default_rng(0)
    reference = random.integers(0, 3, (40, 40)).astype(np.uint8)  # no lake
    predicted = np.where(random.random((40, 40)) < 0.7, reference, random.integers(0, 4, (40, 40))).astype(np.uint8)
    confusion = BlockedConfusion(4)
    confusion.update(reference, predicted, (np.indices((40, 40))[0] // 8).astype(np.int32))
    return reference, predicted, confusion


def test_scores_are_scikit_learns_and_json_ready(compared):
    reference, predicted, confusion = compared
    found = scores(confusion, CLASSES)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    expected = sklearn_metrics.jaccard_score(reference.ravel(), predicted.ravel(), average=None, labels=[0, 1, 2])
    assert found["mean_iou"] == pytest.approx(expected.mean())
    assert [row["iou"] for row in found["classes"]][:3] == pytest.approx(expected.tolist())
    assert found["kappa"] == pytest.approx(sklearn_metrics.cohen_kappa_score(reference.ravel(), predicted.ravel()))
    assert (found["pixels"], found["blocks"]) == (1600, 5)
    assert np.sum(found["confusion"]) == 1600
    lake = found["classes"][3]
    assert (lake["value"], lake["name"], lake["counted"], lake["reference_pixels"]) == (11, "lake", False, 0)
    assert (lake["iou"], lake["producers"]) == (0, None)
    for name, (low, high) in found["intervals"].items():
        assert low < found[name] < high
    assert "foreground_iou" not in found
    assert "objects" not in found


def test_the_same_classes_count_for_all_maps(compared):
    *_, confusion = compared
    assert scores(confusion, CLASSES, present=[1])["mean_iou"] == scores(confusion, CLASSES)["classes"][1]["iou"]
    assert scores(confusion, CLASSES, present=[0, 1, 2, 3])["mean_iou"] < scores(confusion, CLASSES)["mean_iou"]


@pytest.mark.parametrize("background", [0, 2])
def test_foreground_is_everything_but_the_background(compared, background):
    reference, predicted, confusion = compared
    objects = ObjectCounts(background)
    objects.update(reference, predicted)
    found = scores(confusion, CLASSES, background=background, objects=objects)
    y, x = (reference != background).ravel(), (predicted != background).ravel()
    assert found["foreground_iou"] == pytest.approx(sklearn_metrics.jaccard_score(y, x))
    assert found["foreground_f1"] == pytest.approx(sklearn_metrics.f1_score(y, x))
    low, high = found["intervals"]["foreground_f1"]
    assert low < found["foreground_f1"] < high
    assert found["objects"]["f1"] == objects.f1
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_one_block_and_no_pixels_say_what_they_can():
    confusion = BlockedConfusion(4)
    found = scores(confusion, CLASSES, background=0)
    assert (found["mean_iou"], found["kappa"], found["foreground_iou"], found["intervals"]) == (None, None, None, {})
    pixels = np.array([[0, 1]], np.uint8)
    confusion.update(pixels, pixels, np.zeros((1, 2), np.int32))
    found = scores(confusion, CLASSES)
    assert (found["mean_iou"], found["blocks"], found["intervals"]) == (1.0, 1, {})
    assert found["classes"][0]["iou_interval"] is None
    assert found["classes"][0]["users_interval"] is None


def test_accuracies_of_a_class_come_with_intervals_around_them(compared):
    *_, confusion = compared
    for row in scores(confusion, CLASSES)["classes"][:3]:
        for name in ("iou", "users", "producers"):
            low, high = row[f"{name}_interval"]
            assert low < row[name] < high
    assert scores(confusion, CLASSES)["classes"][3]["producers_interval"] is None
