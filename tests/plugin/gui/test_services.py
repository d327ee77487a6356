import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def section(installed):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.gui.services import section_of

    return lambda code, **facts: section_of(BackendError(code, "It went wrong.", facts=facts))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (["labels", "teacher"], "labels"),
        (["layers[0].path"], "layers"),
        (["area"], "layers"),
        (["teacher.widths"], "teacher"),
        (["student.name"], "student"),
        (["recipe.alpha"], "distil"),
        (["training.tile"], "distil"),
        (["out"], "distil"),
        (["threads", "training.steps"], "distil"),
        (["no such field"], None),
        ([], None),
    ],
)
def test_a_job_that_cannot_be_used_is_put_right_where_its_fields_are(section, fields, where):
    assert section("job-invalid", fields=fields) == where


def test_other_errors_are_put_right_by_their_code(section):
    assert section("labels-unusable") == "labels"
    assert section("training-diverged") == section("device-unavailable") == "distil"
    assert section("job-invalid") is section("crashed") is None


def test_the_backend_s_own_words_for_fields_are_understood(backend, qtbot):
    """What the real backend says of a description that is wrong in two places."""
    from rskd_qgis.gui.services import section_of

    heard = []
    spec = {"layers": ["no-such.tif"], "training": {"tile": 33}, "out": "x"}
    backend.resident.ask("check", {"job": "distill", "spec": spec}, heard.append, heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=60_000)
    assert (heard[0].code, section_of(heard[0])) == ("job-invalid", "distil")
