import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtGui import QPalette

pytestmark = pytest.mark.qgis

STUDENT = {
    "mean_iou": 0.37,
    "intervals": {"mean_iou": [0.33, 0.41]},
    "milliseconds_per_megapixel": 40.0,
    "megabytes": 0.8,
}
TEACHER = {"mean_iou": 0.36, "intervals": {}, "milliseconds_per_megapixel": 1600.0, "megabytes": 12.4}
BASELINE = {
    "mean_iou": 0.24,
    "intervals": {"mean_iou": [0.2, 0.28]},
    "milliseconds_per_megapixel": 41.0,
    "megabytes": 0.8,
}


@pytest.fixture
def compared(installed):
    from rskd_qgis.gui.verdict import compared

    return compared


@pytest.fixture
def plot(installed, qgis_app, qtbot, monkeypatch):
    from qgis.PyQt.QtCore import QLocale

    QLocale.setDefault(QLocale("en_GB"))
    monkeypatch.setattr("rskd_qgis.gui.figures._whole", lambda words, said: words.format(said))
    from rskd_qgis.gui.speed_plot import SpeedPlot

    plot = SpeedPlot()
    qtbot.addWidget(plot)
    return plot


def test_models_are_compared_by_speed_else_by_size(compared):
    found = compared({"student": STUDENT, "teacher": TEACHER, "baseline": BASELINE})
    assert found.by == "milliseconds_per_megapixel"
    assert [(one.name, one.score, one.low, one.takes) for one in found.models] == [
        ("student", 0.37, 0.33, 40.0),
        ("teacher", 0.36, 0.36, 1600.0),
        ("baseline", 0.24, 0.2, 41.0),
    ]
    unmeasured = {**TEACHER, "milliseconds_per_megapixel": None}
    found = compared({"student": STUDENT, "teacher": unmeasured})
    assert (found.by, [one.takes for one in found.models]) == ("megabytes", [0.8, 12.4])


def test_a_map_as_the_teacher_takes_nothing_and_a_score_alone_is_no_comparison(compared):
    of_a_map = {"mean_iou": 0.36, "milliseconds_per_megapixel": None, "megabytes": None}
    assert [one.takes for one in compared({"student": STUDENT, "teacher": of_a_map}).models] == [40.0, None]
    assert compared({"student": STUDENT, "teacher": {"mean_iou": None}}) is None
    assert compared({"student": {"mean_iou": None}, "teacher": TEACHER}) is None


def test_the_axes_hold_every_mark(compared):
    from rskd_qgis.gui.speed_plot import Axes

    axes = Axes.of(compared({"student": STUDENT, "teacher": TEACHER, "baseline": BASELINE}))
    assert (axes.low, axes.high) == pytest.approx((0.2, 0.5))
    assert 0 < axes.across(40.0) < axes.across(41.0) < axes.across(1600.0) < 1
    assert axes.across(400.0) - axes.across(40.0) == pytest.approx(axes.across(4000.0) - axes.across(400.0))
    assert axes.up(0.35) == pytest.approx(0.5)


def test_it_can_be_read_by_who_cannot_see_it(plot, compared):
    plot.display(compared({"student": STUDENT, "teacher": TEACHER}))
    assert plot.accessibleName() == "Mean IoU by time per megapixel"
    assert plot.accessibleDescription() == (
        "student: mean IoU 0.370, 40 ms per megapixel\nteacher: mean IoU 0.360, 1,600 ms per megapixel"
    )


def test_without_a_comparison_it_takes_no_room(plot):
    plot.display(None)
    assert not plot.isVisible()
    assert plot.accessibleDescription() == ""


@pytest.mark.parametrize("width", [260, 300, 500])
def test_the_student_is_drawn_where_it_belongs_at_every_width(plot, compared, width):
    plot.display(compared({"student": STUDENT, "teacher": TEACHER, "baseline": BASELINE}))
    plot.resize(width, plot.heightForWidth(width))
    plot.show()
    picture = plot.grab().toImage()
    student = plot.palette().color(QPalette.ColorRole.Highlight).rgb()
    places = [(x, y) for x in range(picture.width()) for y in range(picture.height()) if picture.pixel(x, y) == student]
    left = [x for x, y in places if y < picture.height() / 2]  # above the legend
    assert 0 < min(left) <= max(left) < width / 2
    assert plot._places(width)[-1][0] == (1 if width < 400 else 0)  # the legend's last row
