"""Job descriptions laid over each other: what a form has no field for."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]


def merged(spec: Spec, over: Spec) -> Spec:
    """`spec` with the keys of `over` laid over it; tables are joined, layers by their names.

    A table that `spec` does not have comes as it is; a value of None takes a key away.
    """
    result = dict(spec)
    for key, value in over.items():
        own = spec.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(own, dict) and isinstance(value, dict):
            result[key] = merged(own, value)
        elif _named(own) and isinstance(value, dict):
            result[key] = [merged(entry, value.get(entry["name"], {})) for entry in own]
        else:
            result[key] = value
    return result


def further(spec: Spec, plain: Spec) -> Spec:
    """What has to be laid over `plain` to get `spec`, so that merging both gives `spec` again."""
    result: Spec = {key: None for key in plain if key not in spec}
    for key, value in spec.items():
        own = plain.get(key)
        if own == value:
            continue
        if isinstance(own, dict) and isinstance(value, dict):
            result[key] = further(value, own)
        elif _named(own) and _named(value) and [one["name"] for one in own] == [one["name"] for one in value]:
            pairs = ((one["name"], further(one, other)) for one, other in zip(value, own))
            result[key] = {name: rest for name, rest in pairs if rest}
        else:
            result[key] = value
    return result


def _named(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "name" in one for one in value)
