"""Keeps the draft in the project: what was chosen is there again when the project is opened."""

from __future__ import annotations

import json
from typing import Any, Callable

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject

from rskd_qgis.layers.made import made_here

from .choices import DraftArea, DraftClass, DraftLabels, DraftLayer
from .draft import Draft

_SCOPE, _KEY = "RSKD", "/draft"
_TEACHERS = ("labels", "onnx", "checkpoint", "torchgeo", "map", "index")
_AREAS = ("whole", "canvas", "rectangle", "layer")


class Keeping(QObject):
    """Writes the draft when its project is saved, and reads it when one is opened.

    What is known of files (`teacher_facts`, `recipe_facts`) is not kept: it is asked anew. Nor is anything secret: the
    draft names layers by their ids.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self._draft, self._project = draft, draft.project
        self._project.writeProject.connect(self._write)
        self._project.readProject.connect(self._read)
        self.restore()

    def restore(self) -> bool:
        """Takes what the project keeps; False where it keeps nothing."""
        text, there = self._project.readEntry(_SCOPE, _KEY, "")
        if not there or not text:
            return False
        changes = changes_of(text, self._project)
        if changes:
            self._draft.clear()
            self._draft.set(**changes)
        return bool(changes)

    def _write(self, *_: Any) -> None:
        text = text_of(self._draft)
        if text:
            self._project.writeEntry(_SCOPE, _KEY, text)
        else:
            self._project.removeEntry(_SCOPE, _KEY)

    def _read(self, *_: Any) -> None:
        if not self.restore() and len(_images(self._project)) != 1:
            self._draft.clear()  # layers come one by one: the first was no choice


def text_of(draft: Draft) -> str:
    """The draft as JSON; empty where no layer is chosen."""
    if not draft.layers:
        return ""
    kept = {
        "task": draft.task,
        "layers": [vars(each) for each in draft.layers],
        "area": _area_told(draft.area),
        "gsd": draft.gsd,
        "labels": _labels_told(draft.labels),
        "teacher": draft.teacher,
        "student": draft.student,
        "recipe": draft.recipe,
        "training": draft.training,
        "baseline": draft.baseline,
        "out": draft.out,
        "extra": draft.extra,
    }
    return json.dumps(kept, default=str)


def changes_of(text: str, project: QgsProject) -> dict[str, Any]:
    """What `Draft.set` takes, of a text that anybody may have written; what cannot be used is left out and logged."""
    try:
        kept = json.loads(text)
    except ValueError:
        kept = None
    if not isinstance(kept, dict):
        _log(_tr("The project's RSKD settings are damaged and were not used."))
        return {}
    changes: dict[str, Any] = {}
    for name, value in kept.items():
        read = _READERS.get(name)
        try:
            if read is None:
                raise KeyError(name)
            changes[name] = read(value, project)
        except (KeyError, TypeError, ValueError, AttributeError):
            _log(_tr("“{}” of the project's RSKD settings cannot be used and was left out.").format(name))
    if not changes.get("layers"):
        return {}
    if len(changes["layers"]) != len(kept["layers"]) or (kept.get("labels") and not changes.get("labels")):
        changes.pop("extra", None)  # it belongs to those layers and labels
    return changes


def _images(project: QgsProject) -> list[QgsRasterLayer]:
    """The raster layers that may be meant as input."""
    layers = project.mapLayers().values()
    return [layer for layer in layers if isinstance(layer, QgsRasterLayer) and not made_here(layer)]


# What is told


def _area_told(area: DraftArea) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": area.kind, "layer_id": area.layer_id}
    box = area.rectangle
    if box is not None:
        told["rectangle"] = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
        told["crs"] = box.crs().authid() or box.crs().toWkt()
    return told


def _labels_told(labels: DraftLabels | None) -> dict[str, Any] | None:
    if labels is None:
        return None
    told = {**vars(labels)}
    for name in ("classes", "own"):
        told[name] = [vars(each) for each in told[name]]
    return told


# What is read: each raises TypeError, KeyError or ValueError where it is something else


def _task(value: Any, _project: QgsProject) -> str:
    return _one_of(value, ("land-cover", "segmentation"))


def _layers(value: Any, project: QgsProject) -> list[DraftLayer]:
    found = []
    for each in _all(value, dict):
        layer = project.mapLayer(_is(each["layer_id"], str))
        if not isinstance(layer, QgsRasterLayer):
            _log(_tr("“{}” is no longer in the project.").format(each.get("name", "")))
            continue
        bands = None if each["bands"] is None else _all(each["bands"], int)
        found.append(
            DraftLayer(layer.id(), layer.name(), bands, _is(each["teacher"], bool), _is(each["student"], bool))
        )
    return found


def _area(value: Any, project: QgsProject) -> DraftArea:
    kind, layer_id = _one_of(value["kind"], _AREAS), _is(value["layer_id"], str)
    if kind == "layer" and project.mapLayer(layer_id) is None:
        _log(_tr("The layer of the area is no longer in the project."))
        return DraftArea()
    if "rectangle" not in value:
        return DraftArea(kind, layer_id=layer_id)
    left, bottom, right, top = (float(each) for each in value["rectangle"])
    crs = QgsCoordinateReferenceSystem(_is(value["crs"], str))
    return DraftArea(kind, QgsReferencedRectangle(QgsRectangle(left, bottom, right, top), crs), layer_id)


def _gsd(value: Any, _project: QgsProject) -> float | None:
    return None if value is None else float(value)


def _labels(value: Any, project: QgsProject) -> DraftLabels | None:
    if value is None:
        return None
    layer_id = _is(value["layer_id"], str)
    if project.mapLayer(layer_id) is None:
        _log(_tr("The label layer is no longer in the project."))
        return None
    classes, own = ([_class(each) for each in value[name]] for name in ("classes", "own"))
    return DraftLabels(layer_id, _is(value["field"], str), _all(value["ignore"], (int, float, str)), classes, own)


def _class(value: Any) -> DraftClass:
    return DraftClass(_is(value["name"], str), _is(value["color"], str), _all(value["values"], (int, float, str, bool)))


def _teacher(value: Any, project: QgsProject) -> dict[str, Any]:
    _one_of(value["kind"], _TEACHERS)
    if value["kind"] == "map" and project.mapLayer(_is(value.get("layer_id", ""), str)) is None:
        _log(_tr("The teacher's map is no longer in the project."))
        return {"kind": "map"}
    return _is(value, dict)


def _recipe(value: Any, _project: QgsProject) -> dict[str, Any]:
    if "name" in value:
        _is(value["name"], str)
    return _is(value, dict)


def _plain(kind: type) -> Callable[[Any, QgsProject], Any]:
    return lambda value, _project: _is(value, kind)


_READERS: dict[str, Callable[[Any, QgsProject], Any]] = {
    "task": _task,
    "layers": _layers,
    "area": _area,
    "gsd": _gsd,
    "labels": _labels,
    "teacher": _teacher,
    "student": _plain(dict),
    "recipe": _recipe,
    "training": _plain(dict),
    "baseline": _plain(bool),
    "out": _plain(str),
    "extra": _plain(dict),
}


def _is(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def _all(values: Any, kind: Any) -> list[Any]:
    return [_is(each, kind) for each in _is(values, list)]


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _log(words: str) -> None:
    QgsApplication.messageLog().logMessage(words, "RSKD", Qgis.MessageLevel.Warning)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Keeping", text)
