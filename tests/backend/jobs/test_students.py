"""The list of students."""

import json

import pytest

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.jobs import students as room
from rskd.jobs.students import columns, measure, run
from rskd.models.students import CATALOGUE, entry


def listed(**changes):
    asked = {"bands": 6, "classes": 6, "threads": 1, "benchmark": False, **changes}
    return run(Reporter(), **asked)


def test_all_students_from_small_to_large():
    rows = listed()
    assert {row["name"] for row in rows} == {student.name for student in CATALOGUE}
    sizes = [row["parameters"] for row in rows]
    assert sizes == sorted(sizes)
    assert set(columns(measured=True)) <= set(rows[0])
    json.dumps(rows)


def test_without_a_benchmark_speed_is_left_open_and_size_is_a_close_upper_bound():
    row = next(row for row in listed() if row["name"] == "swift-unet-16")
    assert row["milliseconds_per_megapixel"] is None
    _, megabytes = measure("swift-unet-16", 6, 6, 1)
    assert 4 * entry("swift-unet-16").parameters(6, 6) / 1e6 < megabytes <= row["megabytes"] < megabytes + 0.03


def test_a_benchmark_measures_each_of_them(monkeypatch):
    monkeypatch.setattr(room, "measure", lambda name, bands, classes, threads: (float(len(name)), 1.5))
    heard = []
    rows = run(Reporter(heard.append), bands=2, classes=3, threads=1, benchmark=True)
    assert all(row["milliseconds_per_megapixel"] == len(row["name"]) for row in rows)
    assert heard[-2]["done"] == len(CATALOGUE)


@pytest.mark.parametrize(("bands", "classes"), [(1, 2), (12, 20)])
def test_bands_and_classes_count(bands, classes):
    small, large = listed(bands=bands, classes=classes)[0], listed()[0]
    assert (small["parameters"] < large["parameters"]) == (bands < 6)


def test_one_of_them_can_be_measured_alone(monkeypatch):
    measured = []
    monkeypatch.setattr(room, "measure", lambda name, *_: measured.append(name) or (40.0, 1.5))
    (row,) = listed(names=["tiny-unet-16"], benchmark=True)
    assert measured == ["tiny-unet-16"]
    assert (row["name"], row["milliseconds_per_megapixel"], row["megabytes"]) == ("tiny-unet-16", 40.0, 1.5)


def test_a_student_that_there_is_not_is_named():
    with pytest.raises(JobInvalid, match="no student “tiny-unet-61”"):
        listed(names=["tiny-unet-61", "tiny-unet-16"])
