import shutil

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt

pytestmark = pytest.mark.qgis


@pytest.fixture
def dialog(entry, country, running):
    from rskd_qgis.gui.many import ManyDialog

    dialog = ManyDialog.open_for(entry, running, running.message_bar)
    yield dialog
    dialog.close()


def test_one_that_fails_does_not_stop_the_others(dialog, qtbot, tmp_path):
    images, out = tmp_path / "images", tmp_path / "maps"
    images.mkdir()
    for name in ("a.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    (images / "b.tif").write_bytes(b"not an image")
    (images / "notes.txt").write_text("no image")
    dialog.folder.setFilePath(str(images))
    dialog.out.setFilePath(str(out))
    assert dialog.count.text() == "Images: 3"
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=110_000)
    assert dialog.count.text() == "Maps: 2. Failed: 1. Left out: 0."
    assert [bool(one.error) for one in dialog.queue.outcomes] == [False, True, False]
    assert "b.tif" in dialog.summary.item(1).text()
    assert sorted(one.name for one in out.glob("*.tif")) == ["a_map.tif", "c_map.tif"]
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 2


def test_layers_of_the_project_and_nothing_is_written_over(dialog, qtbot, tmp_path):
    out = tmp_path / "maps"
    out.mkdir()
    (out / "image_map.tif").write_bytes(b"mine")
    dialog.by_layers.click()
    assert not dialog.start.isEnabled()
    names = [dialog.layers.item(row).text() for row in range(dialog.layers.count())]
    assert names == ["image", "labels"]
    dialog.layers.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.out.setFilePath(str(out))
    dialog.polygons.click()
    dialog.add.click()
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=110_000)
    assert dialog.count.text() == "Maps: 1. Failed: 0. Left out: 0."
    assert (out / "image_map.tif").read_bytes() == b"mine"
    assert (out / "image_map_2.tif").is_file()
    assert (out / "image_map_2.gpkg").is_file()
    assert QgsProject.instance().layerTreeRoot().findGroups() == []


def test_stopping_leaves_the_rest_out(dialog, qtbot, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for name in ("a.tif", "b.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    dialog.folder.setFilePath(str(images))
    dialog.out.setFilePath(str(tmp_path / "maps"))
    dialog.start.click()
    dialog.stop.click()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=30_000)
    assert dialog.count.text() == "Maps: 0. Failed: 0. Left out: 3."


@pytest.mark.parametrize("stop", ["jobs", "task"])
def test_nothing_more_is_started_when_all_is_stopped_or_qgis_stops_the_task(dialog, running, qtbot, tmp_path, stop):
    images, started = tmp_path / "images", []
    images.mkdir()
    for name in ("a.tif", "b.tif", "c.tif"):
        shutil.copy(tmp_path / "image.tif", images / name)
    dialog.folder.setFilePath(str(images))
    dialog.out.setFilePath(str(tmp_path / "maps"))
    running.jobs.started.connect(started.append)
    dialog.start.click()
    running.jobs.stop_all() if stop == "jobs" else started[0].cancel()
    qtbot.waitUntil(lambda: not dialog.queue.busy, timeout=30_000)
    assert len(started) == 1
    assert dialog.count.text() == "Maps: 0. Failed: 0. Left out: 3."


def test_a_student_of_several_layers_is_refused_in_words(running, country):
    from pathlib import Path

    from rskd_qgis.gui.many import ManyDialog
    from rskd_qgis.students import Entry

    bands = [{"name": "a", "layer": "s2"}, {"name": "b", "layer": "dem"}]
    dialog = ManyDialog.open_for(Entry.of(Path("/x"), {"bands": bands}), running, running.message_bar)
    assert "several layers" in dialog.problem.words()
    assert not dialog.start.isEnabled()
    dialog.close()
