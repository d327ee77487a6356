import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


def points(**terms):
    from rskd_qgis.gui.course import Point

    rows = zip(*terms.values(), strict=True)
    return [Point(10 * n, 1.0, None, dict(zip(terms, row, strict=True))) for n, row in enumerate(rows, 1)]


def test_each_term_has_a_scale_of_its_own(installed):
    from rskd_qgis.gui.recipe_curves import term_lines

    lines = term_lines(points(labels=[2.0, 1.0, 0.5], pkd=[400, 300, 100], bound=[-1.0, 0.0, 1.0], none=[0, 0, 0]))
    assert lines["labels"] == [(10, 1.0), (20, 0.5), (30, 0.25)]
    assert lines["pkd"] == [(10, 1.0), (20, 0.75), (30, 0.25)]
    assert lines["bound"] == [(10, 0.0), (20, 0.5), (30, 1.0)]
    assert lines["none"] == [(10, 0.0), (20, 0.0), (30, 0.0)]


def test_one_term_is_the_loss_itself(installed):
    from rskd_qgis.gui.recipe_curves import term_lines

    assert term_lines(points(teacher=[2.0, 1.0])) == {}
    assert term_lines([]) == {}


def test_terms_are_told_in_words_with_their_newest_values(installed, qgis_app, qtbot):
    from rskd_qgis.gui.curves import Curves

    curves = Curves()
    qtbot.addWidget(curves)
    student = points(labels=[2.0, 1.25], teacher=[0.5, 0.04], pkd=[400, 123.4])
    curves.display({"student": student, "teacher": points(labels=[1.0])}, {"student": 100})
    assert curves.terms.words() == "labels 1.25; soft targets 0.040; pkd 123"
    assert curves.accessibleName() == curves.terms.words()
    curves.show()
    assert curves.terms.isVisible()
    curves.display({"student": points(teacher=[2.0])}, {})
    assert curves.plots.isVisible()
    assert not curves.terms.isVisible()


def test_the_legend_wraps_where_the_panel_is_narrow(installed, qgis_app, qtbot):
    from rskd_qgis.gui.recipe_curves import TermCurves

    curves = TermCurves()
    qtbot.addWidget(curves)
    curves.display(points(**{f"similarity_preserving-{n}": [1.0, 0.5] for n in range(1, 6)}), 100)
    wide, narrow = curves.heightForWidth(2000), curves.heightForWidth(300)
    assert narrow > wide + 2 * curves.fontMetrics().height()
    assert curves.minimumSizeHint().width() <= 280


@pytest.mark.slow
def test_a_real_training_names_its_terms(country, backend, qtbot):
    """The backend's own metrics, with a recipe of two terms."""
    from rskd_qgis.bridge.job import JobTask
    from rskd_qgis.gui.course import Course

    terms = [{"loss": "kd"}, {"loss": "ranking", "weight": 0.5}]
    country.set(recipe={"name": "mine", "terms": terms})
    request, course, ended = country.request(), Course(), []
    task = JobTask("terms", "distill", request.spec, request.secrets)
    task.heard.connect(lambda event: course.hear(event, 0.0))
    for signal in (task.succeeded, task.failed):
        signal.connect(ended.append)
    backend.jobs.start(task)
    qtbot.waitUntil(lambda: bool(ended), timeout=300_000)
    assert isinstance(ended[0], dict), ended[0]
    assert set(course.curves["student"][-1].terms) == {"labels", "teacher", "ranking"}
    assert set(course.curves["teacher"][-1].terms) == {"labels"}
