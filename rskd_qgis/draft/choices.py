"""What can be chosen for a distillation. Layers are named by their id: they may leave the project at any moment."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsReferencedRectangle


@dataclass
class DraftLayer:
    """A raster layer. `bands` are numbers from 1; None means all of them."""

    layer_id: str
    name: str
    bands: list[int] | None = None
    teacher: bool = True
    student: bool = True


@dataclass
class DraftArea:
    """Where to work: `whole` layers, the `canvas`, a drawn `rectangle`, or the polygons of a `layer`."""

    kind: str = "whole"
    rectangle: QgsReferencedRectangle | None = None
    layer_id: str = ""


@dataclass
class DraftClass:
    """A class of the labels: the values in the label layer that it gathers. `color` as “#1b7837”, empty if unknown."""

    name: str
    color: str = ""
    values: list[Any] = dataclasses.field(default_factory=list)


@dataclass
class DraftLabels:
    """A label layer. `classes` are what the user made of the layer's `own`; both are empty until they are known."""

    layer_id: str
    field: str = ""
    ignore: list[Any] = dataclasses.field(default_factory=list)
    classes: list[DraftClass] = dataclasses.field(default_factory=list)
    own: list[DraftClass] = dataclasses.field(default_factory=list)

    def regrouped(self) -> bool:
        """Whether names or values differ from what the layer itself says."""
        return _groups(self.classes) != _groups(self.own)

    def recoloured(self) -> bool:
        """Whether some class has another colour than the layer's file gives it."""
        own = {value: each.color for each in self.own for value in each.values}
        return any(each.color and each.color != own.get(each.values[0], "") for each in self.classes if each.values)


@dataclass(frozen=True)
class Problem:
    """What keeps a distillation from starting, in the user's words, and the section of the dock that mends it."""

    section: str  # layers | labels | teacher | student | distil
    message: str


@dataclass(frozen=True)
class Request:
    """A job, ready for the backend: its description, the secrets it names, and the layers to be written first."""

    spec: dict[str, Any]
    secrets: dict[str, str]
    exports: list[Any]  # of layers/export.py


def _groups(classes: list[DraftClass]) -> dict[str, list[Any]]:
    return {each.name: sorted(each.values, key=str) for each in classes}
