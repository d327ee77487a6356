"""The recipes of the library as they are listed."""

from __future__ import annotations

from typing import Any

from rskd.errors import JobInvalid
from rskd.spec import RecipeFile, RecipeSpec

_OF_THE_LIST = ("summary", "source", "fewest_classes")


def run(classes: int) -> dict[str, Any]:
    """All recipes with what each asks for, JSON types only; and which one is taken by itself, and why.

    Args:
        classes: the student's.
    """
    from rskd.distill.library import AUTO, choose, recipes

    name, reason = choose(classes)
    return {AUTO: {"name": name, "reason": reason}, "recipes": [_facts(one) for one in recipes().values()]}


def _facts(listed: RecipeFile) -> dict[str, Any]:
    """What there is to know of one.

    `recipe` is what a job would have to say to get the same, `looks_inside` the losses for which the teacher must be a
    network, `tasks` those that all its losses serve.
    """
    from rskd.distill.library import losses
    from rskd.distill.recipe import Recipe

    recipe = listed.model_dump(mode="json", exclude_unset=True, exclude=set(_OF_THE_LIST))
    spec = RecipeSpec.model_validate(recipe)
    inside = dict.fromkeys(term.method.name for term in Recipe.of(spec, labels=True).terms if term.inner)
    serve = [losses()[term.loss].tasks for term in spec.terms or ()]
    tasks = [task for task in ("land-cover", "segmentation", "change") if all(task in one for one in serve)]
    said = {name: getattr(listed, name) for name in _OF_THE_LIST}
    return {
        "name": listed.name,
        **said,
        "looks_inside": list(inside),
        "needs_labels": _needs_labels(spec),
        "tasks": tasks,
        "recipe": recipe,
    }


def _needs_labels(spec: RecipeSpec) -> bool:
    from rskd.distill.recipe import Recipe

    try:
        Recipe.of(spec, labels=False)
    except JobInvalid:  # with labels it was sound
        return True
    return False
