"""Polygons of equal pixels, made strip by strip, the same for any height of strips.

Everything is in pixels of the raster, (x, y) = (column, row), that is in whole numbers: what lies on a seam is known
exactly there, while map coordinates are rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from rasterio.windows import Window

Read = Callable[[Window], NDArray[Any]]
"""Class values (H, W) of a window."""

_SHAPEABLE = ("uint8", "uint16", "int16", "int32")


@dataclass
class Polygons:
    """Shapely polygons (n,) in pixels and their class values (n,)."""

    shapes: NDArray[np.object_]
    values: NDArray[np.int64]


def strips(width: int, height: int, rows: int) -> Iterator[Window]:
    """Windows of `rows` whole rows, from the top."""
    for top in range(0, height, rows):
        yield Window(0, top, width, min(rows, height - top))


def strip_polygons(read: Read, width: int, height: int, values: Collection[int], rows: int) -> Iterator[Polygons]:
    """Polygons of 4-connected pixels of the same value, after each strip those that are complete.

    Only pixels with one of `values` count. Memory grows with the strip and with the outlines that are still open at its
    lower edge: a background around everything stays open to the end, so better leave it out.
    """
    wanted = np.array(sorted(values))
    open_groups = _OpenGroups(width)
    for window in strips(width, height, rows):
        strip = _Strip.of(read(window), window, wanted)
        inside = ~(strip.touches(window.row_off) | strip.touches(window.row_off + window.height))
        yield Polygons(strip.shapes[inside], strip.values[inside])
        yield open_groups.take(strip, window, last=window.row_off + window.height == height)


@dataclass
class _Strip:
    shapes: NDArray[np.object_]
    values: NDArray[np.int64]
    # Horizontal edges of outlines: (n, 4) of first column, column after the last, row, index of the polygon.
    edges: NDArray[np.int64]

    @classmethod
    def of(cls, pixels: NDArray[Any], window: Window, wanted: NDArray[np.int64]) -> _Strip:
        pixels = pixels if pixels.dtype.name in _SHAPEABLE else pixels.astype(np.int32)
        found = list(shapes(pixels, np.isin(pixels, wanted), connectivity=4))
        outlines = [shape["coordinates"] for shape, _ in found]
        sizes = np.array([len(ring) for rings in outlines for ring in rings], np.int64)
        points = np.array([point for rings in outlines for ring in rings for point in ring]).reshape(-1, 2)
        points[:, 1] += window.row_off
        ring_ends = np.concatenate([[0], np.cumsum(sizes)])
        ring_counts = np.array([len(rings) for rings in outlines], np.int64)
        offsets = (ring_ends, np.concatenate([[0], np.cumsum(ring_counts)]))
        polygons = shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, offsets)
        owner = np.repeat(np.repeat(np.arange(len(found)), ring_counts), sizes)
        values = np.array([value for _, value in found], np.int64)
        return cls(np.asarray(polygons, object), values, _horizontal_edges(points, owner, ring_ends))

    def touches(self, row: int) -> NDArray[np.bool_]:
        """Which polygons have an edge along the upper side of `row`."""
        touching = np.zeros(len(self.values), bool)
        touching[self.edges[self.edges[:, 2] == row, 3]] = True
        return touching

    def owners(self, row: int, width: int) -> NDArray[np.int64]:
        """Which polygon has its edge along the upper side of `row`, a number a column, -1 for none."""
        first, end, _, polygon = self.edges[self.edges[:, 2] == row].T
        owners = np.full(width, -1, np.int64)
        lengths = end - first
        columns = np.arange(lengths.sum()) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
        owners[columns] = np.repeat(polygon, lengths)
        return owners


def _horizontal_edges(
    points: NDArray[np.float64], owner: NDArray[np.int64], ring_ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    start, end = points[:-1], points[1:]
    horizontal = start[:, 1] == end[:, 1]
    horizontal[ring_ends[1:-1] - 1] = False  # from the last point of a ring to the first of the next
    columns = np.sort(np.column_stack([start[horizontal, 0], end[horizontal, 0]]), axis=1)
    return np.column_stack([columns, start[horizontal, 1], owner[:-1][horizontal]]).astype(np.int64)


@dataclass
class _Group:
    """Parts of one polygon, from one or several strips."""

    value: int
    parts: list[shapely.Polygon] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


class _OpenGroups:
    """What touches a seam waits here until no part of it reaches the next one."""

    def __init__(self, width: int) -> None:
        self._groups: dict[int, _Group] = {}  # by part
        self._above = np.full(width, -1, np.int64)  # part that ends on the last seam, a number a column
        self._count = 0

    def take(self, strip: _Strip, window: Window, *, last: bool) -> Polygons:
        """Adds the strip's parts; returns the polygons that are complete now."""
        upper, lower = window.row_off, window.row_off + window.height
        for index in np.flatnonzero(strip.touches(upper) | strip.touches(lower)):
            part = self._count + int(index)
            self._groups[part] = _Group(int(strip.values[index]), [strip.shapes[index]], [part])
        self._join(self._above, self._numbered(strip.owners(upper, len(self._above))))
        self._above = self._numbered(strip.owners(lower, len(self._above)))
        self._count += len(strip.values)
        still_open = set() if last else {id(self._groups[part]) for part in np.unique(self._above[self._above >= 0])}
        return self._close({id(g): g for g in self._groups.values() if id(g) not in still_open})

    def _numbered(self, owners: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(owners >= 0, owners + self._count, -1)

    def _join(self, above: NDArray[np.int64], below: NDArray[np.int64]) -> None:
        both = (above >= 0) & (below >= 0)
        for first, second in np.unique(np.column_stack([above[both], below[both]]), axis=0):
            one, other = self._groups[first], self._groups[second]
            if one is other or one.value != other.value:
                continue
            small, large = sorted((one, other), key=lambda group: len(group.ids))
            large.parts += small.parts
            large.ids += small.ids
            self._groups.update(dict.fromkeys(small.ids, large))

    def _close(self, complete: dict[int, _Group]) -> Polygons:
        merged = np.empty(len(complete), object)
        for index, group in enumerate(complete.values()):
            whole = group.parts[0] if len(group.parts) == 1 else straightened(shapely.union_all(group.parts))
            merged[index] = whole
            for part in group.ids:
                del self._groups[part]
        return Polygons(merged, np.array([group.value for group in complete.values()], np.int64))


def straightened(polygon: shapely.Polygon) -> shapely.Polygon:
    """Without points amid straight edges, which a union leaves where seams were; exact for whole numbers."""
    rings = [_corners(shapely.get_coordinates(ring)) for ring in (polygon.exterior, *polygon.interiors)]
    return shapely.Polygon(rings[0], rings[1:])


def _corners(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    points = ring[:-1]  # the last one is the first
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    return np.asarray(points[turns])
