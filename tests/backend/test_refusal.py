"""Every way to get a job file wrong, and what is said: where it stands in the file, in words without types."""

from pathlib import Path

import pytest
import yaml

from rskd.errors import JobInvalid
from rskd.spec import DistillJob, EvaluateJob, describe

BOX = "give a polygon file, or a box of four numbers [xmin, ymin, xmax, ymax]"


def refused(text, kind=DistillJob):
    with pytest.raises(JobInvalid) as caught:
        describe(kind, yaml.safe_load(text), base=Path.cwd(), source="job.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("area: [1, 2, 3]", "area", f"{BOX}; here stands a list"),
        ("area: 5", "area", f"{BOX}; here stands 5"),
        ("split: automatic", "split", "write auto, or {train: …, validation: …, test: …}; here stands “automatic”"),
        ("split: {train: west}", "split.test", "it is missing"),
        ("split: {train: [1, 2, 3], test: east}", "split.train", f"{BOX}, or a list of scene groups"),
        (
            "teacher: {path: map.tif}",
            "teacher",
            "`kind:` labels, checkpoint, torchgeo, onnx, map, index, other or several",
        ),
        (
            "teacher: {kind: onx}",
            "teacher",
            "“onx” cannot stand here; choose labels, checkpoint, torchgeo, onnx, map, index, other or several",
        ),
        ("teacher: {kind: labels, modell: unet}", "teacher.modell", "did you mean “model”?"),
        ("teacher: {kind: map, path: m.tif, map: 1}", "teacher.map", "there is no such key"),
        ("teacher: {kind: map}", "teacher.path", "it is missing"),
        ("teacher: {kind: labels, widths: []}", "teacher.widths", "it is empty"),
        ("teacher: {kind: labels, widths: [0, 8]}", "teacher.widths.0", "it must be at least 1, and is 0"),
        ("teacher: {kind: labels, widths: [1, 1, 1, 1, 1, 1, 1]}", "teacher", "at most 6 fit into a tile"),
        ("teacher: {kind: map, path: a, classes: {a: [1]}}", "teacher.classes.a", "write a text or a number"),
        ("training: {tile: wide}", "training.tile", "give a whole number; here stands “wide”"),
        ("training: {tile: 100}", "training", "tile must be a multiple of 32, for example 96"),
        ("training: 5", "training", "write keys and values, {key: value}; here stands 5"),
        ("device: gpu", "device", "“gpu” cannot stand here; choose auto, cpu, cuda or mps"),
        ("baseline: perhaps", "baseline", "write true or false; here stands “perhaps”"),
        ("recipe: {balance: magic}", "recipe.balance", "“magic” cannot stand here; choose fixed or gradients"),
        ("labels: {path: a, share: 2}", "labels.share", "it must be at most 1, and is 2"),
        ("labels: {path: a, classes: {b: 1}}", "labels.classes.b", "write a list in square brackets; here stands 1"),
        ("labels: {path: a, classes: [1]}", "labels.classes", "write names and values, {name: value}"),
        ("layers: image.tif", "layers", "write a list in square brackets; here stands “image.tif”"),
        ("layers: [{path: 3}]", "layers.0.path", "write a text; here stands 3"),
        ("layers: [{path: a, bands: [1.5]}]", "layers.0.bands.0", "a band is a number (from 1) or a description"),
        ("layers: [{path: a, name: x}, {path: b, name: x}]", "layers", "two layers are called “x”"),
        ("layers: [a.tif, a.tif]", "layers", "“a” is listed twice"),
        ("layers: []", "job", "`layers:` is empty"),
        ("{layers: null, scenes: scenes.csv}", "scenes", "list the scenes, or name a table of them with {csv: FILE}"),
        ("{layers: null, scenes: [{layers: []}]}", "scenes.0.layers", "it is empty"),
        ("{layers: null, scenes: {cvs: a}}", "scenes.cvs", "did you mean “csv”?"),
        # at the level where the word stands first, then elsewhere
        ("label: a.tif", "label", "did you mean “labels”?"),
        ("tile: 64", "tile", "`tile` belongs under `training:`"),
        ("training: {device: cpu}", "training.device", "`device` belongs at the top level"),
        ("ignore: [0]", "ignore", "`ignore` belongs under `labels:`, under `teacher:` or under `teachers:`"),
        ("epoch: 3", "epoch", "did you mean “epochs” under `training:`?"),
    ],
)
def test_a_wrong_field_is_named_as_it_stands_in_the_file(text, field, said):
    error = refused(yaml.safe_dump({"layers": ["image.tif"], **yaml.safe_load(text)}))
    assert field in error.facts["fields"]
    assert said in error.message
    if field != "job":
        assert f"{field}: " in error.message
    assert not any(word in error.message for word in ("Input", "valid dictionary", "literal", "tuple", "Spec"))


def test_nothing_is_said_of_types_that_were_not_meant():
    assert refused("{layers: [a], split: {train: west}}").facts["fields"] == ["split.test"]
    assert refused("{layers: [a], area: [1, 2]}").facts["fields"] == ["area"]


@pytest.mark.parametrize(("text", "said"), [("", "it is empty"), ("[1]", "it holds a list"), ("x", "it holds “x”")])
def test_a_file_without_keys(text, said):
    error = refused(text)
    assert error.message == f"“job.yaml” is not a valid job: {said}; a job has keys, such as `layers:`."
    assert error.facts["fields"] == ["job"]


def test_other_jobs_are_answered_alike():
    error = refused("{subject: a, labels: {path: b}, thread: 1}", EvaluateJob)
    assert error.message.endswith("thread: there is no such key; did you mean “threads”?")


def test_one_file_may_be_several_layers(tmp_path):
    layers = [{"path": "a.tif", "bands": [1]}, {"path": "a.tif", "bands": [2]}, {"path": "a.tif", "name": "again"}]
    assert len(describe(DistillJob, {"layers": layers}, base=tmp_path).layers) == 3


def test_short_forms_stand_for_blocks_of_one_key(tmp_path):
    text = "{layers: [a.tif], labels: l.tif, student: tiny-unet-8, teacher: {kind: map, path: m.tif, ignore: 0}}"
    job = describe(DistillJob, yaml.safe_load(text), base=tmp_path)
    assert (job.labels.path, job.student.name, job.teacher.ignore) == (str(tmp_path / "l.tif"), "tiny-unet-8", [0])
    text = "{layers: [a.tif], labels: {path: l.tif, ignore: water}}"
    assert describe(DistillJob, yaml.safe_load(text), base=tmp_path).labels.ignore == ["water"]
