"""The distillation in the making, which all sections of the dock read and change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis import places

from .choices import DraftArea, DraftLabels, DraftLayer, Problem, Request
from .naming import slug
from .recipe import AUTO

_OF_LABELS = ("task", "layers", "area", "gsd", "labels", "extra")
"""What the answer depends on whether labels can be used."""


class Draft(QObject):
    """Everything that was chosen. Change it with `set` and whole new values; never change a list that it holds.

    Attributes:
        task: “land-cover” or “segmentation”.
        layers: the first gives the reference grid.
        area: where to work.
        gsd: pixel size in metres, where the first layer comes from a server that draws any; else None.
        labels: None without labels.
        teacher: as `teacher:` in the job file, without `layers`; a map has `layer_id` instead of `path`, an index has
            no `bands` as long as they are guessed.
        teacher_facts: what the backend's `inspect` says of the teacher's file; empty as long as nothing is known.
        student, training, baseline, out: as in the job file.
        recipe: the same; “auto” leaves the choice to the backend.
        recipe_facts: what is known of the recipe, as the backend's `recipes` says it, and why it is `refused`; empty as
            long as nothing is known.
        label_facts: why the labels cannot be used in this area (`refused`), as the backend says it; empty as long as
            nothing is known.
        cannot_train: the environment is known to lack the training parts; it is nobody's choice.
        extra: further keys of the job file, as the sample needs them; they belong to these layers and labels.
    """

    changed = pyqtSignal()

    task: str
    layers: list[DraftLayer]
    area: DraftArea
    gsd: float | None
    labels: DraftLabels | None
    teacher: dict[str, Any]
    teacher_facts: dict[str, Any]
    student: dict[str, Any]
    recipe: dict[str, Any]
    recipe_facts: dict[str, Any]
    training: dict[str, Any]
    baseline: bool
    out: str
    extra: dict[str, Any]
    label_facts: dict[str, Any]
    cannot_train: bool

    def __init__(self, project: QgsProject | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = project or QgsProject.instance()
        self.__dict__.update(_empty())
        self._names: dict[str, str] = {}  # of the layers in use, for when they have left
        self.project.cleared.connect(self.clear)
        self.project.layersWillBeRemoved.connect(self._note_names)
        self.project.layersRemoved.connect(self._tell_if_used)

    def set(self, **changes: Any) -> None:
        """Assigns; emits `changed` once if anything differs."""
        unknown = changes.keys() - _empty().keys()
        if unknown:
            raise AttributeError(", ".join(sorted(unknown)))
        if "extra" not in changes and self._other_ground(changes):
            changes["extra"] = {}
        if changes.get("recipe", self.recipe) != self.recipe:
            changes.setdefault("recipe_facts", {})  # they were another's
        if any(changes.get(name, getattr(self, name)) != getattr(self, name) for name in _OF_LABELS):
            changes.setdefault("label_facts", {})
        if all(getattr(self, name) == value for name, value in changes.items()):
            return
        self.__dict__.update(changes)
        self._note_names()
        self.changed.emit()

    def clear(self) -> None:
        """Forgets everything; the layers have left with their project."""
        self._names = {}
        self.set(**{**_empty(), "cannot_train": self.cannot_train})

    def layer(self, layer_id: str) -> QgsMapLayer | None:
        """A layer of the project; None where it has left it."""
        return self.project.mapLayer(layer_id)

    def name_of(self, layer_id: str) -> str:
        """A layer's name, the last one that it had where it has left the project; empty where nobody knows."""
        layer = self.layer(layer_id)
        return layer.name() if layer is not None else self._names.get(layer_id, "")

    def problems(self) -> list[Problem]:
        """What is missing or does not fit, in the order of the dock's sections."""
        from .problems import problems

        return problems(self)

    def request(self) -> Request:
        """The job for the backend. Ask `problems` first.

        Raises LayerUnusable where a layer has left the project or cannot be handed over.
        """
        from .request import request

        return request(self)

    def band_count(self, who: str = "student") -> int:
        """Bands that the `student` or the `teacher` sees."""
        return sum(len(self.bands_of(chosen)) for chosen in self.layers if getattr(chosen, who))

    def bands_of(self, chosen: DraftLayer) -> list[int]:
        """Numbers of the bands in use, from 1; none where the layer has left the project."""
        if chosen.bands is not None:
            return chosen.bands
        from .bands import usable_bands

        layer = self.layer(chosen.layer_id)
        return [number for number, _ in usable_bands(layer)] if layer is not None else []

    def class_count(self) -> int:
        """Classes that the student will tell apart, as far as they are known by now; at least 2."""
        if self.labels is not None and self.labels.classes:
            names = {each.name for each in self.labels.classes}
            background = self.task == "segmentation" and "background" not in {name.casefold() for name in names}
            return max(2, len(names) + background)
        own = self.teacher.get("names") if self.teacher["kind"] == "index" else self.teacher_facts.get("classes")
        return max(2, len(set(own or ())))

    def title(self) -> str:
        """A name for the distillation: the reference layer's."""
        return self.layers[0].name if self.layers else self.tr("Distillation")

    def folder(self) -> Path:
        """Where the results go: what was chosen, else a new folder named by date and layer."""
        if self.out:
            return Path(self.out).absolute()  # the backend works in another folder than QGIS
        name = f"{datetime.now().strftime('%Y-%m-%d-%H%M')}-{slug(self.title())}"
        folder, number = places.jobs() / name, 1
        while folder.exists():
            number += 1
            folder = places.jobs() / f"{name}-{number}"
        return folder

    def _other_ground(self, changes: dict[str, Any]) -> bool:
        layers, labels = changes.get("layers", self.layers), changes.get("labels", self.labels)
        return _ids(layers, labels) != _ids(self.layers, self.labels)

    def _tell_if_used(self, removed: list[str]) -> None:
        if self._used() & set(removed):
            self.changed.emit()

    def _note_names(self, *_: Any) -> None:
        for layer_id in self._used():
            layer = self.layer(layer_id)
            if layer is not None:
                self._names[layer_id] = layer.name()

    def _used(self) -> set[str]:
        used = {each.layer_id for each in self.layers} | {self.area.layer_id, self.teacher.get("layer_id", "")}
        return used if self.labels is None else used | {self.labels.layer_id}


def _empty() -> dict[str, Any]:
    return {
        "task": "land-cover",
        "layers": [],
        "area": DraftArea(),
        "gsd": None,
        "labels": None,
        "teacher": {"kind": "labels"},
        "teacher_facts": {},
        "student": {},
        "recipe": {"name": AUTO},
        "recipe_facts": {},
        "training": {},
        "baseline": False,
        "out": "",
        "extra": {},
        "label_facts": {},
        "cannot_train": False,
    }


def _ids(layers: list[DraftLayer], labels: DraftLabels | None) -> tuple[list[str], str]:
    return [each.layer_id for each in layers], labels.layer_id if labels is not None else ""
