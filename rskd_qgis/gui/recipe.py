"""The recipe of a distillation: automatic, one of the list, or one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.draft.naming import slug
from rskd_qgis.draft.recipe import AUTO, USUAL, Recipe, RecipeUnusable, read_recipe, to_text

from .recipe_list import Recipes
from .recipe_terms import TermsEditor
from .section import Notice
from .services import Services
from .teacher_way import narrow
from .tips import wrapped

_OWN = ""  # data of the item that stands for a recipe with terms of its own


class RecipeBox(QgsCollapsibleGroupBox):
    """Folded away; its title says what is taken. The backend is asked for its list when the box is first open."""

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self._recipes, self._asked = Recipes(), False
        self._classes = 0  # for which the automatic choice was asked
        self._refusals: dict[str, str] = {}  # why the backend does not take a recipe, by the recipe as text; or ""
        self._origin: Recipe = {"name": AUTO}  # what `Reset` goes back to
        self._listed: list[str] = []
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self.recipe, self.about = narrow(QComboBox()), QLabel()
        self.about.setWordWrap(True)
        self.alpha, self.temperature = _number(0, 1, 0.1), _number(0.1, 20, 0.5)
        self.notice, self.editor = Notice(), TermsEditor()
        self._form = self._lay_out()
        self._connect()
        self.display()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for the list where it is open from the start."""
        super().showEvent(event)
        self._ask()

    def add(self, widget: QWidget) -> None:
        """One more row at the end."""
        self._column.addWidget(widget)

    def display(self) -> None:
        """Shows the draft's recipe, and says in the draft what is known of it."""
        draft, recipes = self._draft, self._recipes
        recipe = draft.recipe
        if "terms" not in recipe and _name(recipe) != _name(self._origin):
            self._origin = {"name": _name(recipe)}  # it was set elsewhere
        self._fill()
        self.recipe.setCurrentIndex(max(0, self.recipe.findData(_OWN if "terms" in recipe else _name(recipe))))
        title = self.tr("automatic") if _name(recipe) == AUTO else _name(recipe)
        self.setTitle(self.tr("Recipe: {}").format(title))
        self.about.setText(recipes.explained(recipe))
        self.about.setVisible(bool(self.about.text()))
        for name, field, used in (
            ("alpha", self.alpha, draft.labels is not None),
            ("temperature", self.temperature, recipes.softened(recipe, draft.task)),
        ):
            field.blockSignals(True)
            field.setValue(recipes.value(recipe, name))
            field.blockSignals(False)
            field.setVisible(used)
            self._form.labelForField(field).setVisible(used)
        self.editor.setVisible(recipes.known)
        if recipes.known:
            self.editor.offer(recipes.losses(draft.task))
            self.editor.display(recipes.terms(recipe), changed=recipe != self._origin)
            facts, refused = recipes.facts(recipe, draft.task), self._refused(recipe)
            draft.set(recipe_facts={**facts, "refused": refused} if refused else facts)
            if draft.class_count() != self._classes:
                self._ask_again()

    def _lay_out(self) -> QFormLayout:
        self.recipe.setAccessibleName(self.tr("Recipe"))
        self.recipe.setToolTip(
            self.tr(
                "What of the teacher the student learns to repeat. The automatic choice suits what you have; "
                "the others are for comparisons, most of them as a paper did it."
            )
        )
        self.temperature.setToolTip(
            self.tr(
                "Softens the teacher’s answers: higher values show the student more of the teacher’s doubt between "
                "classes. Raise it where the teacher is very sure of itself."
            )
        )
        self.alpha.setToolTip(
            self.tr(
                "Weight of your labels against the teacher: 0 is the teacher alone, 1 the labels alone. "
                "Raise it where you trust your labels more than the teacher."
            )
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Temperature"), self.temperature)
        form.addRow(self.tr("Alpha"), self.alpha)
        # In a widget of their own: an unfolding box shows all that lies in it, also what was hidden for a reason.
        inside = QWidget()
        around = QVBoxLayout(self)
        around.setContentsMargins(4, 4, 4, 4)
        around.addWidget(inside)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.recipe, self.about, self.notice):
            self._column.addWidget(widget)
        self._column.addLayout(form)
        self._column.addWidget(self.editor)
        return form

    def _connect(self) -> None:
        self.collapsedStateChanged.connect(lambda _: self._ask())
        self.recipe.activated.connect(lambda _: self._on_recipe())
        self.alpha.valueChanged.connect(lambda value: self._on_number("alpha", value))
        self.temperature.valueChanged.connect(lambda value: self._on_number("temperature", value))
        self.editor.edited.connect(self._on_terms)
        self.editor.reset.connect(lambda: self._take(self._origin))
        self.editor.save.connect(self._save)
        self.editor.load.connect(self._load)
        self._draft.changed.connect(self.display)

    # The list

    def _ask(self) -> None:
        """Once, and again after a failure."""
        if self._asked or self.isCollapsed() or not self.isVisible():
            return
        self._asked = True
        self.notice.say("")
        self.about.setText(self.tr("Looking up the recipes…"))
        self.about.show()
        self._services.resident.ask("methods", {}, self._on_methods, self._on_failure)

    def _ask_again(self) -> None:
        """What is chosen automatically depends on the classes."""
        self._classes = self._draft.class_count()
        self._services.resident.ask("recipes", {"classes": self._classes}, self._on_recipes, self._on_failure)

    def _on_methods(self, answer: list[dict[str, Any]]) -> None:
        self._recipes.methods = answer
        self._ask_again()

    def _on_recipes(self, answer: dict[str, Any]) -> None:
        self._recipes.hear(answer)
        self.display()

    def _on_failure(self, error: BackendError) -> None:
        self._asked = False
        self.about.hide()
        self.notice.say(self.tr("The recipes could not be looked up. {}").format(error))

    def _refused(self, recipe: Recipe) -> str:
        """Why the backend does not take terms that were written here; it is asked about each recipe once."""
        if "terms" not in recipe:
            return ""
        text = to_text(recipe)
        if text not in self._refusals:
            self._refusals[text] = ""
            job = {"job": "distill", "spec": {"layers": ["any"], "recipe": recipe}}
            self._services.resident.ask("check", job, lambda _: None, lambda error: self._on_refusal(text, error))
        return self._refusals[text]

    def _on_refusal(self, text: str, error: BackendError) -> None:
        if error.code == "job-invalid":  # all else says nothing of the recipe
            self._refusals[text] = str(error)
            self.display()

    def _fill(self) -> None:
        """Automatic, then those for any teacher, then those for networks; one's own at the end."""
        task, recipe = self._draft.task, self._draft.recipe
        plain, inside = self._recipes.on_answers(task), self._recipes.inside(task)
        own = [_name(recipe)] if "terms" in recipe else []
        if not own and _name(recipe) not in (AUTO, *plain, *inside):
            plain = [*plain, _name(recipe)]  # the list is not there yet
        rows = [AUTO, "", *plain, *([""] if inside else []), *inside, *(["", *own] if own else [])]
        if rows == self._listed:
            return
        self._listed = rows
        self.recipe.clear()
        self.recipe.addItem(self.tr("Automatic"), AUTO)
        for group in (plain, inside):
            if group:
                self.recipe.insertSeparator(self.recipe.count())
            for name in group:
                shown = self.tr("{} (network as teacher)").format(name) if name in inside else name
                self.recipe.addItem(shown, name)
                words = self._recipes.rows.get(name, {}).get("summary", "")
                self.recipe.setItemData(self.recipe.count() - 1, wrapped(words), Qt.ItemDataRole.ToolTipRole)
        if own:
            self.recipe.insertSeparator(self.recipe.count())
            self.recipe.addItem(own[0], _OWN)

    # What the user does

    def _take(self, recipe: Recipe) -> None:
        self._draft.set(recipe=dict(recipe))

    def _on_recipe(self) -> None:
        name = self.recipe.currentData()
        if name:
            self._origin = {"name": name}
            self._take(self._origin)

    def _on_number(self, name: str, value: float) -> None:
        recipe = {key: said for key, said in self._draft.recipe.items() if key != name}
        if abs(self._recipes.value(recipe, name) - value) > 1e-6 or "terms" in recipe:
            recipe[name] = round(value, 4)
        self._take({"name": USUAL, **recipe})

    def _on_terms(self) -> None:
        recipe = self._recipes.whole(self._draft.recipe)
        if "terms" not in self._draft.recipe:
            self._origin = dict(self._draft.recipe)
            recipe["name"] = self.tr("{} (changed)").format(recipe.get("name", USUAL))
        self._take({**recipe, "terms": self.editor.chosen()})

    def _save(self) -> None:
        recipe = self._recipes.whole(self._draft.recipe)
        proposed = f"{slug(_name(recipe))}.json"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the recipe"), proposed, self.tr("Recipes (*.json)"))
        if chosen:
            self._save_to(Path(chosen))

    def _save_to(self, path: Path) -> None:
        path = path if path.suffix else path.with_suffix(".json")
        recipe = self._recipes.whole(self._draft.recipe)
        try:
            path.write_text(to_text(recipe, self._recipes.explained(self._draft.recipe)), encoding="utf-8")
        except OSError as error:
            self.notice.say(self.tr("“{0}” could not be written: {1}").format(path.name, error.strerror or error))
            return
        self.notice.say("")

    def _load(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Load a recipe"), "", self.tr("Recipes (*.json)"))
        if chosen:
            self._load_from(Path(chosen))

    def _load_from(self, path: Path) -> None:
        try:
            recipe = read_recipe(path)
        except RecipeUnusable as error:
            self.notice.say(str(error))
            return
        self.notice.say("")
        self._origin = {"name": path.stem, **recipe}
        self._take(self._origin)


def _name(recipe: Recipe) -> str:
    return str(recipe.get("name", USUAL))


def _number(low: float, high: float, step: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setSingleStep(step)
    field.setDecimals(2)
    field.setKeyboardTracking(False)
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return field
