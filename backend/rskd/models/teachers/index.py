"""A spectral index as the teacher: no network, two bands and thresholds (block T7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rskd.errors import BandsMissing
from rskd.events import Reporter, Stage
from rskd.geo.label_classes import LabelClass
from rskd.geo.legend import default_palette
from rskd.geo.scene import Band, Scene
from rskd.infer.engine import Strip, megapixels
from rskd.models.teachers.base import Reopen, choose_bands, identity
from rskd.models.teachers.classmap import ClassMap, OwnClasses, map_classes
from rskd.models.teachers.pieces import slabs, strips
from rskd.models.teachers.unlearned import Unlearned
from rskd.spec import IndexTeacher

Floats = NDArray[np.float32]

_BANDS = {
    "ndvi": ("nir", "red"),
    "ndwi": ("green", "nir"),
    "mndwi": ("green", "swir"),
    "ndbi": ("swir", "nir"),
    "nbr": ("nir", "swir2"),
    "ndsi": ("green", "swir"),
}
"""First and second band of each: Rouse 1974, McFeeters 1996, Xu 2006, Zha 2003, Key and Benson 2006, Hall 1995."""

_NAMES = {
    "green": ("green", "b03", "b3", "sr_b3"),
    "red": ("red", "b04", "b4", "sr_b4"),
    "nir": ("nir", "near infrared", "nir08", "b08", "b8", "sr_b5"),
    "swir": ("swir", "swir1", "swir16", "swir 1", "b11", "sr_b6"),
    "swir2": ("swir2", "swir22", "swir 2", "b12", "sr_b7"),
}
"""What bands are called: by colour, by Sentinel-2's numbers and by Landsat 8's surface reflectance."""


def open_index(spec: IndexTeacher, classes: Sequence[LabelClass] | None, *, reporter: Reporter) -> IndexOfBands:
    """An index, its classes matched with the job's.

    Raises:
        ClassesMismatch: its classes are not the job's.
    """
    count = len(spec.names)
    triples = zip(range(count), spec.names, default_palette(count), strict=True)
    own = OwnClasses(tuple(LabelClass(*triple) for triple in triples))
    name = spec.index.upper() if spec.index != "difference" else "Normalised difference"
    mapped = map_classes(name, own, classes, spec.classes, reporter)
    return IndexOfBands(name, identity(spec, []), mapped, spec)


@dataclass(frozen=True)
class IndexOfBands(Unlearned):
    """An index with the job's view of it (`rskd.models.teachers.base.Teacher`)."""

    name: str
    key: str
    class_map: ClassMap
    spec: IndexTeacher

    def bands_of(self, present: Sequence[Band]) -> tuple[int, ...]:
        """First and second band among a scene's (from 0): as named, else by what such bands are usually called.

        Raises:
            BandsMissing: one is not there.
        """
        if self.spec.bands is not None:
            return choose_bands(self.spec, 2, present, self.name, Reporter())
        return tuple(self._found(kind, present) for kind in _BANDS[self.spec.index])

    def answers(self, scene: Scene, *, stage: Stage | None = None, reopen: Reopen | None = None) -> Iterator[Strip]:  # noqa: ARG002
        """See `rskd.models.teachers.base.Teacher.answers`; no answer where both bands are 0 or a threshold is near."""
        bands = self.bands_of(scene.bands)
        for window in (strip for slab in slabs(scene.extent(), len(self.spec.names)) for strip in strips(slab)):
            pixels, valid = scene.read(window, bands)
            probabilities, sure = of_thresholds(
                *normalised_difference(*pixels), self.spec.thresholds, self.spec.softness, self.spec.unsure
            )
            yield self.class_map.apply(Strip(window, probabilities, valid & sure & scene.inside(window)))
            if stage is not None:
                stage.advance(megapixels(window))

    def _found(self, kind: str, present: Sequence[Band]) -> int:
        for called in _NAMES[kind]:
            for at, band in enumerate(present):
                if band.name.casefold().rpartition(":")[2] == called:
                    return at
        hint = f"Name the two bands of {self.name} with the teacher's `bands:`, in this order: "
        layers = ", ".join(dict.fromkeys(band.layer for band in present))
        names = [band.name for band in present]
        raise BandsMissing(layers, [kind], names, hint + " and ".join(_BANDS[self.spec.index]) + ".")


def normalised_difference(first: Floats, second: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """(first - second) / (first + second) and where that is a number; 0 elsewhere."""
    total = first + second
    known = np.isfinite(total) & (total != 0)
    return np.divide(first - second, total, out=np.zeros_like(total), where=known), known


def of_thresholds(
    index: Floats, known: NDArray[np.bool_], thresholds: Sequence[float], softness: float, unsure: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Probabilities (K, h, w) from low to high, and where there is an answer.

    P(above t) is logistic in (index - t) / softness; a class has what lies between its two thresholds.
    """
    steps = np.array(thresholds, np.float32).reshape(-1, *(1,) * index.ndim)
    above = 1 / (1 + np.exp(np.clip((steps - index) / softness, -50, 50)))
    edges = np.concatenate([np.ones_like(index)[None], above, np.zeros_like(index)[None]])
    near = (np.abs(index - steps) < unsure).any(axis=0)
    return (edges[:-1] - edges[1:]).astype(np.float32), known & ~near
