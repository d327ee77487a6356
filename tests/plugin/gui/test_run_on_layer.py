from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRectangle

pytestmark = pytest.mark.qgis


@pytest.fixture
def dialog(entry, country, running, qtbot):
    from rskd_qgis.gui.run_on_layer import RunOnLayerDialog

    dialog = RunOnLayerDialog.open_for(entry, country, running, running.message_bar)
    yield dialog
    dialog.close()


def groups():
    return QgsProject.instance().layerTreeRoot().findGroups()


def test_the_drafts_layer_is_proposed_and_fits(dialog):
    assert dialog.layers[0].currentLayer().name() == "image"
    assert "Expects 2 bands" in dialog.expects.text()
    assert "all the bands" in dialog.fit.text()
    assert dialog.start.isEnabled()


def test_a_map_of_rskd_is_not_proposed(entry, running, country):
    from rskd_qgis.gui.run_on_layer import RunOnLayerDialog
    from rskd_qgis.layers.made import mark

    image = QgsProject.instance().mapLayersByName("image")[0]
    image.setName("zz")
    for name in ("labels", "more"):
        layer = QgsRasterLayer(image.source(), name)
        mark(layer)
        QgsProject.instance().addMapLayer(layer)
    for layer in QgsProject.instance().mapLayersByName("labels"):
        mark(layer)
    country.set(layers=[])
    dialog = RunOnLayerDialog.open_for(entry, country, running, running.message_bar)
    assert dialog.layers[0].currentLayer() is image
    dialog.close()


def test_a_layer_that_does_not_fit_keeps_it_from_running(dialog):
    labels = QgsProject.instance().mapLayersByName("labels")[0]
    dialog.layers[0].setLayer(labels)
    assert "“labels” has no" in dialog.misfit.words() or "Expects 2 bands" in dialog.misfit.words()
    assert not dialog.start.isEnabled()


def test_a_layer_of_the_whole_world_needs_an_area_and_is_asked_for_at_the_students_size(dialog, running, qtbot):
    tiles = QgsRasterLayer("type=xyz&url=http://127.0.0.1:1/{z}/{x}/{y}.png&zmin=0&zmax=18", "tiles", "wms")
    QgsProject.instance().addMapLayer(tiles)
    dialog.layers[0].setLayer(tiles)
    assert "Choose an area" in dialog.misfit.words()
    assert "a pixel" not in dialog.fit.text()
    assert not dialog.start.isEnabled()
    canvas = running.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    canvas.setExtent(QgsRectangle(1_700_000, 6_900_000, 1_701_000, 6_901_000))
    dialog.area.setCurrentIndex(dialog.area.findData("canvas"))
    assert dialog.misfit.words() == ""
    assert dialog.start.isEnabled()
    order = dialog._order()
    assert order.request(QgsProject.instance()).spec["layers"][0]["gsd"] == 10
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.draft import DraftArea

    order.area = DraftArea()  # as `ManyDialog` would have it
    with pytest.raises(BackendError, match="whole world"):
        order.request(QgsProject.instance())


def test_what_is_written_first_is_said_and_found_again(dialog, qtbot, tmp_path):
    unlike = QgsRasterLayer(f"{tmp_path / 'image.tif'}|option:NUM_THREADS=1", "unlike")
    QgsProject.instance().addMapLayer(unlike)
    dialog.layers[0].setLayer(unlike)
    qtbot.waitUntil(lambda: dialog.first.text().startswith("First written to files: unlike"))
    written = []
    for _ in range(2):
        dialog.start.click()
        qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
        assert dialog.run.error is None
        (file,) = Path(dialog.run.order.folder).rglob("unlike.tif")
        written.append((file, file.stat().st_mtime_ns))
    assert written[0] == written[1]


def test_it_maps_into_temporary_files_and_adds_a_group(dialog, running, qtbot):
    dialog.wants_vector.click()
    dialog.wants_confidence.click()
    dialog.start.click()
    assert dialog.stop.isVisible()
    qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
    assert dialog.run.error is None
    assert "Mapped 0.02 megapixels" in dialog.done.words()
    (group,) = groups()
    assert group.name() == "made up on image"
    assert len(group.findLayers()) == 3
    assert Path(dialog.run.order.outputs.map).is_file()


def test_only_what_the_map_shows_is_mapped_into_a_named_file(dialog, running, qtbot, tmp_path):
    canvas = running.iface.mapCanvas()
    image = dialog.layers[0].currentLayer()
    canvas.setDestinationCrs(image.crs())
    canvas.resize(400, 400)
    canvas.setExtent(QgsRectangle(500_200, 5_999_500, 500_600, 5_999_900))
    dialog.area.setCurrentIndex(dialog.area.findData("canvas"))
    dialog.map.setFilePath(str(tmp_path / "été map"))
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
    assert dialog.run.error is None
    dataset = gdal.Open(str(tmp_path / "été map.tif"))
    seen = canvas.extent().intersect(image.extent())
    assert seen.height() < image.extent().height()
    assert dataset.RasterXSize * 10 == pytest.approx(seen.width(), abs=20)
    assert dataset.RasterYSize * 10 == pytest.approx(seen.height(), abs=20)


def test_an_error_of_the_backend_stands_in_the_window(dialog, qtbot, tmp_path):
    (tmp_path / "taken.tif").mkdir()
    dialog.map.setFilePath(str(tmp_path / "taken.tif"))
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
    assert "taken.tif" in dialog.misfit.words()
    assert dialog.start.isEnabled()
    assert groups() == []


def test_a_map_is_not_added_to_another_project(dialog, qtbot):
    dialog.start.click()
    QgsProject.instance().clear()
    qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
    assert dialog.run.result is not None
    assert groups() == []
    assert "is not in this project" in dialog.done.words()


def test_a_map_that_cannot_be_added_is_explained(dialog, qtbot, monkeypatch):
    from rskd_qgis.layers.failures import unreadable

    def refuse(*_):
        raise unreadable("map.tif", "the file is missing or damaged")

    monkeypatch.setattr("rskd_qgis.gui.map_run.add_results", refuse)
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.run.busy, timeout=90_000)
    assert "missing or damaged" in dialog.misfit.words()
    assert "is not in this project" in dialog.done.words()
