import itertools

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

RANGES = [(0.6, 200), (10, 20_000)]


@pytest.fixture
def limits(installed, qgis_app):
    from rskd_qgis.gui import limit_field

    return limit_field


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_places_are_a_factor_apart_and_the_last_is_no_limit(limits, low, high):
    values = [limits.value_at(place, low, high) for place in range(limits.STEPS)]
    assert (values[0], values[-1]) == (low, high)
    factors = [after / before for before, after in itertools.pairwise(values)]
    assert max(factors) / min(factors) < 1.2  # two digits
    assert limits.value_at(limits.STEPS, low, high) == 0


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_the_slider_stays_where_it_was_put(limits, low, high):
    for place in range(limits.STEPS + 1):
        assert limits.place_of(limits.value_at(place, low, high), low, high) == place


def test_what_lies_beyond_the_slider_is_at_its_end(limits):
    assert limits.place_of(0.01, 0.6, 200) == 0
    assert limits.place_of(5000, 0.6, 200) == limits.STEPS - 1


def test_a_typed_number_is_kept_and_moves_the_slider(limits, qtbot):
    field = limits.LimitField(0.6, 200, " MB", 2)
    qtbot.addWidget(field)
    told = []
    field.changed.connect(told.append)
    field.set_value(1.23)
    assert told == [1.23]
    assert field.value() == 1.23
    assert field.slider.value() == limits.place_of(1.23, 0.6, 200)
    field.show_value(7)
    assert told == [1.23]
