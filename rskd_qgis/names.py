"""Names that tell things apart."""

from __future__ import annotations

from collections.abc import Collection


def free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if it is taken."""
    number, other = 1, name
    while other in taken:
        number += 1
        other = f"{name} ({number})"
    return other
