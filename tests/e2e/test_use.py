"""What is done with a finished student: map another crop, compare, look into files."""

import json

import numpy as np
import pyogrio
import pytest
import rasterio
from rasterio.windows import Window

pytestmark = pytest.mark.slow  # the student is distilled first


def read(path, band=1):
    with rasterio.open(path) as source:
        return source.read(band)


def test_predict_gives_the_map_of_the_distillation(distilled, gewata, rskd, tmp_path):
    asked = {name: tmp_path / name for name in ("map.tif", "map.gpkg", "p.tif", "c.tif")}
    ran = rskd(
        "predict", distilled / "student.onnx", f"landsat={gewata / 'image.tif'}", "--out", asked["map.tif"], "--vector",
        asked["map.gpkg"], "--probabilities", asked["p.tif"], "--confidence", asked["c.tif"], "--events",
    )  # fmt: skip
    assert ran.result["map"] == str(asked["map.tif"])
    assert ran.warnings == []
    classes = read(asked["map.tif"])
    assert np.array_equal(classes, read(distilled / "map.tif"))
    with rasterio.open(asked["p.tif"]) as source:
        probabilities = source.read()
    values = np.array([known["value"] for known in ran.result["classes"]])
    assert np.array_equal(values[probabilities.argmax(axis=0)], classes)
    assert np.allclose(probabilities.max(axis=0), read(asked["c.tif"]), atol=0.01)
    polygons = pyogrio.read_dataframe(asked["map.gpkg"])
    assert set(polygons["class"]) == set(np.unique(classes))
    assert polygons.area.sum() == pytest.approx(classes.size * 900, rel=1e-6)


def test_predict_maps_another_crop_and_an_area_of_it(distilled, shared_data, crop, rskd, tmp_path):
    source = shared_data / "gewata_landsat_lulc" / "gewata_north_landsat7_2001.tif"
    other = crop(source, tmp_path / "other.tif", Window(1000, 300, 150, 100))
    assert rskd("predict", distilled / "student.onnx", other, "--out", tmp_path / "map.tif").code == 0
    with rasterio.open(tmp_path / "map.tif") as whole, rasterio.open(other) as image:
        assert (whole.shape, whole.transform, whole.crs) == (image.shape, image.transform, image.crs)
        left, top = image.bounds.left, image.bounds.top
        box = f"{left + 300},{top - 900},{left + 1500},{top - 300}"
        ran = rskd("predict", distilled / "student.onnx", other, "--out", tmp_path / "area.tif", "--area", box)
        assert ran.code == 0, ran.err
        with rasterio.open(tmp_path / "area.tif") as part:
            assert part.shape == (20, 40)
            assert np.array_equal(part.read(1), whole.read(1, window=Window(10, 10, 40, 20)))


def test_values_of_another_scale_are_noticed(distilled, gewata, rewrite, rskd, tmp_path):
    scaled = rewrite(gewata / "image.tif", tmp_path / "scaled.tif", lambda pixels: (pixels / 1e4).astype(np.float32))
    ran = rskd("predict", distilled / "student.onnx", scaled, "--out", tmp_path / "map.tif", "--events")
    assert ran.code == 0
    [warning] = [event for event in ran.events if event["event"] == "warning"]
    assert "scale" in warning["message"] + warning["hint"]


def test_student_and_map_are_scored_alike(distilled, gewata, rskd, tmp_path):
    labels = ("--labels", gewata / "labels.tif", "--ignore", "0", "--events")
    of_student = rskd(
        "evaluate", distilled / "student.onnx", gewata / "image.tif", *labels, "--out", tmp_path / "metrics.json"
    ).result
    of_map = rskd("evaluate", distilled / "map.tif", *labels).result
    assert of_student == of_map == json.loads((tmp_path / "metrics.json").read_text())
    predicted, reference = read(distilled / "map.tif"), read(gewata / "labels.tif")
    counted = reference != 0
    assert of_map["pixels"] == counted.sum()
    assert of_map["overall_accuracy"] == pytest.approx((predicted == reference)[counted].mean())
    for row in of_map["classes"]:
        both = ((predicted == row["value"]) & (reference == row["value"]) & counted).sum()
        either = (((predicted == row["value"]) | (reference == row["value"])) & counted).sum()
        assert row["iou"] == pytest.approx(both / either)


def test_inspect_says_what_each_file_is(distilled, gewata, ask):
    store = next((distilled / "targets").iterdir())
    kinds = {
        distilled / "student.onnx": "student",
        gewata / "image.tif": "raster",
        next((distilled / ".work" / "student").glob("*.ckpt")): "checkpoint",
        distilled / "teacher.safetensors": "teacher",
        distilled / "map.tif": "raster",
        distilled / "map.gpkg": "vector",
        store: "soft targets",
        distilled.parents[1] / "job.yaml": "job",
    }
    for path, kind in kinds.items():
        ran = ask("inspect", path)
        assert ran.code == 0, ran.err
        assert json.loads(ran.out)["kind"] == kind


def test_what_can_be_had_is_listed(ask, rskd):
    students = {row["name"]: row for row in json.loads(ask("students", "--json").out)}
    assert students["tiny-unet-8"]["parameters"] < students["tiny-unet-16"]["parameters"]
    assert "soft-targets" in {row["name"] for row in json.loads(ask("methods", "--json").out)}
    health = rskd("doctor", "--json")
    assert json.loads(health.out)
    assert health.code in (0, 2)
