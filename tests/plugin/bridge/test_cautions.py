"""Warnings in the user's words: every code of the backend, without a word of job files."""

import ast
import re
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

BACKEND = Path(__file__).resolve().parents[3] / "backend" / "rskd"
OF_JOB_FILES = re.compile(r"`|_|\brskd\b|\bscenes?\b|validation blocks|class map|\b(split|baseline|group):")
LOOK = {"low": 0.01, "high": 0.9, "median": 0.3, "training_low": 50, "training_high": 150, "share_outside": 1.0}
VALUES = {
    "agreement": 0.25,
    "bands": {"s2: B4 {red}": LOOK},
    "best_agreement": 0.875,
    "classes": ["ice", "road"],
    "enough_minutes": 2,
    "fewest": 3,
    "few_steps": 100,
    "labels": "labels.tif",
    "layers": ["dem"],
    "likelier": "1 = forest",
    "loss": "dkd",
    "made_for": 10.0,
    "map": "map",
    "minutes": 0.5,
    "pairs": "1 = water",
    "scenes": ["north", "south"],
    "seen": 6,
    "sees": 30.0,
    "steps": 1234,
    "student": 0.4512,
    "student_alone": 0.4,
    "teacher": 0.375,
    "teacher_knows": True,
    "teacher_steps": 9,
    "trained": 13,
    "weights": "ResNet18",
}


def warnings_of_the_backend():
    """Code to names of values, of every call of `warn` that names them all."""
    for path in BACKEND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "warn" and len(node.args) > 1:
                yield node.args[0].value, {keyword.arg for keyword in node.keywords}


@pytest.fixture
def in_words(installed):
    from rskd_qgis.bridge import cautions

    def said(code, **values):
        return str(cautions.in_words({"code": code, "message": "Untold.", "hint": "`split:`", "values": values}))

    return said


def test_every_warning_of_the_backend_has_words_and_there_are_no_others(installed):
    from rskd_qgis.bridge import cautions

    assert {code for code, _ in warnings_of_the_backend()} == set(cautions.table())


def test_the_words_need_only_what_the_backend_says(in_words):
    for code, names in warnings_of_the_backend():
        if None not in names:  # no `**values`
            assert "Untold" not in in_words(code, **{name: VALUES.get(name, "x") for name in names}), code


def test_no_word_is_one_of_job_files(in_words, installed):
    from rskd_qgis.bridge import cautions

    for code in cautions.table():
        for left_out in ({}, {"likelier"}, {"agreement", "likelier"}, {"enough_minutes", "teacher_steps"}):
            values = {name: value for name, value in VALUES.items() if name not in left_out}
            words = in_words(code, **{"teacher_steps": 0, **values} if code == "budget-short" else values)
            assert "Untold" not in words, code
            assert not OF_JOB_FILES.search(words.replace("{red}", "")), words
            assert words.endswith((".", "?")), words


def test_numbers_and_names_stand_where_they_belong(in_words):
    assert in_words("student-larger", student=1234567, teacher=50).startswith("The student has 1,234,567 parameters")
    assert "s2: B4 {red}: 0.01 to 0.9, in training 50 to 150." in in_words("values-out-of-range", bands=VALUES["bands"])
    said = in_words("teacher-matched-by-number", map="m", pairs="1 = water", agreement=0.25, best_agreement=0.875)
    assert "25 % of the labelled pixels" in said
    budget = {"minutes": 0.5, "steps": 12, "few_steps": 100}
    assert "teacher’s" not in in_words("budget-short", teacher_steps=0, **budget)
    assert "12 steps of the student’s training and 9 of" in in_words("budget-short", teacher_steps=9, **budget)


def test_what_is_not_known_here_is_told_as_the_backend_says_it(in_words):
    assert in_words("something-new") == "Untold. `split:`"
    assert in_words("student-larger", student=5) == "Untold. `split:`"  # of an older backend
