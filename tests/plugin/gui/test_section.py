from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtWidgets import QLabel

pytestmark = pytest.mark.qgis


@pytest.fixture
def box(installed, qgis_app, qtbot):
    from rskd_qgis.gui.section import SectionBox

    box = SectionBox("1  Layers", QLabel("inside"))
    qtbot.addWidget(box)
    box.resize(360, 200)
    box.show()
    return box


def test_the_heading_says_how_things_stand(box):
    box.set_state("6 bands", True)
    assert box.heading() == "1  Layers ✓ – 6 bands"
    box.set_problem("Choose a band.", well=False)
    assert box.heading() == "1  Layers – 6 bands"
    assert box.problem() == "Choose a band."
    box.set_problem("", well=True)
    assert box.heading() == "1  Layers ✓ – 6 bands"


def test_a_long_state_is_cut_and_the_tick_stays(box):
    box.set_state("a file with a very long name " * 4, True)
    assert box.heading().startswith("1  Layers ✓ – a file")
    assert box.heading().endswith("…")


def test_what_is_wrong_is_seen_when_the_box_is_folded(box, qtbot):
    box._box.setCollapsed(True)
    box.set_problem("Choose a band.", well=False)
    notice = next(label for label in box.findChildren(QLabel) if label.text() == "Choose a band.")
    assert notice.isVisible()
    assert not box.section.isVisible()
    box.unfold()
    assert box.section.isVisible()


def test_the_wheel_over_a_field_scrolls_the_panel_and_changes_no_value(installed, qgis_app, qtbot):
    from qgis.PyQt.QtCore import QPoint, QPointF, Qt
    from qgis.PyQt.QtGui import QWheelEvent
    from qgis.PyQt.QtWidgets import QApplication, QSlider, QVBoxLayout, QWidget

    from rskd_qgis.gui.section import SectionBox

    inside = QWidget()
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 13)
    slider.setValue(5)
    QVBoxLayout(inside).addWidget(slider)
    box = SectionBox("4  Student", inside)
    qtbot.addWidget(box)
    box.show()
    middle = QPointF(slider.rect().center())

    def turn():
        wheel = QWheelEvent(
            middle,
            QPointF(slider.mapToGlobal(slider.rect().center())),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(slider, wheel)

    turn()
    assert slider.value() == 5
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    turn()
    assert slider.value() != 5


def test_without_the_training_parts_the_distil_section_leads_to_the_set_up_page(country, services, qtbot):
    from qgis.PyQt.QtWidgets import QPushButton, QVBoxLayout, QWidget

    from rskd_qgis.draft.problems import training_missing
    from rskd_qgis.gui.assembly import assemble

    opened = []
    services.resident = SimpleNamespace(ask=lambda *_: None)
    page = QWidget()
    qtbot.addWidget(page)
    sections = assemble(country, services, page)
    layout = QVBoxLayout(page)
    layout.addWidget(sections.boxes["distil"])
    services.set_up = lambda: opened.append(True)
    page.show()
    country.set(cannot_train=True)
    problem = sections.distil.problem
    assert problem.words() == training_missing()
    assert not sections.distil.button.isEnabled()
    (button,) = problem.findChildren(QPushButton)
    assert button.isVisible()
    button.click()
    assert opened == [True]
    country.set(cannot_train=False)
    assert not button.isVisible()
    assert sections.distil.button.isEnabled()
