"""What can be told of a recipe from the backend's list of losses: what its terms look at, whether they are sound."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

AUTO = "auto"
"""Leaves the choice to the backend."""

USUAL = "soft-targets"
"""What the backend takes where a job says no recipe."""

NETWORKS = ("labels", "checkpoint", "torchgeo")
"""Kinds of teachers with a network that can be looked into."""

WHERE = ("everywhere", "foreground", "boundary", "attention", "certain", "doubtful")
"""Which pixels count most, as the backend calls it."""

TAPS = ("logits", "features", "encoder", "decoder", "encoder.-1", "decoder.0")
"""Places that most networks have; others can be written."""

ALPHA, TEMPERATURE = 0.3, 2.0
"""The backend's own, where neither job nor recipe says anything."""

_OF_FILES = ("summary", "source", "fewest_classes")
"""What a recipe's file says beside what a job says."""

Recipe = dict[str, Any]
Term = dict[str, Any]
Losses = dict[str, dict[str, Any]]
"""Rows of the backend's answer to `methods`, by name."""


class RecipeUnusable(Exception):
    """Why, as a sentence."""


def losses_of(methods: Iterable[dict[str, Any]], task: str) -> Losses:
    """Those that a term of a recipe can name, for a task whose answer is a class at every pixel."""
    usable = (row for row in methods if row["kind"] != "scheme" and "teacher" in row["needs"])
    return {row["name"]: row for row in usable if task in row["tasks"] and "boxes" not in row["needs"]}


def usual_tap(loss: dict[str, Any] | None) -> str:
    """Where a loss looks if its term does not say it."""
    needs = () if loss is None else loss["needs"]
    return "encoder" if "levels" in needs else "features" if "taps" in needs else "logits"


def looks_inside(terms: Iterable[Term], losses: Losses) -> list[str]:
    """The losses for which the teacher must be a network that runs beside the student, each once."""
    found = []
    for term in terms:
        tap = term.get("teacher") or term.get("student") or usual_tap(losses.get(term["loss"]))
        inside = tap != "logits" or term.get("where") == "attention"
        if inside and term.get("by", "teacher") == "teacher":
            found.append(term["loss"])
    return list(dict.fromkeys(found))


def needs_labels(terms: Iterable[Term], losses: Losses) -> bool:
    """Whether nothing but labels would say which class is where: no term looks at the student's answer."""
    return all((term.get("student") or usual_tap(losses.get(term["loss"]))) != "logits" for term in terms)


def is_softened(terms: Iterable[Term], losses: Losses) -> bool:
    """Whether the recipe's temperature reaches any term: of losses on answers that do not say their own."""
    for term in terms:
        loss = losses.get(term["loss"], {})
        softened = any(each["name"] == "temperature" for each in loss.get("parameters", ()))
        if softened and loss["kind"] == "response" and "temperature" not in term.get("options", {}):
            return True
    return False


def options_in_words(options: dict[str, Any]) -> str:
    """As the field shows them: “temperature=4, over=channels”."""
    return ", ".join(f"{name}={json.dumps(value).strip(chr(34))}" for name, value in options.items())


def options_of(text: str, loss: dict[str, Any]) -> dict[str, Any]:
    """The options that a text such as “temperature=4, over=channels” says, by what the loss takes.

    Raises RecipeUnusable.
    """
    options = {}
    known = {each["name"]: each for each in loss["parameters"]}
    for part in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise RecipeUnusable(_tr("Write options as name=value, with commas between them: “{}”.").format(part))
        if name not in known:
            if not known:
                raise RecipeUnusable(_tr("“{0}” has no options.").format(loss["name"]))
            words = _tr("“{0}” has no option “{1}”. It has {2}.")
            raise RecipeUnusable(words.format(loss["name"], name, ", ".join(known)))
        options[name] = _value(name, value, known[name])
    return options


def _value(name: str, text: str, parameter: dict[str, Any]) -> Any:
    if parameter["choices"]:
        if text not in parameter["choices"]:
            words = _tr("“{0}” must be one of {1}.")
            raise RecipeUnusable(words.format(name, ", ".join(map(str, parameter["choices"]))))
        return text
    kind = parameter["type"]
    if kind == "boolean":
        if text not in ("true", "false"):
            raise RecipeUnusable(_tr("“{0}” must be true or false.").format(name))
        return text == "true"
    if kind not in ("number", "integer"):
        return text
    try:
        value = int(text) if kind == "integer" else float(text)
    except ValueError:
        words = _tr("“{0}” must be a whole number.") if kind == "integer" else _tr("“{0}” must be a number.")
        raise RecipeUnusable(words.format(name)) from None
    low, high = parameter["minimum"], parameter["maximum"]
    if low is not None and (value < low or (value == low and parameter["minimum_excluded"])):
        words = _tr("“{0}” must be above {1}.") if parameter["minimum_excluded"] else _tr("“{0}” must be at least {1}.")
        raise RecipeUnusable(words.format(name, f"{low:g}"))
    if high is not None and (value > high or (value == high and parameter["maximum_excluded"])):
        words = _tr("“{0}” must be below {1}.") if parameter["maximum_excluded"] else _tr("“{0}” must be at most {1}.")
        raise RecipeUnusable(words.format(name, f"{high:g}"))
    return value


def of_text(text: str) -> Recipe:
    """A recipe as a form's field says it: a name, a JSON object of the job file's `recipe`, or the file that holds one.

    Raises RecipeUnusable.
    """
    text = text.strip()
    if text.lower().endswith(".json"):
        return read_recipe(Path(text))
    if not text.startswith("{"):
        return {"name": text or AUTO}
    try:
        recipe = json.loads(text)
    except ValueError as error:
        raise RecipeUnusable(_tr("The recipe is not valid JSON: {}").format(error)) from error
    return _sound(recipe)


def to_text(recipe: Recipe, summary: str = "") -> str:
    """A recipe as JSON, for a field; with a summary for a file, which the backend reads as well."""
    said = {"summary": summary, **recipe} if summary else recipe
    return json.dumps(said, indent=1, ensure_ascii=False)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file. Raises RecipeUnusable."""
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeUnusable(_tr("“{0}” cannot be read: {1}").format(path.name, error.strerror or error)) from error
    except ValueError as error:
        raise RecipeUnusable(_tr("“{}” is not a recipe: it holds no valid JSON.").format(path.name)) from error
    return _sound(recipe)


def _sound(recipe: Any) -> Recipe:
    """What the panel relies on; the backend looks at the rest."""
    if not isinstance(recipe, dict):
        raise RecipeUnusable(_tr("A recipe is a JSON object with “name” and “terms”."))
    terms = recipe.get("terms")
    listed = isinstance(terms, list) and all(isinstance(term, dict) and "loss" in term for term in terms)
    if terms is not None and not listed:
        raise RecipeUnusable(_tr("The terms of a recipe are a list, and each names its “loss”."))
    if not isinstance(recipe.get("name", USUAL), str):
        raise RecipeUnusable(_tr("The name of a recipe is a text."))
    return {key: value for key, value in recipe.items() if key not in _OF_FILES}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Recipe", text)
