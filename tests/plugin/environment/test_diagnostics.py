from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def diagnostics(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    from rskd_qgis.environment import diagnostics

    return diagnostics


def test_it_holds_what_it_takes_to_help(diagnostics):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.environment.environment import Environment
    from rskd_qgis.environment.probe import Report, TierState

    python = Path.home() / "envs" / "bin" / "python"
    run = TierState(missing=("onnx",), broken=(("rasterio", "OSError: libgdal"),))
    report = Report(python, "", "3.12.4", {"run": run, "train": TierState()}, cuda="13.0")
    proxy = f"http://{'ana'}:{'hush'}@proxy.example"
    error = BackendError("no-network", "It failed.", details=f"via {proxy}")
    text = diagnostics.text(Environment(python, ours=False), report, error, ["12:00:00 Looking"])
    for fact in (
        "~/envs/bin/python (chosen)",
        "3.12.4",
        "onnx missing; rasterio: OSError: libgdal",
        "12:00:00 Looking",
    ):
        assert fact in text
    assert "graphics card not usable" in text
    assert "no-network: It failed." in text
    assert "hush" not in text
    assert str(Path.home()) + "/" not in text


def test_it_can_be_made_before_anything_is_set_up(diagnostics):
    assert "* Environment: none" in diagnostics.text(None, None, None, [])


def test_the_plugin_s_version_is_the_one_of_its_metadata(diagnostics, installed):
    assert f"version={diagnostics.version()}" in (installed / "metadata.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("in /home/ana/x and /home/ana.", "in ~/x and ~."),
        ("“/home/ana”", "“~”"),
        ("/home/anastasia/x", "/home/anastasia/x"),
    ],
)
def test_the_user_s_folder_is_shortened(diagnostics, words, short):
    assert diagnostics.without_home(words, Path("/home/ana")) == short
