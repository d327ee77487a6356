import copy
import json
from typing import ClassVar

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

pytestmark = pytest.mark.qgis


class Remembering:
    """The real worker, which loads its packages once for the tests of this file, not once for each."""

    said: ClassVar[dict] = {}

    def __init__(self, resident):
        self._resident = resident

    def ask(self, question, arguments, answered, failed):
        key = json.dumps([question, arguments])

        def remember(answer):
            self.said[key] = copy.deepcopy(answer)
            answered(answer)

        if key in self.said and question != "check":
            QTimer.singleShot(0, lambda: answered(copy.deepcopy(self.said[key])))
        else:
            self._resident.ask(question, arguments, remember, failed)

    def close(self):
        self._resident.close()


@pytest.fixture
def closed(country, backend, qtbot):
    """The box as the Distil section has it, over the real worker."""
    from rskd_qgis.gui.recipe import RecipeBox

    backend.resident = Remembering(backend.resident)
    box = RecipeBox(country, backend)
    qtbot.addWidget(box)
    box.resize(300, 900)
    box.show()
    return box


@pytest.fixture
def box(closed, qtbot):
    """Open, with its list."""
    closed.setCollapsed(False)
    qtbot.waitUntil(lambda: closed._recipes.known, timeout=90_000)
    return closed


@pytest.fixture
def editor(box):
    box.editor.setCollapsed(False)
    return box.editor


def take(box, name):
    box.recipe.setCurrentIndex(box.recipe.findData(name))
    box.recipe.activated.emit(box.recipe.currentIndex())


def looks_inside(box):
    """The plainest recipe that does."""
    return next(name for name in ("pkd", "fitnets", "hint") if name in box._recipes.rows)


def pick(field, text):
    field.setCurrentIndex(field.findText(text))
    field.activated.emit(field.currentIndex())


def write(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def check(backend, draft, qtbot):
    answers = []
    backend.resident.ask("check", {"job": "distill", "spec": draft.request().spec}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    return answers[0]


def test_nobody_is_asked_as_long_as_it_is_closed(closed, country, backend):
    assert closed.title() == "Recipe: automatic"
    assert not closed._asked
    assert country.request().spec["recipe"] == {"name": "auto"}


def test_the_automatic_choice_comes_first_with_its_reason(box):
    assert box.recipe.itemData(0) == "auto"
    name, reason = box._recipes.chosen
    assert box.about.text().startswith(f"Takes “{name}” here. {reason}")
    assert len(reason) > 20


def test_each_recipe_of_the_backend_is_there_and_explained(box, country):
    listed = {box.recipe.itemData(row) for row in range(box.recipe.count())} - {None, "auto"}
    assert listed == {name for name, row in box._recipes.rows.items() if "land-cover" in row["tasks"]}
    for name in listed:
        take(box, name)
        assert country.recipe == {"name": name}
        assert box.about.text().startswith(box._recipes.rows[name]["summary"])
        assert box.title() == f"Recipe: {name}"


def test_what_needs_a_network_says_so_before_the_start(box, country):
    name = looks_inside(box)
    assert "network as teacher" in box.recipe.itemText(box.recipe.findData(name))
    take(box, name)
    assert "must be a network" in box.about.text()
    assert country.problems() == []
    country.set(teacher={"kind": "onnx", "path": __file__})
    (problem,) = country.problems()
    assert problem.section == "distil"
    assert "gives answers only" in problem.message
    take(box, "auto")
    assert country.problems() == []


def test_what_says_nothing_without_labels_is_refused_then(box, country):
    from rskd_qgis.draft import Problem

    terms = [{"loss": "hint"}]
    country.set(recipe={"name": "mine", "terms": terms}, teacher={"kind": "checkpoint", "path": __file__}, labels=None)
    words = "The recipe says nothing of classes without labels. Choose a label layer, or another recipe."
    assert country.problems() == [Problem("distil", words)]


def test_only_numbers_that_are_used_are_shown(box, country):
    take(box, "soft-targets")
    assert (box.alpha.isVisible(), box.temperature.isVisible()) == (True, True)
    country.set(labels=None)
    assert not box.alpha.isVisible()
    country.set(recipe={"name": "mine", "terms": [{"loss": "kd", "options": {"temperature": 3}}]})
    assert not box.temperature.isVisible()


def test_numbers_are_said_only_where_they_differ(box, country):
    take(box, "soft-targets")
    box.alpha.setValue(0.5)
    assert country.recipe == {"name": "soft-targets", "alpha": 0.5}
    box.temperature.setValue(4)
    box.alpha.setValue(0.3)
    assert country.recipe == {"name": "soft-targets", "temperature": 4.0}


def test_the_plugin_tells_of_terms_what_the_backend_tells(box):
    """Both look at the same recipes; the panel has to know it at once, of terms that nobody has seen before."""
    from rskd_qgis.draft.recipe import looks_inside, losses_of, needs_labels

    for name, row in box._recipes.rows.items():
        losses, terms = losses_of(box._recipes.methods, "land-cover"), row["recipe"].get("terms") or ()
        if "land-cover" in row["tasks"] and not row["recipe"].get("peers"):
            assert looks_inside(terms, losses) == row["looks_inside"], name
            assert needs_labels(terms, losses) == row["needs_labels"], name


def test_a_term_is_added_changed_and_taken_away(editor, country, backend, qtbot):
    editor.add.click()
    assert country.recipe["terms"] == [{"loss": "kd"}, {"loss": "kd"}]
    assert country.recipe["name"] == "soft-targets (changed)"
    term = editor.term
    pick(term.loss, "attention_transfer")
    term.weight.setValue(0.5)
    write(qtbot, term.student.lineEdit(), "encoder.1")
    write(qtbot, term.teacher.lineEdit(), "encoder.2")
    write(qtbot, term.options, "power=1, over=positions")
    assert country.recipe["terms"][1] == {
        "loss": "attention_transfer",
        "weight": 0.5,
        "student": "encoder.1",
        "teacher": "encoder.2",
        "options": {"power": 1.0, "over": "positions"},
    }
    assert country.recipe_facts["looks_inside"] == ["attention_transfer"]
    assert [editor.rows.topLevelItem(1).text(column) for column in range(3)] == [
        "attention_transfer",
        "encoder.1 ← encoder.2",
        "0.50",
    ]
    assert check(backend, country, qtbot) == {}
    editor.rows.setCurrentItem(editor.rows.topLevelItem(0))
    pick(term.where, "where the teacher is sure")
    assert country.recipe["terms"][0] == {"loss": "kd", "where": "certain"}
    assert check(backend, country, qtbot) == {}
    editor.remove.click()
    assert [each["loss"] for each in country.recipe["terms"]] == ["attention_transfer"]
    assert not editor.remove.isEnabled()
    editor.back.click()
    assert country.recipe == {"name": "auto"}
    assert not editor.back.isEnabled()


def test_what_the_backend_would_not_take_is_said_before_the_start(editor, country, qtbot):
    pick(editor.term.loss, "rkd")
    assert country.problems() == []
    pick(editor.term.where, "where the teacher is sure")
    qtbot.waitUntil(lambda: bool(country.problems()), timeout=60_000)
    (problem,) = country.problems()
    assert problem.section == "distil"
    assert "rkd" in problem.message
    pick(editor.term.where, "everywhere")
    assert country.problems() == []


def test_another_loss_forgets_the_options_of_the_one_before(editor, country, qtbot):
    write(qtbot, editor.term.options, "temperature=3")
    assert country.recipe["terms"] == [{"loss": "kd", "options": {"temperature": 3.0}}]
    pick(editor.term.loss, "dist")
    assert country.recipe["terms"] == [{"loss": "dist"}]
    assert editor.term.options.placeholderText() == "temperature=1.0, beta=1.0, gamma=1.0"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("heat=3", "“kd” has no option “heat”."),
        ("temperature", "Write options as name=value"),
        ("temperature=warm", "“temperature” must be a number."),
        ("temperature=0", "“temperature” must be above 0."),
        ("alpha=-1", "“alpha” must be at least 0."),
    ],
)
def test_options_that_the_loss_does_not_have_are_refused_in_words(editor, country, qtbot, text, words):
    write(qtbot, editor.term.options, text)
    assert editor.term._wrong.words().startswith(words)
    assert country.recipe == {"name": "auto"}
    write(qtbot, editor.term.options, "temperature=3")
    assert editor.term._wrong.words() == ""


def test_a_recipe_is_saved_and_loaded_also_by_a_job_file(editor, box, country, backend, qtbot, tmp_path, monkeypatch):
    editor.add.click()
    pick(editor.term.loss, "ranking")
    box.alpha.setValue(0.6)
    mine, path = dict(country.recipe), tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    editor.save_button.click()
    assert json.loads(path.read_text(encoding="utf-8"))["summary"] == "Your own: kd + ranking."
    take(box, "soft-targets")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    editor.load_button.click()
    assert country.recipe == mine
    assert box.recipe.currentText() == mine["name"]
    editor.remove.click()
    editor.back.click()
    assert country.recipe == mine
    answers, spec = [], {**country.request().spec, "recipe": str(path)}
    backend.resident.ask("check", {"job": "distill", "spec": spec}, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers == [{}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "“it.json” is not a recipe: it holds no valid JSON."),
        ("[1]", "A recipe is a JSON object with “name” and “terms”."),
        ('{"terms": [{"weight": 1}]}', "The terms of a recipe are a list, and each names its “loss”."),
    ],
)
def test_a_file_that_is_no_recipe_is_refused_in_words(editor, box, country, tmp_path, monkeypatch, text, words):
    path = tmp_path / "it.json"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    editor.load_button.click()
    assert box.notice.words() == words
    assert country.recipe == {"name": "auto"}


def test_terms_are_chosen_and_changed_by_keyboard(editor, country, qtbot):
    editor.add.click()
    editor.rows.setFocus()
    qtbot.keyClick(editor.rows, Qt.Key.Key_Up)
    assert editor.rows.indexOfTopLevelItem(editor.rows.currentItem()) == 0
    editor.rows.setCurrentItem(editor.rows.topLevelItem(1))
    qtbot.keyClick(editor.remove, Qt.Key.Key_Space)
    assert country.recipe["terms"] == [{"loss": "kd"}]
    for field in editor.findChildren(QWidget):
        if isinstance(field, type(editor.add)) and field in (editor.add, editor.remove):
            assert field.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_recipe_set_elsewhere_is_no_change_of_another(box, country):
    take(box, looks_inside(box))
    country.set(recipe={})
    assert country.recipe_facts["looks_inside"] == []
    assert box.recipe.currentData() == "soft-targets"
    assert box.title() == "Recipe: soft-targets"


def test_without_a_backend_it_says_why_and_asks_again(country, services, qtbot):
    from rskd_qgis.gui.recipe import RecipeBox

    box = RecipeBox(country, services)
    qtbot.addWidget(box)
    box.show()
    box.setCollapsed(False)
    qtbot.waitUntil(lambda: bool(box.notice.words()), timeout=30_000)
    assert box.notice.words().startswith("The recipes could not be looked up.")
    assert not box.editor.isVisible()
    assert box.recipe.currentData() == "auto"
    assert not box._asked


def test_it_fits_a_narrow_panel_and_every_field_teaches(editor, box):
    take(box, looks_inside(box))
    assert box.minimumSizeHint().width() <= 280
    fields = (box.recipe, box.alpha, box.temperature, *(field for _, field, _ in editor.term._fields()))
    buttons = (editor.add, editor.remove, editor.back, editor.save_button, editor.load_button, editor.rows)
    assert [field for field in (*fields, *buttons) if not field.toolTip()] == []
