import struct

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QLineEdit

pytestmark = pytest.mark.qgis


def class_raster(path, values, *, nodata=None, names=None, kind=gdal.GDT_Byte):
    """A raster of one row a value, ten pixels wide, in the project."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 10, len(values), 1, kind)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32636)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
    band = dataset.GetRasterBand(1)
    code = {gdal.GDT_Byte: "B", gdal.GDT_Int16: "h", gdal.GDT_Float32: "f"}[kind]
    band.WriteRaster(
        0, 0, 10, len(values), struct.pack(f"={10 * len(values)}{code}", *(v for v in values for _ in range(10)))
    )
    if nodata is not None:
        band.SetNoDataValue(nodata)
    if names:
        colors = gdal.ColorTable()
        for value in names:
            colors.SetColorEntry(value, (10 * value, 200, 0, 255))
        band.SetColorTable(colors)
        band.SetCategoryNames([names.get(value, "") for value in range(max(names) + 1)])
    dataset.FlushCache()
    del band, dataset
    layer = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


def polygons(field="landcover", kinds=("forest", "forest", "water", None)):
    layer = QgsVectorLayer(f"Polygon?crs=EPSG:32636&field=id:integer&field={field}:string", "fields", "memory")
    for number, kind in enumerate(kinds):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(100 * number, 0, 100 * number + 50, 50)))
        feature[field] = kind
        layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def section(draft, services, qtbot):
    from rskd_qgis.gui.labels import LabelsSection

    section = LabelsSection(draft, services)
    qtbot.addWidget(section)
    section.resize(340, 500)
    section.show()
    return section


def choose(section, layer):
    section.layer.setLayer(layer)
    section.layer.activated.emit(section.layer.currentIndex())


def classes(draft):
    return {each.name: each.values for each in draft.labels.classes}


def until_read(section, draft, qtbot):
    qtbot.waitUntil(lambda: draft.labels is not None and bool(draft.labels.own), timeout=10_000)


def column(section, number):
    return [section.table.item(row, number).text() for row in range(section.table.rowCount())]


def test_labels_are_optional(section, draft):
    assert draft.labels is None
    assert not section.table.isVisible()
    assert not section.ignore.isVisible()


def test_the_values_of_a_raster_are_its_classes(section, draft, tmp_path, qtbot):
    layer = class_raster(tmp_path / "map.tif", [0, 3, 3, 3, 7], nodata=0)
    states = []
    section.title_state.connect(lambda words, well: states.append((words, well)))
    choose(section, layer)
    until_read(section, draft, qtbot)
    assert classes(draft) == {"3": [3], "7": [7]}
    assert column(section, 1) == ["3", "7"]
    assert column(section, 2) == ["75 %", "25 %"]
    assert not draft.labels.regrouped()
    assert states[-1] == ("2 classes", True)


def test_names_and_colours_come_from_the_file(section, draft, tmp_path, qtbot):
    layer = class_raster(tmp_path / "map.tif", [1, 2, 2], names={1: "forest", 2: "water"})
    choose(section, layer)
    until_read(section, draft, qtbot)
    assert classes(draft) == {"forest": [1], "water": [2]}
    assert [each.color for each in draft.labels.classes] == ["#0ac800", "#14c800"]
    assert not draft.labels.regrouped()  # the backend finds the same names


def test_names_from_the_layers_style_are_said_because_the_file_does_not_hold_them(section, draft, qtbot):
    layer = polygons(kinds=("f", "w"))
    symbol = QgsFillSymbol.createSimple({"color": "#123456"})
    layer.setRenderer(
        QgsCategorizedSymbolRenderer(
            "landcover", [QgsRendererCategory("f", symbol, "Forest"), QgsRendererCategory("w", symbol.clone(), "w")]
        )
    )
    choose(section, layer)
    until_read(section, draft, qtbot)
    assert classes(draft) == {"Forest": ["f"], "w": ["w"]}
    assert draft.labels.classes[0].color == "#123456"
    assert draft.labels.regrouped()


@pytest.mark.parametrize("kind", [gdal.GDT_Int16, gdal.GDT_Float32])
def test_other_types_of_whole_numbers_are_read_too(section, draft, tmp_path, qtbot, kind):
    choose(section, class_raster(tmp_path / "map.tif", [1, 300, 300], kind=kind))
    until_read(section, draft, qtbot)
    assert classes(draft) == {"1": [1], "300": [300]}


def test_an_image_is_no_class_layer(section, draft, tmp_path, qtbot):
    layer = class_raster(tmp_path / "image.tif", list(range(600)), kind=gdal.GDT_Int16)
    choose(section, layer)
    qtbot.waitUntil(lambda: "Is it a class layer?" in section._warning.words(), timeout=10_000)
    assert draft.labels.own == []


def test_polygons_need_a_field_which_is_guessed_by_its_name(section, draft, qtbot):
    choose(section, polygons())
    assert draft.labels.field == "landcover"
    assert section.field.isVisible()
    until_read(section, draft, qtbot)
    assert classes(draft) == {"forest": ["forest"], "water": ["water"]}  # the empty one is skipped
    assert column(section, 2) == ["67 %", "33 %"]


def test_without_such_a_name_the_field_is_asked_for(section, draft, qtbot):
    choose(section, polygons(field="kulturart"))
    assert draft.labels.field == ""
    assert ("labels", "Choose the field that holds the class.") in [(p.section, p.message) for p in draft.problems()]
    section.field.setField("kulturart")
    section.field.activated.emit(section.field.currentIndex())
    until_read(section, draft, qtbot)
    assert set(classes(draft)) == {"forest", "water"}


def test_classes_of_the_same_name_are_merged(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [1, 2, 3]))
    until_read(section, draft, qtbot)
    section.table.item(0, 0).setText("forest")
    section.table.item(2, 0).setText("forest")
    assert classes(draft) == {"forest": [1, 3], "2": [2]}
    assert section.table.rowCount() == 3
    section.table.item(2, 0).setText("3")
    assert classes(draft) == {"forest": [1], "2": [2], "3": [3]}


def test_a_name_is_typed_by_the_keyboard(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [1, 2]))
    until_read(section, draft, qtbot)
    section.table.setFocus()
    section.table.setCurrentCell(1, 0)
    section.table.editItem(section.table.item(1, 0))
    editor = section.table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "water")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert classes(draft) == {"1": [1], "water": [2]}


def test_a_value_without_a_tick_is_left_out(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [1, 2, 3]))
    until_read(section, draft, qtbot)
    section.table.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    assert classes(draft) == {"1": [1], "3": [3]}
    assert draft.labels.regrouped()
    section.table.item(1, 0).setCheckState(Qt.CheckState.Checked)
    assert not draft.labels.regrouped()


def test_values_that_mean_nothing_leave_the_table(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [0, 1, 2, 255]))
    until_read(section, draft, qtbot)
    assert "0" in classes(draft)
    section.ignore.setText("0, 255")
    section.ignore.editingFinished.emit()
    assert draft.labels.ignore == [0, 255]
    until_read(section, draft, qtbot)
    assert set(classes(draft)) == {"1", "2"}


def test_what_the_draft_is_given_from_elsewhere_is_shown_and_read(section, draft, tmp_path, qtbot):
    from rskd_qgis.draft import DraftLabels

    layer = class_raster(tmp_path / "map.tif", [0, 1, 2])
    draft.set(labels=DraftLabels(layer.id(), ignore=[0]))
    assert section.layer.currentLayer() == layer
    assert section.ignore.text() == "0"
    until_read(section, draft, qtbot)
    assert set(classes(draft)) == {"1", "2"}


def test_a_label_layer_that_leaves_is_a_problem_and_may_be_let_go_of(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [1, 2]))
    until_read(section, draft, qtbot)
    QgsProject.instance().removeMapLayer(draft.labels.layer_id)
    assert "labels" in [problem.section for problem in draft.problems()]
    assert not section.table.isVisible()
    section.layer.activated.emit(0)
    assert draft.labels is None


def test_reading_that_nobody_waits_for_any_more_changes_nothing(section, draft, tmp_path, qtbot):
    first, second = class_raster(tmp_path / "a.tif", [1, 2]), class_raster(tmp_path / "b.tif", [5, 6])
    choose(section, first)
    choose(section, second)
    until_read(section, draft, qtbot)
    assert set(classes(draft)) == {"5", "6"}


def test_it_fits_a_narrow_panel(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "a map with a name that is much too long for any panel.tif", [1, 2]))
    until_read(section, draft, qtbot)
    assert section.minimumSizeHint().width() <= 340
