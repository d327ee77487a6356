"""What keeps a draft from being distilled, in plain words: what can be seen at once. The backend looks deeper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsMapLayer, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from .bands import comes_at_any_size, is_picture
from .choices import Problem
from .expectation import expectations
from .index_bands import bands_of, is_offered, offered_bands
from .recipe import NETWORKS

if TYPE_CHECKING:
    from .draft import Draft


def problems(draft: Draft) -> list[Problem]:
    """In the order of the dock's sections."""
    checks = (("layers", _layers), ("layers", _area), ("labels", _labels), ("teacher", _teacher), ("distil", _distil))
    return [Problem(section, words) for section, check in checks for words in check(draft)]


def _layers(draft: Draft) -> Iterator[str]:
    if not draft.layers:
        yield _tr("Choose at least one raster layer.")
        return
    for chosen in draft.layers:
        yield from _missing(draft.layer(chosen.layer_id), chosen.name)
        if chosen.bands == []:
            yield _tr("Choose at least one band of “{}”.").format(chosen.name)
    used = [chosen for chosen in draft.layers if chosen.bands != []]
    if used and draft.teacher["kind"] != "map" and not any(chosen.teacher for chosen in used):
        yield _tr("The teacher sees none of the layers. Switch on “Teacher” at one of them.")
    if used and not any(chosen.student for chosen in used):
        yield _tr("The student sees none of the layers. Switch on “Student” at one of them.")
    if all(draft.layer(chosen.layer_id) is not None for chosen in draft.layers):
        yield from _placed(draft)


def _placed(draft: Draft) -> Iterator[str]:
    """Layers that cannot lie on one grid."""
    first = draft.layer(draft.layers[0].layer_id)
    local = not first.crs().isValid()
    for chosen in draft.layers[1:]:
        layer = draft.layer(chosen.layer_id)
        if layer.crs().isValid() == local:
            name = first.name() if local else layer.name()
            yield _tr("“{}” has no coordinate reference system. Set it in the layer's properties.").format(name)
        elif layer.isValid() and not local and _apart(layer, first.extent(), first, draft):
            yield _tr("“{0}” and “{1}” do not overlap.").format(layer.name(), first.name())


def _area(draft: Draft) -> Iterator[str]:
    area = draft.area
    first = draft.layer(draft.layers[0].layer_id) if draft.layers else None
    if area.kind == "layer":
        layer = draft.layer(area.layer_id)
        if layer is None:
            yield _tr("Choose the polygon layer of the area.")
        elif not layer.isValid():
            yield _tr("The area's layer “{}” cannot be read.").format(layer.name())
        elif first is not None and _apart(layer, first.extent(), first, draft):
            yield _tr("The area's layer “{0}” does not overlap “{1}”.").format(layer.name(), first.name())
    elif area.kind == "rectangle" and (area.rectangle is None or area.rectangle.isEmpty()):
        yield _tr("Draw the rectangle of the area on the map.")
    elif area.kind in ("canvas", "rectangle") and first is not None and area.rectangle is not None:
        box = _moved(area.rectangle, area.rectangle.crs(), first, draft)
        if box is not None and not box.intersects(first.extent()):
            yield _tr("The area does not overlap “{}”.").format(first.name())
    elif area.kind == "whole" and first is not None and comes_at_any_size(first):
        yield _tr("“{}” covers the whole world. Choose an area.").format(first.name())


def _labels(draft: Draft) -> Iterator[str]:
    labels = draft.labels
    if labels is None:
        return
    layer = draft.layer(labels.layer_id)
    found = list(_missing(layer, draft.name_of(labels.layer_id) or _tr("The label layer")))
    yield from found
    if found:
        return
    if draft.label_facts.get("refused"):
        yield draft.label_facts["refused"]
    if is_picture(layer):
        yield picture_as_labels(layer)
    if isinstance(layer, QgsVectorLayer):
        if not labels.field and draft.task == "land-cover":
            yield _tr("Choose the field that holds the class.")
        elif labels.field and layer.fields().indexOf(labels.field) < 0:
            yield _tr("“{0}” has no field “{1}” any more. Choose another.").format(layer.name(), labels.field)
    if labels.own and not labels.classes:
        yield _tr("All classes are left out. Switch on at least two.")
    elif len({each.name for each in labels.classes}) == 1 and draft.task == "land-cover":
        yield _tr("There is only one class, “{}”. Two are needed.").format(labels.classes[0].name)


def _teacher(draft: Draft) -> Iterator[str]:
    teacher = draft.teacher
    kind = teacher["kind"]
    if kind == "labels" and draft.labels is None:
        yield _tr("A teacher is trained on labels. Choose a label layer, or another teacher.")
    elif kind in ("onnx", "checkpoint"):
        yield from _teacher_file(draft)
    elif kind == "torchgeo":
        if not teacher.get("weights"):
            yield _tr("Choose the published weights.")
        elif draft.teacher_facts.get("encoder") and draft.labels is None:
            yield _tr("These weights are only a start: the teacher is trained on labels. Choose a label layer.")
        else:
            yield from (each.words for each in expectations(draft) if not each.met)
    elif kind == "map":
        layer = draft.layer(teacher.get("layer_id", ""))
        if not teacher.get("layer_id"):
            yield _tr("Choose the map that is to be the teacher.")
        else:
            yield from _missing(layer, draft.name_of(teacher["layer_id"]) or _tr("The map"))
            if layer is not None and is_picture(layer):
                yield picture_as_map(layer)
    elif kind == "index":
        yield from _index(draft)


def picture_as_labels(layer: QgsMapLayer) -> str:
    """Why a picture from a server cannot be the labels."""
    words = _tr(
        "“{}” is drawn by a server as a picture: it has colours, but no class values to learn from. "
        "Choose a class raster or polygons that you have as a file."
    )
    return words.format(layer.name())


def picture_as_map(layer: QgsMapLayer) -> str:
    """Why a picture from a server cannot be the teacher's map."""
    words = _tr(
        "“{}” is drawn by a server as a picture: it has colours, but no class values to teach. "
        "Choose a class map that you have as a file."
    )
    return words.format(layer.name())


def _teacher_file(draft: Draft) -> Iterator[str]:
    path = draft.teacher.get("path", "")
    if not path:
        yield _tr("Choose the teacher's file.")
        return
    if not Path(path).is_file():
        yield _tr("There is no file “{}”.").format(path)
        return
    if draft.teacher_facts.get("undescribed") and not draft.teacher.get("model"):
        yield _tr("The file does not say which network it holds. Choose the model under “For experts”.")
    yield from (each.words for each in expectations(draft) if not each.met)


def _index(draft: Draft) -> Iterator[str]:
    """Bands and classes of a spectral index."""
    teacher, offered = draft.teacher, offered_bands(draft)
    bands = bands_of(draft)
    if not all(bands):
        yield _tr("Choose the two bands of the index: the layers do not say by name which they are.")
    elif bands[0].casefold() == bands[1].casefold():
        yield _tr("The two bands of the index are the same. Choose two that differ.")
    else:
        gone = [name for name in bands if not is_offered(name, offered)]
        if gone:
            yield _tr("The teacher does not see the band “{}” any more. Choose another.").format(gone[0])
    names, thresholds = teacher.get("names") or [], teacher.get("thresholds") or []
    if not all(name.strip() for name in names):
        yield _tr("Give every class of the index a name.")
    elif len({name.casefold() for name in names}) < 2:
        yield _tr("The index maps one class only. Give its classes two names at least.")
    if any(high <= low for low, high in zip(thresholds, thresholds[1:])):
        yield _tr("The values of the index must rise from class to class.")
    yield from (each.words for each in expectations(draft) if not each.met)


def training_missing() -> str:
    """Why nothing can be distilled where only the parts for using students are installed."""
    return _tr("Distilling needs the training parts (PyTorch and others), which are not installed yet.")


def _distil(draft: Draft) -> Iterator[str]:
    if draft.cannot_train:
        yield training_missing()
    if draft.baseline and draft.labels is None:
        yield _tr("Comparing with a student without a teacher needs labels.")
    if draft.recipe_facts.get("refused"):
        yield draft.recipe_facts["refused"]
    looking = draft.recipe_facts.get("looks_inside") or ()
    if looking and draft.teacher["kind"] not in NETWORKS:
        words = _tr(
            "The recipe looks inside the teacher ({}), and this teacher gives answers only. Choose another recipe, "
            "or a teacher that is trained here, a checkpoint or published weights."
        )
        yield words.format(", ".join(looking))
    if draft.recipe_facts.get("needs_labels") and draft.labels is None:
        yield _tr("The recipe says nothing of classes without labels. Choose a label layer, or another recipe.")


def _missing(layer: QgsMapLayer | None, name: str) -> Iterator[str]:
    if layer is None:
        yield _tr("“{}” is no longer in the project. Choose another layer.").format(name)
    elif not layer.isValid():
        yield _tr("“{}” cannot be read: its source is not there.").format(layer.name())


def _apart(layer: QgsMapLayer, extent: QgsRectangle, grid: QgsMapLayer, draft: Draft) -> bool:
    """Whether a layer surely lies elsewhere; not known counts as no."""
    if not layer.crs().isValid() or layer.extent().isEmpty():
        return False
    box = _moved(layer.extent(), layer.crs(), grid, draft)
    return box is not None and not box.intersects(extent)


def _moved(box: QgsRectangle, crs: object, grid: QgsMapLayer, draft: Draft) -> QgsRectangle | None:
    """A box in the CRS of the grid; None where it has no place there."""
    if not grid.crs().isValid():
        return QgsRectangle(box)
    try:
        return QgsCoordinateTransform(crs, grid.crs(), draft.project).transformBoundingBox(QgsRectangle(box))
    except QgsCsException:
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Problem", text)
