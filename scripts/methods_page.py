"""Brings the tables of `docs/methods.md` up to date with the library: `methods_page.py`.

What stands between two marks, `<!-- NAME -->` and `<!-- end of NAME -->`, is written anew; all else is left as it is.
Needs the backend's training parts: run it with `.venv/bin/python`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rskd.distill.library import methods, recipes, systems

PAGE = Path(__file__).resolve().parents[1] / "docs" / "methods.md"

FAMILIES = ("response", "feature", "cross-layer", "relation", "prototype", "localisation", "scheme")
"""Kinds of methods; each has a table."""

UNMEASURED = "not measured yet"

WHEN = {
    "kd": "always a sound start; teacher known by its answers alone",
    "cross_entropy": "labels; every recipe has it as a term of its own, weighted by alpha",
    "logit_standardised_kd": "student far smaller than its teacher; three classes or more",
    "regression_mse": "continuous maps",
    "regression_l1": "continuous maps with outliers",
    "dml": "peers; `peers:` of a recipe takes it",
    "dist": "teacher much larger than its student; three classes or more for its whole formula",
    "dkd": "classes that are mixed up; three or more",
    "nkd": "classes that are mixed up, and a teacher that is mostly right; three or more",
    "hint": "networks of one family",
    "pkd": "features of different size, classes that differ",
    "ofd": "CNNs, features before their ReLU",
    "channel_wise": "CNNs; on answers without an adapter",
    "spatial_wise": "fine patterns; on answers it is kd",
    "attention_transfer": "any pair: channels need not agree",
    "mgd": "a student whose features are to hold more than it sees",
    "adversarial": "no cell-by-cell match fits; unsteady",
    "deep_to_shallow": "encoders of different depth, a fixed table",
    "semckd": "encoders of different depth, a learned table",
    "review": "CNNs with as many levels",
    "channel_correlation": "many classes (on answers), or adapted features",
    "fsp": "CNNs with as many levels",
    "ranking": "the teacher's order is better than its probabilities",
    "similarity_preserving": "channels and classes have nothing in common",
    "rkd": "small batches; few cells",
    "pkt": "thin connected things: which place is whose neighbour",
    "cc": "as similarity_preserving, with a kernel",
    "pairwise": "any pair; large scenes",
    "cirkd": "batches of four tiles or more; transformers and CNNs",
    "class_mean": "another area with the same classes",
    "ifvd": "varied classes",
    "prototype_contrast": "change and no change; two classes or more",
    "info_nce": "rare classes",
    "triplet": "classes that lie close together",
    "box_distribution": "detection, which comes later",
    "angle_phase": "turned boxes, which come later",
    "bounded_box": "detection, which comes later",
    "soft-targets": "the default",
    "pixel-weights": "a teacher of uneven quality, or hard borders",
    "schedule": "stages; terms that should come late or go early",
    "balance": "several terms of different size",
    "degrade": "maps that must stand blur, noise, cloud or a missing band",
    "regions": "few or small things; edges",
    "several-teachers": "more than one model or map of the same classes",
    "assistants": "a teacher far larger than its student",
    "self-distillation": "no teacher",
    "peers": "no teacher, or a chain that learns together",
    "index-teacher": "no labels and no model: water, vegetation, snow, burnt ground",
}
"""When to take each; a test holds that all are there."""


def page(text: str) -> str:
    """The page with its tables made anew."""
    listed = methods()
    tables = {f"table of {kind}": _methods(row for row in listed if row["kind"] == kind) for kind in FAMILIES}
    tables |= {"table of recipes": _recipes(), "table of systems": _systems()}
    for name, table in tables.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end of {name} -->)", re.DOTALL)
        if not between.search(text):
            raise SystemExit(f"{PAGE.name} lacks the marks of “{name}”")
        text = between.sub(lambda found, table=table: found[1] + table + found[2], text)
    return text


def _methods(rows: Iterable[dict[str, Any]]) -> str:
    heads = ["Name", "Formula", "Take it for", "Settings", "Fewest classes", "Cost", "Source", "Evidence"]
    return _table(heads, [_method(row) for row in rows])


def _method(row: dict[str, Any]) -> list[str]:
    settings = "; ".join(_setting(one) for one in row["parameters"]) or "–"
    few, name = str(row["fewest_classes"]), f"`{row['name']}`"
    return [name, row["summary"], WHEN[row["name"]], settings, few, row["cost"], row["source"], UNMEASURED]


def _setting(one: dict[str, Any]) -> str:
    default = one["default"]
    return f"`{one['name']}`" + ("" if default is None or default == [] else f" {default}")


def _recipes() -> str:
    rows = []
    for recipe in recipes().values():
        terms = ", ".join(f"{term.weight:g} {term.loss}" for term in recipe.terms or ()) or "–"
        peers = f" + {len(recipe.peers)} peer" if recipe.peers else ""
        rows.append([f"`{recipe.name}`", recipe.summary, f"{recipe.alpha:g}", terms + peers, recipe.source, UNMEASURED])
    return _table(["Recipe", "What is matched, and when to take it", "alpha", "Terms", "Source", "Evidence"], rows)


def _systems() -> str:
    rows = []
    for system in systems():
        answer = f"`{system.recipe}`" if system.recipe else "–"
        blocks = " ".join(system.blocks)
        rows.append([system.ref, system.name, system.fit, blocks, answer, system.ours or system.reason])
    return _table(["Survey", "System", "Fit", "Blocks", "Recipe", "What is ours, or what is missing"], rows)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
