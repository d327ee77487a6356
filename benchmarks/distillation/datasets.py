"""The data sets: their layers and labels, the parts of their ground, the student and how its teachers are trained.

Each gives a job description without teacher, recipe and seed (`rskd.spec.DistillJob`, as a dictionary).
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "resources" / "sample"

MID_SIZE = {"model": "plain-unet", "widths": [48, 96, 192, 384], "stem_stride": 2}
"""3.9 million parameters, twenty times those of `swift-unet-16`."""


@dataclass(frozen=True)
class DataSet:
    """One data set.

    Attributes:
        name: of its folder in the shared imagery.
        classes: how many.
        ground: the job's keys that say what lies where.
        student: name in the catalogue.
        tile: side of a training tile in pixels.
        teacher: keys of a teacher of kind `labels`.
        teacher_steps: optimiser steps of a teacher's member.
        few: share of the labels (or of the labelled scenes) in the regimes of few labels.
        fewer_bands: what the student sees where it has all labels, so that its teacher has something more to teach;
            None where there are no bands to leave out.
        ready: a teacher of all labels that is already there.
    """

    name: str
    classes: int
    ground: Callable[[], dict[str, Any]]
    tile: int = 96
    student: str = "swift-unet-16"
    teacher: dict[str, Any] = field(default_factory=lambda: MID_SIZE)
    teacher_steps: int = 1000
    few: float = 0.08
    fewer_bands: tuple[str, ...] | None = None
    ready: Path | None = None

    @property
    def missing(self) -> str:
        """Why it cannot be used here; empty if it can."""
        if self.ground is _gewata:
            return ""
        return "" if (SHARED / self.name).is_dir() else f"{self.name}: the shared imagery is not on this machine"

    def job(self, *, share: float = 1.0, seed: int = 0) -> dict[str, Any]:
        """The ground, with labels on `share` of its training part; which, `seed` decides.

        One scene keeps whole blocks of labels (`labels.share`); of many scenes some keep theirs and the rest lose them.
        """
        ground = self.ground()
        if share < 1 and "labels" in ground:
            ground["labels"] = {**ground["labels"], "share": share}
        elif share < 1:
            ground["scenes"] = _few_labelled(ground["scenes"], ground["split"]["train"], share, seed)
        return ground


def _few_labelled(scenes: list[dict[str, Any]], train: list[str], share: float, seed: int) -> list[dict[str, Any]]:
    learning = [at for at, scene in enumerate(scenes) if scene["group"] in train]
    kept = set(random.Random(seed).sample(learning, max(1, round(share * len(learning)))))
    lost = set(learning) - kept
    return [{k: v for k, v in scene.items() if k != "labels" or at not in lost} for at, scene in enumerate(scenes)]


def _gewata() -> dict[str, Any]:
    """The repository's sample: the western 1040 columns of `gewata_landsat_lulc`, with the demo's split."""
    return {
        "layers": [{"path": str(SAMPLE / "gewata_landsat7_2001.tif"), "name": "landsat"}],
        "labels": {"path": str(SAMPLE / "gewata_lulc.tif"), "ignore": [0]},
        "split": {
            "train": str(SAMPLE / "train.geojson"),
            "validation": [823155, 848805, 826755, 852945],
            "test": [828675, 832245, 839955, 852945],
        },
    }


def _kampala() -> dict[str, Any]:
    """At 0.2 m: columns 0-1375 train, 1472-1935 validate, the eastern third (2048 on) tests."""
    folder, pixel, west = SHARED / "kampala_buildings", 0.07464553543, 3628312.8608
    bottom, top = 38900.0, 39140.0

    def columns(first: int, last: int) -> list[float]:
        return [west + first * pixel, bottom, west + last * pixel, top]

    return {
        "task": "segmentation",
        "layers": [{"path": str(folder / "kampala_a_rgb.tif"), "name": "rgb", "gsd": 0.2}],
        "labels": {"path": str(folder / "kampala_a_buildings.tif"), "classes": {"background": [0], "building": [1]}},
        "split": {"train": columns(0, 1376), "validation": columns(1472, 1936), "test": columns(2048, 3073)},
    }


def _water() -> dict[str, Any]:
    """Place groups: modulo 5 = 0 tests, 1 validates, the others train."""
    folder = SHARED / "water_multispectral_tiles"
    with (folder / "tiles.csv").open(encoding="utf-8", newline="") as rows:
        tiles = [(row["tile"], int(row["place_group"])) for row in csv.DictReader(rows)]
    scenes = [
        {
            "layers": [
                {"path": str(folder / "optical" / f"{tile}.tif"), "name": "optical"},
                {"path": str(folder / "dem" / f"{tile}.tif"), "name": "dem"},
            ],
            "labels": {"path": str(folder / "water" / f"{tile}.tif"), "classes": {"land": [0], "water": [1]}},
            "group": f"place {place}",
        }
        for tile, place in tiles
    ]
    places = sorted({place for _, place in tiles})
    parts = {
        "train": [f"place {place}" for place in places if place % 5 > 1],
        "validation": [f"place {place}" for place in places if place % 5 == 1],
        "test": [f"place {place}" for place in places if place % 5 == 0],
    }
    return {"task": "land-cover", "crs": "local", "scenes": scenes, "split": parts}


def _dubai() -> dict[str, Any]:
    """At half the pixels a side: areas t1, t2, t3 and t7 train, t4 validates, t5 tests."""
    folder = SHARED / "dubai_landcover"
    names = {"water": [1], "land": [2], "road": [3], "building": [4], "vegetation": [5]}
    scenes = [
        {
            "layers": [{"path": str(image), "name": "rgb", "gsd": 2}],
            "labels": {"path": str(folder / "masks" / f"{image.stem}.png"), "ignore": [0], "classes": names},
            "group": image.stem.split("_")[0],
        }
        for image in sorted((folder / "images").glob("*.jpg"))
    ]
    split = {"train": ["t1", "t2", "t3", "t7"], "validation": ["t4"], "test": ["t5"]}
    return {"task": "land-cover", "crs": "local", "scenes": scenes, "split": split}


SETS: dict[str, DataSet] = {
    one.name: one
    for one in (
        DataSet(
            "gewata_landsat_lulc",
            6,
            _gewata,
            fewer_bands=("B3 red", "B2 green", "B1 blue"),
            ready=SAMPLE / "gewata_teacher.safetensors",
        ),
        DataSet("kampala_buildings", 2, _kampala, teacher_steps=800),
        DataSet("water_multispectral_tiles", 2, _water, fewer_bands=("red", "green", "blue"), few=0.06),
        DataSet("dubai_landcover", 5, _dubai, few=0.08),
    )
}
