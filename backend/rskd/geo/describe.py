"""What a raster or vector file says of itself, as JSON types."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS

from rskd.errors import LayerUnreadable
from rskd.geo.grid import Grid
from rskd.geo.secrets import conceal, reveal
from rskd.geo.sources import alpha_bands, has_crs, open_raster
from rskd.spec import LayerSpec, is_local_file

_TYPES = {"object": "text"}  # as pyogrio calls it


def describe_raster(path: str) -> dict[str, Any]:
    """Facts of a raster: size, place, bands.

    `gsd` is in metres, and None without a CRS; a nodata value of NaN is the text “nan”.

    Raises:
        LayerUnreadable: the file is missing, damaged or not a raster.
    """
    dataset = open_raster(path, _title(path))
    with dataset:
        placed = has_crs(dataset)
        grid = Grid(dataset.crs if placed else None, dataset.transform, dataset.width, dataset.height)
        return {
            "kind": "raster",
            "path": path,
            "driver": dataset.driver,
            "width": grid.width,
            "height": grid.height,
            "crs": _crs_name(dataset.crs) if placed else None,
            "gsd": grid.gsd if placed and math.isfinite(grid.gsd) else None,
            "transform": list(grid.transform)[:6],
            "bounds": list(grid.bounds()),
            "bands": [_band(dataset, index) for index in dataset.indexes],
            "overviews": dataset.overviews(1),
            "control_points": len(dataset.gcps[0]),
            "orbit_model": dataset.rpcs is not None,
        }


def _title(path: str) -> str:
    """A file's whole name: two of them may differ in their endings alone."""
    return Path(path).name if is_local_file(path) else LayerSpec(path=path).title


def _band(dataset: Any, index: int) -> dict[str, Any]:
    nodata = dataset.nodatavals[index - 1]
    return {
        "index": index,
        "name": dataset.descriptions[index - 1],
        "dtype": dataset.dtypes[index - 1],
        "nodata": str(nodata) if nodata is not None and not math.isfinite(nodata) else nodata,
        "alpha": index in alpha_bands(dataset),
    }


def _crs_name(crs: CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.to_wkt())


def describe_vector(path: str) -> dict[str, Any]:
    """Facts of a vector file: for each layer its geometry, number of features, CRS, bounds and fields with their types.

    Raises:
        LayerUnreadable: the file is missing, damaged or not a vector file.
    """
    try:
        revealed = reveal(path)
        layers = [pyogrio.read_info(revealed, layer=name) for name, _ in pyogrio.list_layers(revealed)]
    except (DataSourceError, DataLayerError) as error:
        raise LayerUnreadable(_title(path), conceal(str(error))) from error
    return {
        "kind": "vector",
        "path": path,
        "driver": layers[0]["driver"] if layers else None,
        "layers": [_layer(info) for info in layers],
    }


def _layer(info: dict[str, Any]) -> dict[str, Any]:
    bounds, fields = info["total_bounds"], zip(info["fields"], info["dtypes"], strict=True)
    return {
        "name": info["layer_name"],
        "geometry": info["geometry_type"],
        "features": int(info["features"]),
        "crs": info["crs"],
        "bounds": None if bounds is None else [float(side) for side in bounds],
        "fields": {str(name): _TYPES.get(str(kind), str(kind)) for name, kind in fields},
    }
