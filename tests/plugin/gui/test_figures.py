from datetime import datetime, timedelta

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import QLocale

pytestmark = pytest.mark.qgis

GAP = "\u00a0"  # a blank at which no line breaks


@pytest.fixture
def figures(installed):
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    from rskd_qgis.gui import figures

    yield figures
    QLocale.setDefault(before)


def test_numbers_have_as_many_digits_as_they_mean(figures):
    said = [figures.about(value) for value in (0.0567, 0.79, 2.34, 41.5, 1130.2)]
    assert said == ["0.06", "0.79", "2.3", "42", "1,130"]
    assert [figures.times(ratio) for ratio in (1.24, 6.93, 16.4)] == ["1.2", "6.9", "16"]


def test_units_stay_with_their_numbers(figures):
    assert figures.megabytes(2.34) == f"2.3{GAP}MB"
    assert figures.megabytes(1400) == f"1.4{GAP}GB"
    assert figures.percent(1.02) == f"102{GAP}%"
    assert figures.speed(41.5) == f"42{GAP}ms per megapixel"
    assert figures.speed(12_000) == f"12{GAP}s per megapixel"
    assert [figures.count(value) for value in (950, 196_000, 1_400_000)] == [
        "950",
        f"196{GAP}thousand",
        f"1.4{GAP}million",
    ]


def test_times_are_rounded_as_one_speaks_of_them(figures):
    said = [figures.duration(seconds) for seconds in (0.04, 4.2, 45, 600, 7200)]
    assert said == [text.replace(" ", GAP) for text in ("0.04 s", "4.2 s", "45 s", "10 min", "2.0 h")]
    assert figures.remaining(20) == "less than a minute left"
    assert figures.remaining(300) == f"about 5{GAP}min left"


def test_a_minute_is_a_minute_everywhere(figures):
    said = [figures.duration(seconds) for seconds in (59, 60, 90, 119, 61 * 60)]
    assert said == [text.replace(" ", GAP) for text in ("59 s", "1 min", "1.5 min", "2 min", "61 min")]


def test_ground_is_told_in_the_unit_that_suits(figures):
    said = [figures.area(metres) for metres in (900, 45_000, 645e6)]
    assert said == [text.replace(" ", GAP) for text in ("900 m²", "4.5 ha", "645 km²")]


def test_small_shares_keep_a_digit(figures):
    assert [figures.share(part) for part in (0, 0.0016, 0.038, 0.547)] == [
        text.replace(" ", GAP) for text in ("0 %", "0.2 %", "3.8 %", "55 %")
    ]


def test_the_users_language_writes_the_numbers(figures):
    QLocale.setDefault(QLocale("de_DE"))
    assert figures.megabytes(2.34) == f"2,3{GAP}MB"
    assert figures.number(12345) == "12.345"


def test_days_near_now_have_names(figures):
    now = datetime.now()
    assert figures.day(now) == "today"
    assert figures.day(now - timedelta(days=1)) == "yesterday"
    assert figures.day(datetime(2026, 3, 1)) == "01/03/2026"
