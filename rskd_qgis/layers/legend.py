"""Classes of a map, from the raster attribute table that the backend writes beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsRasterDataProvider
from qgis.PyQt.QtCore import QByteArray, QXmlStreamReader

# GDALRATFieldUsage.
_NAME, _VALUE, _RED, _GREEN, _BLUE = "2", "5", "6", "7", "8"


@dataclass(frozen=True)
class MapClass:
    """A value of a class map; `color` is “#rrggbb”."""

    value: int
    name: str
    color: str


def map_classes(path: Path, provider: QgsRasterDataProvider) -> list[MapClass]:
    """Classes in the order of their values: of the `….aux.xml` beside the map, else of the map's own colour table."""
    return _attribute_table(path.with_name(path.name + ".aux.xml")) or [
        MapClass(int(entry.value), entry.label or str(int(entry.value)), entry.color.name())
        for entry in provider.colorTable(1)
    ]


def _attribute_table(path: Path) -> list[MapClass]:
    try:
        xml = QXmlStreamReader(QByteArray(path.read_bytes()))
    except OSError:
        return []
    columns: list[str] = []  # what each is used for
    rows: list[list[str]] = []
    while not xml.atEnd():
        xml.readNext()
        if not xml.isStartElement():
            continue
        # Qt 5 gives a reference into the text, Qt 6 a view of it.
        tag = str(xml.name())
        if tag == "Usage":
            columns.append(xml.readElementText())
        elif tag == "Row":
            rows.append([])
        elif tag == "F" and rows:
            rows[-1].append(xml.readElementText())
    try:
        return [_class(dict(zip(columns, row))) for row in rows]
    except (KeyError, ValueError):
        return []  # another program's table


def _class(row: dict[str, str]) -> MapClass:
    red, green, blue = (int(row[usage]) for usage in (_RED, _GREEN, _BLUE))
    return MapClass(int(row[_VALUE]), row[_NAME], f"#{red:02x}{green:02x}{blue:02x}")
