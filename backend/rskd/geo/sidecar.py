"""The `.aux.xml` beside a map: class names and colours where QGIS and GDAL look for them."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # nosec B405 # writes; `markup` parses
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rskd.geo.markup import parse_xml

_LARGEST_CATEGORY = 65535


class MapClass(Protocol):
    """What a map must know of a class (`LabelClass`, `ClassCard`); `color` is “#rrggbb”."""

    @property
    def value(self) -> int: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def color(self) -> str: ...  # noqa: D102


def write_class_names(path: Path, classes: Sequence[MapClass]) -> None:
    """Adds category names and a raster attribute table to a GDAL side-car (`….tif.aux.xml`), made if missing.

    Both are written because QGIS and GDAL's tools each show one of them; category names only up to value 65535.
    """
    # GDAL itself keeps here what does not fit into the TIFF, such as an unusual CRS.
    root = parse_xml(path.read_text(encoding="utf-8")) if path.exists() else ET.Element("PAMDataset")
    band = ET.SubElement(root, "PAMRasterBand", band="1")
    if all(0 <= c.value <= _LARGEST_CATEGORY for c in classes):
        _add_categories(band, classes)
    _add_attribute_table(band, classes)
    ET.indent(root)
    path.write_bytes(ET.tostring(root, encoding="utf-8"))


def _add_categories(band: ET.Element, classes: Sequence[MapClass]) -> None:
    names = {c.value: c.name for c in classes}
    categories = ET.SubElement(band, "CategoryNames")
    for value in range(max(names) + 1):
        ET.SubElement(categories, "Category").text = names.get(value, "")


def _add_attribute_table(band: ET.Element, classes: Sequence[MapClass]) -> None:
    table = ET.SubElement(band, "GDALRasterAttributeTable", tableType="thematic")
    # (name, GDALRATFieldType, GDALRATFieldUsage)
    columns = [("Value", 0, 5), ("Class_Name", 2, 2), ("Red", 0, 6), ("Green", 0, 7), ("Blue", 0, 8)]
    for index, (name, kind, usage) in enumerate(columns):
        column = ET.SubElement(table, "FieldDefn", index=str(index))
        for tag, content in (("Name", name), ("Type", kind), ("Usage", usage)):
            ET.SubElement(column, tag).text = str(content)
    for index, one in enumerate(sorted(classes, key=lambda c: c.value)):
        row = ET.SubElement(table, "Row", index=str(index))
        for content in (one.value, one.name, *rgb(one.color)):
            ET.SubElement(row, "F").text = str(content)


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green, blue of “#rrggbb”."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue
