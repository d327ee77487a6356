"""The maps of student and baseline over every scene, and readers of all that is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.geo.labels import IGNORE
from rskd.infer.session import Student, open_student
from rskd.jobs.predict import map_scene
from rskd.jobs.scoring import ChannelReader, map_channels
from rskd.jobs.setting import Setting
from rskd.jobs.sites import Site
from rskd.spec import PredictJob

if TYPE_CHECKING:
    from rskd.distill.targets import SoftTargets

Readers = dict[str, list[ChannelReader]]
"""Readers of class channels, one a scene: `teacher`, `student`, perhaps `baseline` and `labels`."""


@dataclass(frozen=True)
class Mapped:
    """A student file, opened, and its maps, one a scene."""

    student: Student
    maps: tuple[Path, ...]
    vectors: tuple[Path, ...]
    confidences: tuple[Path, ...]
    pixels: tuple[int, ...]
    """Mapped pixels of each class, over all scenes."""
    area_m2: float | None
    """Mapped ground, over all scenes; None where a scene has no place on Earth."""


def map_sites(model: Path, setting: Setting, *, everything: bool) -> Mapped:
    """Maps every scene beside the model file: `map.tif`, or `map_1.tif` and so on.

    With `everything` also as polygons (`map.gpkg`), and the probability of the chosen class (`confidence.tif`).

    Raises:
        OutputUnwritable: no space, no permission.
    """
    student = open_student(model, threads=setting.threads, device=setting.job.device)
    rasters, polygons, confidences = list[Path](), list[Path](), list[Path]()
    pixels = np.zeros(len(setting.classes), np.int64)
    areas: list[float | None] = []
    for number, site in enumerate(setting.sites, start=1):
        of_scene = "" if len(setting.sites) == 1 else f"_{number}"
        raster = model.with_name(f"map{of_scene}.tif")
        job = _job(site, model, raster, setting)
        if everything:
            polygons.append(raster.with_suffix(".gpkg"))
            confidences.append(model.with_name(f"confidence{of_scene}.tif"))
            job = job.model_copy(update={"vector": str(polygons[-1]), "confidence": str(confidences[-1])})
        facts = map_scene(job, site.scene, student, setting.reporter)
        pixels += [known["pixels"] for known in facts["classes"]]
        areas += [known["area_m2"] for known in facts["classes"]]
        rasters.append(raster)
    ground = None if None in areas else sum(area for area in areas if area is not None)
    counts = tuple(int(count) for count in pixels)
    return Mapped(student, tuple(rasters), tuple(polygons), tuple(confidences), counts, ground)


def _job(site: Site, model: Path, raster: Path, setting: Setting) -> PredictJob:
    return PredictJob(
        student=str(model),
        # Without their names: the scene may hold layers that only the teacher sees.
        layers=[layer.model_copy(update={"name": ""}) for layer in site.spec.layers],
        out=str(raster),
        memory_gb=setting.job.memory_gb,
    )


@contextmanager
def opened_readers(setting: Setting, targets: Sequence[SoftTargets], mapped: Mapping[str, Mapped]) -> Iterator[Readers]:
    """Opens everything that is compared, and closes it at the end."""
    with ExitStack() as stack:
        readers: Readers = {"teacher": [_answers_of(target) for target in targets]}
        for name, model in mapped.items():
            readers[name] = [
                stack.enter_context(map_channels(path, site.scene.extent(), setting.classes))
                for path, site in zip(model.maps, setting.sites, strict=True)
            ]
        if any(site.labels is not None for site in setting.sites):
            readers["labels"] = [_labels_of(site) for site in setting.sites]
        yield readers


def _answers_of(targets: SoftTargets) -> ChannelReader:
    def read(window: Window) -> NDArray[np.uint8]:
        answers, answered = targets.probabilities(window)
        return np.where(answered, answers.argmax(axis=0).astype(np.uint8), np.uint8(IGNORE))

    return read


def _labels_of(site: Site) -> ChannelReader:
    def read(window: Window) -> NDArray[np.uint8]:
        if site.labels is None:
            return np.full((int(window.height), int(window.width)), IGNORE, np.uint8)
        return site.labels.read(window)

    return read
