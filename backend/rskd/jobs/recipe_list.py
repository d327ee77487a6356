"""The recipes of the library as the plugin lists them."""

from __future__ import annotations

from typing import Any

from rskd.distill.library import AUTO, ListedRecipe, choose, recipes
from rskd.distill.recipe import Recipe
from rskd.spec import RecipeSpec

_OF_THE_LIST = ("summary", "source", "fewest_classes")


def run(classes: int) -> dict[str, Any]:
    """All recipes with what each asks for, JSON types only; and which one is taken by itself, and why.

    Args:
        classes: the student's.
    """
    name, reason = choose(classes)
    return {AUTO: {"name": name, "reason": reason}, "recipes": [_facts(one) for one in recipes().values()]}


def _facts(listed: ListedRecipe) -> dict[str, Any]:
    """`recipe` is what a job would have to say to get the same; `looks_inside` the losses that need a network."""
    recipe = listed.model_dump(mode="json", exclude_unset=True, exclude=set(_OF_THE_LIST))
    terms = Recipe.of(RecipeSpec.model_validate(recipe), labels=True).terms
    said = {name: getattr(listed, name) for name in _OF_THE_LIST}
    inside = dict.fromkeys(term.method.name for term in terms if term.inner)
    return {"name": listed.name, **said, "looks_inside": list(inside), "recipe": recipe}
