import copy
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

pytestmark = pytest.mark.qgis


class Task(QObject):
    """In the place of `JobTask`, for what a healthy backend does not do on request."""

    heard, succeeded, failed = pyqtSignal(dict), pyqtSignal(dict), pyqtSignal(object)
    stopped, progressChanged = pyqtSignal(), pyqtSignal(float)  # noqa: N815 - as QGIS calls it
    made: ClassVar[list] = []

    def __init__(self, title, job, spec, secrets=None, prepare=None):
        super().__init__()
        self.title, self.job, self.spec, self.secrets, self.prepare = title, job, spec, secrets, prepare
        self.cancelled = self.paused = False
        Task.made.append(self)

    def setProgress(self, percent):  # noqa: N802 - as QGIS calls it
        self.percent = percent

    def cancel(self):
        self.cancelled = True

    def pause(self):
        self.paused = self.cancelled = True


class Jobs(QObject):
    """In the place of the jobs, with tasks that do nothing by themselves."""

    def __init__(self):
        super().__init__()
        self.tasks, self.interrupted, self.forgotten = [], [], []

    def start(self, task):
        self.tasks.append(task)

    def unfinished(self):
        return self.interrupted

    def forget(self, one):
        self.forgotten.append(one)
        self.interrupted.remove(one)

    def stop_all(self):
        pass


@pytest.fixture
def made_up(services):
    """The services with tasks that the test plays."""
    from rskd_qgis.gui.running import Distillation

    services.jobs = Jobs()
    Task.made.clear()
    Distillation(services.jobs, services.library, make_task=Task)
    return services


@pytest.fixture
def section(country, made_up, qtbot):
    from rskd_qgis.gui.distil import DistilSection

    section = DistilSection(country, made_up)
    qtbot.addWidget(section)
    section.show()
    return section


def Message():  # noqa: N802 - the class, once it can be imported
    from rskd_qgis.gui.message import Message

    return Message


def press(section, qtbot):
    qtbot.mouseClick(section.button, Qt.MouseButton.LeftButton)


def test_the_line_above_the_button_says_what_will_happen(section):
    assert "A teacher is trained on your labels. It teaches swift-unet-16" in section.plan.text()
    assert section.button.isEnabled()
    assert "about 10 min" in section.button.text()


@pytest.mark.parametrize("known", [True, False])
def test_no_password_is_asked_for_before_the_click(section, country, qtbot, monkeypatch, known):
    from rskd_qgis.draft import Request

    looked = []
    monkeypatch.setattr(country, "request", lambda: looked.append(1) or Request({}, {}, []))
    layer = country.layer(country.layers[0].layer_id)
    monkeypatch.setattr(type(layer), "source", lambda _: "x authcfg=abc1234", raising=False)
    manager = SimpleNamespace(masterPasswordIsSet=lambda: known)
    monkeypatch.setattr("rskd_qgis.gui.logins.QgsApplication", SimpleNamespace(authManager=lambda: manager))
    section._settled.start(0)
    qtbot.waitUntil(lambda: not section._settled.isActive())
    assert bool(looked) is known


def test_what_is_missing_stands_there_and_the_button_waits(section, country):
    country.set(labels=None)
    assert section.problem.isVisible()
    assert "label" in section.problem.words()
    assert not section.button.isEnabled()
    assert not section.plan.isVisible()


def test_the_fields_go_into_the_draft_as_the_job_file_has_them(section, country):
    section.minutes.setValue(25)
    section.recipe.alpha.setValue(0.5)
    section.recipe.temperature.setValue(4)
    section.baseline.click()
    section.out.setFilePath("/somewhere/else")
    assert country.training["max_minutes"] == 25
    assert country.recipe == {"name": "auto", "temperature": 4.0, "alpha": 0.5}
    assert (country.baseline, country.out) == (True, "/somewhere/else")
    assert "about 25 min" in section.button.text()
    assert "without the teacher" in section.plan.text()


def test_pause_and_resume_send_the_same_order(section, qtbot):
    press(section, qtbot)
    (task,) = Task.made
    assert (task.job, task.spec["student"], task.title) == ("distill", {"name": "swift-unet-16"}, "image")
    assert section.button.text() == "Pause"
    assert section.cancel.isVisible()
    press(section, qtbot)
    assert task.paused
    assert not section.button.isEnabled()
    task.stopped.emit()
    assert section.button.text() == "Resume"
    press(section, qtbot)
    assert Task.made[1].spec == task.spec
    assert section.button.text() == "Pause"


def test_stop_goes_back_to_the_settings(section, qtbot):
    press(section, qtbot)
    section.cancel.click()
    assert (Task.made[0].cancelled, Task.made[0].paused) == (True, False)
    Task.made[0].stopped.emit()
    assert "Distil" in section.button.text()
    assert section.settings.isVisible()
    assert not section.panel.isVisible()


def test_a_panel_made_anew_shows_what_runs(section, country, made_up, qtbot):
    from rskd_qgis.gui.distil import DistilSection

    press(section, qtbot)
    task = Task.made[0]
    task.heard.emit({"event": "stage-start", "code": "student", "total": 100, "unit": "steps"})
    task.heard.emit({"event": "metric", "name": "student", "step": 10, "loss": 1.0, "mean_iou": 0.25})
    again = DistilSection(country, made_up, section)
    again.show()
    assert again.button.text() == "Pause"
    assert again.panel.stage.text() == "Training the student"
    assert "mean IoU 0.250 after 10 steps" in again.panel.curves.accessibleName()


def test_a_silent_backend_is_told(section, qtbot):
    press(section, qtbot)
    Task.made[0].heard.emit({"event": "silent", "seconds": 40})
    section.panel.refresh()
    assert section.panel.silence.words() == "No word for 40 s – the machine may be busy."


def test_a_failure_says_what_where_and_what_to_do_and_goes_on_from_there(section, made_up, qtbot):
    from qgis.core import QgsApplication

    from rskd_qgis.bridge.errors import BackendError

    press(section, qtbot)
    task = Task.made[0]
    task.heard.emit({"event": "stage-start", "code": "student", "total": 100, "unit": "steps"})
    task.failed.emit(BackendError("memory-short", "There was not enough memory.", "Close programs.", details="Trace"))
    assert section.failure.isVisible()
    assert not section.button.isVisible()
    shown = section.failure.findChildren(QPushButton)
    assert section.failure._stage.text() == "It happened here: Training the student."
    assert section.failure._hint.text() == "Close programs."
    assert not section.failure.set_up_button.isVisible()
    assert len(made_up.message_bar.items()) == 1
    section.failure.copy()
    assert QgsApplication.clipboard().text().endswith("There was not enough memory. Close programs.\n\nTrace")
    assert shown
    section.failure.again_button.click()
    assert Task.made[1].spec == task.spec
    assert not section.failure.isVisible()


def test_a_failure_is_told_once_in_the_bar_and_once_in_its_place(section, made_up, qtbot):
    from rskd_qgis.bridge.errors import BackendError

    said, gone = {"labels": [], "distil": []}, []
    made_up.at_section = {name: words.append for name, words in said.items()}
    made_up.go_to = gone.append
    press(section, qtbot)
    Task.made[0].failed.emit(BackendError("labels-unusable", "One class only.", "Choose others."))
    assert said == {"labels": ["One class only. Choose others."], "distil": []}
    assert "One class" not in section.failure._message.words()
    assert not section.failure._hint.isVisible()
    section.failure.where_button.click()
    assert gone == ["labels"]
    section.failure.again_button.click()
    Task.made[1].failed.emit(BackendError("memory-short", "Not enough memory.", "Close programs."))
    assert said["distil"] == []
    assert section.failure._message.words() == "Not enough memory."
    assert not section.failure.where_button.isVisible()
    shown = [each.words.text() for each in made_up.message_bar.findChildren(Message())]
    assert shown == ["One class only.", "Not enough memory."]


@pytest.mark.parametrize(
    "change",
    [
        lambda section, draft: section.minutes.setValue(25),
        lambda section, draft: draft.set(student={"name": "swift-unet-8"}),
    ],
)
def test_what_is_put_right_after_a_failure_is_what_runs_next(section, country, made_up, qtbot, change):
    from rskd_qgis.bridge.errors import BackendError

    press(section, qtbot)
    Task.made[0].failed.emit(BackendError("memory-short", "Not enough memory.", "Close programs."))
    country.set(teacher_facts={})
    country.changed.emit()
    assert section.failure.isVisible()
    assert section.settings.isVisible()
    change(section, country)
    assert not section.failure.isVisible()
    assert made_up.message_bar.items() == []
    assert section.button.isVisible()
    assert "Distil" in section.button.text()
    press(section, qtbot)
    first, second = (task.spec for task in Task.made)
    assert {**second, "out": ""} == {**country.request().spec, "out": ""}
    assert {**first, "out": ""} != {**second, "out": ""}


def test_a_missing_environment_leads_to_the_set_up_page(section, made_up, qtbot):
    from rskd_qgis.bridge.errors import BackendError

    opened = []
    made_up.set_up = lambda: opened.append(True)
    press(section, qtbot)
    Task.made[0].failed.emit(BackendError("no-environment", "RSKD is not set up yet."))
    section.failure.set_up_button.click()
    assert opened == [True]


def test_interrupted_jobs_are_offered_and_forgotten_after_a_question(country, made_up, qtbot, monkeypatch):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.bridge.unfinished import Unfinished
    from rskd_qgis.gui.distil import DistilSection

    one = Unfinished(Path("/jobs/a"), "gewata", {"out": "/jobs/a", "training": {"max_minutes": 5}}, datetime.now())
    made_up.jobs.interrupted = [one]
    section = DistilSection(country, made_up)
    qtbot.addWidget(section)
    section.show()
    resume, forget = section.unfinished.findChildren(QPushButton)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    forget.click()
    assert made_up.jobs.forgotten == []
    resume.click()
    assert Task.made[0].spec == one.spec
    assert Task.made[0].title == "gewata"
    Task.made[0].failed.emit(BackendError("bug", "x"))
    section.failure.close_button.click()
    qtbot.waitUntil(section.unfinished.isVisible)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    section.unfinished.findChildren(QPushButton)[-1].click()
    assert made_up.jobs.forgotten == [one]
    assert not section.unfinished.isVisible()


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("paused", "“gewata” was paused today."),
        ("stopped", "“gewata” was stopped today. What was done is kept."),
        ("failed", "“gewata” failed today. What was done is kept."),
        ("", "“gewata” was interrupted today. What was done is kept."),
    ],
)
def test_how_a_job_ended_is_said_where_it_is_offered(country, made_up, qtbot, ended, words):
    from rskd_qgis.bridge.unfinished import Unfinished
    from rskd_qgis.gui.distil import DistilSection

    made_up.jobs.interrupted = [Unfinished(Path("/jobs/a"), "gewata", {"out": "/jobs/a"}, datetime.now(), ended)]
    section = DistilSection(country, made_up)
    qtbot.addWidget(section)
    section.show()
    assert [label.text() for label in section.unfinished.findChildren(QLabel)] == [words]


def test_every_warning_has_a_line_of_its_own_and_stands_there_once(section, qtbot):
    press(section, qtbot)
    for code, values in (("student-larger", {"student": 5, "teacher": 4}), ("targets-damaged", {"path": "x"})) * 2:
        warning = {"event": "warning", "code": code, "message": "m", "hint": "`baseline: true`", "values": values}
        Task.made[0].heard.emit(warning)
    section.panel.refresh()
    words = section.panel.warnings.words()
    assert [sentence.split(" ")[0] for sentence in words] == ["The", "The"]
    assert len(words) == 2
    assert "`" not in "".join(words)


def test_what_is_edited_meanwhile_is_for_the_next_one(section, country, qtbot):
    press(section, qtbot)
    work = section.work
    order, before = work.order, copy.deepcopy(work.order.request.spec)
    titles = []
    section.title_state.connect(lambda *said: titles.append(said))
    country.teacher["widths"].append(16)  # as a careless section might
    country.set(training={"max_minutes": 99}, baseline=True, student={"name": "tiny-unet-8"}, labels=None)
    qtbot.waitUntil(lambda: not section._settled.isActive())
    assert (work.order, work.order.request.spec) == (order, before)
    assert (section.button.text(), section.button.isEnabled()) == ("Pause", True)
    assert not section.problem.isVisible()
    assert not section.plan.isVisible()
    assert all(said == ("running", True) for said in titles)
    press(section, qtbot)
    Task.made[0].stopped.emit()
    press(section, qtbot)
    assert Task.made[1].spec == before


@pytest.mark.parametrize("width", [300, 340, 480])
def test_ticking_the_comparison_moves_nothing(section, width, qtbot):
    page = QWidget()  # as the dock has it: what is left of the height is below
    column = QVBoxLayout(page)
    column.addWidget(section)
    column.addStretch()
    page.resize(width, 900)
    page.show()
    qtbot.waitUntil(lambda: not section._settled.isActive())
    places = set()
    for _ in range(4):
        section.baseline.click()
        QCoreApplication.processEvents()
        places.add(tuple(widget.y() for widget in (section.settings, section.plan, section.button)))
    assert len(places) == 1
    section.setParent(None)  # qtbot closes it


def test_another_project_is_noticed(section, qtbot):
    press(section, qtbot)
    assert not section.work.other_project
    QgsProject.instance().clear()
    assert section.work.other_project


def test_it_fits_a_narrow_panel(section, qtbot):
    assert section.minimumSizeHint().width() <= 340
    press(section, qtbot)
    assert section.minimumSizeHint().width() <= 340


@pytest.mark.slow
def test_a_real_distillation_is_paused_goes_on_and_ends_in_the_library(country, backend, qtbot):
    from rskd_qgis.gui.distil import DistilSection
    from rskd_qgis.gui.running import State

    country.set(training={**country.training, "teacher_steps": 40})
    section = DistilSection(country, backend)
    qtbot.addWidget(section)
    section.show()
    press(section, qtbot)
    qtbot.waitUntil(lambda: "teacher" in section.work.course.curves, timeout=90_000)
    press(section, qtbot)
    qtbot.waitUntil(lambda: section.work.state == State.PAUSED, timeout=5_000)
    assert backend.jobs.running() == []
    assert [one.title for one in backend.jobs.unfinished()] == ["image"]
    results = []
    section.finished.connect(results.append)
    press(section, qtbot)
    qtbot.waitUntil(lambda: not section.work.state.busy, timeout=400_000)
    assert section.work.state == State.DONE, section.work.error
    names = {Path(file).name for file in results[0]["files"]}
    assert {"student.onnx", "map.tif", "map.gpkg", "report.html", "job.json"} <= names
    (entry,) = backend.library.entries()
    assert entry == section.work.entry
    assert (entry.name, len(entry.bands), len(entry.classes)) == ("image", 2, 3)
    assert entry.megabytes > 0.1
    assert backend.jobs.unfinished() == []
    assert "Distil" in section.button.text()
    _show_where_the_two_differ(country, backend, section, results[0], qtbot)


def _show_where_the_two_differ(country, backend, section, result, qtbot):
    from rskd_qgis.gui.result import ResultSection

    shown = ResultSection(country, backend, section)
    shown.show_result(result)
    (group,) = QgsProject.instance().layerTreeRoot().findGroups()
    layers = len(group.findLayers())
    shown.show_differences()
    qtbot.waitUntil(lambda: not backend.jobs.running(), timeout=60_000)
    assert [item.text() for item in backend.message_bar.items()] == []
    assert len(group.findLayers()) == layers + 1
