"""Why a raster cannot be read, from what GDAL says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from rskd.errors import LayerUnreadable
from rskd.geo.secrets import conceal
from rskd.spec import is_local_file

_BLOCK = re.compile(r"band (\d+): IReadBlock failed at X offset (\d+), Y offset (\d+)")
_CUT = re.compile(
    r"IReadBlock|TIFF(?:ReadDirectory|FetchDirectory|FetchNormalTag|Fill|Read)|(?:ZIP|LZW|LZMA|ZSTD|JPEG)Decode"
    r"|Read failed|[Rr]ead error|[Uu]nexpected end|[Pp]remature|[Tt]runcated|[Ff]ile too short"
)


def reason_of(error: Exception) -> str:
    """In plain words, GDAL's own behind them; rasterio says “see context”, and the context says what happened."""
    said = conceal(str(error.__cause__ or error)).strip()
    if "not recognized as being in a supported file format" in said:
        return f"it is no kind of file that GDAL can open. GDAL says: {said}"
    if not _CUT.search(said):
        return said
    block = _BLOCK.search(said)
    where = ""
    if block:
        band, across, down = (int(number) for number in block.groups())
        where = f" in band {band}, block {across + 1} from the left and {down + 1} from the top"
    return f"it is cut short or damaged{where}. GDAL says: {said}"


def refuse_other_kinds(path: str, name: str) -> None:
    """Says what a file of this machine is that does not open as a raster: a vector layer, a folder, nothing at all.

    Raises:
        LayerUnreadable: it is one of these.
    """
    file = Path(path)
    if not is_local_file(path) or not file.exists():
        return
    if file.is_file() and not file.stat().st_size:
        raise LayerUnreadable(name, "the file is empty.", "Copy or download it again.")
    try:
        layers = pyogrio.list_layers(path)
    except (DataSourceError, DataLayerError):
        layers = ()
    if any(kind is not None for _, kind in layers):
        hint = "Choose imagery. Polygons can be labels, or the area."
        raise LayerUnreadable(name, "it is a vector layer, and a raster is needed.", hint)
    if file.is_dir():
        raise LayerUnreadable(name, "it is a folder.", "Name the raster file in it.")
    if len(layers):
        raise LayerUnreadable(name, "it is a table, and a raster is needed.", "Choose imagery.")
