import ast
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

ERRORS = Path(__file__).resolve().parents[3] / "backend" / "rskd" / "errors.py"


def codes():
    """The codes of all errors that the backend knows, read from its source."""
    classes = [node for node in ast.parse(ERRORS.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    assigned = [node for kind in classes for node in kind.body if isinstance(node, ast.Assign)]
    return {node.value.value for node in assigned if node.targets[0].id == "code"}


@pytest.fixture
def errors(installed):
    from rskd_qgis.bridge import errors

    return errors


def test_every_code_of_the_backend_has_words(errors):
    assert len(codes()) >= 15
    assert set(errors.translated()) == codes()


def test_facts_become_a_sentence_and_hints_speak_of_qgis(errors):
    facts = {"layer": "dem", "missing": ["red", "blue"], "present": ["b1"]}
    event = {"event": "error", "code": "bands-missing", "message": "?", "hint": "Use `bands:`.", "facts": facts}
    error = errors.BackendError.of(event)
    assert error.message == "“dem” has no red, blue. It has b1."
    assert error.hint == "Choose a layer with these bands."
    assert error.facts == facts
    assert str(error) == f"{error.message} {error.hint}"


def test_the_backends_own_message_stays_where_facts_do_not_suffice(errors):
    event = {"event": "error", "code": "crs-missing", "message": "“a {b}” has none.", "hint": "`crs: local`"}
    error = errors.BackendError.of(event)
    assert error.message == "“a {b}” has none."
    assert error.hint == "Set the layer's CRS in its properties."


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ("A student needs at least two.", "A student needs at least two."),
        ("Map the values with `classes:`.", "Check class field, classes and ignored values in the Labels section."),
        ("", "Check class field, classes and ignored values in the Labels section."),
    ],
)
def test_a_hint_of_the_backend_is_shown_unless_it_speaks_of_the_job_file(errors, own, shown):
    event = {"event": "error", "code": "labels-unusable", "message": "One class.", "hint": own, "facts": {}}
    assert errors.BackendError.of(event).hint == shown


def test_words_hold_no_key_of_the_job_file(errors):
    for words in errors.translated().values():
        assert not errors._OF_THE_JOB_FILE.search(words.hint)


def test_an_unknown_code_keeps_its_words(errors):
    error = errors.BackendError.of({"event": "error", "code": "new", "message": "So.", "hint": "Do `this:`."})
    assert (error.code, error.message, error.hint, error.facts) == ("new", "So.", "Do `this:`.", {})


def test_a_bug_keeps_its_traceback_for_the_report(errors):
    error = errors.BackendError.of({"event": "bug", "message": "KeyError: 1", "traceback": "Traceback…"})
    assert error.code == "bug"
    assert "KeyError: 1" in error.message
    assert error.details == "Traceback…"


@pytest.mark.parametrize(
    ("message", "hint", "words"),
    [
        (
            "“a” cannot be written: File exists",
            "Free some space.",
            "“a” cannot be written: File exists. Free some space.",
        ),
        ("It is full.", "Free some space.", "It is full. Free some space."),
        ("File exists", "", "File exists"),
    ],
)
def test_message_and_hint_are_two_sentences(installed, message, hint, words):
    from rskd_qgis.bridge.errors import BackendError

    assert str(BackendError("output-unwritable", message, hint)) == words
