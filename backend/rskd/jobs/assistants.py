"""Teacher assistants (block T2): networks between teacher and student, each taught by the one before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rskd.jobs.setting import Setting
from rskd.jobs.sites import classes_of
from rskd.jobs.teaching import soft_targets
from rskd.jobs.training import Outcome, Trainer
from rskd.models.students import StudentEntry, entry
from rskd.spec import CheckpointTeacher

if TYPE_CHECKING:
    from rskd.distill.targets import SoftTargets
    from rskd.models.teachers.base import Teacher


@dataclass(frozen=True)
class Taught:
    """Whoever teaches the student in the end, and its answers for every scene."""

    teacher: Teacher
    targets: tuple[SoftTargets, ...]


class Assistants:
    """The chain of a job, largest first; empty where the teacher teaches the student itself."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting, self._folder = setting, folder
        self._entries = tuple(entry(name) for name in setting.job.assistants)

    def step_seconds(self, taught: Taught) -> float:
        """How long one step of all of them takes here."""
        return sum(self._trainer(one, taught).step_seconds() for one in self._entries)

    @contextmanager
    def taught_down(self, first: Taught, steps: int, targets: Path) -> Iterator[Taught]:
        """Trains one after the other and gives the last one; each is kept as a teacher's file in the job's folder.

        Args:
            first: the job's teacher.
            steps: of each training.
            targets: folder of all stores.

        Raises:
            RskdError: what a training or writing raises.
        """
        with ExitStack() as stack:
            last = first
            for number, one in enumerate(self._entries, 1):
                name = f"assistant-{number}"
                outcome = self._trainer(one, last).train(name, steps, taught=True)
                teacher = self._kept(one, outcome, self._folder.parent / f"{name}.safetensors")
                last = Taught(teacher, stack.enter_context(soft_targets(self._setting, teacher, targets)))
            yield last

    def _trainer(self, one: StudentEntry, taught: Taught) -> Trainer:
        return Trainer(replace(self._setting, entry=one), taught.targets, self._folder, taught.teacher)

    def _kept(self, one: StudentEntry, outcome: Outcome, path: Path) -> Teacher:
        from rskd.models.lattice import tiling_of
        from rskd.models.teachers import open_teacher
        from rskd.models.teachers.bundle import TeacherCard, save_teacher

        setting, grid, network = self._setting, self._setting.sites[0].scene.grid, outcome.network
        card = TeacherCard(
            name=one.name,
            model=one.model,
            encoder=one.encoder,
            widths=one.widths,
            stem_stride=one.stem_stride,
            decoder_width=one.decoder_width,
            bands=setting.cards,
            classes=setting.classes,
            gsd=grid.gsd,
            local=grid.local,
            tiling=tiling_of(network.multiple, network.receptive_field),
            facts={"score": outcome.trained.score},
        )
        save_teacher(path, [network], card)
        flips = getattr(setting.job.teacher, "flips", False)
        return open_teacher(
            CheckpointTeacher(kind="checkpoint", path=str(path), flips=flips),
            setting.sites[0].scene.bands,
            classes_of(setting.sites),
            device=setting.device,
            threads=setting.threads,
            reporter=setting.reporter,
        )
