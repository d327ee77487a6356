"""Training, validation and test parts of a job's scenes: by blocks, by polygons, or by whole scenes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rskd.geo.parts import Split
from rskd.geo.splits import auto_split, split_from_spec, split_scenes, whole_split
from rskd.jobs.sites import Site
from rskd.spec import DistillJob, SplitSpec

_ENOUGH_GROUPS = 3
"""Fewer groups of scenes cannot be train, validation and test: each scene is then cut into blocks."""


def split_sites(job: DistillJob, sites: Sequence[Site], radius: int | None) -> list[Split]:
    """The split of each scene.

    Args:
        job: says how.
        sites: its scenes.
        radius: receptive field of the student in pixels; None (the whole window) asks for a gap of a tile.

    Raises:
        AreaTooSmall, JobInvalid, NoOverlap: see `rskd.geo.splits`.
    """
    tile, seed = job.training.tile, job.training.seed
    reach = tile if radius is None else radius
    spec = None if job.split == "auto" else job.split
    if _by_scenes(spec, sites):
        sizes = np.array([_size(site) for site in sites], np.int64)
        parts = split_scenes([site.group for site in sites], sizes, spec=spec, seed=seed)
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
    return len({site.group for site in sites}) >= _ENOUGH_GROUPS


def _size(site: Site) -> list[int]:
    """Labelled pixels a class; where no scene has labels, the scene's pixels."""
    if site.labels is not None:
        return list(site.labels.counts)
    extent = site.scene.extent()
    return [int(extent.width * extent.height)]
