"""The teacher made ready, and its answers kept as rasters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rskd.errors import LabelsUnusable, NoOverlap, OutputUnwritable
from rskd.events import Reporter, Stage
from rskd.geo.layouts import TRAIN
from rskd.geo.scene import Scene, open_scene
from rskd.infer.engine import Strip, megapixels
from rskd.infer.session import default_threads
from rskd.jobs.course import OF_TEACHER, course_of, measured_step
from rskd.jobs.map_numbers import warn_of_map_numbers
from rskd.jobs.setting import Setting
from rskd.jobs.several import together
from rskd.jobs.sites import Site, classes_of
from rskd.spec import CheckpointTeacher, DistillJob, LabelsTeacher, SceneSpec, TorchgeoTeacher

if TYPE_CHECKING:
    import torch

    from rskd.distill.answered import AnsweredParts
    from rskd.distill.data import TileSource
    from rskd.distill.recipe import Recipe
    from rskd.distill.targets import SoftTargets
    from rskd.models.teachers.base import Teacher

_OVERLAPPING = 1.5
"""Pixels that a network is shown for each one of the map, margins and overlaps included."""


def open_given(job: DistillJob, sites: Sequence[Site], *, device: torch.device, reporter: Reporter) -> Teacher | None:
    """The teacher that the job names; None where one is to be trained on the labels, which is known to be possible.

    Raises:
        RskdError: a teacher that cannot be used, or that does not fit the layers or the labels.
    """
    from rskd.models.teachers import open_teacher
    from rskd.models.teachers.map import MapOfTeacher
    from rskd.models.teachers.several import SeveralOpened

    spec = job.teacher
    if isinstance(spec, LabelsTeacher):
        _build_once(spec, sites, job.training.seed)
        return None
    threads, bands = default_threads(job.threads), sites[0].scene.bands
    teacher = open_teacher(spec, bands, classes_of(sites), device=device, threads=threads, reporter=reporter)
    for one in teacher.teachers if isinstance(teacher, SeveralOpened) else (teacher,):
        if isinstance(one, MapOfTeacher):
            for site in sites:
                one.check_place(site.scene)
            warn_of_map_numbers(one, sites, reporter)
    return teacher


def _build_once(spec: LabelsTeacher, sites: Sequence[Site], seed: int) -> None:
    """Raises what is wrong with encoder, weights, layers or bands, before anything is decided or thrown away."""
    from rskd.distill.teach import bare_network

    bands = sites[0].scene.select(spec.layers, spec.bands)
    bare_network(spec, len(bands), len(classes_of(sites) or ()) or 2, seed=seed, reporter=Reporter())


def with_encoders_to_train(job: DistillJob, reporter: Reporter) -> DistillJob:
    """The job, with a published weight that is an encoder made the start of a teacher that is trained on the labels.

    Raises:
        ModelUnusable: no such weight, or an encoder that no network here has.
        ExtraMissing: torchgeo is not installed.
    """
    spec = job.teacher
    if not isinstance(spec, TorchgeoTeacher):
        return job
    from rskd.models.teachers.torchgeo import encoder_of, is_segmenter

    if is_segmenter(spec.weights):
        return job
    encoder = encoder_of(spec.weights)
    reporter.info(f"“{spec.weights}” is an encoder: it starts a unet with {encoder}, which is trained on the labels.")
    teacher = LabelsTeacher(
        encoder=encoder,
        weights=spec.weights,
        layers=spec.layers,
        bands=spec.bands,
        classes=spec.classes,
        flips=spec.flips,
    )
    return job.model_copy(update={"teacher": teacher})


class LabelTaught:
    """A teacher to be trained on the job's labels: what it costs, and the training."""

    def __init__(self, spec: LabelsTeacher, setting: Setting, folder: Path) -> None:
        from rskd.distill.labelled import class_weights, label_counts

        self._spec, self._setting, self._folder = spec, setting, folder
        self._bands = setting.sites[0].scene.select(spec.layers, spec.bands)
        self._cards = setting.band_cards(self._bands, of=OF_TEACHER)
        self._materials = setting.materials(self._bands)
        counts = label_counts(self._materials, len(setting.classes), TRAIN)
        if not counts.any():
            hint = "Give labels inside the training part, or another kind of teacher."
            raise LabelsUnusable("There are no labels to train a teacher on.", hint)
        self._weights = class_weights(counts)

    @cached_property
    def step_seconds(self) -> float:
        """How long one step of all members takes here."""
        from rskd.distill.teach import teacher_network

        training, members = self._setting.job.training, self._spec.members
        network = teacher_network(
            self._spec, self._cards, len(self._setting.classes), seed=training.seed, reporter=Reporter()
        )
        return members * measured_step(self._setting, network, self._source(), self._recipe(), of=OF_TEACHER)

    def answer_seconds(self) -> float:
        """About how long its answers for all scenes will take: forward is a third of a step."""
        training = self._setting.job.training
        pixels: int = sum(site.scene.extent().width * site.scene.extent().height for site in self._setting.sites)
        looks = 8 if self._spec.flips else 1
        return self.step_seconds / 3 / (training.batch * training.tile**2) * pixels * looks * _OVERLAPPING

    def look_seconds(self) -> float:
        """About how long its first member looks at the tiles of one step: forward is a third of a step."""
        return self.step_seconds / 3 / self._spec.members

    def train(self, steps: int) -> Teacher:
        """Trains it, keeps it as `teacher.safetensors` in the job's folder, and opens that."""
        from rskd.distill.teach import train_teacher
        from rskd.models.teachers import open_teacher

        setting, grid = self._setting, self._setting.sites[0].scene.grid
        path = train_teacher(
            self._spec,
            self._materials,
            self._cards,
            setting.classes,
            path=self._folder.parent / "teacher.safetensors",
            tile=setting.job.training.tile,
            course=course_of(setting, steps),
            gsd=grid.gsd,
            local=grid.local,
            class_weights=self._weights,
            folder=self._folder / "teacher",
            device=setting.device,
            threads=setting.threads,
            reporter=setting.reporter,
        )
        return open_teacher(
            CheckpointTeacher(
                kind="checkpoint",
                path=str(path),
                layers=self._spec.layers,
                bands=self._spec.bands,
                classes=self._spec.classes,
                flips=self._spec.flips,
            ),
            setting.sites[0].scene.bands,
            classes_of(setting.sites),
            device=setting.device,
            threads=setting.threads,
            reporter=setting.reporter,
        )

    def _source(self) -> TileSource:
        from rskd.distill.data import TileSource

        training = self._setting.job.training
        classes = len(self._setting.classes)
        return TileSource(
            self._materials, self._cards, tile=training.tile, seed=training.seed, classes=classes, teacher=False
        )

    def _recipe(self) -> Recipe:
        from rskd.distill.recipe import Recipe

        return Recipe.supervised(self._weights)


@contextmanager
def soft_targets(setting: Setting, teacher: Teacher, folder: Path) -> Iterator[tuple[SoftTargets, ...]]:
    """The teacher's answers for every scene, taken from the stores in `folder` or written there.

    Raises:
        RskdError: what the teacher raises; OutputUnwritable.
    """
    from rskd.models.teachers.several import SeveralOpened

    with ExitStack() as stack:
        teachers = teacher.teachers if isinstance(teacher, SeveralOpened) else (teacher,)
        answers = [
            tuple(stack.enter_context(_of_site(setting, one, site, folder)) for site in setting.sites)
            for one in teachers
        ]
        if isinstance(teacher, SeveralOpened):
            yield stack.enter_context(together(setting, teacher, answers, folder))
        else:
            yield answers[0]


def _of_site(setting: Setting, teacher: Teacher, site: Site, folder: Path) -> SoftTargets:
    from rskd.distill.answered import FOLDER as PARTS
    from rskd.distill.targets import find_parts, find_targets, targets_key, write_targets

    job, grid, reporter = setting.job, site.scene.grid, setting.reporter
    area, sources = json.dumps(job.area), _sources(site.spec, job.area)
    key = targets_key(teacher=teacher.key, grid=grid, classes=setting.classes, area=area, sources=sources)
    kept = find_targets(folder, key, reporter)
    if kept is not None:
        reporter.info(f"The teacher's answers for {site.name} are kept from an earlier run.")
        return kept

    parts = find_parts(folder, key, setting.classes, site.scene.extent())
    size = megapixels(site.scene.extent())
    names = [one.name for one in setting.sites]
    place = {"scene": site.name, "number": names.index(site.name) + 1, "scenes": len(names)}
    with reporter.stage("answers", f"Teacher’s answers, {site.name}", total=size, unit="MP", **place) as stage:
        if parts.windows:
            reporter.info(f"The teacher's answers for {site.name} go on where an earlier run stopped.")
            stage.advance(sum(map(megapixels, parts.windows)))
        strips = _answers(setting, teacher, site, parts, stage)
        said = {"kind": teacher.kind, "name": teacher.name, "key": teacher.key}
        try:
            write_targets(folder, key, strips, grid, setting.classes, teacher=said, area=area, parts=parts)
        except BaseException:
            for empty in (folder / key / PARTS, folder / key, folder):
                with suppress(OSError):  # there is something in it
                    empty.rmdir()
            raise
    made = find_targets(folder, key, reporter)
    if made is None:
        raise OutputUnwritable(str(folder / key), "what was written does not read back")
    return made


def _answers(setting: Setting, teacher: Teacher, site: Site, parts: AnsweredParts, stage: Stage) -> Iterator[Strip]:
    """What an earlier run has not asked."""
    job = setting.job

    def reopen(gsd: float) -> Scene:
        return open_scene(site.spec.layers, area=job.area, crs=job.crs, gsd=gsd, name=site.name)

    answered, elsewhere = parts.answered, None
    for window in parts.rest:
        try:
            for strip in teacher.answers(site.scene.only(window), stage=stage, reopen=reopen):
                answered = answered or bool(strip.valid.any())
                yield strip
        except NoOverlap as error:  # a teacher cannot know what it answered before
            elsewhere = error
    if elsewhere is not None and not answered:
        raise elsewhere


def _sources(spec: SceneSpec, area: object) -> Sequence[str]:
    """What identifies the pixels that the teacher saw: the layers as described, and the state of their files."""
    paths = [layer.path for layer in spec.layers] + ([area] if isinstance(area, str) else [])
    return [spec.model_dump_json(exclude={"labels", "group"}), *(_state(Path(path)) for path in paths)]


def _state(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:  # not a file of this machine: GDAL's own names
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"
