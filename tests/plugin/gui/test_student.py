import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import QDate, QLocale, QObject, Qt
from qgis.PyQt.QtWidgets import QApplication, QWidget

pytestmark = pytest.mark.qgis

ROWS = [
    {"name": "tiny-unet-8", "family": "plain", "summary": "Plain, small", "parameters": 60_000, "megabytes": 0.74},
    {"name": "tiny-unet-16", "family": "plain", "summary": "Plain", "parameters": 196_000, "megabytes": 1.3},
    {"name": "resnet18-unet", "family": "residual", "summary": "Large", "parameters": 14_000_000, "megabytes": 56.5},
]


class Answering:
    """In the place of the resident worker, for answers at once and for errors that a healthy backend never gives."""

    def __init__(self, error=None):
        self.asked, self.error = [], error

    def ask(self, question, arguments, answered, failed):
        self.asked.append((question, arguments))
        failed(self.error) if self.error else answered(ROWS)


@pytest.fixture
def section(country, services, qtbot):
    from rskd_qgis.gui.student import StudentSection

    services.resident = Answering()
    country.set(student={})
    section = StudentSection(country, services)
    qtbot.addWidget(section)
    section.show()
    return section


def test_it_asks_once_for_the_drafts_bands_and_classes(section, services, country):
    assert services.resident.asked == [("students", {"bands": 2, "classes": 2, "benchmark": False})]
    country.set(baseline=True)
    assert len(services.resident.asked) == 1


def test_nothing_is_asked_while_nobody_looks(country, services, qtbot):
    from rskd_qgis.gui.student import StudentSection

    services.resident = Answering()
    hidden = StudentSection(country, services)
    qtbot.addWidget(hidden)
    country.set(student={"name": "tiny-unet-8"})
    assert services.resident.asked == []


def test_automatic_shows_what_the_backend_will_take(section):
    assert section.automatic.isChecked()
    assert section.name.text() == "tiny-unet-16"
    assert "196 thousand parameters" in section.size.text()
    assert "not known yet" in section.speed.text()


def test_moving_the_slider_chooses(section, country, qtbot):
    qtbot.keyClick(section.slider, Qt.Key.Key_End)
    assert country.student == {"name": "resnet18-unet"}
    assert not section.automatic.isChecked()
    assert section.name.text() == "resnet18-unet"
    section.automatic.click()
    assert country.student == {"name": "auto"}


def test_limits_shorten_the_list(section, country):
    section.slider.setValue(2)
    section.most_megabytes.set_value(2.0)
    assert country.student == {"name": "resnet18-unet", "max_megabytes": 2.0}
    assert "not within the limits" in section.notice.words()
    assert "“Automatic”" in section.notice.words()  # which is always there, as the slider is not
    assert section.slider.maximum() == 1
    section.automatic.click()
    assert section.name.text() == "tiny-unet-16"
    assert section.notice.words() == ""
    section.most_megabytes.set_value(0.5)
    assert "No student is within the limits. The smallest, tiny-unet-8, takes 0.74 MB." in section.notice.words()


def rows(section):
    return [section.list.rows.topLevelItem(number) for number in range(section.list.rows.topLevelItemCount())]


def test_all_students_are_listed_with_their_figures(section):
    from rskd_qgis import estimates

    said = [[row.text(column) for column in range(4)] for row in rows(section)]
    assert said == [
        ["tiny-unet-8", "0.06", "0.74", "–"],
        ["tiny-unet-16", "0.20", "1.3", "–"],
        ["resnet18-unet", "14.00", "57", "–"],
    ]
    estimates.Measured(2, 2).note("tiny-unet-16", 40.0, 0.9)
    section.measuring.changed.emit()
    assert [row.text(3) for row in rows(section)] == ["–", "40", "–"]


def test_picking_a_row_is_moving_the_slider(section, country, qtbot):
    section.list.setCollapsed(False)
    view = section.list.rows
    QApplication.processEvents()  # the rows find their places
    assert view.currentItem().text(0) == "tiny-unet-16"  # what RSKD would take
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualItemRect(view.currentItem()).center())
    assert country.student == {"name": "tiny-unet-16"}
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert country.student == {"name": "resnet18-unet"}
    assert section.slider.value() == 2
    qtbot.keyClick(section.slider, Qt.Key.Key_Home)
    assert view.currentItem().text(0) == "tiny-unet-8"


def test_a_student_over_a_limit_is_grey_and_cannot_be_picked(section, country, qtbot):
    section.most_megabytes.set_value(2)
    section.list.setCollapsed(False)
    assert [row.isDisabled() for row in rows(section)] == [False, False, True]
    view, last = section.list.rows, rows(section)[2]
    before = country.student
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualItemRect(last).center())
    assert country.student == before
    assert last.toolTip(0) == "<qt>Over a limit. Large</qt>"


def test_a_limit_is_set_with_its_slider(section, country, qtbot):
    from rskd_qgis.gui.student_choice import Limits

    slider = section.most_megabytes.slider
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert country.student == {"max_megabytes": 0.74}  # which the smallest student keeps within
    assert section._catalogue.fitting(Limits.of(country.student)) == section._catalogue.students[:1]
    assert section.most_megabytes.number.value() == 0.74
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert country.student["max_megabytes"] > 0.74
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert country.student == {}
    assert section.most_megabytes.number.text() == "no limit"


def test_measured_speed_is_told_for_the_working_resolution(section, country):
    from rskd_qgis import estimates

    estimates.Measured(2, 2).note("tiny-unet-16", 40.0, 0.9)
    section.measuring.changed.emit()
    # 100 km² at 10 m are one megapixel.
    assert section.speed.text() == "40 ms per megapixel · 0.04 s per 100 km² at 10 m a pixel"
    assert section.measure.text() == "Measure again"
    assert section.measure_all.text() == "Measure all"  # the others are not known
    today = QLocale().toString(QDate.currentDate(), QLocale.FormatType.ShortFormat)
    assert f"measured on this machine on {today}" in section.speed.toolTip()
    assert today in rows(section)[1].toolTip(3)


def test_the_headings_of_the_list_say_of_what_the_figures_are(section):
    head = section.list.rows.headerItem()
    assert [head.text(column).replace("\n", " ") for column in range(4)] == [
        "Name",
        "Parameters, million",
        "File, MB",
        "ms per megapixel",
    ]
    assert all(head.toolTip(column).startswith("<qt>") for column in range(4))


@pytest.mark.parametrize(("width", "hidden"), [(300, True), (700, False)])
def test_a_narrow_list_keeps_the_names_readable(section, width, hidden):
    section.resize(width, 900)
    section.list.setCollapsed(False)
    QApplication.processEvents()
    view = section.list.rows
    assert view.isColumnHidden(1) == hidden
    assert view.columnWidth(0) >= view.sizeHintForColumn(0)


def test_both_limits_are_as_wide(section):
    fields = (section.most_megabytes, section.most_milliseconds)
    assert len({field.number.minimumWidth() for field in fields}) == 1
    assert section.most_milliseconds.number.minimumWidth() > 40


def test_long_tooltips_break_into_lines(section):
    long = [tip for tip in (widget.toolTip() for widget in section.findChildren(QWidget)) if len(tip) > 80]
    assert len(long) > 5
    assert all(tip.startswith("<") for tip in long)


class Slow(QObject):
    """In the place of the process that measures: answers when it is told to."""

    def __init__(self, parent):
        super().__init__(parent)
        self.asked, self.closed = [], False

    def ask(self, question, arguments, answered, failed):
        self.asked.append(arguments)
        self.answer = lambda: answered(
            [{"name": arguments["names"][0], "milliseconds_per_megapixel": 40.0, "megabytes": 1.0}]
        )

    def close(self):
        self.closed = True


@pytest.fixture
def slow(section, monkeypatch):
    made = []
    monkeypatch.setattr("rskd_qgis.gui.measuring.Resident", lambda parent, **_: made.append(Slow(parent)) or made[-1])
    return made


def test_the_student_that_is_taken_is_measured_alone(section, slow, qtbot):
    qtbot.mouseClick(section.measure, Qt.MouseButton.LeftButton)
    (process,) = slow
    assert process.asked == [{"bands": 2, "classes": 2, "benchmark": True, "names": ["tiny-unet-16"]}]
    assert section.speed.text() == "Measuring its speed on this machine…"
    assert [row.text(3) for row in rows(section)] == ["–", "…", "–"]
    process.answer()
    assert process.closed
    assert section.speed.text().startswith("40 ms per megapixel")
    assert not section.bar.isVisible()


def test_of_all_the_taken_one_is_the_first_and_the_list_fills_meanwhile(section, slow, country, qtbot):
    country.set(student={"name": "resnet18-unet"})
    qtbot.mouseClick(section.measure_all, Qt.MouseButton.LeftButton)
    (process,) = slow
    assert [row.text(3) for row in rows(section)] == ["–", "–", "…"]
    assert section.bar.maximum() == 3
    process.answer()
    assert [row.text(3) for row in rows(section)] == ["…", "–", "40"]
    assert section.bar.value() == 1
    process.answer()
    section.stop.click()
    assert [one["names"] for one in process.asked] == [["resnet18-unet"], ["tiny-unet-8"], ["tiny-unet-16"]]
    assert [row.text(3) for row in rows(section)] == ["40", "–", "40"]
    process.answer()  # too late
    assert [row.text(3) for row in rows(section)] == ["40", "–", "40"]


def test_without_the_training_parts_it_leads_to_the_set_up_page(country, services, qtbot):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.gui.student import StudentSection

    opened = []
    services.set_up = lambda: opened.append(True)
    services.resident = Answering(BackendError("extra-missing", "Listing students needs “torch”."))
    section = StudentSection(country, services)
    qtbot.addWidget(section)
    section.show()
    assert "training parts" in section.notice.words()
    assert "distil" in [problem.section for problem in country.problems()]  # before anybody clicks
    services.resident.error = None
    country.changed.emit()  # as when the set-up is done
    assert not country.cannot_train
    assert section.notice.words() == ""
    assert not section.set_up.isVisible()
    services.resident.error, section._sizes = BackendError("extra-missing", ""), (0, 0)
    country.changed.emit()
    qtbot.mouseClick(section.set_up, Qt.MouseButton.LeftButton)
    assert opened == [True]


@pytest.mark.slow
def test_measuring_with_the_real_backend_says_how_far_it_is_and_can_be_stopped(backend, country, qtbot):
    from rskd_qgis.gui.student import StudentSection

    section = StudentSection(country, backend)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(lambda: section.name.text() == "swift-unet-16", timeout=90_000)
    section.measure_all.click()
    assert section.stop.isVisible()
    assert section.bar.maximum() > 10
    qtbot.waitUntil(lambda: section.bar.value() > 0, timeout=90_000)
    section.stop.click()
    assert "ms per megapixel" in section.speed.text()  # the one that is taken came first
    assert section.measure_all.isVisible()
    assert not section.bar.isVisible()


def test_what_was_measured_can_be_measured_again(section, slow, qtbot):
    section.measure_all.click()
    for _ in range(3):
        slow[-1].answer()
    assert section.measure_all.text() == "Measure all again"
    section.measure_all.click()
    assert [row.text(3) for row in rows(section)] == ["40", "…", "40"]
    assert section.bar.maximum() == 3
    section.stop.click()
    section.measure.click()
    assert slow[-1].asked[0]["names"] == ["tiny-unet-16"]
    section.stop.click()


@pytest.mark.parametrize("width", [300, 360])
def test_the_row_of_buttons_fits_a_narrow_dock(section, width):
    section.resize(width, 800)
    QApplication.processEvents()
    assert section.measure_all.geometry().right() <= width


def test_an_environment_for_using_students_is_found_out_before_anybody_clicks(running, country, qtbot):
    from rskd_qgis.gui.student import StudentSection

    country.set(student={})
    section = StudentSection(country, running)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(lambda: country.cannot_train, timeout=60_000)
    assert "training parts" in section.notice.words()
    assert "torch" not in section.notice.words()
