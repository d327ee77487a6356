"""What a distillation starts from: scenes, classes, split, student and device, settled before anything is learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rskd.card import ClassCard
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.geo.label_share import label_share
from rskd.geo.labels import Labels
from rskd.geo.layouts import TRAIN
from rskd.geo.parts import Split
from rskd.infer.session import default_threads
from rskd.jobs.sites import Site, classes_of
from rskd.jobs.splitting import sharing_ground, split_sites
from rskd.spec import DistillJob

if TYPE_CHECKING:
    import torch

    from rskd.card import BandCard
    from rskd.distill.material import Material
    from rskd.distill.targets import SoftTargets
    from rskd.models.normalise import Normalised
    from rskd.models.students import StudentEntry

_MEMORY_GB = 4.0
_RESIDENT_SHARE = 0.25
"""Of the memory that may be used, what decoded scenes may take while training."""


@dataclass(frozen=True)
class Setting:
    """Everything that is known before a teacher is asked."""

    job: DistillJob
    sites: tuple[Site, ...]
    classes: tuple[ClassCard, ...]
    entry: StudentEntry
    bands: tuple[int, ...]
    """The student's among the scene's, from 0."""
    splits: tuple[Split, ...]
    labels: tuple[Labels | None, ...]
    """Of each site; of the training part only the share that the job asks for."""
    device: torch.device
    threads: int
    reporter: Reporter

    @cached_property
    def cards(self) -> tuple[BandCard, ...]:
        """The student's bands with their statistics over the training pixels."""
        return self.band_cards(self.bands)

    def band_cards(self, bands: Sequence[int], *, of: str = "") -> tuple[BandCard, ...]:
        """Cards of any bands of the scene, by number from 0; `of` says in the stage's name whose they are."""
        from rskd.distill.statistics import band_statistics

        with self.reporter.stage("band-statistics", f"Band statistics{of}"):
            described = [self.sites[0].scene.bands[index] for index in bands]
            return band_statistics(self.on_disk(bands), described)

    def on_disk(
        self, bands: Sequence[int], targets: Sequence[SoftTargets] = (), shown: tuple[int, ...] | None = None
    ) -> tuple[Material, ...]:
        """The scenes as material to learn from, read from their files; `shown`: bands of a teacher that runs along."""
        from rskd.distill.material import SceneMaterial

        answers: Sequence[SoftTargets | None] = targets or [None] * len(self.sites)
        return tuple(
            SceneMaterial(site.scene, tuple(bands), split, labels, answer, shown)
            for site, split, labels, answer in zip(self.sites, self.splits, self.labels, answers, strict=True)
        )

    def materials(
        self, bands: Sequence[int], targets: Sequence[SoftTargets] = (), shown: tuple[int, ...] | None = None
    ) -> tuple[Material, ...]:
        """The same, held in memory as far as it fits."""
        from rskd.distill.material import resident

        memory_gb = self.job.memory_gb or _MEMORY_GB
        return resident(self.on_disk(bands, targets, shown), memory_gb * _RESIDENT_SHARE)

    def fresh_student(self) -> Normalised:
        """The student before training: the same weights for the same seed."""
        return self.fresh(self.entry)

    def fresh(self, entry: StudentEntry, seed: int = 0) -> Normalised:
        """Any student of the catalogue before training, over this student's bands; `seed` is added to the job's."""
        import torch

        from rskd.models.normalise import Normalised

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.job.training.seed + seed)
            return Normalised.by_cards(entry.build(len(self.cards), len(self.classes)), self.cards)

    @property
    def parameters(self) -> int:
        """The student's."""
        return self.entry.parameters(len(self.bands), len(self.classes))

    @cached_property
    def untrained(self) -> tuple[str, ...]:
        """Classes that no training label shows; none where there are no training labels at all."""
        from rskd.distill.labelled import label_counts

        counts = label_counts(self.on_disk(self.bands), len(self.classes), TRAIN)
        return tuple(
            known.name for known, count in zip(self.classes, counts, strict=True) if counts.any() and not count
        )

    @property
    def labelled(self) -> bool:
        """Whether any training pixel has a label."""
        return any(
            site.labels is not None and sum(split.labelled(TRAIN)) > 0
            for site, split in zip(self.sites, self.splits, strict=True)
        )


def settle(
    job: DistillJob,
    sites: tuple[Site, ...],
    *,
    teacher_classes: Sequence[LabelClass] | None,
    decided_student: str | None,
    device: torch.device,
    reporter: Reporter,
) -> Setting:
    """Chooses classes, student and split.

    Args:
        job: what is asked for.
        sites: its open scenes.
        teacher_classes: the teacher's, for a job without labels.
        decided_student: chosen by an earlier run of the same job.
        device: to train on.
        reporter: hears what was chosen.

    Raises:
        RskdError: bands, classes, student or split that do not fit.
    """
    classes = tuple(known.card for known in classes_of(sites) or teacher_classes or ())
    bands = sites[0].scene.select(job.student.layers, job.student.bands)
    threads = default_threads(job.threads)
    entry = _student(job, decided_student, len(bands), len(classes), threads)
    reporter.info(f"Student: {entry.name}, {entry.parameters(len(bands), len(classes)):,} parameters.")
    with reporter.stage("splitting", "Splitting the ground"):
        splits = split_sites(job, sites, entry.build(1, 2).receptive_field)
        labels = [_kept(site, split, job.training.seed) for site, split in zip(sites, splits, strict=True)]
    # Polygons and boxes part the ground itself, whichever scene shows it.
    by_ground = job.split != "auto" and not isinstance(job.split.test, list)
    for one, other in [] if by_ground else sharing_ground(sites):
        message = f"“{one}” and “{other}” share ground: what one trains on may be what the other is tested on."
        hint = "Give both the same `group`, or cut them apart with `area:` or `split:`."
        reporter.warn("scenes-overlap", message, hint, scenes=[one, other])
    return Setting(job, sites, classes, entry, bands, tuple(splits), tuple(labels), device, threads, reporter)


def _student(job: DistillJob, decided: str | None, bands: int, classes: int, threads: int) -> StudentEntry:
    from rskd.jobs.students import measure
    from rskd.models.students import choose, entry

    if decided is not None:
        return entry(decided)

    def milliseconds(student: StudentEntry) -> float:
        return measure(student.name, bands, classes, threads)[0]

    return choose(job.student, bands, classes, milliseconds=milliseconds)


def _kept(site: Site, split: Split, seed: int) -> Labels | None:
    if site.labels is None or site.spec.labels is None:
        return None
    return label_share(site.labels, split, site.spec.labels.share, seed)
