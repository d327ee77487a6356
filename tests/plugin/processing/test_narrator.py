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
