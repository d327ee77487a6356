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


OWN = {"event": "error", "message": "Of a job file.", "hint": "Set `training: tile`."}


@pytest.mark.parametrize("code", sorted(codes()))
def test_no_hint_of_the_backend_is_shown_and_each_code_has_a_message_and_a_hint(errors, code):
    words = errors.translated()[code]
    assert words.hint
    assert all(words.messages)
    error = errors.BackendError.of({**OWN, "code": code, "facts": {}})
    assert error.hint == words.hint
    assert "`" not in error.hint
    assert error.details == "Of a job file. Set `training: tile`."  # for a report


@pytest.mark.parametrize("code", ["job-invalid", "labels-unusable", "classes-mismatch", "area-too-small"])
def test_what_no_fact_tells_comes_last_and_in_quotes(errors, code):
    error = errors.BackendError.of({**OWN, "code": code, "facts": {}})
    assert not error.message.startswith("Of a job file.")
    assert error.message.endswith("“Of a job file.”")
    assert str(error) == f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("area-too-small", {"width": 90, "height": 80, "tile": 64, "gap": 8}, "The area of 90 × 80 pixels has no room"),
        ("area-too-small", {"tile": 64}, "No training tile of 64 pixels has room"),
        ("memory-short", {"needed_gb": 3.26}, "This student needs about 3.3 GB of memory"),
        ("memory-short", {"job": "predict"}, "There was not enough memory."),
        ("labels-unusable", {"count": 300}, "The labels hold 300 different values"),
        (
            "classes-mismatch",
            {"teacher": ["a", "b"], "job": ["c"]},
            "The classes do not fit together: the teacher knows a",
        ),
        ("device-unavailable", {"asked": "cuda", "got": None, "why": "no driver"}, "The device “cuda” cannot be used."),
        ("model-unusable", {"model": "a {b}", "reason": "it is empty."}, "“a {b}” cannot be used: “it is empty.”"),
    ],
)
def test_facts_are_told_in_the_words_of_the_panel(errors, code, facts, words):
    assert errors.BackendError.of({**OWN, "code": code, "facts": facts}).message.startswith(words)


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
