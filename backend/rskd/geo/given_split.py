"""Training, validation and test ground that the user gave as polygons or boxes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.errors import AreaTooSmall, JobInvalid, NoOverlap
from rskd.geo.area import Area, open_area
from rskd.geo.cells import Cells, count_cells
from rskd.geo.labels import Labels
from rskd.geo.layouts import TRAIN, VALIDATION, choose_layout, grown
from rskd.geo.parts import PART_NAMES, Split
from rskd.geo.scene import Scene
from rskd.spec import SplitSpec

# Of the training ground, where no validation part is given.
_INNER_SHARES = {TRAIN: 0.8, VALIDATION: 0.2}


def split_from_spec(
    spec: SplitSpec,
    scene: Scene,
    labels: Labels | None,
    *,
    tile: int,
    radius: int,
    seed: int,
    crs: str | None = None,
) -> Split:
    """Parts given as polygon layers or boxes.

    Training tiles overlap no validation or test pixel and keep as much of `radius` from them as the parts do (in steps
    of a cell); where the parts touch that is nothing, and `gap` says so. Without a validation part, a fifth of the
    training ground is cut off for it, with a gap as in `auto_split`.

    Args:
        spec: the parts; groups of scenes are for `split_scenes`.
        scene: the ground; what lies outside its area belongs to no part.
        labels: of the scene.
        tile: side of a training tile in pixels.
        radius: receptive field, in pixels to each side; a tile if larger.
        seed: of the validation part that is cut off.
        crs: of polygon files without their own.

    Raises:
        JobInvalid: parts overlap, or are lists of groups.
        NoOverlap: a part without a pixel in the scene.
        AreaTooSmall: no room for a training tile, or for a validation part.
        LayerUnreadable, CrsMissing: of a polygon layer.
    """
    areas = _areas(spec, scene, crs)
    cells = Cells.over(scene.extent(), tile)
    pixels = _pixels(areas, cells, scene)
    counts = {part: count_cells(scene, labels, cells, within=area.mask) for part, area in areas.items()}
    held = np.any([pixels[part] > 0 for part in areas if part != TRAIN], axis=0)
    reach = _reach(held, pixels[TRAIN] > 0, -(-min(radius, tile) // cells.size))
    barred, gap = grown(held, reach), reach * cells.size
    cut = np.full(cells.shape, TRAIN, np.uint8)
    if VALIDATION not in areas:
        weights = counts[TRAIN].weights
        shares = _INNER_SHARES
        layout = choose_layout(cells, weights, tile=tile, radius=radius, seed=seed, shares=shares, barred=barred)
        cut, barred, gap = layout.table, barred | (layout.table != TRAIN), min(gap, layout.gap)
        counts[VALIDATION] = counts[TRAIN].only(cut == VALIDATION)
        counts[TRAIN] = counts[TRAIN].only(cut == TRAIN)
    read = _Reader(scene, cells, cut, areas)
    total = int(count_cells(scene, None, cells).valid.sum())
    names = [c.name for c in labels.classes] if labels else []
    split = Split("given", cells, counts, barred, read=read, names=names, total=total, gap=gap, tile=tile)
    if not len(split.train_origins(tile)):
        message = f"The training part has no room for a tile of {tile} pixels clear of validation and test."
        raise AreaTooSmall(message, "Make the training part of `split:` larger, or lower `training: tile`.", tile=tile)
    return split


class _Reader:
    """Parts pixel by pixel: the polygons say, and cells cut validation out of training."""

    def __init__(self, scene: Scene, cells: Cells, cut: NDArray[np.uint8], areas: dict[int, Area]) -> None:
        self._scene, self._cells, self._areas = scene, cells, areas
        self._cut = np.where((cut == TRAIN) | (cut == VALIDATION), cut, np.uint8(0))

    def __call__(self, window: Window) -> NDArray[np.uint8]:
        parts = np.zeros((window.height, window.width), np.uint8)
        for part, area in self._areas.items():
            mask = area.mask(window)
            parts[mask] = self._cells.look_up(self._cut, window)[mask] if part == TRAIN else part
        parts[~self._scene.inside(window)] = 0
        return parts


def _areas(spec: SplitSpec, scene: Scene, crs: str | None) -> dict[int, Area]:
    areas = {}
    for part, name in PART_NAMES.items():
        given = getattr(spec, name)
        if isinstance(given, list):
            message = f"`split: {name}` lists groups of scenes, but this job has one scene."
            raise JobInvalid(message, "Give a polygon layer or a box [xmin, ymin, xmax, ymax].")
        if given is not None:
            areas[part] = open_area(given, scene.grid, crs=crs, scene=scene.title, key=f"split: {name}")
    return areas


def _pixels(areas: dict[int, Area], cells: Cells, scene: Scene) -> dict[int, NDArray[np.int64]]:
    """Pixels of each part in each cell. Raises JobInvalid (parts overlap), NoOverlap (a part has no pixel here)."""
    pixels = {part: np.zeros(cells.shape, np.int64) for part in areas}
    for window in cells.windows():
        inside = scene.inside(window)
        masks = {part: area.mask(window) & inside for part, area in areas.items()}
        for one, other in combinations(masks, 2):
            if (masks[one] & masks[other]).any():
                message = f"The {PART_NAMES[one]} and {PART_NAMES[other]} parts of `split:` overlap."
                raise JobInvalid(message, "Training, validation and test must not share any ground.")
        for part, mask in masks.items():
            cells.add_counts(pixels[part], mask, window)
    for part, table in pixels.items():
        if not table.any():
            raise NoOverlap(f"split: {PART_NAMES[part]}", scene.title)
    return pixels


def _reach(held: NDArray[np.bool_], train: NDArray[np.bool_], most: int) -> int:
    """Whole cells that lie between training and the other parts, up to `most`."""
    return max((reach for reach in range(most + 1) if reach == 0 or not (grown(held, reach) & train).any()), default=0)
