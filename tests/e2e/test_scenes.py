"""Kinds of jobs: several scenes, local imagery, objects, several layers, areas."""

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
from rasterio.warp import Resampling, calculate_default_transform, reproject
from rasterio.windows import Window

pytestmark = pytest.mark.slow  # the first test loads the training libraries


def parts_of(scene):
    return {part for part, facts in scene["parts"].items() if facts["pixels"]}


@pytest.fixture
def grouped(shared_data, crop, tmp_path):
    """Makes scenes of 96 pixels side by side, one a group name given."""
    source = shared_data / "gewata_landsat_lulc"

    def scene(number, group):
        window = Window(560 + 100 * (number % 3), 200 + 100 * (number // 3), 96, 96)
        image = crop(source / "gewata_north_landsat7_2001.tif", tmp_path / f"image{number}.tif", window)
        labels = crop(source / "gewata_north_lulc.tif", tmp_path / f"labels{number}.tif", window)
        labels = {"path": str(labels), "ignore": [0]}
        return {"layers": [{"path": str(image), "name": "landsat"}], "labels": labels, "group": group}

    return lambda *groups: [scene(number, group) for number, group in enumerate(groups)]


def test_a_group_of_scenes_stays_together(make_job, here, grouped, tmp_path):
    ran = here(make_job(layers=None, labels=None, scenes=grouped("a", "a", "b", "c", "d")))
    found = [parts_of(scene) for scene in ran.result["metrics"]["split"]["scenes"]]
    assert all(len(parts) == 1 for parts in found)
    assert found[0] == found[1]
    assert set.union(*found) == {"train", "validation", "test"}
    assert {p.name for p in (tmp_path / "out").glob("map_*.tif")} == {f"map_{n}.tif" for n in range(1, 6)}


def test_too_few_groups_are_not_cut(make_job, here, grouped):
    ran = here(make_job(layers=None, labels=None, scenes=grouped("a", "a", "b")))
    assert ran.error["code"] == "area-too-small"
    assert "split:" in ran.said


def test_imagery_without_a_place_on_earth(make_job, here, rskd, shared_data, crop, tmp_path):
    source, window = shared_data / "dubai_landcover", Window(100, 100, 256, 256)
    image = crop(source / "images" / "t1_p1.jpg", tmp_path / "image.tif", window)
    labels = crop(source / "masks" / "t1_p1.png", tmp_path / "labels.tif", window)
    keys = {"layers": [str(image)], "labels": {"path": str(labels), "ignore": [0]}}
    without = here(make_job(**keys))
    assert without.error["code"] == "crs-missing"
    assert "crs: local" in without.said
    assert not (tmp_path / "out").exists()

    ran = here(make_job(**keys, crs="local"))
    assert ran.result["metrics"]["student"]["mean_iou"] is not None
    assert ran.result["metrics"]["areas"] == []
    done = rskd("predict", tmp_path / "out" / "student.onnx", image, "--crs", "local", "--out", tmp_path / "again.tif")
    assert done.code == 0, done.err
    with rasterio.open(tmp_path / "again.tif") as again, rasterio.open(tmp_path / "out" / "map.tif") as first:
        assert again.crs is None
        assert np.array_equal(again.read(), first.read())


@pytest.mark.parametrize("kind", ["raster", "vector"])
def test_objects_against_a_background(kind, make_job, here, shared_data, crop, tmp_path):
    source, window = shared_data / "kampala_buildings", Window(0, 1536, 576, 384)
    image = crop(source / "kampala_a_rgb.tif", tmp_path / "image.tif", window)
    if kind == "raster":
        path = crop(source / "kampala_a_buildings.tif", tmp_path / "buildings.tif", window)
        labels = {"path": str(path), "classes": {"background": [0], "building": [1]}}
    else:
        labels = {"path": str(source / "kampala_a_buildings.gpkg"), "field": "class"}
    ran = here(make_job(task="segmentation", layers=[{"path": str(image), "name": "rgb"}], labels=labels))
    student = ran.result["metrics"]["student"]
    assert {known["name"] for known in ran.result["metrics"]["classes"]} == {"background", "building"}
    assert 0 <= student["foreground_iou"] <= student["foreground_f1"] <= 1
    assert student["objects"]["reference"] > 0
    with rasterio.open(tmp_path / "out" / "map.tif") as raster:
        mapped = set(np.unique(raster.read(1)))
    polygons = pyogrio.read_dataframe(tmp_path / "out" / "map.gpkg", read_geometry=False)
    assert set(polygons["name"]) == ({"building"} if len(mapped) > 1 or 0 not in mapped else set())


def test_a_student_that_sees_less_than_its_teacher(make_job, here, rskd, shared_data, tmp_path):
    place = shared_data / "multimodal_s1_s2_lulc"
    layers = {name: str(place / f"433D_629L_3_1_{name}.tif") for name in ("S2L2A", "S1RTC", "LULC")}
    ran = here(
        make_job(
            layers=[{"path": layers["S2L2A"], "name": "optical"}, {"path": layers["S1RTC"], "name": "radar"}],
            labels={"path": layers["LULC"], "ignore": [0]},
            student={"name": "swift-unet-16", "layers": ["radar"]},
        )
    )
    assert ran.code == 0, ran.events[-1]
    done = rskd(
        "predict", tmp_path / "out" / "student.onnx", layers["S1RTC"], "--out", tmp_path / "map.tif", "--events"
    )
    assert done.result["map"]
    assert done.warnings == []
    with rasterio.open(tmp_path / "map.tif") as again, rasterio.open(tmp_path / "out" / "map.tif") as first:
        assert np.array_equal(again.read(), first.read())


def in_degrees(raster: Path, to: Path) -> Path:
    with rasterio.open(raster) as source:
        transform, width, height = calculate_default_transform(
            source.crs, "EPSG:4326", source.width, source.height, *source.bounds
        )
        profile = {**source.profile, "crs": "EPSG:4326", "transform": transform, "width": width, "height": height}
        with rasterio.open(to, "w", **profile) as target:
            reproject(rasterio.band(source, 1), rasterio.band(target, 1), resampling=Resampling.nearest)
    return to


@pytest.mark.parametrize("as_box", [True, False])
def test_layers_of_two_reference_systems_within_an_area(as_box, make_job, here, gewata, shared_data, crop, tmp_path):
    source = shared_data / "gewata_landsat_lulc" / "gewata_north_treecover_vcf.tif"
    cover = crop(source, tmp_path / "cover.tif", Window(600, 200, 320, 192))
    with rasterio.open(gewata / "image.tif") as image:
        left, top = image.transform * (20, 10)
    box = [left, top - 160 * 30, left + 250 * 30, top]
    area = box
    if not as_box:
        import geopandas
        from shapely.geometry import box as box_of

        area = str(tmp_path / "area.gpkg")
        geopandas.GeoDataFrame(geometry=[box_of(*box)], crs="EPSG:32636").to_crs("EPSG:4326").to_file(area)
    layers = [
        {"path": str(gewata / "image.tif"), "name": "landsat"},
        {"path": str(in_degrees(cover, tmp_path / "degrees.tif")), "name": "cover"},
    ]
    ran = here(make_job(layers=layers, area=area))
    assert ran.code == 0, ran.events[-1]
    with rasterio.open(tmp_path / "out" / "map.tif") as found, rasterio.open(gewata / "image.tif") as image:
        assert found.crs == image.crs
        if as_box:
            assert (found.shape, found.bounds[0], found.bounds[3]) == ((160, 250), left, top)
        assert 0.99 < (found.read(1) != found.nodata).sum() / (160 * 250) < 1.01


def test_a_split_may_be_given_as_boxes(make_job, here, gewata, tmp_path):
    with rasterio.open(gewata / "image.tif") as image:
        left, bottom, right, top = image.bounds
    third = (right - left) / 3
    split = {
        "train": [left, bottom, left + third - 960, top],
        "validation": [left + third, bottom, left + 1.5 * third, top],
        "test": [right - third, bottom, right, top],
    }
    ran = here(make_job(split=split))
    summary = ran.result["metrics"]["split"]
    assert summary["kind"] == "given"
    assert parts_of(summary["scenes"][0]) == {"train", "validation", "test"}
    resolved = json.loads((tmp_path / "out" / "job.json").read_text())
    assert resolved["split"]["test"] == split["test"]
