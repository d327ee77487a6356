"""What is refused early: before layers are opened, before torch is loaded, before earlier work is thrown away."""

import subprocess
import sys

import pytest
import rasterio
import torch
from safetensors.torch import save_file

from rskd.errors import ClassesMismatch, JobInvalid, LabelsUnusable, ModelUnusable, NoOverlap, RskdError
from rskd.events import Reporter
from rskd.jobs.beforehand import refuse_early
from rskd.jobs.distill import run
from rskd.jobs.folder import JobFolder

SMALL = {"kind": "labels", "model": "plain-unet", "widths": [8, 8], "flips": False}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"student": {"name": "swift-unet-17"}}, "student.name"),
        ({"split": {"train": "/nowhere/west.gpkg", "test": [0, 0, 1, 1]}}, "split.train"),
        ({"area": "/nowhere/area.gpkg"}, "area"),
        ({"teacher": {"kind": "map", "path": "/nowhere/map.tif"}}, "teacher.path"),
        ({"teacher": {"kind": "onnx", "path": "/nowhere/model.onnx"}}, "teacher.path"),
        ({"teacher": {"kind": "labels", "weights": "/nowhere/encoder.pth"}}, "teacher.weights"),
        ({"labels": None, "teacher": SMALL}, "labels"),
        ({"labels": None, "baseline": True}, "baseline"),
    ],
)
def test_names_and_files_that_are_not_there(country, tmp_path, change, field):
    with pytest.raises(JobInvalid) as caught:
        refuse_early(country.job(tmp_path / "out", **change))
    assert field in caught.value.facts["fields"]
    assert caught.value.hint


def test_a_misspelt_student_is_answered_with_the_one_that_was_meant(country, tmp_path):
    with pytest.raises(JobInvalid, match="Did you mean “swift-unet-16”"):
        refuse_early(country.job(tmp_path, student={"name": "swift-unet-17"}))


def test_good_jobs_pass_and_addresses_are_not_looked_up(country, tmp_path):
    refuse_early(country.job(tmp_path))
    refuse_early(country.job(tmp_path, area="/vsicurl/https://example.org/area.gpkg", student={"name": "auto"}))
    weights = {"kind": "labels", "weights": "ResNet18_Weights.SENTINEL2_ALL_MOCO"}
    refuse_early(country.job(tmp_path, teacher=weights, student={"name": "mobile-fpn"}))


def test_torch_is_not_loaded_for_it():
    code = """
import sys
from rskd.jobs.beforehand import refuse_early
from rskd.spec import DistillJob
refuse_early(DistillJob(layers=["a.tif"], labels="l.tif", student="tiny-unet-8"))
assert not {"torch", "rasterio"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def other_weights(path):
    save_file({"somewhere.weight": torch.zeros(3, 3, 3, 3)}, path)
    return str(path)


def elsewhere(country, path):
    """The teacher's map, moved by a hundred kilometres."""
    with rasterio.open(country.folder / "teacher.tif") as source:
        profile, pixels = source.profile, source.read()
    moved = profile["transform"].translation(100_000, 0) * profile["transform"]
    with rasterio.open(path, "w", **{**profile, "transform": moved}) as target:
        target.write(pixels)
    return str(path)


TEACHERS = {
    "no such encoder": (lambda *_: {"kind": "labels", "encoder": "resnet35"}, JobInvalid, "resnet35"),
    "weights of another network": (
        lambda _, folder: {"kind": "labels", "encoder": "resnet18", "weights": other_weights(folder / "w.safetensors")},
        ModelUnusable,
        "lacks",
    ),
    "no such band": (lambda *_: {**SMALL, "bands": ["B99"]}, RskdError, "B99"),
    "a map that lies elsewhere": (
        lambda country, folder: {"kind": "map", "path": elsewhere(country, folder / "far.tif")},
        NoOverlap,
        "far",
    ),
    "classes that are not the job's": (
        lambda country, _: {"kind": "map", "path": str(country.folder / "teacher.tif"), "classes": {"1": "jungle"}},
        ClassesMismatch,
        "jungle",
    ),
}


@pytest.mark.parametrize("why", TEACHERS)
def test_earlier_work_stays_until_the_new_job_is_known_to_be_possible(country, tmp_path, why):
    make, kind, word = TEACHERS[why]
    out = tmp_path / "out"
    folder, earlier = JobFolder(out), country.job(out, training={"tile": 32, "steps": 500})
    with folder.held():
        folder.decide(folder.recall(earlier), earlier)
        (folder.work / "student").mkdir()
        (folder.work / "student" / "last.ckpt").write_bytes(b"two hours of training")
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and path.name != "lock"}
    with pytest.raises(kind, match=word) as caught:
        run(country.job(out, teacher=make(country, tmp_path)), Reporter())
    assert caught.value.hint
    assert {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and p.name != "lock"} == before
    assert not folder.targets.exists()


@pytest.mark.parametrize("why", TEACHERS)
def test_a_job_that_is_refused_leaves_no_folder(country, tmp_path, why):
    make, kind, _ = TEACHERS[why]
    with pytest.raises(kind):
        run(country.job(tmp_path / "out", teacher=make(country, tmp_path)), Reporter())
    assert not (tmp_path / "out").exists()


def test_a_field_of_a_raster_is_refused(country, tmp_path):
    labels = {"path": str(country.folder / "labels.tif"), "field": "class"}
    with pytest.raises(LabelsUnusable, match="is a raster and has no field “class”"):
        run(country.job(tmp_path / "out", labels=labels), Reporter())


@pytest.mark.parametrize("crs", ["foo", "EPSG:99999999"])
def test_a_crs_that_does_not_exist_is_refused_where_every_file_has_its_own(country, tmp_path, crs, capfd):
    with pytest.raises(JobInvalid, match=crs):
        run(country.job(tmp_path / "out", crs=crs), Reporter())
    assert capfd.readouterr().err == ""
