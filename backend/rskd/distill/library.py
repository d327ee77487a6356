"""The recipes and losses that there are: built in, and brought by other packages.

A recipe is a YAML file (`rskd.spec.RecipeFile`). Other packages add to both through
entry points: group `rskd.losses` names a module whose functions carry `@method`, group `rskd.recipes` names a package
whose folder holds YAML files.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module, resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, model_validator

import rskd.distill.losses  # noqa: F401  (fills METHODS)
from rskd.distill.losses.method import METHODS, Method
from rskd.distill.schemes import SCHEMES
from rskd.errors import JobInvalid
from rskd.spec import RecipeFile, RecipeSpec, Spec, describe

OWN = "rskd.distill.recipes"

AUTO = "auto"
"""Leaves the choice of a recipe to us."""

ListedRecipe = RecipeFile
"""One of the library."""


@cache
def recipes() -> dict[str, ListedRecipe]:
    """All recipes by name, our own first."""
    packages = [OWN, *(point.value for point in entry_points(group="rskd.recipes"))]
    found: dict[str, ListedRecipe] = {}
    for package in packages:
        folder = resources.files(import_module(package))
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            if file.name.endswith(".yaml"):
                data, source = yaml.safe_load(file.read_text("utf-8")), f"{package}/{file.name}"
                recipe = describe(ListedRecipe, data, base=Path(), source=source, called="recipe")
                found.setdefault(recipe.name, recipe)
    return found


class System(Spec):
    """A published system that the survey describes, and what answers it here."""

    ref: str = Field(description="Its number in the survey")
    name: str
    task: str = Field(description="As the survey's inventory has it")
    fit: Literal["core", "extension"] = Field(description="Of the tasks that RSKD is for, or near them")
    blocks: tuple[str, ...] = Field(description="Of the inventory, the main one first")
    recipe: str | None = Field(None, description="A recipe of the library; null where none answers it yet")
    settings: dict[str, Any] = Field(default_factory=dict, description="What of a job it takes beside the recipe")
    ours: str = Field("", description="What the survey leaves open, and how it is done here")
    later: tuple[str, ...] = Field((), description="Its blocks that are still to come")
    reason: str = Field("", description="Why no recipe answers it")

    @model_validator(mode="after")
    def _answered_or_not(self) -> Self:
        if (self.recipe is None) != bool(self.reason):
            raise ValueError("a system has a recipe, or a reason why not")
        return self

    def job(self) -> dict[str, Any]:
        """The parts of a job file that set it up; layers and labels are the user's."""
        return {**self.settings, "recipe": {"name": self.recipe, **self.settings.get("recipe", {})}}


@cache
def systems() -> tuple[System, ...]:
    """The core and extension systems of the survey, in its order."""
    text = (resources.files(import_module(OWN)) / "survey" / "systems.yaml").read_text("utf-8")
    return tuple(System.model_validate(row) for row in yaml.safe_load(text))


@cache
def losses() -> dict[str, Method]:
    """All losses by name, those of other packages among them."""
    for point in entry_points(group="rskd.losses"):
        point.load()
    return METHODS


def loss_named(name: str, field: str) -> Method:
    """The loss of that name.

    Raises:
        JobInvalid: there is none.
    """
    try:
        return losses()[name]
    except KeyError:
        raise _unknown("loss", name, list(losses()), "`rskd methods` lists all.", field) from None


def with_terms(spec: RecipeSpec) -> RecipeSpec:
    """The job's recipe with all that its name stands for; what the job itself says goes before that.

    Raises:
        JobInvalid: no such recipe, and no terms of its own.
    """
    if spec.terms is not None:
        return spec
    try:
        listed = recipes()[spec.name]
    except KeyError:
        raise _unknown("recipe", spec.name, list(recipes()), "`rskd recipes` lists all.", "recipe.name") from None
    said = {name: getattr(spec, name) for name in spec.model_fields_set if name != "terms"}
    usual = {name: getattr(listed, name) for name in listed.model_fields_set & set(RecipeSpec.model_fields)}
    return RecipeSpec.model_construct(**{**_defaults(), **usual, **said}, _fields_set=set(said) | set(usual))


def choose(classes: int) -> tuple[str, str]:
    """The recipe that `auto` takes, and why.

    Args:
        classes: the student's.
    """
    if classes == 2:
        return "soft-targets", "With two classes the softened probabilities say all that the teacher knows."
    return "soft-targets", "It asks for no more than the teacher's answers, and suits every pair of networks."


def methods() -> list[dict[str, Any]]:
    """What `rskd methods` lists, JSON types only: the schemes, then all losses."""
    return [*(scheme.facts() for scheme in SCHEMES), *(method.facts() for method in losses().values())]


def _defaults() -> dict[str, Any]:
    return {name: field.get_default(call_default_factory=True) for name, field in RecipeSpec.model_fields.items()}


def _unknown(kind: str, name: str, known: list[str], hint: str, field: str) -> JobInvalid:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f" Did you mean “{near[0]}”?" if near else ""
    return JobInvalid(f"There is no {kind} “{name}”.{meant}", hint, fields=[field])
