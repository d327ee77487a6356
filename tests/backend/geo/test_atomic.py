import errno
import os
import subprocess
import sys

import pytest

from rskd.errors import OutputUnwritable
from rskd.geo.atomic import atomic_path, write_bytes, write_text

resource = pytest.importorskip("resource", reason="limits on file size are POSIX")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_appears_under_its_name_and_nothing_else(tmp_path):
    write_text(tmp_path / "new" / "metrics.json", "Größe\r\n")
    assert (tmp_path / "new" / "metrics.json").read_bytes() == b"Gr\xc3\xb6\xc3\x9fe\r\n"
    assert names(tmp_path / "new") == ["metrics.json"]


def test_nothing_is_seen_before_the_end_and_companions_come_along(tmp_path):
    final = tmp_path / "map.tif"
    for old in (final, tmp_path / "map.tif.aux.xml", tmp_path / "map.tif.ovr"):
        old.write_text("old")
    with atomic_path(final, [".aux.xml", ".ovr"]) as part:
        assert (part.parent, part.suffix) == (tmp_path, ".tif")
        part.write_text("new")
        part.with_name(part.name + ".aux.xml").write_text("new names")
        assert final.read_text() == "old"
    assert final.read_text() == "new"
    assert (tmp_path / "map.tif.aux.xml").read_text() == "new names"
    assert names(tmp_path) == ["map.tif", "map.tif.aux.xml"]  # old overviews would show the old map


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_passes_on(tmp_path, failure):
    final = tmp_path / "a[1].gpkg"
    final.write_text("old")

    def fail():
        with atomic_path(final) as part:
            part.write_text("half")
            part.with_name(part.name + "-journal").write_text("half")
            raise failure

    with pytest.raises(failure):
        fail()
    assert final.read_text() == "old"
    assert names(tmp_path) == ["a[1].gpkg"]


def test_errors_of_the_disk_are_told_as_such_those_of_other_files_are_not(tmp_path):
    def fail(error):
        with atomic_path(tmp_path / "a.txt"):
            raise error

    with pytest.raises(OutputUnwritable, match=r"a\.txt.*No space left"):
        fail(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(FileNotFoundError, match="input"):
        fail(FileNotFoundError(errno.ENOENT, "No such file", "input.tif"))
    assert names(tmp_path) == []


def test_a_file_size_limit_is_a_full_disk(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OutputUnwritable) as caught:
            write_bytes(tmp_path / "a.txt", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert caught.value.facts["path"] == str(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_places_that_cannot_be_written_are_refused(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.txt").mkdir()
    for path in (tmp_path / "file" / "a.txt", tmp_path / "folder.txt"):
        with pytest.raises(OutputUnwritable):
            write_text(path, "x")
    assert names(tmp_path) == ["file", "folder.txt"]


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write everywhere")
def test_a_protected_folder_is_told_before_any_work(tmp_path):
    tmp_path.chmod(0o500)

    def work():
        with atomic_path(tmp_path / "a.tif"):
            raise AssertionError("too late")

    with pytest.raises(OutputUnwritable, match="Permission denied"):
        work()


def test_what_a_killed_run_left_goes_with_the_next(tmp_path):
    script = f"""
import os, signal
from rskd.geo.atomic import atomic_path
with atomic_path({str(tmp_path / "a.gpkg")!r}) as part:
    part.write_text("half")
    part.with_name(part.name + "-journal").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script])
    assert len(names(tmp_path)) == 2
    write_text(tmp_path / "b.gpkg", "other")
    assert len(names(tmp_path)) == 3
    write_text(tmp_path / "a.gpkg", "whole")
    assert names(tmp_path) == ["a.gpkg", "b.gpkg"]


def test_a_running_neighbour_keeps_its_unfinished_file(tmp_path):
    part = tmp_path / f".a.{os.getppid()}.part.txt"
    part.write_text("half")
    write_text(tmp_path / "a.txt", "whole")
    assert part.exists()
