"""Pieces of `rskd.jobs` put together for one training: an opened setting, and accuracy on the test part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rskd.distill.device import pick_device
from rskd.events import Reporter
from rskd.geo.layouts import TEST
from rskd.jobs.maps import Mapped, opened_readers
from rskd.jobs.recipe_choice import with_recipe
from rskd.jobs.scoring import Ground, Score
from rskd.jobs.setting import Setting, settle
from rskd.jobs.sites import Site, opened_sites
from rskd.jobs.teaching import open_given
from rskd.spec import DistillJob, describe


@contextmanager
def opened_setting(job: dict[str, Any], reporter: Reporter) -> Iterator[tuple[Setting, Any]]:
    """The setting of a job and its teacher; None for one that is to be trained."""
    described = describe(DistillJob, job, base=Path.cwd())
    with opened_sites(described, reporter) as sites:
        device = pick_device(described.device, reporter)
        given = open_given(described, sites, device=device, reporter=reporter)
        setting = settle(
            described,
            sites,
            teacher_classes=given.classes if given else None,
            decided_student=None,
            device=device,
            reporter=reporter,
        )
        chosen = with_recipe(setting.job, classes=len(setting.classes), reporter=reporter)
        yield replace(setting, job=chosen), given


def tested(setting: Setting) -> Setting:
    """The setting with those scenes alone that hold test ground: of 150 scenes not all need a map."""
    kept = _with_test_ground(setting)
    return replace(
        setting,
        sites=tuple(setting.sites[at] for at in kept),
        splits=tuple(setting.splits[at] for at in kept),
        labels=tuple(setting.labels[at] for at in kept),
    )


def on_test_part(
    setting: Setting, labelled: Sequence[Site], name: str, targets: Sequence[Any], mapped: Mapping[str, Mapped]
) -> dict[str, Any]:
    """Mean IoU and accuracy of `name` against labels on the test part.

    Args:
        setting: whole.
        labelled: its sites, with labels.
        name: “teacher”, or one of `mapped`.
        targets: the teacher's answers, for each site; may be left out where `name` is not the teacher.
        mapped: maps of the sites of `tested(setting)`.
    """
    score, kept, part = Score(setting.classes, None), _with_test_ground(setting), tested(setting)
    with opened_readers(part, [targets[at] for at in kept] if targets else [], mapped) as readers:
        for number, at in enumerate(kept):
            labels = labelled[at].labels
            if labels is not None:
                score.add(Ground(part.splits[number], labels.read), readers[name][number], TEST, number)
    facts = score.facts(score.confusion.total.present)
    return {
        "mean_iou": facts["mean_iou"],
        "overall_accuracy": facts["overall_accuracy"],
        "pixels": facts["pixels"],
        "iou": {row["name"]: row["iou"] for row in facts["classes"] if row["counted"]},
    }


def _with_test_ground(setting: Setting) -> list[int]:
    return [at for at, split in enumerate(setting.splits) if split.footprint(TEST) > 0]
