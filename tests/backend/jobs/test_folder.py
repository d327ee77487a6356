import json
import os
import sys
import threading

import pytest

from rskd.errors import Busy, OutputUnwritable
from rskd.jobs.folder import JobFolder
from rskd.spec import DistillJob, describe


@pytest.fixture
def job(tmp_path):
    (tmp_path / "image.tif").write_bytes(b"pixels")
    return describe(DistillJob, {"layers": ["image.tif"], "out": "out"}, base=tmp_path)


@pytest.fixture
def folder(job, tmp_path):
    return JobFolder(tmp_path / "out")


def decided(folder, job):
    """A first run: something is decided, some work is done."""
    decisions = {**folder.recall(job), "steps": 40}
    resolved = job.model_copy(update={"training": job.training.model_copy(update={"steps": 40})})
    folder.decide(decisions, resolved)
    (folder.work / "student").mkdir()
    return resolved


def test_a_second_run_in_the_same_folder_is_turned_away(folder):
    with folder.held(), pytest.raises(Busy, match="Another run"), JobFolder(folder.path).held():
        pass
    with folder.held():  # free again
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="needs flock")
def test_somebody_who_only_asks_whether_a_run_is_at_work_turns_none_away(folder):
    import fcntl

    folder.work.mkdir(parents=True)
    with (folder.work / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        asked = threading.Timer(0.05, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        asked.start()
        with folder.held():
            pass
        asked.join()


def test_a_run_that_leaves_nothing_leaves_no_folder(folder):
    with folder.held():
        assert folder.work.is_dir()
    assert not folder.path.exists()


def test_a_folder_that_was_there_stays(folder):
    folder.path.mkdir()
    with folder.held():
        pass
    assert list(folder.path.iterdir()) == []


def test_results_appear_together_over_those_of_before(folder, job):
    folder.path.mkdir()
    (folder.path / "map.tif").write_text("old")
    (folder.path / "map.tif.aux.xml").write_text("classes of the old map")
    with folder.held():
        decided(folder, job)
        (folder.results / "map.tif").write_text("new")
        assert (folder.path / "map.tif").read_text() == "old"
        assert not (folder.path / "job.json").exists()
        folder.publish()
    assert (folder.path / "map.tif").read_text() == "new"
    assert (folder.path / "job.json").exists()
    assert not (folder.path / "map.tif.aux.xml").exists()


def test_the_same_job_and_the_resolved_job_go_on(folder, job):
    with folder.held():
        resolved = decided(folder, job)
        assert folder.recall(job)["steps"] == 40
        assert folder.recall(resolved)["steps"] == 40
        assert (folder.work / "student").is_dir()
    assert json.loads((folder.results / "job.json").read_text())["training"]["steps"] == 40


def test_where_and_how_it_runs_does_not_make_it_another_job(folder, job):
    with folder.held():
        decided(folder, job)
        assert folder.recall(job.model_copy(update={"threads": 1, "device": "cpu"}))["steps"] == 40


def test_another_job_or_a_changed_file_starts_anew(folder, job, tmp_path):
    with folder.held():
        decided(folder, job)
        (tmp_path / "image.tif").write_bytes(b"other pixels")
        decisions = folder.recall(job)
        assert "steps" not in decisions
        assert (folder.work / "student").exists()  # the new job may yet turn out to be impossible
        folder.decide(decisions, job)
        assert not (folder.work / "student").exists()


def test_a_place_that_cannot_be_a_folder_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable, match="file"), JobFolder(tmp_path / "file").held():
        pass


def test_what_is_put_into_the_users_folder_changes_nothing(tmp_path, monkeypatch):
    """The name "" is not the folder where the command is typed, nor is “labels” a folder in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels").mkdir()
    (tmp_path / "image.tif").write_bytes(b"pixels")
    job = describe(DistillJob, {"layers": ["image.tif"], "teacher": {"kind": "labels"}}, base=tmp_path)
    folder = JobFolder(tmp_path / "out")
    with folder.held():
        decided(folder, job)
        for place in (tmp_path, tmp_path / "labels"):
            (place / "map_of_another_day.tif").write_bytes(b"")
            os.utime(place, ns=(1, 1))
        assert folder.recall(job)["steps"] == 40


def test_a_job_is_done_when_its_results_have_appeared(folder, job):
    with folder.held():
        resolved = decided(folder, job)
        assert not folder.recall(job).get("done")
        folder.publish()
        assert folder.recall(job)["done"]
        assert folder.recall(resolved)["done"]


def test_it_knows_whether_the_same_job_has_something_to_go_on_from(folder, job, tmp_path):
    with folder.held():
        assert not folder.keeps(job)
        decided(folder, job)
        assert not folder.keeps(job)
        (folder.work / "student" / "epoch-000001.ckpt").write_bytes(b"weights")
        assert folder.keeps(job)
        (tmp_path / "image.tif").write_bytes(b"other pixels")
        assert not folder.keeps(job)
    # Answers count where this run has computed them: those that lie there may be another job's.
    store = folder.targets / "0123" / "targets.json"
    store.parent.mkdir(parents=True)
    store.write_text("{}")
    assert folder.keeps(job)
    assert not JobFolder(folder.path).keeps(job)
    folder = JobFolder(folder.path)
    part = folder.targets / "4567" / "parts" / "0-0-512-300.z"
    part.parent.mkdir(parents=True)
    part.with_name(".0-0-512-300.4711.part.z").write_bytes(b"half of it")
    assert not folder.keeps(job)
    part.write_bytes(b"answers")
    assert folder.keeps(job)


def test_other_colours_are_the_same_job(tmp_path, country):
    folder = JobFolder(tmp_path)
    plain, painted = (
        country.job(tmp_path, labels={"path": str(country.folder / "labels.tif"), **more})
        for more in ({}, {"colors": {"1": "#123456"}})
    )
    with folder.held():
        folder.decide({**folder.recall(plain), "steps": 3}, plain)
        assert folder.recall(painted)["steps"] == 3
