"""Values of labels brought to a class list that is there already."""

import pytest

from rskd.errors import ClassesMismatch
from rskd.geo.label_classes import Found, LabelClass, match_classes
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
