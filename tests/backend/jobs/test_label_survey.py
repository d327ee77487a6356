"""What the labels of a job in the making hold."""

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from rskd.errors import JobInvalid, LabelsUnusable, NoOverlap
from rskd.events import Reporter
from rskd.jobs import label_survey
from rskd.jobs.ask import ask

AT = from_origin(500_000, 6_000_000, 10, 10)
LEFT, RIGHT = [500_000, 5_999_900, 500_050, 6_000_000], [500_050, 5_999_900, 500_200, 6_000_000]
TOP = [500_000, 5_999_950, 500_200, 6_000_000]


def raster(path, pixels, count=1):
    height, width = pixels.shape
    profile = {"driver": "GTiff", "width": width, "height": height, "count": count, "dtype": pixels.dtype}
    with rasterio.open(path, "w", crs="EPSG:32632", transform=AT, **profile) as file:
        file.write(np.broadcast_to(pixels, (count, height, width)))
    return str(path)


@pytest.fixture
def spec(tmp_path):
    """20 x 10 pixels: the left quarter is 1, the rest 2 above and 3 below, the lowest row is not labelled."""
    labels = np.full((10, 20), 2, np.uint8)
    labels[5:] = 3
    labels[:, :5] = 1
    labels[9] = 0
    image = raster(tmp_path / "image.tif", np.ones((10, 20), np.uint16), count=2)
    return {"layers": [image], "labels": {"path": raster(tmp_path / "labels.tif", labels), "ignore": [0]}}


def survey(spec, **more):
    return ask("labels", {"spec": {**spec, **more}}, Reporter())


def shares(said):
    return {row["value"]: round(row["share"] * 180) for row in said["values"]}


def test_shares_of_all_labels_and_of_those_inside_an_area(spec):
    whole = survey(spec)
    assert shares(whole) == {1: 45, 2: 75, 3: 60}
    assert whole["labelled"] == pytest.approx(0.9)
    left = survey(spec, area=[500_000, 5_999_900, 500_100, 6_000_000])
    assert [row["share"] for row in left["values"]] == pytest.approx([45 / 90, 25 / 90, 20 / 90])
    assert left["labelled"] == pytest.approx(0.9)
    assert [row["name"] for row in left["values"]] == ["1", "2", "3"]
    assert all(row["color"].startswith("#") for row in left["values"])


def test_classes_outside_the_area_are_not_listed(spec):
    assert shares(survey(spec, area=[500_040, 5_999_950, 500_200, 6_000_000])).keys() == {1, 2}
    with pytest.raises(LabelsUnusable, match="one class only"):
        survey(spec, area=LEFT)


def test_polygons_are_an_area_too(spec, tmp_path):
    path = tmp_path / "area.gpkg"
    triangle = shapely.Polygon([(500_000, 6_000_000), (500_100, 6_000_000), (500_000, 5_999_900)])
    pyogrio.raw.write(
        str(path), geometry=np.array([shapely.to_wkb(triangle)], object), field_data=[], fields=[],
        geometry_type="Polygon", crs="EPSG:32632", driver="GPKG",
    )  # fmt: skip
    said = survey(spec, area=str(path))
    rows = np.arange(10)[:, None]
    inside = rows + np.arange(20)[None] < 9  # centres below the edge; those on it are GDAL's to decide
    assert said["labelled"] == pytest.approx(1 - 1 / 50, abs=0.05)
    assert shares(said)[1] / 180 == pytest.approx(inside[:9, :5].sum() / inside[:9].sum(), abs=0.06)


def test_texts_keep_their_values_and_ground_without_objects_has_none(tmp_path, spec):
    path = tmp_path / "houses.gpkg"
    boxes = [shapely.box(*LEFT), shapely.box(500_150, 5_999_900, 500_200, 6_000_000)]
    pyogrio.raw.write(
        str(path), geometry=np.array(shapely.to_wkb(boxes), object), field_data=[np.array(["hut", "barn"])],
        fields=["kind"], geometry_type="Polygon", crs="EPSG:32632", driver="GPKG",
    )  # fmt: skip
    said = survey({**spec, "labels": {"path": str(path), "field": "kind"}, "task": "segmentation"})
    values = {row["value"]: row["share"] for row in said["values"]}
    assert values == {None: pytest.approx(0.5), "barn": pytest.approx(0.25), "hut": pytest.approx(0.25)}


def test_the_parts_of_an_automatic_split_are_what_it_aims_at(spec):
    said = survey(spec)
    assert said["parts"] == {"train": 0.6, "validation": 0.15, "test": 0.25}
    assert not said["exact"]


def test_the_parts_of_a_given_split_are_counted(spec):
    below = [500_050, 5_999_900, 500_200, 5_999_950]
    split = {"train": LEFT, "validation": below, "test": [500_050, 5_999_950, 500_200, 6_000_000]}
    said = survey(spec, split=split)
    assert said["parts"] == {part: pytest.approx(n / 180) for part, n in zip(split, (45, 60, 75), strict=True)}
    assert said["exact"]
    said = survey(spec, split={"train": LEFT, "test": RIGHT})
    assert said["parts"] == {
        "train": pytest.approx(0.8 * 45 / 180), "validation": pytest.approx(0.2 * 45 / 180),
        "test": pytest.approx(135 / 180),
    }  # fmt: skip
    assert not said["exact"]


@pytest.fixture
def large(monkeypatch):
    """Twenty pixels are too many to look at."""
    monkeypatch.setattr(label_survey, "_LOOKED_AT", 20)


def polygons(path, boxes, kinds):
    pyogrio.raw.write(
        str(path), geometry=np.array(shapely.to_wkb(boxes), object), field_data=[np.array(kinds)], fields=["kind"],
        geometry_type="Polygon", crs="EPSG:32632", driver="GPKG",
    )  # fmt: skip
    return {"path": str(path), "field": "kind"}


def test_of_a_raster_in_a_large_area_a_lattice_is_looked_at(spec, monkeypatch):
    monkeypatch.setattr(label_survey, "_LOOKED_AT", 60)
    said = survey(spec, area=TOP)
    assert said["sampled"]
    assert [row["share"] for row in said["values"]] == pytest.approx([0.25, 0.75], abs=0.1)
    assert not survey(spec, area=[*LEFT[:2], 500_060, 6_000_000])["sampled"]


def test_polygons_in_a_large_area_are_measured_and_none_is_missed(spec, tmp_path, large):
    hut, barn = shapely.box(500_011, 5_999_961, 500_019, 5_999_969), shapely.box(500_100, 5_999_900, 500_200, 6_000_000)
    labels = polygons(tmp_path / "few.gpkg", [hut, barn], ["hut", "barn"])
    said = survey({**spec, "labels": labels})
    assert said["sampled"]
    assert {row["value"]: row["share"] for row in said["values"]} == {
        "barn": pytest.approx(100 / 101), "hut": pytest.approx(1 / 101),
    }  # fmt: skip
    assert said["labelled"] == pytest.approx(101 / 200)
    said = survey({**spec, "labels": labels}, area=[500_000, 5_999_950, 500_150, 6_000_000])
    assert {row["value"]: round(26 * row["share"]) for row in said["values"]} == {"barn": 25, "hut": 1}
    assert said["labelled"] == pytest.approx(26 / 75)


def test_ground_without_objects_is_what_their_sizes_leave(spec, tmp_path, large):
    boxes = [shapely.box(*LEFT), shapely.box(500_150, 5_999_900, 500_200, 6_000_000)]
    labels = polygons(tmp_path / "houses.gpkg", boxes, ["hut", "barn"])
    said = survey({**spec, "labels": labels, "task": "segmentation"})
    values = {row["value"]: row["share"] for row in said["values"]}
    assert values == {None: pytest.approx(0.5), "barn": pytest.approx(0.25), "hut": pytest.approx(0.25)}


def test_polygons_beside_a_large_area_are_said_to_be_there(spec, tmp_path, large):
    boxes = [shapely.box(500_000, 5_999_900, 500_010, 5_999_910), shapely.box(500_180, 5_999_900, 500_190, 5_999_910)]
    labels = polygons(tmp_path / "below.gpkg", boxes, ["hut", "barn"])
    with pytest.raises(NoOverlap):
        survey({**spec, "labels": labels}, area=TOP)


@pytest.mark.parametrize("labelled", [np.s_[3:4, 1:3], np.s_[0:0, 0:0]])
def test_what_a_lattice_does_not_find_is_not_known(spec, tmp_path, large, labelled):
    pixels = np.zeros((10, 20), np.uint8)
    pixels[labelled] = [[1, 2]] if pixels[labelled].size else 0
    labels = {"path": raster(tmp_path / "few.tif", pixels), "ignore": [0]}
    said = survey({**spec, "labels": labels})
    assert (said["values"], said["labelled"], said["sampled"]) == ([], None, True)


def test_the_parts_of_a_given_split_of_a_large_area_are_not_known(spec, large):
    assert survey(spec, split={"train": LEFT, "test": RIGHT})["parts"] is None


def test_without_labels_there_is_nothing_to_look_at(spec):
    with pytest.raises(JobInvalid, match="labels"):
        survey({"layers": spec["layers"]})
