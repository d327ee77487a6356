"""A teacher's map whose numbers are taken for classes: said, and compared with the labels."""

import numpy as np
import pytest

from rskd.events import Reporter

NAMES = {"water": [1], "forest": [5], "ice": [9]}


@pytest.fixture
def warned(country, enter, tmp_path):
    """The warnings of a job whose map holds these numbers for water, forest, ice."""

    def warnings(numbers, *, pixels=country.taught, labels=NAMES, **teacher):
        heard = []
        path = country.write(tmp_path / "map.tif", np.array(numbers, np.uint8)[pixels][None], nodata=0)
        job = country.job(
            tmp_path / "out",
            labels={"path": str(country.folder / "labels.tif"), "classes": labels},
            teacher={"kind": "map", "path": path, **teacher},
        )
        enter(job, Reporter(heard.append))
        return [event for event in heard if event.get("code") == "teacher-matched-by-number"]

    return warnings


def test_numbers_that_agree_with_the_labels_are_said_and_left_alone(warned, country):
    (warning,) = warned([1, 5, 9])
    assert "1 = water, 5 = forest, 9 = ice" in warning["message"]
    assert "`classes:` of the teacher" in warning["hint"]
    said = warning["values"]
    assert (said["map"], said["pairs"]) == ("map", "1 = water, 5 = forest, 9 = ice")
    # the teacher is wrong on every tenth row
    assert said["agreement"] == pytest.approx((country.truth == country.taught).mean(), abs=1e-4)
    assert "most likely wrong" not in warning["message"]
    assert "likelier" not in said


def test_numbers_that_mean_something_else_are_recognised_and_the_table_is_written_out(warned, country):
    (warning,) = warned([9, 1, 5])
    right, said = (country.truth == country.taught).mean(), warning["values"]
    assert said["best_agreement"] == pytest.approx(right, abs=1e-4)
    # each value is taken for the class before it: that is right where the teacher is wrong
    assert said["agreement"] == pytest.approx(1 - right, abs=1e-4)
    assert said["likelier"] == "1 = forest, 5 = ice, 9 = water"
    assert f"{right:.0%} would with {said['likelier']}" in warning["message"]
    assert warning["hint"].endswith('{1: "forest", 5: "ice", 9: "water"}.')


def test_a_table_or_classes_that_are_numbers_themselves_need_no_warning(warned):
    assert warned([9, 1, 5], classes={"9": "water", "1": "forest", "5": "ice"}) == []
    assert warned([1, 5, 9], labels=None) == []


def test_where_labels_and_map_hardly_meet_the_pairs_alone_are_said(warned, country):
    apart = np.full_like(country.taught, 3)
    apart[:4, 40:43] = [[0, 1, 2]] * 4  # twelve pixels: too few to speak of
    (warning,) = warned([1, 5, 9, 0], pixels=apart)
    assert warning["message"].endswith("1 = water, 5 = forest, 9 = ice.")
    assert "agreement" not in warning["values"]
