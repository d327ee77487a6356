"""Values of labels brought to a class list that is there already."""

import pytest

from rskd.errors import ClassesMismatch
from rskd.geo.label_classes import Found, LabelClass, choose_classes, match_classes
from rskd.geo.legend import Entry
from rskd.spec import LabelSpec

CLASSES = [LabelClass(1, "forest", "#117733"), LabelClass(2, "water", "#3377aa")]


def matched(legend, classes=CLASSES):
    found = Found("labels.tif", [1, 2], numbers=True, legend=legend)
    return match_classes(LabelSpec(path="labels.tif"), found, classes, task="land-cover").channels


def test_names_go_before_numbers_and_numbers_serve_where_there_are_no_names():
    assert matched({1: Entry("water"), 2: Entry("forest")}) == {1: 1, 2: 0}
    assert matched({}) == {1: 0, 2: 1}
    assert matched({1: Entry("Wald"), 2: Entry("See")}, [LabelClass(n, str(n), "#000000") for n in (1, 2)]) == {
        1: 0,
        2: 1,
    }


def test_a_class_of_another_name_is_not_taken_by_its_number():
    with pytest.raises(ClassesMismatch, match="meadow"):
        matched({1: Entry("water"), 2: Entry("meadow")})


def colored(colors, legend, present=(1, 2, 3), **options):
    found = Found("labels.tif", present, numbers=True, legend=legend)
    task = options.pop("task", "land-cover")
    spec = LabelSpec(path="labels.tif", colors=colors, **options)
    return {known.name: known.color for known in choose_classes(spec, found, task=task).classes}


def test_given_colours_go_before_those_of_the_file():
    legend = {1: Entry("forest", "#117733"), 2: Entry("water", "#3377aa"), 3: Entry("field", "#ddcc77")}
    said = colored({"water": "#0000FF"}, legend)
    assert said == {"forest": "#117733", "water": "#0000ff", "field": "#ddcc77"}


def test_a_given_colour_stays_and_the_file_gives_way():
    legend = {1: Entry("forest", "#117733"), 2: Entry("water", "#3377aa"), 3: Entry("field", "#ddcc77")}
    said = colored({"water": "#117733"}, legend)
    assert said["water"] == "#117733"
    assert said["field"] == "#ddcc77"
    assert said["forest"] not in ("#117733", "#3377aa", "#ddcc77")


def test_two_classes_may_be_given_one_colour_on_purpose():
    assert colored({1: "#336699", 2: "#336699"}, {}) == {"1": "#336699", "2": "#336699", "3": "#e69f00"}


def test_merged_classes_and_the_background_take_their_colour_too():
    said = colored(
        {"crops": "#aabbcc", "background": "#dddddd"}, {}, present=(0, 1, 2),
        classes={"background": [0], "crops": [1, 2]}, task="segmentation",
    )  # fmt: skip
    assert said == {"background": "#dddddd", "crops": "#aabbcc"}


def test_colours_of_classes_that_are_not_in_the_area_do_no_harm():
    assert set(colored({"marsh": "#aabbcc"}, {1: Entry("forest", "#117733")}, present=(1, 2))) == {"forest", "2"}
