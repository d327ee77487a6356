"""The dock as the plugin makes it, with all its sections."""

import time

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QPushButton, QTextEdit

pytestmark = pytest.mark.qgis


@pytest.fixture
def make(services, qtbot):
    """Makes a dock, shown or not, that goes with the test."""
    from rskd_qgis.gui.dock import RskdDock

    made = []

    def make(*, shown=True):
        dock = RskdDock(services.iface, services.jobs)
        qtbot.addWidget(dock)
        made.append(dock)
        dock.resize(360, 900)
        if shown:
            dock.show()
        return dock

    yield make
    for dock in made:
        dock.close_down()


@pytest.fixture
def dock(backend, make):
    """With the real backend."""
    return make()


def open_sample(dock, qtbot):
    qtbot.mouseClick(dock.sections.layers.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dock.draft.labels.own and dock.draft.teacher_facts), timeout=60_000)


def current_page(dock):
    return dock._pages.currentWidget()


def test_it_is_empty_until_it_is_shown(make):
    dock = make(shown=False)
    assert dock.sections is None
    assert dock.widget() is None
    dock.show()
    assert list(dock.sections.boxes) == ["layers", "labels", "teacher", "student", "distil", "result", "library"]


def test_without_a_backend_the_set_up_page_is_shown(make):
    dock = make()
    assert current_page(dock) is dock._holder(dock.setup)
    assert dock.header.set_up.isChecked()


def test_with_a_backend_the_sections_are_shown_and_the_first_step_is_said(dock):
    assert current_page(dock) is dock._scroll
    assert dock.sections.layers.sample.isVisible()
    assert not dock.sections.distil.button.isEnabled()
    # What comes later is folded away.
    assert not dock.sections.boxes["teacher"].section.isVisible()


def test_the_sample_is_ready_to_be_distilled_as_its_job_file_says(dock, installed, qtbot):
    import yaml

    open_sample(dock, qtbot)
    assert dock.draft.problems() == []
    assert dock.sections.distil.button.isEnabled()
    assert dock.sections.boxes["teacher"].section.isVisible()
    spec = dock.draft.request().spec
    job = yaml.safe_load((installed / "resources" / "sample" / "job.yaml").read_text(encoding="utf-8"))
    assert spec["labels"]["path"].endswith(job["labels"]["path"])
    assert {key: spec["labels"][key] for key in ("ignore", "share")} == {"ignore": [0], "share": job["labels"]["share"]}
    assert "classes" not in spec["labels"]  # the file's own names
    assert spec["layers"][0]["path"].endswith(job["layers"][0]["path"])
    assert spec["teacher"]["path"].endswith(job["teacher"]["path"])
    assert spec["split"]["train"].endswith(job["split"]["train"])
    for key in ("validation", "test"):
        assert spec["split"][key] == job["split"][key]
    assert spec["task"] == job["task"]
    assert spec["student"] == job["student"]
    # The budget decides how long.
    del job["training"]["steps"]
    assert spec["training"] == job["training"]
    assert spec["baseline"] is True
    assert len(QgsProject.instance().mapLayers()) == 2


def test_the_plugins_own_copy_of_the_sample_is_not_opened(dock, installed, qtbot, tmp_path):
    open_sample(dock, qtbot)
    for layer in QgsProject.instance().mapLayers().values():
        assert str(tmp_path / "home") in layer.source()


def test_the_sample_asks_before_it_leaves_a_project_with_layers(dock, services, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(
        services.iface,
        "newProject",
        lambda prompt: (asked.append(prompt), QgsProject.instance().clear()),
        raising=False,
    )
    QgsProject.instance().addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", "mine", "memory"))
    dock.try_sample()
    assert [layer.name() for layer in QgsProject.instance().mapLayers().values()] == ["mine"]
    button = next(each for each in dock.services.message_bar.findChildren(QPushButton) if each.text() == "Open it")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [True]  # QGIS asks about changes
    assert len(QgsProject.instance().mapLayers()) == 2


def test_one_thing_is_next(dock, installed, tmp_path):
    boxes = dock.sections.boxes
    image = installed / "resources" / "sample" / "gewata_landsat7_2001.tif"
    copy = tmp_path / "image.tif"
    copy.write_bytes(image.read_bytes())
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(copy), "image"))
    assert boxes["layers"].heading() == "1  Layers ✓ – 6 bands"
    said = [name for name, box in boxes.items() if box.problem()]
    assert said == ["teacher"]
    assert boxes["teacher"].problem().startswith("A teacher is trained on labels.")


def test_an_error_is_shown_in_the_bar_and_where_it_is_put_right(dock):
    from rskd_qgis.bridge.errors import BackendError

    dock.services.report(BackendError("labels-unusable", "“map” holds one class only.", "Choose another layer."))
    assert dock.sections.boxes["labels"].problem() == "“map” holds one class only. Choose another layer."
    assert len(dock.services.message_bar.items()) == 1
    dock.draft.set(task="segmentation")  # whatever the user changes, it may be right now
    assert dock.sections.boxes["labels"].problem() == ""


def test_what_a_job_said_stays_until_something_in_its_section_changes(dock):
    from rskd_qgis.bridge.errors import BackendError

    box = dock.sections.boxes["teacher"]
    dock.services.report(BackendError("model-unusable", "“a.onnx” cannot be used."))
    dock.draft.set(training={"steps": 8})
    assert box.problem() == "“a.onnx” cannot be used."
    assert "✓" not in box.heading()
    dock.draft.set(teacher={"kind": "onnx", "path": "b.onnx"})
    assert "a.onnx" not in box.problem()
    dock.draft.set(teacher={"kind": "labels"})
    assert "a.onnx" not in box.problem()  # gone for good


def test_what_the_last_try_said_goes_when_the_job_starts_again(dock):
    from types import SimpleNamespace

    from rskd_qgis.bridge.errors import BackendError

    dock.services.report(BackendError("device-unavailable", "There is no graphics card."))
    dock.services.report(BackendError("crs-missing", "“image” has no coordinate reference system."))
    assert dock.sections.boxes["distil"].problem() == "There is no graphics card."
    dock._begin_afresh(SimpleNamespace(job="distill"))
    assert dock.sections.boxes["distil"].problem() == ""
    assert "coordinate" not in dock.sections.boxes["layers"].problem()


def test_a_backend_that_does_not_start_leads_to_the_set_up_page(dock, qtbot):
    from rskd_qgis.bridge.errors import BackendError

    dock.services.report(BackendError("not-starting", "The backend does not start.", details="a traceback"))
    buttons = {each.text(): each for each in dock.services.message_bar.findChildren(QPushButton)}
    assert "Details" in buttons
    qtbot.mouseClick(buttons["Set up…"], Qt.MouseButton.LeftButton)
    assert current_page(dock) is dock._holder(dock.setup)


@pytest.mark.parametrize("width", [300, 360])
def test_a_long_message_is_seen_whole(dock, width, qtbot):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.gui.message import Message

    dock.resize(width, 900)
    words = "“A layer of a long name” cannot be read: " + "the server does not answer, " * 6
    dock.services.report(BackendError("layer-unreadable", words, "Wait.", details="a traceback"))
    qtbot.waitUntil(lambda: dock.services.message_bar.findChild(Message).isVisible())
    said = dock.services.message_bar.findChild(Message).words
    qtbot.waitUntil(lambda: said.height() >= said.heightForWidth(said.width()))
    assert "Wait." not in said.text()  # that stands at the section
    assert dock.sections.boxes["layers"].problem().endswith("Wait.")


def test_the_details_are_a_window_that_holds_nothing_up(dock, qtbot):
    from qgis.gui import QgsMessageViewer

    from rskd_qgis.bridge.errors import BackendError

    dock.services.report(BackendError("bug", "It broke.", details="a traceback"))
    button = next(each for each in dock.services.message_bar.findChildren(QPushButton) if each.text() == "Details")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (viewer,) = dock.findChildren(QgsMessageViewer)
    assert not viewer.isModal()
    assert "a traceback" in viewer.findChild(QTextEdit).toPlainText()
    viewer.close()


def test_while_a_job_runs_the_dock_says_that_changes_are_for_the_next_one(dock):
    from rskd_qgis.draft import Request
    from rskd_qgis.gui.running import Order, State

    work = dock.sections.distil.work
    work.order = Order("image", Request({"out": "/x"}, {}, []))
    said = {}
    for state in State:
        work._be(state)
        said[state] = dock.at_work.words()
    assert said[State.RUNNING] == "Distilling “image”. What you change now is for the next one."
    assert said[State.WRITING] == said[State.STOPPING] == said[State.RUNNING]
    assert said[State.PAUSED] == "“image” is paused. What you change now is for the next one."
    assert said[State.IDLE] == said[State.DONE] == said[State.FAILED] == ""


def test_what_is_wrong_is_gone_to(dock, qtbot):
    dock.resize(360, 400)
    box = dock.sections.boxes["labels"]
    dock.services.go_to("labels")
    view = dock._scroll.viewport()
    qtbot.waitUntil(lambda: 0 <= box.mapTo(view, box.rect().topLeft()).y() < view.height())
    assert box.section.isVisible()


def test_the_task_is_switched_by_the_header(dock, qtbot):
    dock.header.tasks["segmentation"].click()
    assert dock.draft.task == "segmentation"
    dock.draft.set(task="land-cover")
    assert dock.header.tasks["land-cover"].isChecked()


def test_help_and_set_up_open_and_close(dock, qtbot):
    dock.header.help.click()
    assert current_page(dock) is dock._holder(dock._help)
    dock.header.set_up.click()
    assert current_page(dock) is dock._holder(dock.setup)
    assert not dock.header.help.isChecked()
    dock.header.set_up.click()
    assert current_page(dock) is dock._scroll


def test_another_project_while_everything_was_chosen(dock, qtbot):
    open_sample(dock, qtbot)
    QgsProject.instance().clear()
    assert dock.draft.layers == []
    assert dock.sections.layers.sample.isVisible()
    assert not dock.sections.distil.button.isEnabled()


def test_all_of_it_fits_a_narrow_panel(dock, qtbot):
    open_sample(dock, qtbot)
    page = dock._scroll.widget()
    assert page.width() <= 360
    wide = {name: box.minimumSizeHint().width() for name, box in dock.sections.boxes.items()}
    assert max(wide.values()) <= 340, wide


def test_making_it_takes_no_time(make):
    started = time.perf_counter()
    make(shown=False)
    assert time.perf_counter() - started < 0.05


def test_what_a_click_begins_is_brought_into_view(dock, qtbot):
    dock.resize(360, 500)
    box = dock.sections.boxes["distil"]
    dock._scroll.verticalScrollBar().setValue(0)
    dock._bring(box)
    box.setMinimumHeight(box.height() + 300)  # as the progress does that comes a moment later
    view = dock._scroll.viewport()

    def seen():
        top = box.mapTo(view, box.rect().topLeft()).y()
        return -2 <= top < view.height() // 2

    qtbot.waitUntil(seen)


def test_that_a_chosen_python_is_used_is_said_where_the_user_then_is(make, qtbot):
    from rskd_qgis import settings
    from rskd_qgis.gui.message import Message

    dock = make()
    dock.show_set_up()
    settings.set_python("/x/bin/python")
    dock.setup.taken.emit("RSKD now uses Python 3.12.4 in “/x”.")
    dock.setup.ready.emit()
    assert current_page(dock) is dock._scroll
    said = [message.words.text() for message in dock.services.message_bar.findChildren(Message)]
    assert said == ["RSKD now uses Python 3.12.4 in “/x”."]


def test_changing_the_environment_keeps_questions_and_stops_measuring(dock, qtbot):
    answers, measuring = [], dock.sections.boxes["student"].section.measuring
    measuring.start(2, 3, ["tiny-unet-8"])
    process = measuring._resident._backend.process
    dock.services.resident.ask("inspect", {"file": "/nowhere.tif"}, answers.append, answers.append)
    dock.setup.changing.emit()
    assert not measuring.busy
    assert process.state() == process.ProcessState.NotRunning
    assert dock.services.resident._backend is None
    dock.setup.settled.emit()
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers[0].code == "layer-unreadable"


def test_who_found_no_backend_asks_again_when_there_is_one(dock, student_file, qtbot):
    from rskd_qgis import settings

    python = settings.python()
    settings.set_python("")
    dock.draft.set(teacher={"kind": "onnx", "path": str(student_file)})
    teacher = dock.sections.boxes["teacher"].section
    qtbot.waitUntil(lambda: "not set up" in teacher._unmet.words())
    settings.set_python(python)
    dock.setup.ready.emit()
    qtbot.waitUntil(lambda: bool(dock.draft.teacher_facts), timeout=60_000)
    assert "not set up" not in teacher._unmet.words()


def test_what_was_said_of_the_environment_goes_with_it(dock, qtbot):
    from rskd_qgis.bridge.errors import BackendError

    error = BackendError("extra-missing", "Distilling needs the training parts.")
    dock.services.announce(error)
    student = dock.sections.boxes["student"].section
    student._refused(error)
    assert dock.draft.cannot_train
    dock.setup.changing.emit()
    dock.setup.settled.emit()
    assert not dock.draft.cannot_train
    assert student.notice.words() == ""
    assert not student.set_up.isVisibleTo(student)
    assert dock.services.message_bar.currentItem() is None


def test_a_project_that_is_opened_again_is_ready_as_it_was(dock, qtbot, tmp_path):
    open_sample(dock, qtbot)
    dock.draft.set(training={**dock.draft.training, "max_minutes": 7})
    before = dock.draft.request().spec
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    dock._iface.newProject(False)
    QgsProject.instance().clear()
    assert dock.draft.layers == []
    assert QgsProject.instance().read(str(tmp_path / "p.qgz"))
    qtbot.waitUntil(lambda: bool(dock.draft.teacher_facts), timeout=60_000)
    assert {**dock.draft.request().spec, "out": ""} == {**before, "out": ""}
    assert dock.sections.distil.button.isEnabled()
    assert dock.sections.distil.minutes.value() == 7
    assert "✓" in dock.sections.boxes["layers"].heading()
