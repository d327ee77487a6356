"""The methods that are compared, by name, as recipes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rskd.distill.library import losses, recipes, with_terms
from rskd.spec import RecipeSpec

ALONE = "alone"
"""The student without a teacher."""

JOINED = 0.5
"""Weight of a loss of inner features beside kd's 1, as shares of the gradient."""


@dataclass(frozen=True)
class Method:
    name: str
    family: str
    recipe: dict[str, Any]

    @property
    def fewest_classes(self) -> int:
        return max(losses()[term.loss].fewest_classes for term in self.terms)

    @property
    def terms(self) -> list[Any]:
        return with_terms(RecipeSpec.model_validate(self.recipe)).terms or []


@cache
def methods() -> dict[str, Method]:
    described = yaml.safe_load((Path(__file__).parent / "methods.yaml").read_text("utf-8"))
    return {name: Method(name, one["family"], _recipe(name, one)) for name, one in described.items()}


def _recipe(name: str, described: dict[str, Any]) -> dict[str, Any]:
    if "joins" in described:
        terms = [{"loss": "kd"}, {"loss": described["joins"], "weight": JOINED}]
        return {"name": name, "balance": "gradients", "terms": terms}
    if "library" in described:
        # Written out, so that a recipe that has changed is measured again.
        listed = recipes()[described["library"]].model_dump(exclude_unset=True, mode="json")
        return {key: value for key, value in {**listed, "name": name}.items() if key in RecipeSpec.model_fields}
    return {"name": name, **described["recipe"]}
