"""What `metrics.json` says, against counts of our own."""

import json

import numpy as np
import pytest
import rasterio

from rskd.jobs.maps import opened_readers
from rskd.jobs.metrics import metrics_of, versions

TEST = np.s_[:, 152:192]


@pytest.fixture(scope="module")
def metrics(opened, mapped, readers):
    return metrics_of(opened.setting, opened.teacher, {"student": mapped}, readers)


def mean_iou(reference, found):
    ious = [((reference == k) & (found == k)).sum() / ((reference == k) | (found == k)).sum() for k in range(3)]
    return np.mean(ious)


def test_teacher_and_student_are_scored_on_the_same_test_pixels(metrics, country, mapped):
    with rasterio.open(mapped.maps[0]) as file:
        found = np.searchsorted([1, 5, 9], file.read(1))
    truth = country.truth[TEST]
    assert metrics["student"]["mean_iou"] == pytest.approx(mean_iou(truth, found[TEST]))
    assert metrics["teacher"]["mean_iou"] == pytest.approx(mean_iou(truth, country.taught[TEST]))
    assert metrics["student"]["agreement"] == pytest.approx((found == country.taught)[TEST].mean())
    assert metrics["counted"] == ["1", "5", "9"]
    assert metrics["ratios"]["mean_iou"] == pytest.approx(
        metrics["student"]["mean_iou"] / metrics["teacher"]["mean_iou"]
    )


def test_a_map_has_no_size_and_no_speed_and_says_why(metrics):
    teacher, student = metrics["teacher"], metrics["student"]
    assert (teacher["parameters"], teacher["megabytes"], teacher["milliseconds_per_megapixel"]) == (None, None, None)
    assert "map" in teacher["milliseconds_per_megapixel_reason"]
    assert metrics["ratios"]["parameters"] is None
    assert student["milliseconds_per_megapixel"] > 0
    assert student["parameters"] > 10_000


def test_areas_are_in_square_metres(metrics, mapped):
    assert [row["mapped_m2"] for row in metrics["areas"]] == pytest.approx(
        [100 * count for count in mapped.pixels], rel=2e-3
    )


def test_the_split_is_counted_a_class(metrics, country):
    columns = {"train": slice(0, 112), "validation": slice(120, 152), "test": slice(152, 192)}
    for channel, row in enumerate(metrics["split"]["classes"]):
        for part, here in columns.items():
            assert row[part] == (country.truth[:, here] == channel).sum()
    assert metrics["split"]["kind"] == "given"
    assert (metrics["split"]["labels_used"], metrics["split"]["share_used"]) == (128 * 112, 1)


def test_labels_that_a_share_leaves_out_are_not_counted_as_used(country, enter, mapped, tmp_path):
    labels = {"path": str(country.folder / "labels.tif"), "share": 0.3}
    opened = enter(country.job(tmp_path, labels=labels))
    with opened_readers(opened.setting, opened.targets, {"student": mapped}) as readers:
        split = metrics_of(opened.setting, opened.teacher, {"student": mapped}, readers)["split"]
    (site,), (kept,) = opened.setting.sites, opened.setting.labels
    used = (kept.read(site.scene.extent())[:, :112] != 255).sum()
    assert 0 < used < 128 * 112
    assert split["labels_used"] == used
    assert split["share_used"] == pytest.approx(used / (128 * 112))


def test_it_is_json_and_says_what_decides_the_numbers(metrics):
    json.dumps(metrics, allow_nan=False)
    assert {"rskd", "python", "torch", "onnxruntime", "numpy", "rasterio"} <= set(versions())


def test_without_labels_the_student_is_compared_with_its_teacher(country, enter, mapped, tmp_path):
    opened = enter(country.job(tmp_path, labels=None))
    with opened_readers(opened.setting, opened.targets, {"student": mapped}) as readers:
        metrics = metrics_of(opened.setting, opened.teacher, {"student": mapped}, readers)
    assert metrics["student"]["mean_iou"] is None
    assert metrics["student"]["agreement"] > 0
    assert "compared with its teacher" in metrics["basis"]
    assert metrics["counted"] == []
    assert [row["adjusted_m2"] for row in metrics["areas"]] == [None] * 3
