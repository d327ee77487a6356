from datetime import date

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def estimates(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    from rskd_qgis import estimates

    return estimates


def test_what_was_measured_is_kept_for_its_sizes_and_its_machine_alone(estimates, monkeypatch):
    estimates.Measured(6, 5).note("tiny-unet-16", 40.0, 0.9)
    estimates.Measured(6, 5).note("swift-unet-16", 12.0, 0.8)
    today = date.today().isoformat()
    assert estimates.Measured(6, 5).of("tiny-unet-16") == {"milliseconds": 40.0, "megabytes": 0.9, "on": today}
    assert sorted(estimates.Measured(6, 5).all()) == ["swift-unet-16", "tiny-unet-16"]
    assert estimates.Measured(3, 5).all() == {}
    monkeypatch.setattr(estimates, "machine", lambda: "another 64 0")
    assert estimates.Measured(6, 5).all() == {}


def test_rows_of_the_backend_are_kept_where_they_were_measured(estimates):
    rows = [
        {"name": "a", "milliseconds_per_megapixel": 10.5, "megabytes": 1.0},
        {"name": "b", "milliseconds_per_megapixel": None, "megabytes": 2.0},
    ]
    estimates.Measured(6, 5).note_rows(rows)
    (name,) = estimates.Measured(6, 5).all()
    assert name == "a"
    assert estimates.Measured(6, 5).of("a")["milliseconds"] == 10.5


@pytest.mark.parametrize("damage", ["", "[]", '{"x": 3}', "null"])
def test_a_damaged_file_is_as_good_as_none(estimates, damage):
    from rskd_qgis import places

    places.home().mkdir(parents=True)
    (places.home() / "measured.json").write_text(damage, encoding="utf-8")
    (places.home() / "durations.json").write_text(damage, encoding="utf-8")
    assert estimates.Measured(6, 5).all() == {}
    assert estimates.expected_seconds(10) == 600
    estimates.Measured(6, 5).note("a", 1.0, 1.0)
    assert estimates.Measured(6, 5).of("a")


def test_expectations_follow_the_last_five_runs(estimates):
    assert estimates.expected_seconds(10) == 600
    estimates.note_duration(10, 660)
    assert estimates.expected_seconds(20) == pytest.approx(1320)
    for _ in range(5):
        estimates.note_duration(10, 540)
    assert estimates.expected_seconds(10) == pytest.approx(540)


def test_a_disk_that_refuses_costs_an_estimate_only(estimates, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rskd_qgis.json_files.write", full)
    estimates.note_duration(10, 660)
    assert estimates.expected_seconds(10) == 600


def test_an_area_takes_what_its_pixels_take(estimates):
    # 100 km² at 10 m are a million pixels, at 0.5 m four hundred million.
    assert estimates.seconds_of_area(40.0, 10.0) == pytest.approx(0.04)
    assert estimates.seconds_of_area(40.0, 0.5) == pytest.approx(16.0)
