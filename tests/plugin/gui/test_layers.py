import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget

pytestmark = pytest.mark.qgis


def raster(path, bands=3, name=None):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 40, 30, bands)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32636)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
    for band in range(1, bands + 1):
        dataset.GetRasterBand(band).SetDescription(f"B{band}")
    dataset.FlushCache()
    del dataset
    return QgsRasterLayer(str(path), name or path.stem)


def add(path, **more):
    layer = raster(path, **more)
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def section(draft, services, qtbot):
    from rskd_qgis.gui.layers import LayersSection

    section = LayersSection(draft, services)
    qtbot.addWidget(section)
    section.resize(340, 400)
    section.show()
    return section


def names(draft):
    return [each.name for each in draft.layers]


def test_without_a_raster_layer_the_sample_is_offered(section, qtbot):
    assert section.sample.isVisible()
    with qtbot.waitSignal(section.sample_wanted):
        qtbot.mouseClick(section.sample, Qt.MouseButton.LeftButton)


def test_the_only_image_is_taken_at_once(section, draft, tmp_path):
    add(tmp_path / "image.tif")
    assert names(draft) == ["image"]
    assert not section.sample.isVisible()


def test_of_several_the_user_ticks(section, draft, tmp_path):
    first, second = raster(tmp_path / "optical.tif"), raster(tmp_path / "dem.tif", bands=1)
    QgsProject.instance().addMapLayers([first, second])
    assert draft.layers == []
    section.rows[second.id()].tick.click()
    section.rows[first.id()].tick.click()
    # The first one that was ticked stays the grid.
    assert names(draft) == ["dem", "optical"]
    assert section.grid.isVisible()
    section.grid.setCurrentIndex(section.grid.findData(first.id()))
    section.grid.activated.emit(section.grid.currentIndex())
    assert names(draft) == ["optical", "dem"]
    section.rows[first.id()].tick.click()
    assert names(draft) == ["dem"]
    assert not section.grid.isVisible()


def test_teacher_and_student_are_switched_by_the_keyboard(section, draft, tmp_path, qtbot):
    layer = add(tmp_path / "image.tif")
    row = section.rows[layer.id()]
    row.teacher.setFocus()
    qtbot.keyClick(row.teacher, Qt.Key.Key_Space)
    assert (draft.layers[0].teacher, draft.layers[0].student) == (False, True)
    assert row.teacher.text().endswith("–")
    qtbot.keyClick(row.teacher, Qt.Key.Key_Space)
    assert draft.layers[0].teacher


def test_bands_are_chosen_by_qgiss_names(section, draft, tmp_path):
    layer = add(tmp_path / "image.tif")
    bands = section.rows[layer.id()].bands
    assert [bands.list.item(row).text() for row in range(3)] == ["B1", "B2", "B3"]
    bands.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert draft.layers[0].bands == [1, 3]
    assert bands.text() == "2/3 bands"
    bands.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert draft.layers[0].bands is None
    assert bands.text() == "3 bands"


def test_a_layer_that_leaves_stays_as_gone_until_it_is_let_go_of(section, draft, tmp_path):
    first, second = raster(tmp_path / "optical.tif"), raster(tmp_path / "dem.tif", bands=1)
    QgsProject.instance().addMapLayers([first, second])
    kept, gone = first.id(), second.id()
    section.rows[kept].tick.click()
    section.rows[gone].tick.click()
    QgsProject.instance().removeMapLayer(gone)
    assert next(problem.section for problem in draft.problems()) == "layers"
    assert "no longer" in section.rows[gone].tick.text() or "…" in section.rows[gone].tick.text()
    section.rows[gone].tick.click()
    assert names(draft) == ["optical"]
    assert list(section.rows) == [kept]


def test_an_unused_layer_that_leaves_is_no_news(section, draft, tmp_path):
    QgsProject.instance().addMapLayers([raster(tmp_path / "a.tif"), raster(tmp_path / "b.tif")])
    QgsProject.instance().removeMapLayer(next(iter(section.rows)))
    assert len(section.rows) == 1


def test_another_name_is_shown_and_taken(section, draft, tmp_path):
    layer = add(tmp_path / "image.tif")
    layer.setName("July & August")
    assert section.rows[layer.id()].tick.text() == "July && August"  # one & would be a shortcut
    assert names(draft) == ["July & August"]


def test_another_project_empties_the_list(section, draft, tmp_path):
    add(tmp_path / "image.tif")
    QgsProject.instance().clear()
    assert section.rows == {}
    assert section.sample.isVisible()


def choose_area(section, kind):
    section.area.kind.setCurrentIndex(section.area.kind.findData(kind))
    section.area.kind.activated.emit(section.area.kind.currentIndex())


def test_the_area_follows_the_map(section, draft, services, tmp_path):
    add(tmp_path / "image.tif")
    canvas = services.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32636"))
    choose_area(section, "canvas")
    canvas.setExtent(QgsRectangle(500100, 3999800, 500200, 3999900))
    assert draft.area.kind == "canvas"
    assert draft.area.rectangle.center().x() == pytest.approx(500150)
    assert draft.request().spec["area"][1] < 3999900


def test_a_rectangle_is_drawn_on_the_map(section, draft, services, tmp_path, qtbot):
    add(tmp_path / "image.tif")
    canvas = services.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32636"))
    canvas.resize(400, 300)
    canvas.setExtent(QgsRectangle(500000, 3999700, 500400, 4000000))
    before = canvas.mapTool()
    choose_area(section, "rectangle")
    assert section.area.draw.isChecked()
    assert next(problem.message for problem in draft.problems()) == "Draw the rectangle of the area on the map."
    view = canvas.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    QTest.mouseMove(view, QPoint(150, 150))
    QTest.mouseMove(view, QPoint(200, 200))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    assert draft.area.kind == "rectangle"
    assert draft.area.rectangle.width() == pytest.approx(100 * canvas.mapUnitsPerPixel(), rel=0.1)
    assert not section.area.draw.isChecked()
    assert section.area.outline.shown() == section.area.isVisible()
    section.show()
    assert section.area.outline.shown()
    section.hide()
    assert not section.area.outline.shown()
    section.show()
    choose_area(section, "whole")
    assert not section.area.outline.shown()
    assert canvas.mapTool() is before


def test_the_polygons_of_a_layer_are_an_area(section, draft, tmp_path):
    add(tmp_path / "image.tif")
    fields = QgsVectorLayer("Polygon?crs=EPSG:32636", "fields", "memory")
    points = QgsVectorLayer("Point?crs=EPSG:32636", "points", "memory")
    QgsProject.instance().addMapLayers([fields, points])
    choose_area(section, "layer")
    assert draft.area.layer_id == fields.id()
    assert section.area.polygons.count() == 1


def test_a_layer_that_a_server_draws_is_asked_for_a_pixel_size(section, draft, services, tmp_path):
    canvas = services.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32636"))
    canvas.resize(400, 300)
    canvas.setExtent(QgsRectangle(500000, 3999000, 504000, 4002000))
    url = "type=xyz&url=http://127.0.0.1:1/{z}/{x}/{y}.png&zmin=0&zmax=18"
    QgsProject.instance().addMapLayer(QgsRasterLayer(url, "tiles", "wms"))
    assert section.pixel.isVisible()
    assert draft.gsd == pytest.approx(canvas.mapUnitsPerPixel(), rel=0.06)  # two digits
    section.pixel.setValue(2.5)
    assert draft.gsd == 2.5


def test_an_image_has_pixels_of_its_own(section, draft, tmp_path):
    add(tmp_path / "image.tif")
    assert not section.pixel.isVisible()
    assert draft.gsd is None


def test_every_field_teaches_and_has_a_name(section, tmp_path):
    add(tmp_path / "image.tif")
    add(tmp_path / "dem.tif", bands=1)
    for widget in section.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.parent() is not None:
            assert widget.toolTip(), widget
            assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), widget


@pytest.mark.parametrize("bands", [6, 224])
def test_it_fits_a_dock_of_360_pixels(section, tmp_path, qtbot, bands):
    name = "a layer with a name that is much too long for a panel of this width"
    layer = add(tmp_path / "image.tif", name=name, bands=bands)
    row = section.rows[layer.id()]
    row.bands.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    section.resize(320, 400)  # what frames and a scroll bar leave of it
    assert section.minimumSizeHint().width() <= 320
    qtbot.waitUntil(lambda: section.width() == 320)
    for widget in (row.tick, row.teacher, row.student, row._size):
        right = widget.mapTo(section, widget.rect().topRight()).x()
        assert right < section.width(), (widget.metaObject().className(), right)
    assert "…" in row.tick.text()


def test_the_size_of_the_area_is_told(section, draft, tmp_path, qtbot):
    from rskd_qgis.draft import DraftArea

    add(tmp_path / "image.tif")  # 40 x 30 pixels of 10 m
    assert section.area.size.text() == "12 ha · 0.00 megapixels"
    layer = fields(500_000, 500_050)  # they overlap by half, and reach past the image by half
    draft.set(area=DraftArea("layer", layer_id=layer.id()))
    assert section.area.size.text() == "Measuring the area…"  # QGIS does not wait
    qtbot.waitUntil(lambda: section.area.size.text().startswith("1.5 ha"), timeout=10_000)


def fields(*lefts, across=100):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32636&field=n:int", "fields", "memory")
    layer.dataProvider().addFeatures([field(left, across) for left in lefts])
    layer.updateExtents()
    QgsProject.instance().addMapLayer(layer)
    return layer


def field(left, across=100):
    feature = QgsFeature()
    feature.setAttributes([left])
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, 3_999_900, left + across, 4_000_100)))
    return feature


def test_the_size_follows_edits_and_the_filter_of_the_polygons(section, draft, tmp_path, qtbot):
    from rskd_qgis.draft import DraftArea

    add(tmp_path / "image.tif")
    layer = fields(500_000)
    draft.set(area=DraftArea("layer", layer_id=layer.id()))

    def until(words):
        qtbot.waitUntil(lambda: section.area.size.text().startswith(words), timeout=10_000)

    until("1.0 ha")
    layer.startEditing()
    layer.addFeature(field(500_200))
    until("2.0 ha")
    layer.rollBack()
    until("1.0 ha")
    layer.startEditing()
    layer.addFeature(field(500_200))
    layer.commitChanges()
    until("2.0 ha")
    layer.setSubsetString('"n" = 500200')
    until("1.0 ha")
    draft.set(baseline=True)
    assert section.area.size.text().startswith("1.0 ha")  # known: it is not measured again
    QgsProject.instance().removeMapLayer(layer.id())
    assert not section.area.size.isVisible()


def test_of_very_many_corners_the_box_around_them_is_told(section, draft, tmp_path, qtbot, monkeypatch):
    from rskd_qgis.draft import DraftArea

    monkeypatch.setattr("rskd_qgis.draft.extent._MOST_CORNERS", 9)
    add(tmp_path / "image.tif")
    layer = fields(500_000, 500_300)
    draft.set(area=DraftArea("layer", layer_id=layer.id()))
    qtbot.waitUntil(lambda: section.area.size.text().startswith("At most 4.0 ha"), timeout=10_000)


def test_measuring_that_nobody_waits_for_is_forgotten(section, draft, tmp_path, qtbot):
    from rskd_qgis.draft import DraftArea

    add(tmp_path / "image.tif")
    first, second = fields(500_000), fields(500_000, 500_200)
    draft.set(area=DraftArea("layer", layer_id=first.id()))
    draft.set(area=DraftArea("layer", layer_id=second.id()))
    qtbot.waitUntil(lambda: section.area.size.text().startswith("2.0 ha"), timeout=10_000)
    draft.set(area=DraftArea("layer", layer_id=first.id()))
    draft.set(area=DraftArea())
    QgsApplication.taskManager().cancelAll()
    qtbot.wait(100)
    assert section.area.size.text().startswith("12 ha")


def test_without_a_place_on_earth_the_size_is_in_pixels(section, draft, tmp_path):
    layer = add(tmp_path / "image.tif")
    layer.setCrs(QgsCoordinateReferenceSystem())
    section.display()
    assert section.area.size.text() == "0.00 megapixels"


def test_no_area_no_size(section, draft, tmp_path):
    from rskd_qgis.draft import DraftArea

    add(tmp_path / "image.tif")
    draft.set(area=DraftArea("layer"))
    assert not section.area.size.isVisible()
