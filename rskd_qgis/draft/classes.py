"""What a label layer itself says of its classes: values, names, colours, and how much there is of each.

Counting reads pixels or features, so it is a task of its own; the layer is cloned before it starts.
"""

from __future__ import annotations

from array import array
from collections import Counter
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFeatureRequest,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsTask,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal

from rskd_qgis.layers.legend import map_classes

from .choices import DraftClass

MOST_CLASSES = 254
"""More different values are no classes: the backend's limit."""

_LOOKED_AT = 2_000_000  # pixels; larger layers are sampled on a regular lattice
_MEASURED = 50_000  # features; more are counted without their areas
_BLOCK_ROWS = 256
_PIXELS = {
    Qgis.DataType.Byte: "B",
    Qgis.DataType.UInt16: "H",
    Qgis.DataType.Int16: "h",
    Qgis.DataType.UInt32: "I",
    Qgis.DataType.Int32: "i",
    Qgis.DataType.Float32: "f",
    Qgis.DataType.Float64: "d",
}
"""Codes of `array`."""
if hasattr(Qgis.DataType, "Int8"):  # since QGIS 3.30
    _PIXELS[Qgis.DataType.Int8] = "b"


class ClassSurvey(QgsTask):
    """Finds the values of a label layer.

    After `surveyed`, `classes` are what the layer says, in the order of their values, and `shares` the part of the
    labelled area that each covers, by name; empty where measuring would take too long.
    """

    surveyed = pyqtSignal()

    def __init__(self, layer: QgsMapLayer, field: str = "") -> None:
        title = QCoreApplication.translate("ClassSurvey", "Reading the classes of {}").format(layer.name())
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.layer_id, self.field = layer.id(), field
        self.classes: list[DraftClass] = []
        self.shares: dict[str, float] = {}
        self.too_many = False
        self._legend = legend(layer, field)
        self._counts: Counter[Any] = Counter()
        self._provider = self._source = None
        if isinstance(layer, QgsRasterLayer):
            self._provider = layer.dataProvider().clone()
        elif isinstance(layer, QgsVectorLayer):
            self._source = QgsVectorLayerFeatureSource(layer)
            self._index = layer.fields().indexOf(field)

    def run(self) -> bool:
        """In the task's thread."""
        if self._provider is not None:
            self._count_pixels()
        elif self._source is not None and self._index >= 0:
            self._count_features()
        return not self.isCanceled()

    def finished(self, done: bool) -> None:
        """In the main thread."""
        self._provider = self._source = None
        if done:
            self._conclude()
            self.surveyed.emit()

    def _conclude(self) -> None:
        self.too_many = len(self._counts) > MOST_CLASSES
        if self.too_many:
            return
        total = sum(self._counts.values())
        for value in sorted(self._counts, key=lambda value: (isinstance(value, str), value)):
            name, color = self._legend.get(value, ("", ""))
            name = name or str(value)
            if any(each.name == name for each in self.classes):
                name = f"{name} ({value})"  # as the backend tells them apart
            self.classes.append(DraftClass(name, color, [value]))
            if total:
                self.shares[name] = self._counts[value] / total

    def _count_pixels(self) -> None:
        provider = self._provider
        code = _PIXELS.get(provider.dataType(1))
        width, height = provider.xSize(), provider.ySize()
        if code is None or not width or not height:
            return
        step = max(1, round((width * height / _LOOKED_AT) ** 0.5))
        columns, rows = max(1, width // step), max(1, height // step)
        extent = provider.extent()
        side = extent.height() / rows
        for top in range(0, rows, _BLOCK_ROWS):
            if self.isCanceled() or len(self._counts) > 20 * MOST_CLASSES:
                return
            count = min(_BLOCK_ROWS, rows - top)
            part = type(extent)(extent)
            part.setYMaximum(extent.yMaximum() - top * side)
            part.setYMinimum(extent.yMaximum() - (top + count) * side)
            block = provider.block(1, part, columns, count)
            pixels = array(code, block.data().data())
            # Fractions are no classes; and of NaN each would be a value of its own.
            self._counts.update(filter(float.is_integer, pixels) if code in "fd" else pixels)
        if provider.sourceHasNoDataValue(1) and provider.useSourceNoDataValue(1):
            self._counts.pop(provider.sourceNoDataValue(1), None)
        self._counts = Counter({int(value): n for value, n in self._counts.items()})

    def _count_features(self) -> None:
        measured = True
        request = QgsFeatureRequest().setSubsetOfAttributes([self._index])
        for number, feature in enumerate(self._source.getFeatures(request)):
            if self.isCanceled() or len(self._counts) > 20 * MOST_CLASSES:
                return
            value = _plain(feature.attribute(self._index))
            if value is None:
                continue
            measured = measured and number < _MEASURED
            self._counts[value] += feature.geometry().area() if measured else 1


def legend(layer: QgsMapLayer, field: str = "") -> dict[Any, tuple[str, str]]:
    """Name and colour of each value as the layer's style says; a name that only repeats the value is none."""
    renderer = layer.renderer()
    if isinstance(renderer, QgsPalettedRasterRenderer):
        entries = [(_number(each.value), each.label, each.color) for each in renderer.classes()]
    elif isinstance(renderer, QgsCategorizedSymbolRenderer) and renderer.classAttribute().strip('"') == field:
        entries = [(_plain(each.value()), each.label(), each.symbol().color()) for each in renderer.categories()]
    else:
        return {}
    return {value: ("" if label == str(value) else label.strip(), color.name()) for value, label, color in entries}


def own_classes(layer: QgsMapLayer, classes: list[DraftClass]) -> list[DraftClass]:
    """`classes` with the names and colours that the backend finds in the layer's file, which knows no project.

    It reads attribute tables and a style beside the file; QGIS has the names of these in the provider's colour table
    and, where there is such a style, in the layer's own.
    """
    source = Path(layer.source().split("|")[0])
    if source.suffix and source.with_suffix(".qml").is_file():
        return classes
    names: dict[Any, str] = {}
    colors: dict[Any, str] = {}
    if isinstance(layer, QgsRasterLayer):
        names = {_number(each.value): each.label.strip() for each in layer.dataProvider().colorTable(1)}
        colors = {each.value: each.color for each in map_classes(source, layer.dataProvider())}
    values = [each.values[0] for each in classes]
    return [DraftClass(names.get(value) or str(value), colors.get(value, ""), [value]) for value in values]


def _number(value: float) -> Any:
    return int(value) if float(value).is_integer() else value


def _plain(value: Any) -> Any:
    """A field's value as a whole number or a text; None where it is empty or a fraction."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value or None if isinstance(value, str) else None
