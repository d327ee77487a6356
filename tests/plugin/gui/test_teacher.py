import shutil

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QWidget

pytestmark = pytest.mark.qgis

LISTED = [
    {
        "name": "Unet_Weights.SENTINEL2_2CLASS_FTW", "kind": "segmenter", "sensor": "Sentinel-2", "band_count": 8,
        "bands": [f"B{n}" for n in range(8)], "classes": ["background", "field"], "megabytes": 52.4, "cached": False,
    },
    {
        "name": "ResNet18_Weights.LANDSAT_ETM_SR_MOCO", "kind": "encoder", "sensor": "Landsat 7 ETM+", "band_count": 6,
        "bands": ["B1", "B2", "B3", "B4", "B5", "B7"], "classes": None, "megabytes": 44.7, "cached": True,
    },
]  # fmt: skip


class Answering:
    """In the place of the resident worker, for lists that need no download and for answers out of order."""

    def __init__(self):
        self.open = []

    def ask(self, question, arguments, answered, failed):
        self.open.append((question, arguments, answered, failed))


@pytest.fixture
def section(draft, services, qtbot):
    return shown(draft, services, qtbot)


def shown(draft, services, qtbot):
    from rskd_qgis.gui.teacher import TeacherSection

    section = TeacherSection(draft, services)
    qtbot.addWidget(section)
    section.resize(340, 400)
    section.show()
    return section


def choose(section, kind):
    section.way.setCurrentIndex(section.way.findData(kind))
    section.way.activated.emit(section.way.currentIndex())


def sample_image(installed, tmp_path, draft, bands=None):
    from rskd_qgis.draft import DraftLayer

    image = tmp_path / "landsat.tif"
    shutil.copyfile(installed / "resources" / "sample" / "gewata_landsat7_2001.tif", image)
    layer = QgsRasterLayer(str(image), "landsat")
    QgsProject.instance().addMapLayer(layer)
    draft.set(layers=[DraftLayer(layer.id(), "landsat", bands)])
    return layer


def sample_teacher(installed):
    return str(installed / "resources" / "sample" / "gewata_teacher.safetensors")


def test_only_the_chosen_way_is_shown(section, draft):
    for kind in ("onnx", "checkpoint", "map", "labels"):
        choose(section, kind)
        assert draft.teacher["kind"] == kind
        assert [each for each, way in section.ways.items() if way.isVisible()] == [kind]


def test_a_file_is_asked_what_it_expects_and_that_is_compared_at_once(backend, draft, installed, tmp_path, qtbot):
    section = shown(draft, backend, qtbot)
    layer = sample_image(installed, tmp_path, draft)
    choose(section, "checkpoint")
    section.ways["checkpoint"].file.setFilePath(sample_teacher(installed))
    qtbot.waitUntil(lambda: bool(draft.teacher_facts), timeout=60_000)
    assert draft.teacher_facts["bands"] == 6
    assert section._met.text() == "Expects 6 bands – you have 6. ✓"
    assert draft.problems() == []
    from rskd_qgis.draft import DraftLayer

    draft.set(layers=[DraftLayer(layer.id(), "landsat", [1, 2, 3])])
    assert section._unmet.words() == "Expects 6 bands – you have 3."
    assert [problem.section for problem in draft.problems()] == ["teacher"]


def test_a_file_that_is_no_model_is_refused_in_words_at_the_field(backend, draft, tmp_path, qtbot):
    section = shown(draft, backend, qtbot)
    broken = tmp_path / "broken model.onnx"
    broken.write_bytes(b"not a model")
    choose(section, "onnx")
    section.ways["onnx"].file.setFilePath(str(broken))
    qtbot.waitUntil(lambda: "broken model" in section._unmet.words(), timeout=60_000)
    assert draft.teacher_facts == {}


def test_a_file_that_is_not_there_is_a_problem(section, draft, tmp_path):
    choose(section, "onnx")
    section.ways["onnx"].file.setFilePath(str(tmp_path / "none.onnx"))
    assert f"There is no file “{tmp_path / 'none.onnx'}”." in [problem.message for problem in draft.problems()]


def test_an_answer_about_a_file_that_is_no_longer_chosen_is_dropped(draft, services, tmp_path, qtbot):
    services.resident, files = Answering(), [tmp_path / "first.onnx", tmp_path / "second.onnx"]
    section = shown(draft, services, qtbot)
    choose(section, "onnx")
    for file in files:
        file.write_bytes(b"")
        section.ways["onnx"].file.setFilePath(str(file))
    (_, _, about_first, _), (_, _, about_second, _) = services.resident.open
    described = {"kind": "teacher", "classes": [{"name": "a"}, {"name": "b"}]}
    about_second({**described, "bands": [{"name": "x"}]})
    about_first({**described, "bands": [{"name": "x"}, {"name": "y"}]})
    assert draft.teacher_facts["bands"] == 1


def test_what_nobody_can_be_sure_of_gets_no_tick(section, draft, installed, tmp_path):
    sample_image(installed, tmp_path, draft, [1, 2])
    teacher = {"kind": "torchgeo", "weights": LISTED[0]["name"]}
    draft.set(teacher=teacher, teacher_facts={"bands": 2, "band_names": ["nir", "swir"], "classes": []})
    assert section._met.text().startswith("Expects the bands nir, swir. Yours have other names")
    assert "✓" not in section._met.text()


def test_published_weights_are_filtered_by_sensor(draft, services, qtbot):
    services.resident = Answering()
    section = shown(draft, services, qtbot)
    assert services.resident.open == []  # nobody has looked yet
    choose(section, "torchgeo")
    ((question, _, answered, _),) = services.resident.open
    assert question == "weights"
    answered(LISTED)
    form = section.published
    assert [form.sensor.itemText(row) for row in range(form.sensor.count())] == ["Sentinel-2", "Landsat 7 ETM+"]
    form.weights.setCurrentIndex(1)
    form.weights.activated.emit(1)
    assert draft.teacher == {"kind": "torchgeo", "weights": "Unet_Weights.SENTINEL2_2CLASS_FTW"}
    assert draft.teacher_facts["bands"] == 8
    form.sensor.setCurrentIndex(1)
    form.sensor.activated.emit(1)
    assert draft.teacher["weights"] == ""
    form.weights.setCurrentIndex(1)
    form.weights.activated.emit(1)
    problem = "These weights are only a start: the teacher is trained on labels. Choose a label layer."
    assert problem in [each.message for each in draft.problems()]


def test_a_map_of_several_bands_is_taken_for_probabilities(section, draft, installed, tmp_path):
    layer = sample_image(installed, tmp_path, draft)
    choose(section, "map")
    form = section.ways["map"]
    form.layer.setLayer(layer)
    form.layer.activated.emit(form.layer.currentIndex())
    assert draft.teacher == {"kind": "map", "layer_id": layer.id(), "probabilities": True}
    form.probabilities.click()
    assert draft.teacher == {"kind": "map", "layer_id": layer.id()}


def test_only_what_differs_from_the_default_is_said(section, draft):
    form = section.ways["labels"]
    form.members.setValue(3)
    assert draft.teacher == {"kind": "labels", "members": 3}
    form.model.setCurrentText("plain-unet")
    form.model.activated.emit(form.model.currentIndex())
    assert draft.teacher == {"kind": "labels", "model": "plain-unet", "members": 3}
    assert not form.encoder.isEnabled()


def test_what_a_job_brought_along_is_kept(section, draft):
    draft.set(teacher={"kind": "labels", "model": "plain-unet", "widths": [4, 8], "stem_stride": 2})
    section.ways["labels"].members.setValue(2)
    assert draft.teacher["widths"] == [4, 8]
    assert draft.teacher["stem_stride"] == 2


def test_every_field_teaches(section):
    from qgis.PyQt.QtCore import Qt

    for kind, way in section.ways.items():
        choose(section, kind)
        for field in (section.way, *way.findChildren(QWidget)):
            own = field.parent() is way or field is section.way
            if own and field.focusPolicy() & Qt.FocusPolicy.TabFocus and field.isVisible():
                assert field.toolTip(), (kind, field)


@pytest.mark.parametrize("kind", ["labels", "onnx", "checkpoint", "torchgeo", "map"])
def test_it_fits_a_narrow_panel(section, kind):
    choose(section, kind)
    assert section.minimumSizeHint().width() <= 340
