"""Names and colours of classes, as the labels' own files give them.

Looked for, the first that says something wins, names and colours each for themselves: a QGIS style beside the file
(`.qml`, paletted raster or categorized vector), a raster attribute table (`.aux.xml`, VRT, `.vat.dbf`), category names
and a colour table.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError  # nosec B405 # types only; `markup` parses

import pyogrio.raw
import rasterio
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.io import DatasetReader

from rskd.geo.markup import parse_xml
from rskd.geo.secrets import reveal

Key = int | str
"""What a pixel or a feature holds: a whole number or a text."""

# Twenty colours that stay apart, also for most colour-blind eyes in the first eight (Okabe and Ito 2008).
_PALETTE = (
    "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999", "#1b7837", "#762a83",
    "#a6611a", "#80cdc1", "#b2182b", "#92c5de", "#4d9221", "#de77ae", "#525252", "#fdb863", "#b8e186", "#2d004b",
)  # fmt: skip
# Codes of GDALRATFieldUsage.
_NAME, _MIN, _MIN_MAX, _RED, _GREEN, _BLUE = 2, 3, 5, 6, 7, 8
_NAME_COLUMNS = ("class_name", "classname", "class_names", "name", "label", "class", "category", "landcover")
_VALUE_COLUMNS = ("value", "class_value", "code", "id")
# A style is a few hundred kilobytes; more is no style.
_LARGEST_XML = 16 * 2**20


@dataclass(frozen=True)
class Entry:
    """What a legend says of one value; None where it says nothing."""

    name: str | None = None
    color: str | None = None


Legend = Mapping[Key, Entry]


def default_palette(count: int) -> list[str]:
    """`count` sRGB colours such as “#e69f00”; after twenty they come back darker."""
    return [_darker(_PALETTE[i % len(_PALETTE)], 0.65 ** (i // len(_PALETTE))) for i in range(count)]


def open_quietly(path: str) -> DatasetReader:
    """A raster, without rasterio's warning that it has no place on Earth: local grids need none.

    Raises:
        RasterioIOError: it is none.
        JobInvalid: its path holds a placeholder of a secret that this process was not given.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(reveal(path))


def raster_legend(dataset: DatasetReader, band: int) -> Legend:
    """Names and colours of the values of one band, from every place that GIS tools keep them."""
    path = Path(dataset.name)
    tables = [_attribute_table(xml) for xml in _band_descriptions(dataset, band)]
    return _first_of(
        [_paletted(_xml(path.with_suffix(".qml"))), *tables, _esri_table(path), _color_table(dataset, band)]
    )


def vector_legend(path: str, field: str | None) -> Legend:
    """Names and colours of a field's values, from a categorized style of that field beside the file."""
    return _categorized(_xml(Path(path).with_suffix(".qml")), field)


def _first_of(legends: Iterable[Legend]) -> Legend:
    merged: dict[Key, Entry] = {}
    for legend in legends:
        for key, entry in legend.items():
            have = merged.get(key, Entry())
            merged[key] = Entry(have.name or entry.name, have.color or entry.color)
    return merged


def _xml(path: Path) -> Element | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_XML:
            return None
        return parse_xml(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, ParseError):
        return None  # a damaged legend costs names, not the labels


def _paletted(style: Element | None) -> Legend:
    path = ".//rasterrenderer[@type='paletted']/colorPalette/paletteEntry"
    entries = [] if style is None else style.findall(path)
    return {as_key(e.get("value", "")): Entry(_text(e.get("label")), _hex(e.get("color"))) for e in entries}


def _categorized(style: Element | None, field: str | None) -> Legend:
    renderer = style.find(".//renderer-v2[@type='categorizedSymbol']") if style is not None else None
    if renderer is None or field is None or renderer.get("attr", "").strip('"') != field:
        return {}
    colors = {symbol.get("name"): _symbol_color(symbol) for symbol in renderer.iterfind("symbols/symbol")}
    legend: dict[Key, Entry] = {}
    for category in renderer.iterfind("categories/category"):
        value, color = category.get("value", ""), colors.get(category.get("symbol"))
        # Both ways of reading “0100”: the field may hold text or numbers.
        legend[value] = legend[as_key(value)] = Entry(_text(category.get("label")), color)
    return legend


def _symbol_color(symbol: Element) -> str | None:
    # QGIS before 3.26 wrote <prop k v>, later <Option name value>; both "r,g,b,a" with or without more behind.
    for tag, name, value in (("Option", "name", "value"), ("prop", "k", "v")):
        for kind in ("color", "line_color"):
            option = symbol.find(f"layer//{tag}[@{name}='{kind}']")
            if option is not None:
                return _rgb(option.get(value, "").split(",")[:3])
    return None


def _band_descriptions(dataset: DatasetReader, band: int) -> list[Element]:
    """The band's metadata as XML: the PAM file beside it, and what GDAL reads from the file itself."""
    found = []
    pam = _xml(Path(dataset.name + ".aux.xml"))
    for root in (pam, _as_vrt(dataset)):
        if root is not None:
            found += [e for tag in ("PAMRasterBand", "VRTRasterBand") for e in root.iterfind(f"{tag}[@band='{band}']")]
    return found


def _as_vrt(dataset: DatasetReader) -> Element | None:
    # rasterio has no call for category names; GDAL's description of any dataset as a VRT holds them.
    try:
        with open_quietly(f"vrt://{dataset.name}") as described:
            return parse_xml(described.tags(ns="xml:VRT")["xml:VRT"])
    except (RasterioIOError, KeyError, ValueError, ParseError):
        return None


def _attribute_table(band: Element) -> Legend:
    names = band.findall("CategoryNames/Category")
    categories: dict[Key, Entry] = {value: Entry(_text(name.text)) for value, name in enumerate(names)}
    table = band.find("GDALRasterAttributeTable")
    return categories if table is None else _first_of([_rows_of(table), categories])


def _rows_of(table: Element) -> Legend:
    fields = table.findall("FieldDefn")
    usages = [int(usage) if usage.isdecimal() else 0 for usage in (field.findtext("Usage", "0") for field in fields)]
    titles = [field.findtext("Name", "").strip().lower() for field in fields]
    value = _column(usages, titles, (_MIN_MAX, _MIN), _VALUE_COLUMNS)
    name = _column(usages, titles, (_NAME,), _NAME_COLUMNS)
    colors = ((_RED, "red"), (_GREEN, "green"), (_BLUE, "blue"))
    rgb = [_column(usages, titles, (usage,), (title,)) for usage, title in colors]
    rows = [[cell.text or "" for cell in row.findall("F")] for row in table.findall("Row")]
    # A row cut short says nothing.
    return _legend_of([row for row in rows if len(row) == len(fields)], value, name, rgb)


def _esri_table(raster: Path) -> Legend:
    path = Path(f"{raster}.vat.dbf")
    if not os.path.isfile(path):  # noqa: PTH113 # the address of a service may be too long for a path
        return {}
    try:
        meta, _, _, columns = pyogrio.raw.read(path, read_geometry=False)
    except (DataSourceError, DataLayerError):
        return {}
    titles = [str(title).lower() for title in meta["fields"]]
    rows = [[str(cell) for cell in row] for row in zip(*columns, strict=True)]
    rgb = [_column([], titles, (), (title,)) for title in ("red", "green", "blue")]
    return _legend_of(rows, _column([], titles, (), _VALUE_COLUMNS), _column([], titles, (), _NAME_COLUMNS), rgb)


def _column(usages: list[int], titles: list[str], wanted: tuple[int, ...], named: tuple[str, ...]) -> int | None:
    by_usage = [usages.index(usage) for usage in wanted if usage in usages]
    by_title = [titles.index(title) for title in named if title in titles]
    return next(iter(by_usage + by_title), None)


def _legend_of(rows: list[list[str]], value: int | None, name: int | None, rgb: list[int | None]) -> Legend:
    if value is None:
        return {}
    legend = {}
    for row in rows:
        color = _rgb([row[i] for i in rgb if i is not None])
        legend[as_key(row[value])] = Entry(_text(row[name]) if name is not None else None, color)
    return legend


def _color_table(dataset: DatasetReader, band: int) -> Legend:
    try:
        table = dataset.colormap(band)
    except ValueError:  # there is none
        return {}
    return {value: Entry(color=_rgb([str(part) for part in rgba[:3]])) for value, rgba in table.items() if rgba[3]}


def as_key(text: str) -> Key:
    """A whole number where the text is one (“3”, “3.0”), else the text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else text


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def _hex(color: str | None) -> str | None:
    if not color or len(color) < 7 or color[0] != "#":
        return None
    digits = color[-6:].lower()  # “#rrggbb”, or “#aarrggbb”
    return _rgb([str(int(digits[i:j], 16)) for i, j in pairwise((0, 2, 4, 6))]) if _is_hex(digits) else None


def _is_hex(digits: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in digits)


def _rgb(parts: list[str]) -> str | None:
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) != 3 or not all(0 <= number <= 255 for number in numbers):
        return None
    return "#" + "".join(f"{round(number):02x}" for number in numbers)


def _darker(color: str, factor: float) -> str:
    parts = [round(int(color[i : i + 2], 16) * factor) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)
