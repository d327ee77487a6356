"""Images of a folder, or layers of the project, told apart into places: one map each; decided without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication

_JOINTS = ("_", "-", ".", " ", "")
"""What may stand between the name of a place and that of a layer."""

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Item:
    """A file, or a layer of the project; the other one is empty."""

    name: str
    file: str = ""
    layer_id: str = ""

    @property
    def stem(self) -> str:
        """The name without a file's ending."""
        return Path(self.name).stem if self.file else self.name


@dataclass
class Place:
    """What becomes one map.

    Attributes:
        name: what it is called.
        items: for each of the student's layers, in their order; a single one where it holds all bands.
        problem: why it cannot be mapped, as far as the names tell.
    """

    name: str
    items: list[Item | None] = field(default_factory=list)
    problem: str = ""


def one_each(items: Sequence[Item]) -> list[Place]:
    """Every item holds all bands."""
    return [Place(item.name, [item]) for item in items]


def grouped(items: Sequence[Item], layers: Sequence[str], endings: Sequence[str]) -> list[Place]:
    """An item for each of `layers`, told by the ends of their names; what stands before is the place's name.

    Upper and lower case are the same. What ends like no layer, or like one that the place has already, stands alone
    with its problem.
    """
    places: dict[str, Place] = {}
    strays: list[Place] = []
    for item in items:
        at = _layer_of(item.stem, endings)
        if at is None:
            words = translate("Many", "Its name ends like none of the student's layers.")
            strays.append(Place(item.name, [item], words))
            continue
        name = item.stem[: len(item.stem) - len(endings[at])]
        place = places.setdefault(name.casefold(), Place(name or item.stem, [None] * len(layers)))
        taken = place.items[at]
        if taken is None:
            place.items[at] = item
        else:
            words = translate("Many", "“{other}” is taken for “{layer}” of this place already.")
            strays.append(Place(item.name, [item], words.format(other=taken.name, layer=layers[at])))
    for place in places.values():
        lacking = [at for at, item in enumerate(place.items) if item is None]
        if lacking:
            words = translate("Many", "Nothing is there for “{layer}”: no name ends in “{ending}”.")
            place.problem = words.format(layer=layers[lacking[0]], ending=endings[lacking[0]])
    return [*places.values(), *strays]


def proposed(items: Sequence[Item], layers: Sequence[str]) -> list[str]:
    """For each layer the ending by which some names tell it; else “_” and its name."""
    stems = [item.stem.casefold() for item in items]
    return [
        next(
            (
                f"{joint}{layer}"
                for joint in _JOINTS
                if any(stem.endswith(f"{joint}{layer}".casefold()) and stem != layer.casefold() for stem in stems)
            ),
            f"_{layer}",
        )
        for layer in layers
    ]


def _layer_of(stem: str, endings: Sequence[str]) -> int | None:
    """The layer with the longest ending that the name has."""
    name = stem.casefold()
    fitting = [at for at, ending in enumerate(endings) if ending and name.endswith(ending.casefold())]
    return max(fitting, key=lambda at: len(endings[at]), default=None)
