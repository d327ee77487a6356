"""What a wrong description is answered with."""

from pathlib import Path

import pytest

from rskd.errors import JobInvalid
from rskd.spec import DistillJob, LayerSpec, describe


def refusal(**keys):
    with pytest.raises(JobInvalid) as caught:
        describe(DistillJob, {"layers": ["image.tif"], **keys}, base=Path.cwd(), source="job.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"trainin": {}}, "trainin: there is no such key; did you mean “training”?"),
        ({"training": {"max_minute": 3}}, "training.max_minute: there is no such key; did you mean “max_minutes”?"),
        ({"zzz": 1}, "zzz: there is no such key."),
    ],
)
def test_a_misspelt_key_is_answered_with_the_key_that_was_meant(keys, said):
    assert refusal(**keys).message == f"“job.yaml” is not a valid job: {said}"


def test_all_wrong_fields_are_named_at_once():
    assert refusal(device="abacus", baseline="perhaps").facts["fields"] == ["device", "baseline"]


WMS = '<GDAL_WMS><Service name="TMS"><ServerUrl>https://x.org/${z}/${x}/${y}.png</ServerUrl></Service></GDAL_WMS>'


@pytest.mark.parametrize(
    "path",
    [
        WMS,
        f"  {WMS}",
        "<GDAL_WMS><Service/></GDAL_WMS>",
        "WMS:https://x.org/wms?LAYERS=a",
        "WMTS:https://x.org/wmts,layer=a",
        "https://x.org/{secret:token}/a.tif",
        "/vsicurl/https://x.org/a.tif",
    ],
)
def test_addresses_are_left_as_they_are(path, tmp_path):
    job = describe(DistillJob, {"layers": [path], "area": path}, base=tmp_path)
    assert job.layers[0].path == job.area == path


def test_files_are_taken_from_the_jobs_folder(tmp_path):
    job = describe(DistillJob, {"layers": ["a.tif", {"path": "b/{x} ü.tif"}]}, base=tmp_path)
    assert [layer.path for layer in job.layers] == [str(tmp_path / "a.tif"), str(tmp_path / "b" / "{x} ü.tif")]


@pytest.mark.parametrize(
    ("path", "title"), [(WMS, "web layer"), ("WMS:https://x.org", "web layer"), ("/vsicurl/https://x.org/a.tif", "a")]
)
def test_a_layer_without_a_name_is_called_after_its_file(path, title):
    assert LayerSpec(path=path).title == title
    assert LayerSpec(path=path, name="mine").title == "mine"


def test_a_teachers_table_may_be_keyed_by_numbers():
    teacher = {"kind": "map", "path": "m.tif", "classes": {1: "forest", "2": None}}
    job = DistillJob.model_validate({"layers": ["a.tif"], "teacher": teacher})
    assert job.teacher.classes == {"1": "forest", "2": None}
