import shutil
from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QFileDialog

pytestmark = pytest.mark.qgis

METRICS = {
    "student": {
        "name": "swift-unet-16",
        "mean_iou": 0.371,
        "intervals": {"mean_iou": [0.324, 0.412]},
        "megabytes": 0.8,
        "milliseconds_per_megapixel": 40.0,
        "classes": [],
    },
    "teacher": {"mean_iou": 0.364},
    "ratios": {"mean_iou": 1.02, "megabytes": 16.0, "milliseconds_per_megapixel": 6.9},
}


@pytest.fixture
def result(country, tmp_path):
    """A finished distillation whose map is the labels."""
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(tmp_path / "labels.tif", out / "map.tif")
    (out / "student.onnx").write_bytes(b"weights")
    (out / "report.html").write_text("<p>report</p>")
    return {"metrics": METRICS, "files": [str(path) for path in sorted(out.iterdir())]}


@pytest.fixture
def done(result, country, services):
    """The work of this QGIS, just finished."""
    from rskd_qgis.draft import Request
    from rskd_qgis.gui.running import Order, State, distillation

    work = distillation(services.jobs, services.library)
    work.order = Order("gewata", Request({"out": str(result["files"][0])}, {}, []))
    work.result, work.state = result, State.DONE
    return work


@pytest.fixture
def section(country, services, qtbot):
    from rskd_qgis.gui.result import ResultSection

    section = ResultSection(country, services)
    qtbot.addWidget(section)
    section.show()
    return section


def groups():
    return [one.name() for one in QgsProject.instance().layerTreeRoot().findGroups()]


def test_before_there_is_a_result_nothing_can_be_pressed(section):
    assert section.empty.isVisible()
    assert not section.run.isVisible()


def test_a_new_result_is_told_and_its_map_is_on_the_map(section, done, result, qtbot):
    with qtbot.waitSignal(section.title_state) as title:
        section.show_result(result)
    assert title.args[0] == "0.371, 102 % of its teacher"
    assert section.headline.text() == "Mean IoU 0.371 (95 % interval 0.324 to 0.412)"
    assert "Use it." in section.judgement.text()
    assert groups() == ["Student of gewata"]
    section.add_maps()
    assert groups() == ["Student of gewata"]  # not twice


def test_after_another_project_was_opened_maps_wait_for_a_click(section, done, result):
    done.other_project = True
    section.show_result(result)
    assert groups() == []
    assert "Another project" in section.notice.words()
    section.add_maps()
    assert groups() == ["Student of gewata"]


def test_a_panel_made_anew_shows_the_result_and_adds_nothing(done, country, services, qtbot):
    from rskd_qgis.gui.result import ResultSection

    again = ResultSection(country, services)
    qtbot.addWidget(again)
    again.show()
    assert again.headline.isVisible()
    assert groups() == []


def test_a_map_that_has_gone_is_explained(section, done, result, services, tmp_path):
    (tmp_path / "out" / "map.tif").unlink()
    section.show_result(result)
    assert groups() == []
    assert len(services.message_bar.items()) == 1


def test_differences_are_added_only_to_the_project_they_were_asked_in(section, done, result, monkeypatch):
    from qgis.PyQt.QtCore import QObject, pyqtSignal

    class Task(QObject):
        succeeded, failed, stopped = pyqtSignal(dict), pyqtSignal(object), pyqtSignal()

    added, task = [], Task()
    monkeypatch.setattr("rskd_qgis.gui.result.JobTask", lambda *_: task)
    monkeypatch.setattr(section._services.jobs, "start", lambda _: None)
    section.show_result(result)
    monkeypatch.setattr("rskd_qgis.gui.result.add_results", lambda files, *_: added.append(files.disagreement))
    for leaves in (False, True):
        section.show_differences()
        if leaves:
            QgsProject.instance().clear()
        task.succeeded.emit({})
        task.succeeded.disconnect()
    assert len(added) == 1
    assert "Another project" in section.notice.words()


def test_report_and_student(section, done, result, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    section.show_result(result)
    section.report.click()
    assert section.problem.words() == ""
    assert opened[0].toLocalFile() == str(tmp_path / "out" / "report.html")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "kept été"), ""))
    section.save_student()
    assert (tmp_path / "kept été.onnx").read_bytes() == b"weights"
    assert "kept été.onnx" in section.notice.words()


def test_a_report_that_nothing_opens_is_named(section, done, result, monkeypatch, tmp_path):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    section.show_result(result)
    section.report.click()
    assert str(tmp_path / "out" / "report.html") in section.problem.words()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    section.report.click()
    assert section.problem.words() == ""


@pytest.fixture
def another_day(services, tmp_path):
    """A student of the library, and the folder that it was made in."""
    from rskd_qgis import json_files, places

    folder = places.jobs() / "2026-01-01-image"
    folder.mkdir(parents=True)
    (folder / "student.onnx").write_bytes(b"weights")
    json_files.write(folder / "metrics.json", METRICS)
    (folder / "report.html").write_text("<p>report</p>")
    services.library.add(folder / "student.onnx", "gewata")
    return folder


def test_after_a_restart_the_last_student_is_there(another_day, country, services, qtbot):
    from rskd_qgis.gui.result import ResultSection

    section = ResultSection(country, services)
    qtbot.addWidget(section)
    with qtbot.waitSignal(section.title_state) as title:
        section.show()
    assert title.args[0] == "0.371, 102 % of its teacher"
    assert not section.empty.isVisible()
    assert section.headline.text().startswith("Mean IoU 0.371")
    assert "“gewata”" in section.notice.words()
    assert section.report.isEnabled()
    assert [action.isEnabled() for action in section._of_maps] == [False, False]  # there is no map
    assert section._entry.name == "gewata"
    assert groups() == []
    services.library.remove(section._entry)
    assert section.empty.isVisible()
    assert not section.run.isVisible()


def test_a_student_whose_folder_is_gone_can_still_be_run(another_day, country, services, qtbot):
    from rskd_qgis.gui.result import ResultSection

    shutil.rmtree(another_day)
    section = ResultSection(country, services)
    qtbot.addWidget(section)
    section.show()
    assert section.headline.text() == "gewata"
    assert "classes" in section.comparison.text()
    assert section.run.isVisible()
    assert not section.report.isEnabled()


def test_a_new_result_takes_the_place_of_the_last_day_s(another_day, section, done, result, services):
    assert section._entry.name == "gewata"
    section.show_result(result)
    assert section.notice.words() == ""
    services.library.changed.emit()
    assert section.headline.text() == "Mean IoU 0.371 (95 % interval 0.324 to 0.412)"
    assert section._entry is None  # this one's work put none into the library


def test_a_place_that_cannot_be_written_to_is_explained(section, done, result, services, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "folder" / "x.onnx"), ""))
    section.show_result(result)
    section.save_student()
    assert len(services.message_bar.items()) == 1


def test_what_goes_wrong_with_a_student_is_told_where_it_was_asked_for(section, done, result, services, tmp_path):
    said = []
    services.at_section = {"layers": said.append}
    (tmp_path / "out" / "map.tif").unlink()
    section.show_result(result)
    assert said == []
    assert section.problem.isVisible()
    assert "map" in section.problem.words()
    shutil.copy(tmp_path / "labels.tif", tmp_path / "out" / "map.tif")
    section.add_maps()
    assert not section.problem.isVisible()


def test_the_next_distillation_changes_nothing_here(section, done, result):
    from rskd_qgis.draft import Request
    from rskd_qgis.gui.running import Order

    done.entry = entry = SimpleNamespace(name="gewata (2)")  # another is called gewata in the library
    section.show_result(result)
    done.order, done.entry = Order("another", Request({"out": "/x"}, {}, [])), None
    section.add_maps()
    assert groups() == ["Student of gewata (2)"]
    assert section._entry is entry


@pytest.mark.parametrize("width", [300, 360])
def test_notices_are_seen_whole(section, done, result, width, qtbot):
    done.other_project = True
    section.resize(width, 700)
    section.show_result(result)
    words = section.notice._words
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()) > 2 * words.fontMetrics().height())


def test_it_fits_a_narrow_panel(section, done, result):
    section.show_result(result)
    assert section.minimumSizeHint().width() <= 340
