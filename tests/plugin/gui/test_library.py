from dataclasses import replace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFileDialog, QLineEdit, QMessageBox

pytestmark = pytest.mark.qgis


@pytest.fixture
def page(draft, services, qtbot):
    from rskd_qgis.gui.library import LibraryPage

    page = LibraryPage(draft, services)
    qtbot.addWidget(page)
    page.show()
    return page


def test_an_empty_library_says_how_it_is_filled(page):
    assert page.empty.isVisible()
    assert not page.list.isVisible()
    assert not page.run.isEnabled()


def test_a_students_two_lines(page, entry):
    assert not page.empty.isVisible()
    item = page.list.item(0)
    assert item.text() == "made up"
    from rskd_qgis.gui.library import facts

    assert facts(entry).startswith("3 classes · 2 bands · ")
    assert "Classes: field, water, forest" in item.toolTip()
    assert facts(replace(entry, accuracy=0.315)).startswith("IoU 0.315 · ")  # as with the result


def test_the_only_student_is_selected(page, entry):
    assert page.selected().name == entry.name
    assert page.run.isEnabled()


def test_importing_a_file_asks_the_backend_what_it_is(page, running, student_file, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(student_file), ""))
    page.import_button.click()
    qtbot.waitUntil(lambda: page.list.count() == 1, timeout=60_000)
    assert running.library.entries()[0].name == "made up"


def test_what_is_no_student_is_refused_in_words(page, running, qtbot, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    page.import_file(tmp_path / "broken.onnx")
    qtbot.waitUntil(lambda: bool(page.notice.words()), timeout=60_000)
    assert "broken.onnx" in page.notice.words()
    assert running.library.entries() == []


def test_renaming_in_place(page, entry, services, qtbot):
    page.list.setCurrentRow(0)
    page.rename_button.click()
    editor = page.list.findChild(QLineEdit)
    editor.setText("better name")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: services.library.entries()[0].name == "better name")
    assert page.selected().name == "better name"


def test_export_and_remove(page, entry, services, qtbot, tmp_path, monkeypatch):
    page.list.setCurrentRow(0)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.export_button.click()
    assert (tmp_path / "made-up" / "student.onnx").is_file()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    page.remove_button.click()
    assert len(services.library.entries()) == 1
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    monkeypatch.setattr("rskd_qgis.students.QFile.moveToTrash", lambda _: (False, ""))
    page.remove_button.click()
    assert services.library.entries() == []
    assert page.empty.isVisible()


def test_it_fits_a_narrow_panel(page, entry):
    assert page.minimumSizeHint().width() <= 340
