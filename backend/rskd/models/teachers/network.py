"""A teacher that is a network: run over the scene by the streaming engine, at its own resolution."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rskd.card import BandCard, Tiling
from rskd.events import Reporter, Stage
from rskd.geo.label_classes import LabelClass
from rskd.geo.scene import Scene
from rskd.infer.engine import Strip, stream
from rskd.models.teachers.base import Reopen, choose_bands
from rskd.models.teachers.classmap import ClassMap
from rskd.models.teachers.resample import resampled
from rskd.spec import TeacherSpec

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]
"""(N, C, H, W) raw values to (N, T, H, W) probabilities of the teacher's own classes."""

SAME_GSD = 0.02
"""Ground sampling distances this close count as the same."""


@dataclass(frozen=True)
class Kernel:
    """The network itself, whatever runs it.

    Attributes:
        run: answers windows of `tiling.window` pixels.
        bands: cards of its bands, or only how many they are.
        channels: T, its own classes.
        fill: (C,) raw values that stand in for pixels without data.
        tiling: the lattice it is run on.
        gsd: in metres; None where it does not say.
        parameters: summed over members.
        members: networks that are averaged.
    """

    run: Run
    bands: tuple[BandCard, ...] | int
    channels: int
    fill: Floats
    tiling: Tiling
    gsd: float | None = None
    parameters: int | None = None
    members: int = 1


@dataclass(frozen=True)
class NetworkTeacher:
    """A network with the job's view of it (`rskd.models.teachers.base.Teacher`)."""

    kind: str
    name: str
    key: str
    kernel: Kernel
    class_map: ClassMap
    spec: TeacherSpec
    reporter: Reporter

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """Of its answers, in channel order."""
        return self.class_map.classes

    @property
    def gsd(self) -> float | None:
        """The network's own."""
        return self.kernel.gsd

    @property
    def parameters(self) -> int | None:
        """Summed over members."""
        return self.kernel.parameters

    @property
    def members(self) -> int:
        """Networks that are averaged."""
        return self.kernel.members

    def answers(self, scene: Scene, *, stage: Stage | None = None, reopen: Reopen | None = None) -> Iterator[Strip]:
        """See `rskd.models.teachers.base.Teacher.answers`."""
        for strip in self._own_answers(scene, stage, reopen):
            yield self.class_map.apply(strip)

    def _own_answers(self, scene: Scene, stage: Stage | None, reopen: Reopen | None) -> Iterator[Strip]:
        own, grid = self.kernel.gsd, scene.grid.gsd
        # Pixels of a local grid have no metres to compare.
        if own is None or scene.grid.local or abs(grid / own - 1) <= SAME_GSD:
            return self._here(scene, stage)
        if reopen is None:
            message = f"“{self.name}” was made for {own:g} m pixels and sees {grid:g} m ones."
            hint = "Expect worse answers."
            self.reporter.warn("teacher-resolution", message, hint, teacher=self.name, made_for=own, sees=grid)
            return self._here(scene, stage)
        self.reporter.info(f"“{self.name}” looks at {own:g} m pixels; its answers are resampled to {grid:g} m.")
        return self._elsewhere(reopen(own), scene, stage)

    def _elsewhere(self, native: Scene, scene: Scene, stage: Stage | None) -> Iterator[Strip]:
        try:
            yield from resampled(native, self._matched(native), scene, stage=stage)
        finally:
            native.close()

    def _here(self, scene: Scene, stage: Stage | None) -> Iterator[Strip]:
        return stream(scene, self._matched(scene), stage=stage)

    def _matched(self, scene: Scene) -> MatchedTeacher:
        bands = choose_bands(self.spec, self.kernel.bands, scene.bands, self.name, self.reporter)
        run = flipped(self.kernel.run) if self.spec.flips else self.kernel.run
        return MatchedTeacher(replace(self.kernel, run=run), bands)


@dataclass(frozen=True)
class MatchedTeacher:
    """A network and the bands of one scene: what the engine runs (`rskd.infer.engine.Predictor`)."""

    kernel: Kernel
    bands: tuple[int, ...]

    @property
    def tiling(self) -> Tiling:
        """The network's lattice."""
        return self.kernel.tiling

    @property
    def fill(self) -> Floats:
        """(C,): for pixels without data."""
        return self.kernel.fill

    @property
    def channels(self) -> int:
        """The network's own classes, T."""
        return self.kernel.channels

    def __call__(self, pixels: Floats) -> Floats:
        """Probabilities of the network's own classes."""
        return self.kernel.run(pixels)


def flipped(run: Run) -> Run:
    """Averages `run` over the eight flips and turns of its square input."""

    def average(pixels: Floats) -> Floats:
        views = [(turns, mirrored) for turns in range(4) for mirrored in (False, True)]
        answers = (_turned_back(run(_turned(pixels, *view)), *view) for view in views)
        return functools.reduce(np.add, answers) / np.float32(len(views))

    return average


def _turned(pixels: Floats, turns: int, mirrored: bool) -> Floats:
    turned = np.rot90(pixels, turns, axes=(-2, -1))
    return np.ascontiguousarray(turned[..., ::-1] if mirrored else turned)


def _turned_back(answer: Floats, turns: int, mirrored: bool) -> Floats:
    return np.rot90(answer[..., ::-1] if mirrored else answer, -turns, axes=(-2, -1))
