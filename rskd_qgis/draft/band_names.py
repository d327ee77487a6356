"""Which bands of a network that knows their names there are: the backend's rule (`rskd.infer.bandmatch`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .index_bands import offered_bands

if TYPE_CHECKING:
    from .draft import Draft


@dataclass(frozen=True)
class Matched:
    """`missing`: names that are not there; `by_position`: bands of other names that are taken in their order."""

    missing: list[str]
    by_position: bool


def matched(needed: list[tuple[str, str]], draft: Draft) -> Matched | None:
    """How bands are found in the layers that the teacher sees.

    Layers first, by name and the rest in their order; in them by the band's own name whatever the case, or by its
    number in the layer where it had no name; by position where none is found and there are exactly as many.

    Args:
        needed: name and layer of each, as the network's description has them.
        draft: the distillation in the making.

    Returns:
        None where there are fewer layers than the network was trained on.
    """
    offered = offered_bands(draft)
    layers = _match_layers(_in_order(layer for _, layer in needed), _in_order(band.layer for band in offered))
    if layers is None:
        return None
    missing: list[str] = []
    by_position = False
    for of_network, of_draft in layers.items():
        here = [band for band in offered if band.layer == of_draft]
        there = {key for band in here for key in (_key(band.name, band.layer), ("number", str(band.number)))}
        wanted = {name: _key(name, layer) for name, layer in needed if layer == of_network}
        lacking = [name for name, key in wanted.items() if key not in there]
        described = any(key in there for key in wanted.values() if key[0] == "name")
        if lacking and (described or len(here) != len(wanted)):
            missing += lacking
        elif lacking:
            by_position = True
    return Matched(missing, by_position)


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _match_layers(needed: list[str], present: list[str]) -> dict[str, str] | None:
    found = {name: name for name in needed if name in present}
    rest = [name for name in present if name not in found]
    unmatched = [name for name in needed if name not in found]
    return {**found, **dict(zip(unmatched, rest))} if len(rest) >= len(unmatched) else None


def _key(name: str, layer: str) -> tuple[str, str]:
    """A band's own name without its layer's; its number where it has no name."""
    number = _without(name, f"{layer} ")
    if number != name and number.isdecimal():
        return "number", number
    return "name", _without(name, f"{layer}:").strip().casefold()


def _without(name: str, start: str) -> str:
    return name[len(start) :] if name.startswith(start) else name
