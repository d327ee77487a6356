"""The list of published weights that a teacher can be made of."""

import json
import sys

import pytest

from rskd.errors import ExtraMissing
from rskd.jobs.published import run
from rskd.models.teachers.torchgeo import encoder_of, is_segmenter


@pytest.fixture(scope="module")
def rows():
    return run()


def test_every_row_can_be_a_teacher_and_is_plain_json(rows):
    assert json.loads(json.dumps(rows)) == rows
    assert len({row["name"] for row in rows}) == len(rows) > 20
    for row in rows:
        assert is_segmenter(row["name"]) == (row["kind"] == "segmenter")
        assert row["kind"] == "segmenter" or encoder_of(row["name"]).startswith("resnet")
        assert (row["classes"] or 0) >= 2 or row["kind"] == "encoder"
        assert row["megabytes"] > 10
        assert not row["bands"] or len(row["bands"]) == row["band_count"]


def test_what_is_known_of_some_weights(rows):
    named = {row["name"]: row for row in rows}
    fields = named["Unet_Weights.SENTINEL2_3CLASS_FTW"]
    assert (fields["kind"], fields["sensor"], fields["classes"], fields["band_count"]) == (
        "segmenter", "Sentinel-2", 3, 8,
    )  # fmt: skip
    assert fields["licence"] == "CC-BY-4.0"
    encoder = named["ResNet18_Weights.LANDSAT_ETM_SR_MOCO"]
    assert (encoder["kind"], encoder["sensor"], encoder["classes"]) == ("encoder", "Landsat 7 ETM+", None)
    assert encoder["bands"] == ["SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"]
    assert encoder["megabytes"] == pytest.approx(45, abs=1)  # 11.2 million weights
    # Satlas describes its ResNet-152 as a ResNet-50.
    assert named["ResNet152_Weights.SENTINEL2_MI_MS_SATLAS"]["megabytes"] == pytest.approx(232, abs=2)
    assert {row["sensor"] for row in rows} >= {"Sentinel-1", "Sentinel-2", "Landsat 8–9 OLI"}


def test_segmenters_come_first(rows):
    kinds = [row["kind"] for row in rows]
    assert kinds == sorted(kinds, reverse=True)


def test_without_torchgeo_the_training_parts_are_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "rskd.models.teachers.published", raising=False)
    monkeypatch.setitem(sys.modules, "torchgeo.models", None)
    with pytest.raises(ExtraMissing, match="torchgeo"):
        run()
