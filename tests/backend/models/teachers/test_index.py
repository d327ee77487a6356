"""A spectral index with thresholds as the teacher."""

import numpy as np
import pytest
import rasterio
import torch
from rasterio.transform import from_origin

from rskd.errors import BandsMissing, ClassesMismatch, JobInvalid
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import open_scene
from rskd.models.teachers import open_teacher
from rskd.models.teachers.index import normalised_difference, of_thresholds
from rskd.spec import DistillJob, IndexTeacher, LayerSpec, describe

GREEN = np.array([[0.3, 0.1, 0.2, 0.0]], np.float32) * 10_000
NIR = np.array([[0.1, 0.3, 0.2, 0.0]], np.float32) * 10_000


def opened(tmp_path, spec, classes=None, names=("green", "nir")):
    path, pixels = str(tmp_path / "image.tif"), np.stack([GREEN, NIR]).astype(np.uint16)
    place = {"crs": "EPSG:32633", "transform": from_origin(500_000, 6_000_000, 10, 10)}
    with rasterio.open(path, "w", driver="GTiff", count=2, height=1, width=4, dtype="uint16", **place) as file:
        file.write(pixels)
        file.descriptions = names
    scene = open_scene([LayerSpec(path=path)])
    made = IndexTeacher.model_validate({"kind": "index", "thresholds": [0], "names": ["land", "water"], **spec})
    asked = {"device": torch.device("cpu"), "threads": 1, "reporter": Reporter()}
    return open_teacher(made, scene.bands, classes, **asked), scene


def answered(teacher, scene):
    strips = list(teacher.answers(scene))
    return np.concatenate([s.probabilities for s in strips], 1), np.concatenate([s.valid for s in strips])


def test_water_is_where_ndwi_is_above_its_threshold(tmp_path):
    teacher, scene = opened(tmp_path, {"index": "ndwi", "softness": 0.1})
    probabilities, valid = answered(teacher, scene)
    # NDWI is 0.5, -0.5, 0 and unknown; 1 / (1 + exp(-0.5 / 0.1)) = 0.99331
    np.testing.assert_allclose(probabilities[1, 0, :3], [0.99331, 0.00669, 0.5], atol=1e-4)
    np.testing.assert_allclose(probabilities.sum(0), 1, atol=1e-6)
    assert valid[0].tolist() == [True, True, True, False]
    assert [known.name for known in teacher.classes] == ["land", "water"]


def test_close_to_a_threshold_there_is_no_answer(tmp_path):
    teacher, scene = opened(tmp_path, {"index": "difference", "bands": ["green", "nir"], "unsure": 0.1})
    assert answered(teacher, scene)[1][0].tolist() == [True, True, False, False]


def test_several_thresholds_cut_several_classes():
    index = np.array([[-1.0, 0.1, 0.9]], np.float32)
    probabilities, known = of_thresholds(index, np.ones_like(index, bool), [0.0, 0.5], 0.01, 0)
    assert probabilities.argmax(0).tolist() == [[0, 1, 2]]
    np.testing.assert_allclose(probabilities.sum(0), 1, atol=1e-6)
    assert known.all()


def test_a_difference_of_nothing_is_unknown():
    index, known = normalised_difference(np.array([2.0, 0, np.nan], np.float32), np.array([1.0, 0, 1], np.float32))
    assert index[0] == pytest.approx(1 / 3)
    assert known.tolist() == [True, False, False]


def test_classes_are_matched_with_the_jobs(tmp_path):
    job = (LabelClass(3, "Water", "#0000ff"), LabelClass(7, "dry", "#ffff00"))
    teacher, scene = opened(tmp_path, {"index": "ndwi", "classes": {"land": "dry"}}, job)
    probabilities, _ = answered(teacher, scene)
    assert probabilities[:, 0, 0].argmax() == 0
    with pytest.raises(ClassesMismatch):
        opened(tmp_path, {"index": "ndwi"}, (LabelClass(1, "a", "#000000"), LabelClass(2, "b", "#ffffff")))


def test_a_band_that_is_not_there_is_named_with_the_remedy(tmp_path):
    with pytest.raises(BandsMissing) as refused:
        opened(tmp_path, {"index": "ndvi"})
    assert "red" in refused.value.message
    assert "nir and red" in refused.value.hint


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"thresholds": [0.2, 0.1], "names": ["a", "b", "c"]}, "must rise"),
        ({"names": ["a", "b", "c"]}, "1 thresholds make 2 classes"),
        ({"index": "difference"}, "name the two bands"),
    ],
)
def test_settings_that_do_not_hold_together_are_refused(tmp_path, wrong, words):
    teacher = {"kind": "index", "index": "ndwi", "thresholds": [0], "names": ["land", "water"], **wrong}
    with pytest.raises(JobInvalid, match=words):
        describe(DistillJob, {"layers": ["a.tif"], "teacher": teacher}, base=tmp_path)
