"""What every teacher offers: it answers for the pixels of a scene, in the job's classes.

A teacher is opened once (`rskd.models.teachers.open_teacher`) and then asked scene by scene. What it is inside, a
network or a map, its bands, normalisation, resolution and class names are its own business.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rskd.card import BandCard
from rskd.errors import BandsMissing, ModelUnusable
from rskd.events import Reporter, Stage
from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import Band, Scene
from rskd.infer.bandmatch import match_bands
from rskd.infer.engine import Strip
from rskd.spec import TeacherSpec

_OF_TEACHER = "Name the bands that the teacher sees, in its order, with the teacher's `bands:`."

Reopen = Callable[[float], Scene]
"""Opens the same layers and area at another ground sampling distance (metres)."""


class Teacher(Protocol):
    """A teacher, opened."""

    @property
    def kind(self) -> str:
        """As in the job: checkpoint, torchgeo, onnx, map."""

    @property
    def name(self) -> str:
        """What to call it in messages and reports."""

    @property
    def key(self) -> str:
        """Hex digest of its content and settings, wherever its file lies: equal keys give equal answers."""

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """What its answers stand for, in channel order: the job's classes, its own where the job has none yet."""

    @property
    def gsd(self) -> float | None:
        """The ground sampling distance in metres at which it answers; None for any."""

    @property
    def parameters(self) -> int | None:
        """Weights, summed over members; None where there is no network."""

    @property
    def members(self) -> int:
        """Networks whose answers are averaged."""

    def answers(self, scene: Scene, *, stage: Stage | None = None, reopen: Reopen | None = None) -> Iterator[Strip]:
        """Probabilities (K, h, w) over the scene's extent and on its grid, strip by strip from the top.

        A pixel without an answer is not valid: no data, outside the area, or most of the teacher's belief is in
        classes that the job does not have.

        Args:
            scene: the pixels, on the student's grid.
            stage: is advanced by megapixels.
            reopen: needed where `gsd` is not the grid's (2 % are tolerated): the teacher then looks at the scene at
                its own resolution, and its answers are resampled bilinearly. Without it, it looks at the grid's.

        Raises:
            BandsMissing: the scene lacks bands that it needs.
            LayerUnreadable: a raster stops being readable.
            NoOverlap: a map that lies elsewhere.
        """


def choose_bands(
    spec: TeacherSpec, needed: Sequence[BandCard] | int, present: Sequence[Band], name: str, reporter: Reporter
) -> tuple[int, ...]:
    """The scene's bands (from 0) that a network sees, in its order.

    Those that the job names; else those that its own cards describe; else all of them.

    Args:
        spec: names layers, bands, both or none.
        needed: what the network says of its bands, or only how many they are.
        present: the scene's.
        name: of the teacher.
        reporter: hears how bands were matched.

    Raises:
        BandsMissing: a name that is not there, or another number of bands than the network takes.
    """
    count = needed if isinstance(needed, int) else len(needed)
    if spec.layers is None and spec.bands is None and not isinstance(needed, int):
        return match_bands(needed, present, reporter, hint=_OF_TEACHER)
    chosen = _named(spec, present)
    if len(chosen) != count:
        layers = ", ".join(dict.fromkeys(present[i].layer for i in chosen))
        names = [present[i].name for i in chosen]
        raise BandsMissing(layers, [f"choice of {count} bands for “{name}”, which takes {count}"], names, _OF_TEACHER)
    return chosen


def _named(spec: TeacherSpec, present: Sequence[Band]) -> tuple[int, ...]:
    """As `Scene.select`, before there is a scene."""
    layers = list(dict.fromkeys(band.layer for band in present))
    absent = [f"the layer “{layer}”" for layer in spec.layers or () if layer not in layers]
    if absent:
        hint = "Correct the teacher's `layers:`: names of the job's layers."
        raise BandsMissing("the job", absent, layers, hint)
    offered = [at for layer in spec.layers or layers for at, band in enumerate(present) if band.layer == layer]
    if spec.bands is None:
        return tuple(offered)
    places = {name.casefold(): at for at in reversed(offered) for name in _names(present[at])}
    missing = [name for name in spec.bands if name.casefold() not in places]
    if missing:
        names = [present[at].name for at in offered]
        raise BandsMissing(", ".join(spec.layers or layers), missing, names, _OF_TEACHER)
    return tuple(places[name.casefold()] for name in spec.bands)


def _names(band: Band) -> tuple[str, ...]:
    return band.name, f"{band.layer}:{band.name}", band.name.removeprefix(f"{band.layer}:")


def identity(spec: TeacherSpec, content: Iterable[str], facts: object = None) -> str:
    """A teacher's key: of what its files hold and how the job uses them, not of where they lie."""
    settings = spec.model_dump(mode="json", exclude={"path"})
    return hashlib.sha256(json.dumps([settings, list(content), facts]).encode()).hexdigest()[:32]


def digest_file(path: str | Path) -> str:
    """SHA-256 of a file's content, in hex.

    Raises:
        ModelUnusable: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnusable(str(path), f"{error.strerror or error}.", "Check the path.") from error
