import struct
import threading

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
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
    assert column(section, 2) == ["3", "7"]
    assert column(section, 3) == ["75 %", "25 %"]
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
    assert column(section, 3) == ["67 %", "33 %"]


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


def test_reading_that_is_cancelled_in_qgis_ends_and_can_be_started_again(section, draft, tmp_path, qtbot, monkeypatch):
    from rskd_qgis.draft.classes import ClassSurvey

    cancelled = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(ClassSurvey, "run", lambda self: cancelled.wait(10) and not self.isCanceled())
        choose(section, class_raster(tmp_path / "map.tif", [1, 2]))
        for task in QgsApplication.taskManager().tasks():
            task.cancel()
        cancelled.set()
        qtbot.waitUntil(section.again.isVisible, timeout=10_000)
    assert "was stopped" in section._warning.words()
    assert "Reading" not in section._say.text()
    draft.set(baseline=True)  # is no reason to begin again
    assert draft.labels.own == []
    qtbot.mouseClick(section.again, Qt.MouseButton.LeftButton)
    until_read(section, draft, qtbot)
    assert not section.again.isVisible()
    assert section._warning.words() == ""


def test_a_colour_is_changed_with_its_button_and_goes_into_the_job(section, draft, tmp_path, qtbot):
    from rskd_qgis.draft import DraftLayer

    layer = class_raster(tmp_path / "map.tif", [1, 2, 2], names={1: "forest", 2: "water"})
    draft.set(layers=[DraftLayer(layer.id(), "map")])
    choose(section, layer)
    until_read(section, draft, qtbot)
    assert not draft.labels.recoloured()
    assert "colors" not in draft.request().spec["labels"]
    section.table.color_button(1).setColor(QColor("#4393c3"))
    assert [each.color for each in draft.labels.classes] == ["#0ac800", "#4393c3"]
    spec = draft.request().spec["labels"]
    assert spec["colors"] == {"forest": "#0ac800", "water": "#4393c3"}
    assert "classes" not in spec  # names and values are the layer's own


def test_merged_rows_have_one_colour(section, draft, tmp_path, qtbot):
    choose(section, class_raster(tmp_path / "map.tif", [1, 2, 3], names={1: "a", 2: "b", 3: "c"}))
    until_read(section, draft, qtbot)
    section.table.item(2, 0).setText("a")
    assert section.table.color_button(2).color().name() == "#0ac800"
    section.table.color_button(2).setColor(QColor("#112233"))
    assert section.table.color_button(0).color().name() == "#112233"
    assert [(each.name, each.color) for each in draft.labels.classes] == [("a", "#112233"), ("b", "#14c800")]


def test_colours_of_the_layers_style_are_said_because_the_file_does_not_hold_them(section, draft, qtbot):
    layer = polygons(kinds=("f", "w"))
    symbols = [QgsFillSymbol.createSimple({"color": color}) for color in ("#123456", "#654321")]
    categories = [QgsRendererCategory(kind, symbol, kind) for kind, symbol in zip("fw", symbols, strict=True)]
    layer.setRenderer(QgsCategorizedSymbolRenderer("landcover", categories))
    choose(section, layer)
    until_read(section, draft, qtbot)
    assert not draft.labels.regrouped()
    assert draft.labels.recoloured()


def test_a_picture_from_a_server_cannot_be_labels_and_nothing_is_fetched(section, draft, qtbot):
    source = "type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmax=3&zmin=0"
    layer = QgsRasterLayer(source, "street map", "wms")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    choose(section, layer)
    assert section._survey is None
    (said,) = [one.message for one in draft.problems() if one.section == "labels"]
    assert said.startswith("“street map” is drawn by a server as a picture")


@pytest.fixture
def asked(section, services, qtbot):
    """What the backend is asked about the labels; `asked.answer(...)` answers the last question."""

    class Resident(list):
        def ask(self, question, arguments, answered, failed):
            self.append((question, arguments["spec"]))
            self.answer, self.refuse = answered, failed

        def close(self):
            """Nothing to end."""

    services.resident.close()
    services.resident = Resident()
    return services.resident


ANSWER = {
    "values": [
        {"value": 1, "name": "1", "color": "#e69f00", "share": 0.1},
        {"value": 2, "name": "2", "color": "#56b4e9", "share": 0.9},
    ],
    "labelled": 0.42,
    "parts": {"train": 0.6, "validation": 0.15, "test": 0.25},
    "exact": False,
    "sampled": False,
}


@pytest.fixture
def in_area(section, draft, asked, tmp_path, qtbot):
    """Labels of three values, and a rectangle that does not hold the third."""
    from rskd_qgis.draft import DraftArea, DraftLayer

    layer = class_raster(tmp_path / "map.tif", [1, 2, 2, 3])
    crs = QgsCoordinateReferenceSystem("EPSG:32636")
    box = QgsReferencedRectangle(QgsRectangle(500_000, 3_999_970, 500_100, 4_000_000), crs)
    draft.set(layers=[DraftLayer(layer.id(), "map")], area=DraftArea("rectangle", box))
    choose(section, layer)
    until_read(section, draft, qtbot)
    qtbot.waitUntil(lambda: bool(asked), timeout=5_000)
    return layer


def test_shares_are_those_of_the_chosen_area(section, draft, asked, in_area):
    question, spec = asked[-1]
    assert question == "labels"
    assert spec["area"] == [500_000, 3_999_970, 500_100, 4_000_000]
    assert spec["labels"] == {"path": in_area.source()}
    assert column(section, 3) == ["", "", ""]  # those of the layer would be others
    asked.answer(ANSWER)
    assert column(section, 3) == ["10 %", "90 %", "0 %"]
    assert section._say.text() == "42 % of the area is labelled."
    assert section.table.color_button(0).color().name() == "#e69f00"  # what the backend would take
    assert not draft.labels.recoloured()


def test_another_area_is_asked_about_and_late_answers_are_dropped(section, draft, asked, in_area, qtbot):
    from rskd_qgis.draft import DraftArea

    draft.set(area=DraftArea())
    qtbot.wait(400)
    assert len(asked) == 1
    asked.answer(ANSWER)
    assert len(asked) == 2
    assert "area" not in asked[-1][1]
    assert column(section, 3) == ["25 %", "50 %", "25 %"]  # the layer's, as long as the area's are not known
    draft.set(baseline=True)
    qtbot.wait(400)
    assert len(asked) == 2


def test_while_the_map_is_panned_only_the_last_view_is_asked_about(section, draft, asked, in_area, qtbot):
    from rskd_qgis.draft import DraftArea

    for east in (20, 40, 60):
        box = QgsRectangle(500_000 + east, 3_999_970, 500_100, 4_000_000)
        crs = QgsCoordinateReferenceSystem("EPSG:32636")
        draft.set(area=DraftArea("canvas", QgsReferencedRectangle(box, crs)))
        qtbot.wait(400)
    assert len(asked) == 1
    asked.refuse(_no("labels-unusable"))
    assert [spec["area"][0] for _, spec in asked] == [500_000, 500_060]
    assert section._not_here.words() == ""  # it was said of another place
    asked.answer(ANSWER)
    assert column(section, 3) == ["10 %", "90 %", "0 %"]


def test_labels_that_lie_elsewhere_hold_the_distillation_back(section, draft, asked, in_area, qtbot):
    from rskd_qgis.draft import DraftArea

    asked.refuse(_no("no-overlap"))
    words = section._not_here.words()
    assert words
    assert words in [problem.message for problem in draft.problems() if problem.section == "labels"]
    assert section.says(words)  # once is enough
    draft.set(baseline=True)
    qtbot.wait(400)
    assert draft.label_facts  # nothing has changed
    draft.set(area=DraftArea())
    assert draft.label_facts == {}  # not known of this one


def test_a_helper_that_died_says_nothing_of_the_labels(section, draft, asked, in_area):
    asked.refuse(_no("helper-ended"))
    assert section._not_here.words()
    assert not [problem for problem in draft.problems() if problem.message == section._not_here.words()]


def test_a_label_layer_that_was_removed_is_named_and_its_classes_are_not_counted(section, draft, asked, in_area):
    told = []
    section.title_state.connect(lambda words, well: told.append((words, well)))
    QgsProject.instance().removeMapLayer(draft.labels.layer_id)
    messages = [problem.message for problem in draft.problems() if problem.section == "labels"]
    assert messages == ["“map” is no longer in the project. Choose another layer."]
    assert told[-1] == ("", False)


def test_set_up_in_between_keeps_nobody_waiting(country, backend, qtbot):
    from rskd_qgis.gui.labels import LabelsSection

    section = LabelsSection(country, backend)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(lambda: section._in_area._sent is not None, timeout=10_000)
    backend.resident.hold()  # as the set-up page does
    backend.resident.release()
    qtbot.waitUntil(lambda: section._in_area.held is not None, timeout=60_000)


def test_what_was_not_looked_at_whole_is_said_with_about(section, asked, in_area):
    asked.answer({**ANSWER, "sampled": True, "parts": None})
    assert column(section, 3) == ["≈ 10 %", "≈ 90 %", ""]  # a rare value may have been missed
    assert section._say.text() == "About 42 % of the area is labelled."
    assert "a rare value may be there" in section.table.horizontalHeaderItem(3).toolTip().replace("\n", " ")
    assert "into three parts" in section.division.text()


def test_labels_that_a_sample_did_not_find_are_no_error(section, asked, in_area):
    asked.answer({**ANSWER, "values": [], "labelled": None, "sampled": True})
    assert column(section, 3) == ["", "", ""]
    assert section._say.text() == "Few labels, if any, lie in this large area: how many is not known."
    assert section._not_here.words() == ""


def test_colours_that_the_backend_proposes_are_nobodys_choice(section, draft, asked, in_area):
    asked.answer(ANSWER)
    section.table.item(0, 0).setText("grass")
    assert [each.color for each in draft.labels.classes] == ["", "", ""]
    assert "colors" not in draft.request().spec["labels"]
    assert section.table.color_button(0).color().name() == "#e69f00"  # shown all the same
    section.table.color_button(1).setColor(QColor("#123456"))
    assert draft.request().spec["labels"]["colors"] == {"2": "#123456"}
    section.table.color_button(1).setToNull()
    assert "colors" not in draft.request().spec["labels"]
    assert section.table.color_button(1).color().name() == "#56b4e9"


def test_an_automatic_colour_is_one_for_all_rows_of_a_class(section, draft, asked, in_area):
    asked.answer(ANSWER)
    for row in (0, 1):
        section.table.item(row, 0).setText("green")
    assert [section.table.color_button(row).color().name() for row in (0, 1)] == ["#e69f00"] * 2
    section.table.color_button(1).setColor(QColor("#123456"))
    assert [each.color for each in draft.labels.classes] == ["#123456", ""]
    section.table.color_button(1).setToNull()
    assert [each.color for each in draft.labels.classes] == ["", ""]
    assert [section.table.color_button(row).color().name() for row in (0, 1)] == ["#e69f00"] * 2


def _no(code):
    from rskd_qgis.bridge.errors import BackendError

    return BackendError(code, "“map.tif” holds one class only inside the area: “1”.")


def test_why_labels_cannot_be_used_in_this_area_is_said_at_once(section, asked, in_area):
    asked.refuse(_no("labels-unusable"))
    assert "one class only inside the area" in section._not_here.words()


def test_how_labels_are_divided_is_said(section, asked, in_area):
    assert "into three parts" in section.division.text()
    asked.answer(ANSWER)
    assert section.division.text() == (
        "The labels are divided by place: about 60 % to learn from, 15 % to check on while learning, "
        "25 % to test the student at the end."
    )


def test_a_division_of_its_own_and_the_part_that_is_used_are_said(section, draft, asked, in_area, qtbot):
    split = {"train": [500_000, 3_999_960, 500_050, 4_000_000], "test": [500_050, 3_999_960, 500_100, 4_000_000]}
    draft.set(extra={"split": split, "labels": {"share": 0.11}})
    asked.answer(ANSWER)
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=5_000)
    assert asked[-1][1]["split"] == split
    asked.answer({**ANSWER, "parts": {"train": 0.56, "validation": 0.04, "test": 0.4}, "exact": True})
    assert "56 % to learn from, 4.0 % to check on" in section.division.text()
    assert "only 11 % are used, as if no more had been mapped" in section.division.text()


@pytest.mark.slow
def test_the_sample_says_its_division_with_the_real_backend(backend, draft, qtbot):
    from rskd_qgis.gui.labels import LabelsSection
    from rskd_qgis.gui.sample import open_sample

    section = LabelsSection(draft, backend)
    qtbot.addWidget(section)
    section.show()
    open_sample(draft)
    qtbot.waitUntil(lambda: "56 % to learn from" in section.division.text(), timeout=90_000)
    assert "40 % to test" in section.division.text()
    assert "only 11 % are used" in section.division.text()
    qtbot.waitUntil(lambda: section.table.rowCount() == 6, timeout=10_000)
    assert column(section, 0)[0] == "cropland"
    assert column(section, 3)[0] == "55 %"
    assert not draft.labels.recoloured()  # they are the file's own
    assert "colors" not in draft.request().spec["labels"]
