"""Names told apart, and images judged, without a window."""

from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

LAYERS = ("s2", "dem")


@pytest.fixture
def many(installed):
    from rskd_qgis.gui import many_images

    return many_images


def files(many, *names):
    return [many.Item(name, file=f"/images/{name}") for name in names]


def names_of(place):
    return [None if item is None else item.name for item in place.items]


def test_places_are_told_by_what_stands_before_the_ending(many):
    items = files(many, "a_s2.tif", "a_dem.tif", "B_S2.tif", "b_dem.img")
    places = many.grouped(items, LAYERS, ["_s2", "_dem"])
    assert [(place.name, names_of(place), place.problem) for place in places] == [
        ("a", ["a_s2.tif", "a_dem.tif"], ""),
        ("B", ["B_S2.tif", "b_dem.img"], ""),
    ]


def test_what_does_not_fit_stands_alone_and_says_why(many):
    items = files(many, "a_s2.tif", "a_dem.tif", "a_dem.png", "b_dem.tif", "notes.tif")
    places = {place.name: place for place in many.grouped(items, LAYERS, ["_s2", "_dem"])}
    assert list(places) == ["a", "b", "a_dem.png", "notes.tif"]
    assert places["a"].problem == ""
    assert names_of(places["b"]) == [None, "b_dem.tif"]
    assert places["b"].problem == "Nothing is there for “s2”: no name ends in “_s2”."
    assert places["a_dem.png"].problem == "“a_dem.tif” is taken for “dem” of this place already."
    assert places["notes.tif"].problem == "Its name ends like none of the student's layers."


def test_the_longest_ending_counts_and_an_empty_one_never(many):
    items = files(many, "a_10m.tif", "a_dem_10m.tif")
    (place,) = many.grouped(items, LAYERS, ["_10m", "_dem_10m"])
    assert names_of(place) == ["a_10m.tif", "a_dem_10m.tif"]
    assert all(one.problem for one in many.grouped(items, LAYERS, ["", ""]))


def test_endings_are_proposed_from_the_names(many):
    assert many.proposed(files(many, "a-S2.tif", "a.dem.tif"), LAYERS) == ["-s2", ".dem"]
    assert many.proposed(files(many, "as2.tif"), LAYERS) == ["s2", "_dem"]
    assert many.proposed([], LAYERS) == ["_s2", "_dem"]


@pytest.fixture
def judged(installed):
    """`judged(look, …)`: what is said of images of a student of two bands of s2 and one of dem, at 10 m."""
    from rskd_qgis.gui import many_check
    from rskd_qgis.gui.fit import Offered
    from rskd_qgis.students import Entry

    bands = [{"name": "B4", "layer": "s2"}, {"name": "B8", "layer": "s2"}, {"name": "height", "layer": "dem"}]
    entry = Entry.of(Path("/x"), {"bands": bands, "gsd": 10})

    def judge(*looks):
        made = [many_check.Look("", Offered(name, tuple(bands), gsd), crs, box) for name, bands, gsd, crs, box in looks]
        return many_check.judged(entry, made)

    return judge


BOX = (0, 0, 100, 100)
S2 = ("a_s2", ("B4", "B8"), 10, "EPSG:32633", BOX)


def test_an_image_for_each_layer_is_judged_by_its_layer(judged):
    assert judged(S2, ("a_dem", ("1",), 30, "EPSG:32633", BOX)).problem == ""
    assert "Expects 1 bands; “a_dem” has 4." in judged(S2, ("a_dem", ("1", "2", "3", "4"), 10, "x", BOX)).problem
    assert "only one has a coordinate" in judged(S2, ("a_dem", ("1",), None, "", BOX)).problem
    assert "share no ground" in judged(S2, ("a_dem", ("1",), 10, "EPSG:32633", (100, 0, 200, 100))).problem
    upside_down = (90, 100, 200, 0)  # bottom above top
    assert judged(S2, ("a_dem", ("1",), 10, "EPSG:32633", upside_down)).problem == ""


def test_one_image_with_all_bands_is_cut_into_the_layers(judged):
    assert judged(("all", ("B4", "B8", "height"), 10, "x", BOX)).problem == ""
    assert judged(("all", ("B4", "B8"), 10, "x", BOX)).problem == "Expects 3 bands; “all” has 2."
    assert "has no B8" in judged(("all", ("B4", "green", "height"), 10, "x", BOX)).problem


def test_resampling_is_worth_knowing_and_no_place_is_a_problem(judged):
    assert "resampled" in judged(("a", ("1", "2", "3"), 20, "x", BOX)).words
    assert "cannot be compared" in judged(("a", ("1", "2", "3"), None, "", BOX)).problem
