"""Training, validation and test parts of a job's scenes: by blocks, by polygons, or by whole scenes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from rskd.geo.parts import Split
from rskd.geo.splits import auto_split, split_from_spec, split_scenes, whole_split
from rskd.jobs.sites import Site
from rskd.spec import DistillJob, SplitSpec

_ENOUGH_GROUPS = 3
"""Fewer scenes without a group cannot be train, validation and test: each scene is then cut into blocks."""

_SLIVER = 0.01
"""Share of the smaller scene that neighbours may share: edges bend between one CRS and another."""


def split_sites(job: DistillJob, sites: Sequence[Site], radius: int | None) -> list[Split]:
    """The split of each scene.

    Args:
        job: says how.
        sites: its scenes.
        radius: receptive field of the student in pixels; None (the whole window) asks for a gap of a tile.

    Raises:
        AreaTooSmall, JobInvalid, NoOverlap: see `rskd.geo.splits`. Groups that the job names are never cut: fewer than
            three of them are too few.
    """
    tile, seed = job.training.tile, job.training.seed
    reach = tile if radius is None else radius
    spec = None if job.split == "auto" else job.split
    if _by_scenes(spec, sites):
        parts = split_scenes([site.group for site in sites], _sizes(sites), spec=spec, seed=seed)
        return [whole_split(site.scene, site.labels, part, tile=tile) for site, part in zip(sites, parts, strict=True)]
    if spec is None:
        return [auto_split(site.scene, site.labels, tile=tile, radius=reach, seed=seed) for site in sites]
    return [
        split_from_spec(spec, site.scene, site.labels, tile=tile, radius=reach, seed=seed, crs=job.crs)
        for site in sites
    ]


def _by_scenes(spec: SplitSpec | None, sites: Sequence[Site]) -> bool:
    if spec is not None:
        return isinstance(spec.train, list) or isinstance(spec.test, list)
    named = len(sites) > 1 and any(site.spec.group for site in sites)
    return named or len({site.group for site in sites}) >= _ENOUGH_GROUPS


def sharing_ground(sites: Sequence[Site]) -> list[tuple[str, str]]:
    """Names of scenes that lie on the same ground without being of one group: a split may part them from each other."""
    outlines = [site.scene.grid.crop(site.scene.extent()).footprint_geojson() for site in sites]
    shapes = [None if outline is None else shapely.from_geojson(json.dumps(outline)) for outline in outlines]
    return [
        (one.name, other.name)
        for (one, here), (other, there) in combinations(zip(sites, shapes, strict=True), 2)
        if one.group != other.group
        and here is not None
        and there is not None
        and here.intersection(there).area > _SLIVER * min(here.area, there.area)
    ]


def _sizes(sites: Sequence[Site]) -> NDArray[np.int64]:
    """Labelled pixels of each scene and class; where no scene has labels, pixels of each scene."""
    classes = next((len(site.labels.classes) for site in sites if site.labels is not None), 0)
    if classes:
        nothing = (0,) * classes
        return np.array([nothing if site.labels is None else site.labels.counts for site in sites], np.int64)
    extents = [site.scene.extent() for site in sites]
    return np.array([[extent.width * extent.height] for extent in extents], np.int64)
