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


def labels(**keys):
    return DistillJob.model_validate({"layers": ["a.tif"], "labels": {"path": "l.tif", **keys}}).labels


def test_colours_of_classes_are_read_and_written():
    said = labels(colors={"forest": "#1B7837", 3: "#00ff00"})
    assert said.colors == {"forest": "#1b7837", "3": "#00ff00"}
    assert labels(**said.model_dump(exclude={"path"})) == said


def test_a_job_without_colours_is_described_as_before_there_were_any():
    """Folders of earlier versions know their job by its description."""
    keys = ["path", "field", "layer", "band", "ignore", "classes", "background", "all_touched", "share", "crs"]
    assert list(labels().model_dump(mode="json")) == keys


@pytest.mark.parametrize("color", ["green", "#12345", "#12345g", "1b7837", "#1b783700", "#1b7837\n"])
def test_what_is_no_colour_is_refused_with_an_example(color):
    refused = refusal(labels={"path": "l.tif", "colors": {"forest": color}})
    assert "is no colour; write it as “#1b7837”, in quotes" in refused.message
    assert refused.facts["fields"] == ["labels.colors.forest"]


def test_a_colour_of_a_class_that_the_job_does_not_make_is_refused():
    table = {"classes": {"forest": [1], "water": [2]}, "colors": {"forrest": "#1b7837"}}
    assert "“forrest”, not among the classes: forest, water" in refusal(labels={"path": "l.tif", **table}).message
    assert labels(**{**table, "colors": {"background": "#ffffff"}}).colors == {"background": "#ffffff"}
