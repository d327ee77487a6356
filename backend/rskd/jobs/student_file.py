"""A trained student written as its file: the card that says what it is, and the export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rskd import __version__
from rskd.card import StudentCard
from rskd.jobs.setting import Setting

if TYPE_CHECKING:
    from rskd.jobs.training import Outcome
    from rskd.models.teachers.base import Teacher


def write_student(
    path: Path, outcome: Outcome, setting: Setting, teacher: Teacher | None, settings: dict[str, Any]
) -> StudentCard:
    """Writes a trained network as a student file.

    Args:
        path: of the file.
        outcome: the network.
        setting: what it was trained over.
        teacher: that taught it; None for a baseline.
        settings: recipe and training as they were used, JSON-ready.

    Returns:
        The card inside the file.

    Raises:
        OutputUnwritable: no space, no permission.
    """
    from rskd.distill.export import export_student

    card = _card(outcome, setting, teacher, settings)
    with setting.reporter.stage("writing", f"Writing {path.name}", file=path.name):
        export_student(outcome.network, card, path)
    return card


def _card(outcome: Outcome, setting: Setting, teacher: Teacher | None, settings: dict[str, Any]) -> StudentCard:
    from rskd.models.architectures import count_parameters
    from rskd.models.lattice import tiling_of

    network, job = outcome.network, setting.job
    grid = setting.sites[0].scene.grid
    return StudentCard(
        name=Path(job.out).name,
        task="segmentation" if job.task == "segmentation" else "land-cover",
        architecture=setting.entry.name,
        parameters=count_parameters(network),
        bands=setting.cards,
        classes=setting.classes,
        gsd=grid.gsd,
        local=grid.local,
        tiling=tiling_of(network.multiple, network.receptive_field),
        background=_background(setting),
        teacher={} if teacher is None else {"kind": teacher.kind, "name": teacher.name, "key": teacher.key},
        settings=settings,
        footprint=grid.crop(setting.sites[0].scene.extent()).footprint_geojson(),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        rskd_version=__version__,
    )


def _background(setting: Setting) -> int | None:
    for site in setting.sites:
        if site.labels is not None and site.labels.background is not None:
            return setting.classes[site.labels.background].value
    return None
