"""What is to be measured: the rows of a stage, in their order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.distillation.datasets import SETS, DataSet
from benchmarks.distillation.methods import ALONE, methods

REGIMES = {
    "few-labels": "few labels, a teacher brought from elsewhere that had all",
    "same-labels": "the same labels",
    "no-labels": "no labels: the teacher's answers alone",
    "few-labels-own": "few labels, a teacher that had the same few",
}

BATCH, LEARNING_RATE = 8, 3e-3


@dataclass(frozen=True)
class Stage:
    """How long and how often, and what."""

    name: str
    steps: int
    seeds: tuple[int, ...]
    sets: tuple[str, ...]
    regimes: tuple[str, ...]
    methods: tuple[str, ...] = ()
    """All where empty."""
    best: int = 0
    """So many of the best of stage 1 in each regime, and kd; 0 for all."""


@dataclass(frozen=True)
class Order:
    """One row: one training of one student."""

    stage: str
    set: str
    regime: str
    method: str
    seed: int
    steps: int

    @property
    def data(self) -> DataSet:
        return SETS[self.set]

    @property
    def share(self) -> float:
        """Of the labels that the student sees; the student alone has all of them where the others have none."""
        return self.data.few if self.regime.startswith("few-labels") else 1.0

    @property
    def teacher_share(self) -> float:
        return self.data.few if self.regime == "few-labels-own" else 1.0

    @property
    def teacher(self) -> str:
        """Name of the teacher; one that had few labels had those of the student's seed."""
        return "all" if self.teacher_share == 1 else f"few-{self.seed}"

    @property
    def given(self) -> dict[str, Any]:
        """How the teacher is opened; a quick look goes without flips, which take eight times as long."""
        return {"kind": "checkpoint", "flips": self.stage != QUICK.name}

    @property
    def bands(self) -> list[str] | None:
        """The student's; None for all."""
        fewer = self.data.fewer_bands
        return list(fewer) if self.regime == "same-labels" and fewer else None

    @property
    def taught(self) -> bool:
        return self.method != ALONE

    @property
    def recipe(self) -> dict[str, Any]:
        return methods()[self.method].recipe if self.taught else {}

    def job(self) -> dict[str, Any]:
        """The job without teacher and folder."""
        ground = self.data.job(share=self.share, seed=self.seed)
        if self.regime == "no-labels" and self.taught:
            ground = without_labels(ground)
        return {
            **ground,
            "student": {"name": self.data.student, **({"bands": self.bands} if self.bands else {})},
            "recipe": self.recipe,
            "training": self.training(),
            "threads": 1,
            "device": "cpu",
        }

    def teacher_job(self, steps: int) -> dict[str, Any]:
        """The job whose labels teach the teacher."""
        ground = self.data.job(share=self.teacher_share, seed=self.seed)
        training = {**self.training(), "steps": steps, "learning_rate": 2e-3}
        if self.teacher == "all":
            training["seed"] = 7
        named = {"name": self.data.student}
        return {**ground, "student": named, "training": training, "threads": 1, "device": "cpu"}

    def training(self) -> dict[str, Any]:
        rate, tile = LEARNING_RATE, self.data.tile
        return {"tile": tile, "batch": BATCH, "steps": self.steps, "learning_rate": rate, "seed": self.seed}

    @property
    def key(self) -> str:
        """Tells rows apart; another recipe, student or budget makes another row."""
        facts = [asdict(self), self.recipe, self.data.student, self.share, self.bands, self.training()]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def without_labels(job: dict[str, Any]) -> dict[str, Any]:
    job = {name: value for name, value in job.items() if name != "labels"}
    if "scenes" in job:
        job["scenes"] = [{k: v for k, v in scene.items() if k != "labels"} for scene in job["scenes"]]
    return job


QUICK = Stage("quick", 12, (0,), ("gewata_landsat_lulc",), ("few-labels",), ("kd",))
ONE = Stage("1", 500, (0, 1), ("gewata_landsat_lulc", "water_multispectral_tiles", "kampala_buildings"), tuple(REGIMES))
TWO = Stage("2", 1000, (0, 1, 2, 3, 4), tuple(SETS), tuple(REGIMES), best=5)
STAGES = {stage.name: stage for stage in (QUICK, ONE, TWO)}


def orders(stage: Stage, best: Mapping[str, Sequence[str]] | None = None) -> Iterator[Order]:
    """Regime by regime.

    Within one, the student alone and the losses of answers of every set come first. With `best`, methods by regime, it
    is these instead, seed by seed: half a stage then says something of all sets.
    """
    for regime in stage.regimes:
        if best is not None:
            chosen = [ALONE, *best.get(regime, ("kd",))]
            places = ((name, method, seed) for seed in stage.seeds for name in stage.sets for method in chosen)
        else:
            families = _families(stage.methods)
            places = ((n, m, s) for family in families for n in stage.sets for m in family for s in stage.seeds)
        for name, method, seed in places:
            if method == ALONE or methods()[method].fewest_classes <= SETS[name].classes:
                yield Order(stage.name, name, regime, method, seed, stage.steps)


def _families(chosen: Sequence[str]) -> list[list[str]]:
    """Names of methods, those of one family together; the student alone goes before all."""
    found: dict[str, list[str]] = {"response": [ALONE]}
    for name, method in methods().items():
        if not chosen or name in chosen:
            family = method.family if method.family in ("response", "usual", "scheme") else "inner"
            found.setdefault(family, []).append(name)
    return list(found.values())
