import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def log(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    from rskd_qgis.environment import log

    return log.Log


def test_the_last_set_up_can_be_read_in_a_later_session(log):
    first = log()
    first.add("Looking at this machine ü")
    assert log().lines() == first.lines()
    assert first.lines()[0].endswith("Looking at this machine ü")
    first.begin()
    assert log().lines() == []


def test_a_disk_that_takes_nothing_does_not_stop_it(log, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "file" / "home"))
    kept = log()
    kept.begin()
    kept.add("Looking")
    assert len(kept.lines()) == 1
