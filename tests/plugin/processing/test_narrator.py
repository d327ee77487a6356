import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProcessingFeedback

pytestmark = pytest.mark.qgis


@pytest.fixture
def told(installed, qgis_app):
    """Tells one event, and what was said of it."""
    from rskd_qgis.processing.narrator import Narrator

    class Feedback(QgsProcessingFeedback):
        said = ""

        def setProgressText(self, text):  # noqa: N802 - QGIS's name
            self.said = text

        def pushWarning(self, text):  # noqa: N802 - QGIS's name
            self.said = text

    def tell(event):
        feedback = Feedback()
        Narrator(feedback).hear(event)
        return feedback.said

    return tell


def test_stages_and_warnings_are_told_in_the_words_of_the_panel(told):
    values = {"scene": "scene 1", "number": 1, "scenes": 1}
    stage = {"event": "stage-start", "code": "answers", "stage": "Teacher’s answers, scene 1", "values": values}
    assert told({**stage, "total": 1.0, "unit": "MP"}) == "The teacher answers for every pixel"
    warning = {"event": "warning", "code": "no-baseline", "message": "No.", "hint": "Leave `baseline:` out."}
    assert told({**warning, "values": {}}).endswith("Label some more ground.")


def test_what_is_not_known_here_is_told_as_the_backend_says_it(told):
    assert told({"event": "stage-start", "code": "new", "stage": "Something new", "values": {}}) == "Something new"
    assert told({"event": "warning", "code": "new", "message": "Odd.", "hint": "Look.", "values": {}}) == "Odd. Look."


class Bar(QgsProcessingFeedback):
    """Keeps what the bar and the log were told."""

    def __init__(self):
        super().__init__()
        self.steps, self.log = [], []

    def setProgress(self, progress):  # noqa: N802 - QGIS's name
        self.steps.append(progress)

    def pushInfo(self, text):  # noqa: N802 - QGIS's name
        self.log.append(text)


def stage(code, total=10.0):
    yield {"event": "stage-start", "code": code, "stage": code, "values": {}, "total": total, "unit": "steps"}
    for done in range(1, 11):
        yield {"event": "progress", "done": done * total / 10, "total": total}
    yield {"event": "stage-end", "code": code}


def test_the_bar_of_a_distillation_only_rises(installed, qgis_app):
    from rskd_qgis.processing.narrator import Narrator, course_of

    bar = Bar()
    narrator = Narrator(bar, course_of("distill", {"teacher": {"kind": "labels"}, "baseline": True}))
    for code in ("band-statistics", "splitting", "teacher", "answers", "probe", "student", "baseline", "map", "report"):
        for event in stage(code):
            narrator.hear(event)
    assert bar.steps == sorted(bar.steps)
    assert len(set(bar.steps)) > 50
    assert 90 < bar.steps[-1] <= 100


def test_a_map_fills_the_whole_bar(installed, qgis_app):
    from rskd_qgis.processing.narrator import Narrator, course_of

    bar = Bar()
    narrator = Narrator(bar, course_of("predict", {}))
    for code in ("map", "polygons"):
        for event in stage(code):
            narrator.hear(event)
    assert bar.steps == sorted(bar.steps)
    assert max(bar.steps) == 100


def test_a_metric_is_told_with_what_it_has(installed, qgis_app):
    from rskd_qgis.processing.narrator import Narrator

    bar = Bar()
    narrator = Narrator(bar)
    narrator.hear({"event": "metric", "name": "student", "step": 1, "mean_iou": 0.4})
    narrator.hear({"event": "metric", "name": "student", "step": 2, "loss": "nan"})
    narrator.hear({"event": "metric", "name": "student", "step": 3, "loss": 0.25, "mean_iou": None})
    narrator.hear({"event": "metric", "name": "student", "step": 4})
    assert bar.log == [
        "Training the student, step 1: mean IoU 0.4000",
        "Training the student, step 2: loss nan",
        "Training the student, step 3: loss 0.2500",
    ]
