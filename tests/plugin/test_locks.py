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


@pytest.fixture
def lock(installed, tmp_path):
    """Makes locks on one file, each with a hold of its own."""
    from rskd_qgis.locks import Lock

    return lambda: Lock(tmp_path / "folder" / "lock")


def test_many_share_a_lock_or_one_has_it_alone(lock):
    one, other, third = lock(), lock(), lock()
    assert one.share()
    assert other.share()
    assert not third.alone()
    one.release()
    assert not third.alone()
    other.release()
    assert third.alone()
    assert not one.share()
    third.release()
    third.release()
    assert one.share()


def test_where_no_lock_can_be_made_nobody_is_kept_out(installed, tmp_path):
    from rskd_qgis.locks import Lock

    (tmp_path / "file").write_text("", encoding="utf-8")
    assert Lock(tmp_path / "file" / "lock").alone()
