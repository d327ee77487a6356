import fcntl

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def held(installed):
    from rskd_qgis.locks import held

    return held


def test_a_lock_is_seen_as_long_as_it_is_held(held, tmp_path):
    lock = tmp_path / "lock"
    assert not held(lock)
    with lock.open("w") as file:
        assert not held(lock)
        fcntl.flock(file, fcntl.LOCK_EX)
        assert held(lock)
    assert not held(lock)


def test_two_who_ask_at_once_do_not_see_each_other(held, tmp_path):
    lock = tmp_path / "lock"
    with lock.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_SH)  # as asking does for a moment
        assert not held(lock)


def test_a_folder_in_the_place_of_the_file_s_is_no_lock(held, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not held(tmp_path / "file" / "lock")
