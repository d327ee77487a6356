"""One raster on another grid, warped as it is read: never a copy on disk."""

from __future__ import annotations

import math
from contextlib import ExitStack
from xml.etree import ElementTree as ET  # nosec B405 # writes, parses nothing

import numpy as np
import pyproj
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from rskd.geo.grid import Grid
from rskd.geo.sources import Source, unreadable

# The warper wants a CRS on both sides also where there is none: the same one, so that nothing is projected.
_PIXELS = CRS.from_wkt('LOCAL_CS["pixels",UNIT["metre",1]]')
_EXACT_IN_FLOAT32 = {"int8", "uint8", "int16", "uint16", "float16", "float32"}
_AVERAGE_FROM = 1.99  # times smaller: 2, but for rounding


def warped(source: Source, grid: Grid, files: ExitStack) -> WarpedVRT:
    """`source` on `grid` as floats with NaN in gaps; `files` will close it.

    Bilinear; the average of what is there where pixels become twice as large or more.

    Raises:
        LayerUnreadable: the layer cannot be brought to the grid.
    """
    try:
        return _warped(source, grid, files)
    except RasterioError as error:
        raise unreadable(source.name, error) from error


def _warped(source: Source, grid: Grid, files: ExitStack) -> WarpedVRT:
    plain = _is_plain(source)
    view = rasterio.open(_document(source, plain=plain))
    files.callback(view.close)
    across, down = shrinkage(source.grid, grid)
    average = math.sqrt(across * down) >= _AVERAGE_FROM
    vrt = WarpedVRT(
        view,
        src_crs=source.grid.crs or _PIXELS,
        crs=grid.crs or _PIXELS,
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=Resampling.average if average else Resampling.bilinear,
        src_nodata=source.nodata[0] if plain and source.nodata[0] is not None else math.nan,
        nodata=math.nan,
        # Each band its own gaps; else a pixel is a gap only where all bands are.
        UNIFIED_SRC_NODATA="NO",
        # Left alone, GDAL takes the kernel's size from the extent of each block: then values depend on the block,
        # and turned grids are blurred.
        XSCALE=min(1.0, 1 / across),
        YSCALE=min(1.0, 1 / down),
    )
    files.callback(vrt.close)
    return vrt


def _is_plain(source: Source) -> bool:
    """True where one nodata value, or none, says all about gaps: the warper needs no help then."""
    nodata = source.nodata[0]
    alike = all(_same(value, nodata) for value in source.nodata)
    nan_only = nodata is None or math.isnan(nodata)
    return source.mask is None and alike and (nan_only or all("float" not in dtype for dtype in source.dtypes))


def _same(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and math.isnan(a) and math.isnan(b))


def shrinkage(source: Grid, grid: Grid) -> tuple[float, float]:
    """How many columns and rows of `source` a pixel in the middle of `grid` spans."""
    column, row = grid.width / 2, grid.height / 2
    points = [grid.transform * point for point in ((column, row), (column + 1, row), (column, row + 1))]
    x, y = (np.array(side) for side in zip(*points, strict=True))
    if grid.crs != source.crs:
        x, y = pyproj.Transformer.from_crs(grid.crs, source.crs, always_xy=True).transform(x, y)
    columns, rows = ~source.transform * (x, y)
    if not (np.isfinite(columns).all() and np.isfinite(rows).all()):
        return 1.0, 1.0  # the middle has no place in the source's CRS: they hardly overlap
    return math.hypot(*(columns[1:] - columns[0])), math.hypot(*(rows[1:] - rows[0]))


def _document(source: Source, *, plain: bool) -> str:
    """A GDAL VRT of the used bands as floats.

    Not `plain`: whatever is a gap becomes NaN, which the warper leaves out of every average. GDAL turns either a value
    or a mask into NaN in one step, so a mask takes a second VRT around the first.
    """
    name = _gdal_name(source)
    if plain:
        return _vrt(source, [_band(name, index, zoom=source.overview) for index in source.indexes])
    bands = [
        _band(name, index, "NODATA", nodata, zoom=source.overview)
        for index, nodata in zip(source.indexes, source.nodata, strict=True)
    ]
    nested = _vrt(source, bands, mask=source.mask)
    if source.mask is None:
        return nested
    return _vrt(source, [_band(nested, position + 1, "UseMaskBand", "true") for position in range(source.count)])


def _gdal_name(source: Source) -> str:
    # rasterio's own addresses (https://…, zip://…) mean nothing to a VRT; the file list has GDAL's. A service has none.
    name, files = str(source.dataset.name), source.dataset.files
    return str(files[0]) if "://" in name and files else name


def _vrt(source: Source, bands: list[ET.Element], *, mask: str | None = None) -> str:
    root = ET.Element("VRTDataset", rasterXSize=str(source.grid.width), rasterYSize=str(source.grid.height))
    ET.SubElement(root, "GeoTransform").text = ", ".join(map(repr, source.grid.transform.to_gdal()))
    kind = "Float32" if set(source.dtypes) <= _EXACT_IN_FLOAT32 else "Float64"
    for number, content in enumerate(bands, 1):
        band = ET.SubElement(root, "VRTRasterBand", dataType=kind, band=str(number))
        if content.tag == "ComplexSource":
            ET.SubElement(band, "NoDataValue").text = "nan"
        band.append(content)
    if mask is not None:
        around = ET.SubElement(root, "MaskBand")
        of_file = _band(_gdal_name(source), mask, zoom=source.overview)
        ET.SubElement(around, "VRTRasterBand", dataType="Byte").append(of_file)
    return ET.tostring(root, encoding="unicode")


def _band(name: str, index: int | str, gap: str = "", value: object = None, *, zoom: int | None = None) -> ET.Element:
    content = ET.Element("ComplexSource" if gap else "SimpleSource")
    # Not shared: a handle that two scenes share must not be read from two threads.
    ET.SubElement(content, "SourceFilename", relativeToVRT="0", shared="0").text = name
    if zoom is not None:
        ET.SubElement(ET.SubElement(content, "OpenOptions"), "OOI", key="OVERVIEW_LEVEL").text = str(zoom)
    ET.SubElement(content, "SourceBand").text = str(index)
    if gap and value is not None:
        ET.SubElement(content, gap).text = str(value)
    return content
