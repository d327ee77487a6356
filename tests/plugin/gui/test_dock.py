import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QLabel

pytestmark = pytest.mark.qgis


@pytest.fixture
def dock(installed, qtbot):
    from rskd_qgis.gui.dock import RskdDock

    dock = RskdDock(installed / "backend")
    qtbot.addWidget(dock)
    return dock


def test_it_says_what_works_today_and_what_does_not_yet(dock):
    text = " ".join(label.text() for label in dock.findChildren(QLabel))
    assert "teacher" in text
    assert "student" in text
    assert "This version of the panel does none of it yet" in text


def test_the_commands_can_be_copied(dock, installed):
    from rskd_qgis.gui.dock import CommandLine

    copied = []
    for line in dock.findChildren(CommandLine):
        line.button.click()
        copied.append(QgsApplication.clipboard().text())
    assert copied == [f'pip install "{installed / "backend"}[train]"', "rskd distill job.yaml"]


def test_the_folder_that_the_first_command_names_can_be_installed(installed):
    assert 'name = "rskd"' in (installed / "backend" / "pyproject.toml").read_text(encoding="utf-8")


def test_it_fits_a_narrow_panel(dock, qtbot):
    dock.resize(360, 600)
    dock.show()
    qtbot.waitExposed(dock)
    page = dock.widget().widget()
    assert page.width() <= 360
    assert page.minimumSizeHint().width() <= 360
