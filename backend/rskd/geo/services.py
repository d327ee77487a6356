"""Layers that a server draws on request: cut to the area, asked at the ground sampling distance that is needed.

Such a raster is as large as the Earth at the server's finest zoom. GDAL shows the coarser zooms as overviews; the one
that suits the work is opened in its place, so that no more tiles are fetched than are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from rasterio.windows import Window

from rskd.errors import JobInvalid, NoOverlap
from rskd.geo.area import area_extent
from rskd.geo.grid import Grid
from rskd.geo.sources import Source
from rskd.geo.warps import shrinkage
from rskd.spec import Bounds, LayerSpec

_SAME_ZOOM = 1.02  # a zoom that is coarser by so little is taken, not the next one with four times the tiles
_MOST_PIXELS = 1e10
"""Of a grid for which nobody asked for a ground sampling distance."""


def grid_of_service(
    source: Source, spec: LayerSpec, area: str | Bounds | None, gsd: float | None, *, crs: str | None, files: ExitStack
) -> tuple[Source, Grid]:
    """The service at the zoom that suits `gsd`, and the part of its pixels that `area` needs, at that zoom.

    Args:
        source: as opened, at its finest zoom.
        spec: what it was opened by.
        area: as in `rskd.geo.area.open_area`.
        gsd: that is wanted, in metres; None takes the finest.
        crs: as in `rskd.geo.scene.open_scene`.
        files: will close what is opened.

    Raises:
        JobInvalid: no area, or one that cannot be worked on at the finest zoom.
        NoOverlap: the area lies elsewhere.
    """
    if area is None:
        message = f"“{source.name}” comes from a server and has no size of its own."
        raise JobInvalid(message, "Say which part to work on with `area:`.", fields=["area"])
    here = source.grid.crop(_part(source, area, crs))
    if gsd is not None:
        source = _at_zoom(source, spec, here.gsd, gsd, crs=crs, files=files)
        here = source.grid.crop(_part(source, area, crs))
    elif here.width * here.height > _MOST_PIXELS:
        message = f"At its finest, “{source.name}” has {here.gsd:.2g} m a pixel: too many pixels for this area."
        raise JobInvalid(message, "Say at which ground sampling distance to work with the layer's `gsd:`.")
    return source, here


def suited(source: Source, spec: LayerSpec, grid: Grid, *, crs: str | None, files: ExitStack) -> Source:
    """A service that is looked at on the grid of another layer, at the zoom that suits its pixels or the layer's `gsd`.

    Raises:
        NoOverlap: the grid lies outside of what the server has.
    """
    across, down = shrinkage(source.grid, grid)
    own = grid.gsd / (across * down) ** 0.5
    return _at_zoom(source, spec, own, spec.gsd or grid.gsd, crs=crs, files=files)


def _part(source: Source, area: str | Bounds, crs: str | None) -> Window:
    name, window = area_extent(area, source.grid, crs=None if crs == "local" else crs)
    if not window.width * window.height:
        raise NoOverlap(name, source.name)
    return window


def _at_zoom(source: Source, spec: LayerSpec, own: float, gsd: float, *, crs: str | None, files: ExitStack) -> Source:
    zoom = zoom_for(source.dataset.overviews(1), own, gsd)
    if zoom is None:
        return source
    opened = Source(spec, source.name, crs=crs, overview=zoom, alpha=source.alpha)
    files.callback(opened.close)
    return opened


def zoom_for(factors: Sequence[int], own: float, gsd: float) -> int | None:
    """Position of the coarsest overview that still is as fine as `gsd`; None where that is the raster itself.

    Args:
        factors: how many times coarser each overview is.
        own: ground sampling distance of the raster itself.
        gsd: the one that is wanted.
    """
    fine_enough = [place for place, factor in enumerate(factors) if own * factor <= gsd * _SAME_ZOOM]
    return max(fine_enough, key=lambda place: factors[place], default=None)
