"""The backend's recipes and losses, as they are known so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.draft.recipe import (
    ALPHA,
    AUTO,
    TEMPERATURE,
    USUAL,
    Losses,
    Recipe,
    Term,
    is_softened,
    looks_inside,
    losses_of,
    needs_labels,
)

translate = QCoreApplication.translate


@dataclass
class Recipes:
    """Empty until the backend has answered.

    Attributes:
        rows: of its answer to `recipes`, by name.
        chosen: what `auto` takes, and why.
        methods: its answer to `methods`.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    chosen: tuple[str, str] = (USUAL, "")
    methods: list[dict[str, Any]] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self.rows and self.methods)

    def hear(self, answer: dict[str, Any]) -> None:
        """Takes in the answer to `recipes`."""
        self.rows = {row["name"]: row for row in answer["recipes"]}
        self.chosen = (answer[AUTO]["name"], answer[AUTO]["reason"])

    def losses(self, task: str) -> Losses:
        """Those that suit a task, by name."""
        return losses_of(self.methods, task)

    def on_answers(self, task: str) -> list[str]:
        """Names of the recipes that any teacher will do for."""
        return [name for name, row in self.rows.items() if task in row["tasks"] and not row["looks_inside"]]

    def inside(self, task: str) -> list[str]:
        """Names of the recipes that look inside the teacher."""
        return [name for name, row in self.rows.items() if task in row["tasks"] and row["looks_inside"]]

    def row(self, recipe: Recipe) -> dict[str, Any]:
        """What is known of the recipe that is named; empty where nothing is."""
        name = str(recipe.get("name", USUAL))
        return self.rows.get(self.chosen[0] if name == AUTO else name, {})

    def whole(self, recipe: Recipe) -> Recipe:
        """A recipe with all that its name stands for."""
        if "terms" in recipe:
            return dict(recipe)
        row = self.row(recipe)
        return {**row.get("recipe", {}), **recipe, **({"name": row["name"]} if row else {})}

    def terms(self, recipe: Recipe) -> list[Term]:
        """Its terms."""
        return list(self.whole(recipe).get("terms") or ())

    def facts(self, recipe: Recipe, task: str) -> dict[str, Any]:
        """As `recipe_facts` of the draft. What is chosen automatically suits whatever there is."""
        if recipe.get("name") == AUTO and "terms" not in recipe:
            return {}
        if "terms" in recipe:
            losses, terms = self.losses(task), recipe["terms"]
            return {"looks_inside": looks_inside(terms, losses), "needs_labels": needs_labels(terms, losses)}
        row = self.row(recipe)
        return {key: row[key] for key in ("looks_inside", "needs_labels") if key in row}

    def value(self, recipe: Recipe, name: str) -> float:
        """`alpha` or `temperature`: as said, else the recipe's, else the backend's own."""
        return float(self.whole(recipe).get(name, ALPHA if name == "alpha" else TEMPERATURE))

    def softened(self, recipe: Recipe, task: str) -> bool:
        """Whether its temperature matters; where the losses are not known yet, it may."""
        return not self.known or is_softened(self.terms(recipe), self.losses(task))

    def explained(self, recipe: Recipe) -> str:
        """What it does, in a line or two."""
        row = self.row(recipe)
        if "terms" in recipe:
            return translate("Recipes", "Your own: {}.").format(terms_in_words(recipe["terms"]))
        if not row:
            return ""
        if recipe.get("name") == AUTO:
            return translate("Recipes", "Takes “{0}” here. {1}").format(row["name"], self.chosen[1])
        words = row["summary"]
        if row["looks_inside"]:
            inside = translate("Recipes", "It looks inside the teacher, which must be a network.")
            words = f"{words} {inside}"
        return str(words)


def terms_in_words(terms: list[Term]) -> str:
    """“kd + 0.5 × pkd”."""
    said = []
    for term in terms:
        weight = float(term.get("weight", 1.0))
        said.append(term["loss"] if weight == 1 else f"{weight:g} × {term['loss']}")
    return " + ".join(said) or translate("Recipes", "the labels alone")
