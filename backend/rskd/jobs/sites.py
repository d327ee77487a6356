"""The places of a distillation: scenes opened with their labels, one class list for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rskd.errors import ClassesMismatch, LabelsUnusable
from rskd.events import Reporter
from rskd.geo.area import Area, open_area
from rskd.geo.labels import LabelClass, Labels, find_classes, open_labels
from rskd.geo.scene import Scene, open_scene
from rskd.spec import DistillJob, LabelSpec, SceneSpec, Task

_SAME_GSD = 0.02  # a difference between scenes that is left alone


@dataclass(frozen=True)
class Site:
    """One scene of a job."""

    name: str
    group: str
    spec: SceneSpec
    scene: Scene
    labels: Labels | None


@contextmanager
def opened_sites(job: DistillJob, reporter: Reporter) -> Iterator[tuple[Site, ...]]:
    """Opens every scene of a job on the ground sampling distance of the first, and closes them at the end.

    All labels share one class list (`Site.labels.classes`).

    Raises:
        RskdError: what `open_scene` and `open_labels` raise, and ClassesMismatch for scenes of different bands.
    """
    with ExitStack() as stack:
        scenes: list[Scene] = []
        for number, spec in enumerate(job.scene_specs(), start=1):
            name = spec.group if spec.group and len(job.scene_specs()) > 1 else f"scene {number}"
            gsd = _gsd_to_match(scenes[0], job, spec, reporter) if scenes else None
            scenes.append(open_scene(spec.layers, area=job.area, crs=job.crs, gsd=gsd, name=name))
            stack.callback(scenes[-1].close)
        _check_bands(scenes)
        areas = [_area_of(job, scene) for scene in scenes]
        classes = _classes(job, scenes, areas)
        sites = []
        for scene, area, spec in zip(scenes, areas, job.scene_specs(), strict=True):
            labels = None
            if spec.labels is not None:
                labels = open_labels(
                    spec.labels,
                    scene.grid,
                    task=_task(job),
                    classes=classes,
                    crs=job.crs,
                    area=area,
                    scene=scene.title,
                )
                stack.callback(labels.close)
                warn_of_numbers(labels, spec.labels, reporter)
            sites.append(Site(scene.name, spec.group or scene.name, spec, scene, labels))
        yield tuple(sites)


def warn_of_numbers(labels: Labels, spec: LabelSpec, reporter: Reporter) -> None:
    """Warns where labels without names were matched with named classes by their numbers alone."""
    if not labels.by_number:
        return
    names = {known.value: known.name for known in labels.classes}
    pairs = ", ".join(f"{value} = {names[value]}" for value in labels.by_number)
    message = f"“{Path(spec.path).name}” names no classes; its values were taken for the classes of the same number: "
    hint = "If that is wrong, say which value is which class with `classes:`."
    reporter.warn("matched-by-number", message + pairs + ".", hint, labels=Path(spec.path).name, pairs=pairs)


def _task(job: DistillJob) -> Task:
    if job.task == "change":  # refused when the job was read
        raise ValueError(job.task)
    return job.task


def _area_of(job: DistillJob, scene: Scene) -> Area | None:
    return None if job.area is None else open_area(job.area, scene.grid, crs=job.crs, scene=scene.title)


def _classes(job: DistillJob, scenes: Sequence[Scene], areas: Sequence[Area | None]) -> tuple[LabelClass, ...] | None:
    """The classes of all labels together; None for one scene, whose labels say them when they are opened."""
    labelled = [
        (spec.labels, scene, area)
        for spec, scene, area in zip(job.scene_specs(), scenes, areas, strict=True)
        if spec.labels is not None
    ]
    if len(labelled) < 2:
        return None
    files = [(spec, scene.grid, area) for spec, scene, area in labelled]
    names = [scene.title for _, scene, _ in labelled]
    return find_classes(files, task=_task(job), crs=job.crs, names=names)


def _gsd_to_match(first: Scene, job: DistillJob, spec: SceneSpec, reporter: Reporter) -> float | None:
    with open_scene(spec.layers, area=job.area, crs=job.crs) as scene:
        own, wanted = scene.grid.gsd, first.grid.gsd
    if abs(own / wanted - 1) <= _SAME_GSD:
        return None
    message = f"“{spec.layers[0].title}” has {own:.3g} m a pixel; it is resampled to the first scene's {wanted:.3g} m."
    reporter.info(message)
    return wanted


def _check_bands(scenes: Sequence[Scene]) -> None:
    names = [[(band.layer, band.name) for band in scene.bands] for scene in scenes]
    for scene, found in zip(scenes, names, strict=True):
        if len(found) != len(names[0]):
            raise ClassesMismatch(
                f"“{scene.name}” has {len(found)} bands, “{scenes[0].name}” has {len(names[0])}.",
                "All scenes need the same layers with the same bands.",
            )
        if found != names[0] and sorted(found) == sorted(names[0]):
            raise ClassesMismatch(
                f"“{scene.name}” has the bands of “{scenes[0].name}” in another order.",
                "List the layers, and their `bands:`, of all scenes in the same order.",
            )


def classes_of(sites: Sequence[Site]) -> tuple[LabelClass, ...] | None:
    """The shared class list; None where no scene has labels.

    Raises:
        LabelsUnusable: labels of fewer than two classes.
    """
    for site in sites:
        if site.labels is not None:
            if len(site.labels.classes) < 2:
                raise LabelsUnusable("The labels hold one class only.", "A student needs at least two.")
            return site.labels.classes
    return None
