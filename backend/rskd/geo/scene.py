"""Aligned layers as one lazy array with a valid mask."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.errors import BandsMissing, CrsMissing, NoOverlap
from rskd.geo.area import Area, open_area
from rskd.geo.grid import Grid
from rskd.geo.readers import Reader, open_reader, part_inside
from rskd.geo.services import grid_of_service, suited
from rskd.geo.sources import Source, parse_crs
from rskd.spec import Bounds, LayerSpec


@dataclass(frozen=True)
class Band:
    """One band of a scene.

    `index` is its number in the file, from 1; `name` its description, else “<layer> <index>”, and its own in the scene.
    """

    layer: str
    index: int
    name: str
    dtype: str
    nodata: float | None


class Scene:
    """One or more layers on one grid; reading is safe from any thread, one window at a time."""

    def __init__(
        self,
        name: str,
        grid: Grid,
        bands: tuple[Band, ...],
        readers: Sequence[Reader],
        area: Area | None,
        files: ExitStack,
    ) -> None:
        """See `open_scene`; `readers` has the one of each band's layer, `files` closes what they read from."""
        self.name, self.grid, self.bands, self.area = name, grid, bands, area
        self._readers, self._files = readers, files
        self._lock = threading.Lock()
        self._only: Window | None = None

    @property
    def title(self) -> str:
        """What to call it in messages: the layer that gives the grid, and the scene's own name."""
        layer = self.bands[0].layer
        return layer if self.name == layer else f"{layer} ({self.name})"

    def read(self, window: Window, bands: Sequence[int] | None = None) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Pixels (C, H, W), raw values, 0 where not valid; and valid (H, W): every band asked for has data.

        Args:
            window: in pixels of the grid; may reach past any edge.
            bands: positions in `Scene.bands`, in the order wanted; all if None.

        Raises:
            LayerUnreadable: a file is damaged here, or has gone.
        """
        wanted = range(len(self.bands)) if bands is None else bands
        pixels = np.zeros((len(wanted), int(window.height), int(window.width)), np.float32)
        valid = np.zeros(pixels.shape[1:], bool)
        part, here = part_inside(window, self.grid.width, self.grid.height)
        if part is not None:
            found = self._read_inside(part, wanted)
            valid[here] = np.isfinite(found).all(axis=0)
            pixels[(slice(None), *here)] = np.where(valid[here], found, 0)
        return pixels, valid

    def _read_inside(self, window: Window, wanted: Sequence[int]) -> NDArray[np.float32]:
        found = np.empty((len(wanted), window.height, window.width), np.float32)
        with self._lock:
            for layer in dict.fromkeys(self.bands[band].layer for band in wanted):
                rows = [row for row, band in enumerate(wanted) if self.bands[band].layer == layer]
                first = next(band for band, of in enumerate(self.bands) if of.layer == layer)
                found[rows] = self._readers[first].read([wanted[row] - first for row in rows], window)
        return found

    def inside(self, window: Window) -> NDArray[np.bool_]:
        """(H, W): which pixels are in the area; all pixels of the grid where no area was given."""
        return self.grid.within(window) if self.area is None else self.area.mask(window)

    def extent(self) -> Window:
        """The window of the grid to work on: around the area, else all."""
        if self._only is not None:
            return self._only
        return self.grid.window if self.area is None else self.area.extent()

    def only(self, window: Window) -> Self:
        """The same scene with only a part of its extent to work on; both read from the same files."""
        part = copy(self)
        part._only = window
        return part

    def select(self, layers: Sequence[str] | None, bands: Sequence[str] | None) -> tuple[int, ...]:
        """Positions in `Scene.bands` of the bands of these layers, or of the named ones among them, in that order.

        Raises:
            BandsMissing: a layer or a band of that name is not there.
        """
        present = list(dict.fromkeys(band.layer for band in self.bands))
        absent = [f"layer {layer}" for layer in layers or () if layer not in present]
        if absent:
            raise BandsMissing(self.title, absent, present, "Correct `layers:`: names of the job's layers.")
        of_layers = [
            position for layer in layers or present for position, band in enumerate(self.bands) if band.layer == layer
        ]
        if bands is None:
            return tuple(of_layers)
        found = [next((at for at in of_layers if _is_called(self.bands[at], name)), None) for name in bands]
        missing = [name for name, at in zip(bands, found, strict=True) if at is None]
        if missing:
            names = [self.bands[at].name for at in of_layers]
            raise BandsMissing(self.title, missing, names, "Correct `bands:`: names of the layers' bands.")
        return tuple(at for at in found if at is not None)

    def close(self) -> None:
        """Closes all files; may be called again."""
        with self._lock:
            self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_scene(
    layers: Sequence[LayerSpec],
    *,
    area: str | Bounds | None = None,
    crs: str | None = None,
    gsd: float | None = None,
    name: str = "",
) -> Scene:
    """Layers as one scene, on the grid of the first; the others are warped to it as they are read.

    Args:
        layers: at least one.
        area: polygon file, or box in the first layer's CRS; what a server draws has to have one.
        crs: for files that do not say theirs; “local” works in pixels or in a world file's units.
        gsd: other ground sampling distance for the grid than the first layer says (`LayerSpec.gsd`) or has, as in
            `Grid.gsd`; orientation stays, and so does the origin, but for rounding where the layer is a service.
        name: what the scene is called; its first layer's title if empty.

    Raises:
        LayerUnreadable: a file is missing, damaged, or not a raster that can be used.
        CrsMissing: a file has no CRS and `crs` says none, or only some layers are local.
        NoOverlap: layers, or layers and area, share no ground.
        BandsMissing: a layer lacks bands that its `bands` name.
        JobInvalid: `crs` is no CRS, a box has no size, or a service is not cut by an area.
    """
    if crs is not None and crs != "local":
        parse_crs(crs)  # wrong also where every file says its own
    with ExitStack() as files:
        sources = [_open(spec, title, crs, files) for spec, title in zip(layers, _titles(layers), strict=True)]
        for source in sources:
            if source.grid.local != sources[0].grid.local:
                raise CrsMissing(next(one.name for one in sources if one.grid.local))
        name, gsd, grid = name or sources[0].name, gsd or layers[0].gsd, sources[0].grid
        if sources[0].service:
            sources[0], grid = grid_of_service(sources[0], layers[0], area, gsd, crs=crs, files=files)
        grid = grid if gsd is None else grid.at_gsd(gsd)
        for place, source in enumerate(sources[1:], start=1):
            if source.service:
                sources[place] = suited(source, layers[place], grid, crs=crs, files=files)
        of_polygons = None if crs == "local" else crs
        on_area = None if area is None else open_area(area, grid, crs=of_polygons, scene=sources[0].name)
        _check_overlap(sources, grid, on_area)
        readers = [reader for source in sources for reader in [open_reader(source, grid, files)] * source.count]
        return Scene(name, grid, _bands(sources), readers, on_area, files.pop_all())


def _open(spec: LayerSpec, title: str, crs: str | None, files: ExitStack) -> Source:
    source = Source(spec, title, crs=crs)
    files.callback(source.close)
    return source


def _titles(layers: Sequence[LayerSpec]) -> list[str]:
    """One name a layer; files of the same name in several folders are numbered."""
    seen: Counter[str] = Counter()
    titles = []
    for layer in layers:
        seen[layer.title] += 1
        titles.append(layer.title if seen[layer.title] == 1 else f"{layer.title} ({seen[layer.title]})")
    return titles


def _bands(sources: Sequence[Source]) -> tuple[Band, ...]:
    found = []
    for source in sources:
        for index, dtype, nodata in zip(source.indexes, source.dtypes, source.nodata, strict=True):
            title = source.dataset.descriptions[index - 1] or f"{source.name} {index}"
            found.append(Band(source.name, index, title, dtype, nodata))
    return _with_own_names(found)


def _with_own_names(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Names that clash get their layer in front, and their number behind where one layer uses a name twice."""
    often = Counter(band.name for band in bands)
    in_layer = Counter((band.layer, band.name) for band in bands)
    named = []
    for band in bands:
        title = band.name if often[band.name] == 1 else f"{band.layer}:{band.name}"
        if in_layer[band.layer, band.name] > 1:
            title = f"{title} {band.index}"
        named.append(Band(band.layer, band.index, title, band.dtype, band.nodata))
    return tuple(named)


def _is_called(band: Band, name: str) -> bool:
    return name in (band.name, f"{band.layer}:{band.name}", band.name.removeprefix(f"{band.layer}:"))


def _check_overlap(sources: Sequence[Source], grid: Grid, area: Area | None) -> None:
    outlines = [(source.name, _outline(source.grid, grid)) for source in sources if not source.service]
    for service in (source for source in sources[1:] if source.service):
        # The Earth has no outline in most CRSs; the grid has one in the service's.
        outline = _outline(grid, service.grid)
        if outline is not None and not outline.intersection(service.grid.footprint()).area:
            raise NoOverlap(sources[0].name, service.name)
    if area is not None:
        outlines.append(("area", grid.crop(area.extent()).footprint()))
    for number, (name, outline) in enumerate(outlines):
        for other, before in outlines[:number]:
            if outline is not None and before is not None and not outline.intersection(before).area:
                raise NoOverlap(other, name)


def _outline(of: Grid, on: Grid) -> shapely.Polygon | None:
    """Footprint of one grid in the CRS of another; None where part of it has no place there."""
    outline = of.footprint()
    if of.crs == on.crs:
        return outline
    outline = shapely.segmentize(outline, outline.length / 80)  # straight edges become curves
    move = pyproj.Transformer.from_crs(of.crs, on.crs, always_xy=True)
    moved = shapely.transform(outline, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))
    return shapely.make_valid(moved) if np.isfinite(shapely.get_coordinates(moved)).all() else None
