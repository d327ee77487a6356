from pathlib import Path, PureWindowsPath

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def environment(installed, monkeypatch, tmp_path, qgis_app):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    from rskd_qgis.environment import environment

    environment.use(None)
    yield environment
    environment.use(None)


def test_nothing_is_in_use_at_first(environment):
    assert environment.current() is None
    assert not environment.unfinished()


def test_it_is_remembered(environment):
    chosen = environment.Environment(Path("/opt/conda envs/ü/bin/python"), ours=False)
    environment.use(chosen)
    assert environment.current() == chosen
    assert chosen.folder == Path("/opt/conda envs/ü")


def test_a_folder_that_no_setting_names_is_unfinished(environment):
    environment.own_python().parent.mkdir(parents=True)
    assert environment.unfinished()
    environment.use(environment.Environment(environment.own_python(), ours=True))
    assert not environment.unfinished()


def test_removing_forgets_only_our_own(environment):
    environment.own_python().parent.mkdir(parents=True)
    environment.use(environment.Environment(Path("/usr/bin/python3"), ours=False))
    environment.remove()
    assert environment.current() is not None
    assert not environment.own_folder().exists()
    environment.own_python().parent.mkdir(parents=True)
    environment.use(environment.Environment(environment.own_python(), ours=True))
    environment.remove()
    assert environment.current() is None


def test_training_parts_are_known_though_python_is_gone(environment):
    assert not environment.holds("torch")
    (environment.own_folder() / "lib" / "python3.12" / "site-packages" / "torch").mkdir(parents=True)
    assert environment.holds("torch")


def test_only_windows_has_paths_that_are_too_long(environment):
    short = PureWindowsPath(r"C:\Users\ana\AppData\Local\rskd\environments\backend")
    long = short.parents[4] / ("a" * 60) / "AppData" / "Local" / "rskd" / "environments" / "backend"
    assert not environment.too_deep(short, "win32", long_paths=False)
    assert environment.too_deep(long, "win32", long_paths=False)
    assert not environment.too_deep(long, "win32", long_paths=True)
    assert not environment.too_deep(long, "linux", long_paths=False)
