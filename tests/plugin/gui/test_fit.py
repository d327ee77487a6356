from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


def student(*bands, gsd=10.0):
    from rskd_qgis.students import Entry

    rows = [{"name": name, "layer": layer} for layer, name in bands]
    return Entry.of(Path("/nowhere"), {"name": "s", "bands": rows, "gsd": gsd})


@pytest.fixture
def fit(installed):
    from qgis.PyQt.QtCore import QLocale

    QLocale.setDefault(QLocale("en_GB"))
    from rskd_qgis.gui import fit

    return fit


def test_what_a_student_expects_in_words(fit):
    assert fit.expected(student(("s2", "red"), ("s2", "nir"), ("dem", "dem 1"))) == (
        "Expects 2 bands of “s2”, 1 bands of “dem”, 10 m a pixel."
    )


def test_bands_are_found_by_name_whatever_their_order(fit):
    (one,) = fit.remarks(student(("s2", "red"), ("s2", "s2: NIR")), [fit.Offered("x", ("nir", "blue", "Red"), 10.0)])
    assert one.met
    assert "all the bands" in one.words


def test_bands_without_names_are_found_by_number(fit):
    (one,) = fit.remarks(student(("s2", "s2 3")), [fit.Offered("x", ("a", "b", "c"), 10.0)])
    assert one.met


def test_as_many_unknown_bands_are_taken_in_order_and_said(fit):
    (one,) = fit.remarks(student(("s2", "red"), ("s2", "nir")), [fit.Offered("x", ("B1", "B2"), 10.0)])
    assert one.met
    assert "red = B1, nir = B2" in one.words


def test_what_is_missing_is_named(fit):
    (one,) = fit.remarks(student(("s2", "red"), ("s2", "nir")), [fit.Offered("x", ("red", "blue"), 10.0)])
    assert (one.words, one.met) == ("“x” has no nir.", False)
    (one,) = fit.remarks(student(("s2", "red"), ("s2", "nir")), [fit.Offered("x", ("a", "b", "c"), 10.0)])
    assert (one.words, one.met) == ("Expects 2 bands; “x” has 3.", False)


def test_another_resolution_is_told_and_no_place_refused(fit):
    one = student(("s2", "red"))
    said = fit.remarks(one, [fit.Offered("x", ("red",), 2.0)])
    assert said[1].met
    assert "2.0 m a pixel and is resampled to the student’s 10 m" in said[1].words
    said = fit.remarks(one, [fit.Offered("x", ("red",), None)])
    assert not said[1].met


def test_each_layer_of_the_student_needs_one(fit):
    said = fit.remarks(student(("s2", "red"), ("dem", "height")), [fit.Offered("x", ("red",), 10.0), None])
    assert [one.met for one in said] == [True, False]
    assert said[1].words == "Choose a layer for “dem”."
