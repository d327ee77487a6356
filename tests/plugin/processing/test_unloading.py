"""Taking the plugin out while one of its algorithms runs."""

from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext, QgsProcessingFeedback

pytestmark = pytest.mark.qgis


def backends(folder):
    """Processes of the backend that run this test's plugin."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder / "backend" / "start.py") in (process / "cmdline").read_bytes().decode(errors="replace"):
                state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
                found += [] if state == "Z" else [int(process.name)]
        except OSError:  # it has just ended
            continue
    return found


def test_unloading_ends_an_algorithm_that_runs_in_the_background(
    installed, qgis_processing, backend_python, student, striped, tmp_path, qgis_iface, qtbot, monkeypatch
):
    import rskd_qgis
    from rskd_qgis import settings

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(settings, "python", lambda: str(backend_python))
    plugin = rskd_qgis.classFactory(qgis_iface)
    plugin.initGui()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rskd:predict")
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    image = striped("image.tif", [50, 120, 180], size=6000)
    values = {"STUDENT": str(student), "LAYERS": [str(image)], "OUTPUT": str(tmp_path / "map.tif")}
    task, ended = QgsProcessingAlgRunnerTask(algorithm, values, context, feedback), []
    task.executed.connect(lambda ok, results: ended.append(results))
    QgsApplication.taskManager().addTask(task)
    try:
        qtbot.waitUntil(lambda: bool(backends(installed)), timeout=60_000)
    finally:
        plugin.unload()
    assert backends(installed) == []
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    assert not (tmp_path / "map.tif").exists()
