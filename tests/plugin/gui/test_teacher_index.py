import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QWidget

pytestmark = pytest.mark.qgis

NDVI = {"kind": "index", "index": "ndvi", "thresholds": [0.3], "names": ["other", "vegetation"]}


@pytest.fixture
def section(draft, services, installed, qtbot):
    """The Teacher section over the sample's Landsat image, an index chosen."""
    from rskd_qgis.draft import DraftLayer
    from rskd_qgis.gui.teacher import TeacherSection

    image = QgsRasterLayer(str(installed / "resources" / "sample" / "gewata_landsat7_2001.tif"), "landsat")
    QgsProject.instance().addMapLayer(image)
    draft.set(layers=[DraftLayer(image.id(), "landsat")])
    section = TeacherSection(draft, services)
    qtbot.addWidget(section)
    section.resize(340, 600)
    section.show()
    section.way.setCurrentIndex(section.way.findData("index"))
    section.way.activated.emit(section.way.currentIndex())
    return section


@pytest.fixture
def form(section):
    return section.of_index


def pick(field, data):
    field.setCurrentIndex(field.findData(data))
    field.activated.emit(field.currentIndex())


def test_one_choice_makes_a_teacher_without_labels(section, form, draft):
    assert draft.teacher == NDVI
    assert draft.problems() == []
    assert (form.first.currentText(), form.second.currentText()) == ("B4 nir", "B3 red")
    assert form._says.text() == (
        "NDVI is (B4 nir - B3 red) / (B4 nir + B3 red). NDVI: other below 0.3; vegetation from 0.3 on."
    )
    said = []
    section.title_state.connect(lambda *state: said.append(state))
    section.display()
    assert said[-1] == ("NDVI", True)


def test_another_index_brings_its_bands_and_classes(form, draft):
    pick(form.index, "ndwi")
    assert draft.teacher == {"kind": "index", "index": "ndwi", "thresholds": [0.0], "names": ["land", "water"]}
    assert (form.first.currentText(), form.second.currentText()) == ("B2 green", "B4 nir")
    assert (form._first_words.text(), form._second_words.text()) == ("Green", "Near infrared")


def test_bands_are_chosen_by_hand_where_no_name_tells_them(form, draft):
    pick(form.index, "difference")
    assert [problem.section for problem in draft.problems()] == ["teacher"]
    pick(form.first, "landsat:B5 swir1")
    assert [problem.section for problem in draft.problems()] == ["teacher"]
    pick(form.second, "landsat:B1 blue")
    assert draft.teacher["bands"] == ["landsat:B5 swir1", "landsat:B1 blue"]
    assert draft.problems() == []
    pick(form.index, "ndvi")
    assert "bands" not in draft.teacher
    pick(form.first, "landsat:B5 swir1")
    assert draft.teacher["bands"] == ["landsat:B5 swir1", "landsat:B3 red"]
    pick(form.first, "landsat:B4 nir")
    assert draft.teacher == NDVI  # as guessed


def test_classes_are_added_named_and_taken_away(form, draft, qtbot):
    form.classes.add.click()
    assert draft.teacher["names"] == ["other", "vegetation", "class 3"]
    assert draft.teacher["thresholds"] == [0.3, 0.5]
    last = form.classes.rows[2]
    last.name.lineEdit().selectAll()
    qtbot.keyClicks(last.name.lineEdit(), "forest")
    qtbot.keyClick(last.name.lineEdit(), Qt.Key.Key_Tab)
    last.start.setValue(0.25)
    assert draft.teacher["names"][2] == "forest"
    assert "The values of the index must rise from class to class." in [each.message for each in draft.problems()]
    last.start.setValue(0.6)
    assert form._says.text().endswith("other below 0.3; vegetation from 0.3 to 0.6; forest from 0.6 on.")
    form.classes.rows[1].gone.click()
    assert (draft.teacher["names"], draft.teacher["thresholds"]) == (["other", "forest"], [0.6])
    assert not form.classes.rows[1].gone.isVisible()


def test_the_labels_classes_are_offered_by_name(form, draft):
    from rskd_qgis.draft import DraftClass, DraftLabels

    own = [DraftClass("trees", "", [1]), DraftClass("bare", "", [2])]
    draft.set(labels=DraftLabels(draft.layers[0].layer_id, own=own, classes=own))
    field = form.classes.rows[1].name
    assert [field.itemText(row) for row in range(field.count())] == ["trees", "bare"]
    assert field.currentText() == "vegetation"
    assert "Knows none of your labels' classes" in draft.problems()[-1].message
    field.setCurrentIndex(0)
    field.activated.emit(0)
    assert draft.teacher["names"] == ["other", "trees"]
    assert draft.problems() == []


def test_experts_say_how_sure_it_is(form, draft):
    form.softness.setValue(0.1)
    form.unsure.setValue(0.02)
    assert draft.teacher == {**NDVI, "softness": 0.1, "unsure": 0.02}
    form.softness.setValue(0.05)
    form.unsure.setValue(0)
    assert draft.teacher == NDVI


def test_a_teacher_from_elsewhere_is_shown_as_it_is(form, draft):
    other = {
        "kind": "index",
        "index": "ndsi",
        "bands": ["B2 green", "landsat:B5 swir1"],
        "thresholds": [0.1, 0.4],
        "names": ["a", "b", "a"],
        "unsure": 0.05,
    }
    draft.set(teacher=other)
    assert form.chosen() == other
    assert (form.first.currentText(), form.second.currentText()) == ("B2 green", "B5 swir1")


def test_what_was_known_of_another_teacher_is_forgotten(section, draft):
    draft.set(teacher={"kind": "torchgeo", "weights": "A"}, teacher_facts={"bands": 13, "classes": ["x", "y"]})
    section.way.setCurrentIndex(section.way.findData("index"))
    section.way.activated.emit(section.way.currentIndex())
    assert draft.teacher_facts == {}


def test_the_backend_takes_it(section, form, draft, backend, qtbot):
    form.classes.add.click()
    spec, answers = draft.request().spec, []
    backend.resident.ask("check", {"job": "distill", "spec": spec}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers == [{}]


@pytest.mark.slow
def test_a_real_distillation_needs_no_labels(country, backend, qtbot):
    """Its bands have no names: they are chosen by hand, and go to the backend by their numbers."""
    from rskd_qgis.bridge.job import JobTask

    index = {"kind": "index", "index": "difference", "thresholds": [-0.2, 0.4], "names": ["low", "middle", "high"]}
    country.set(labels=None, teacher={**index, "bands": ["image 1", "image 2"]})
    assert country.problems() == []
    request, ended = country.request(), []
    task = JobTask("index", "distill", request.spec, request.secrets)
    for signal in (task.succeeded, task.failed):
        signal.connect(ended.append)
    backend.jobs.start(task)
    qtbot.waitUntil(lambda: bool(ended), timeout=300_000)
    assert isinstance(ended[0], dict), ended[0]
    assert ended[0]["metrics"]["teacher"]["kind"] == "index"


def test_every_field_teaches_and_it_fits_a_narrow_panel(section, form):
    form._expert.setCollapsed(False)
    form.classes.add.click()
    for field in form.findChildren(QWidget):
        own = field.parent() in (form, form.classes)
        if own and field.focusPolicy() & Qt.FocusPolicy.TabFocus and field.isVisible():
            assert field.toolTip(), field
    assert section.minimumSizeHint().width() <= 280
