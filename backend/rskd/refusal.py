"""What is wrong with a description, in the words of whoever wrote it.

Pydantic speaks of types and unions; a job file has keys, lists, texts and numbers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_Path = tuple[int | str, ...]

_BOX = "give a polygon file, or a box of four numbers [xmin, ymin, xmax, ymax]"
_SEVERAL = {
    "area": _BOX,
    "split": "write auto, or {train: …, validation: …, test: …}",
    "train": f"{_BOX}, or a list of scene groups",
    "validation": f"{_BOX}, or a list of scene groups",
    "test": f"{_BOX}, or a list of scene groups",
    "scenes": "list the scenes, or name a table of them with {csv: FILE}",
    "bands": "a band is a number (from 1) or a description",
}
"""What to write where things of several types may stand."""

_EXPECTED = {
    "int_parsing": "give a whole number",
    "int_type": "give a whole number",
    "int_from_float": "give a whole number",
    "float_parsing": "give a number",
    "float_type": "give a number",
    "finite_number": "give a number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "string_type": "write a text",
    "list_type": "write a list in square brackets",
    "tuple_type": "write a list in square brackets",
    "dict_type": "write names and values, {name: value}",
    "model_type": "write keys and values, {key: value}",
    "model_attributes_type": "write keys and values, {key: value}",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
WHOLE = "job"
"""Stands for the description itself where a field is named."""


def refusals(error: ValidationError, data: object, kind: type[BaseModel]) -> dict[str, str]:
    """Each wrong field as it was written (“teacher.widths”; “job” is the whole) and what is wrong with it.

    Args:
        error: of validating `data` against `kind`.
        data: as it was given, before any validator changed it.
        kind: the description.
    """
    placed = [(details, *_written(details, data)) for details in error.errors()]
    meant = {path[:end] for _, path, undecided in placed for end in range(len(path) + (not undecided))}
    keys = _Keys(kind.model_json_schema())
    found: dict[str, str] = {}
    for details, path, undecided in placed:
        if undecided and path in meant:
            continue  # about another type than the one that stands here
        words = _several(path, data) if undecided else _said(details, path, data, keys)
        found.setdefault(".".join(map(str, path)) or WHOLE, words)
    return found


def _written(details: ErrorDetails, data: object) -> tuple[_Path, bool]:
    """Where the error is in `data`, and whether it tells only what one of several types would have needed."""
    path: list[int | str] = []
    missing = details["loc"][-1] if details["type"] == "missing" else None
    for step in details["loc"]:
        if isinstance(data, Mapping) and (step in data or step == missing):
            data = data.get(step)
            path.append(step)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
            path.append(step)
        elif isinstance(step, str) and _is_type(step) and not _suits(step, data):
            return tuple(path), True
    return tuple(path), False


def _is_type(step: str) -> bool:
    return step in ("int", "float", "str", "bool") or step[0].isupper() or "[" in step


def _suits(type_name: str, value: object) -> bool:
    """Whether somebody who wrote `value` meant this type: blocks of keys, and lists of them, tell."""
    return type_name[0].isupper() if isinstance(value, Mapping) else type_name == "list[SceneSpec]" and _is_list(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _several(path: _Path, data: object) -> str:
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return f"{_SEVERAL.get(key, 'write a text or a number')}; here stands {_quoted(_at(path, data))}"


def _said(details: ErrorDetails, path: _Path, data: object, keys: _Keys) -> str:
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind == "missing":
        return "it is missing"
    if kind == "extra_forbidden":
        return keys.instead_of(path, data)
    if kind == "literal_error":
        return _none_of(value, re.findall(r"'([^']*)'", context["expected"]))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds, named = keys.kinds(path, data), isinstance(value, Mapping) and value.get("kind")
        return _none_of(named, kinds) if named else f"say which kind it is, `kind:` {_listed(kinds)}"
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return f"it must be {word} {context[bound]:g}, and is {_quoted(value)}"
    if kind == "too_short":
        return "it is empty"
    if kind in _EXPECTED:
        if not path:
            return _of_the_whole(value)
        return f"{_EXPECTED[kind]}; here stands {_quoted(value)}"
    return details["msg"].removeprefix("Value error, ")


def _of_the_whole(value: object) -> str:
    return f"it {'is empty' if value is None else f'holds {_quoted(value)}'}; a job has keys, such as `layers:`"


def _none_of(value: object, known: list[str]) -> str:
    return f"{_quoted(value)} cannot stand here; choose {_listed(known)}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _quoted(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a block of keys"
    if _is_list(value):
        return "a list"
    if isinstance(value, str):
        return f"“{value[:40]}…”" if len(value) > 40 else f"“{value}”"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at(path: Iterable[int | str], data: Any) -> Any:
    for step in path:
        data = data[step]
    return data


class _Keys:
    """The keys that a description has, level by level, read off its JSON schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def instead_of(self, path: _Path, data: object) -> str:
        """What to write instead of a key that is not there: one near it at its level, else where it belongs."""
        *level, key = path
        here = {name for node in self._nodes(level, data) for name in node.get("properties", {})}
        near = difflib.get_close_matches(str(key), sorted(here), n=1)
        if near:
            return f"there is no such key; did you mean “{near[0]}”?"
        places: dict[str, list[str]] = {}
        for parent, name in self._all(self._schema):
            places.setdefault(name, []).append(f"under `{parent}:`" if parent else "at the top level")
        if key in places:
            return f"`{key}` belongs {_listed(list(dict.fromkeys(places[str(key)])))}"
        near = difflib.get_close_matches(str(key), sorted(places), n=1)
        meant = f"; did you mean “{near[0]}” {_listed(list(dict.fromkeys(places[near[0]])))}?" if near else ""
        return f"there is no such key{meant}"

    def kinds(self, path: _Path, data: object) -> list[str]:
        """The values of `kind` that may stand in the block at `path`."""
        return [node["properties"]["kind"]["const"] for node in self._nodes(path[:-1], data, path[-1:])]

    def _nodes(self, path: Iterable[int | str], data: Any, last: _Path = ()) -> list[dict[str, Any]]:
        """Schemas of all blocks that may stand at `path`; of those with a `kind`, the one that the data name."""
        nodes = [self._schema]
        for step in path:
            data = _at((step,), data)
            kind = data.get("kind") if isinstance(data, Mapping) else None
            nodes = [
                node
                for parent in nodes
                for node in self._within(parent, step)
                if kind is None or node.get("properties", {}).get("kind", {}).get("const", kind) == kind
            ]
        return [node for step in last for parent in nodes for node in self._within(parent, step)] if last else nodes

    def _within(self, node: dict[str, Any], step: int | str) -> Iterator[dict[str, Any]]:
        child = node.get("properties", {}).get(step) if isinstance(step, str) else node.get("items")
        return self._plain(child or {})

    def _plain(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """A schema with its references followed and its alternatives apart."""
        if "$ref" in node:
            yield from self._plain(self._schema["$defs"][node["$ref"].rpartition("/")[2]])
        elif others := node.get("anyOf") or node.get("oneOf"):
            for other in others:
                yield from self._plain(other)
        else:
            yield node

    def _all(self, node: dict[str, Any], parent: str = "") -> Iterator[tuple[str, str]]:
        """Every key with the block that it belongs under; scenes repeat what stands at the top."""
        for name, child in node.get("properties", {}).items():
            yield parent, name
            for plain in self._plain(child) if name != "scenes" else ():
                yield from self._all(plain, name)
                for item in self._plain(plain.get("items", {})):
                    yield from self._all(item, name)
