"""Trains a teacher on the job's labels, with the same loop as students."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from rskd.card import BandCard, ClassCard
from rskd.distill.data import TileSource
from rskd.distill.material import Material
from rskd.distill.recipe import Recipe
from rskd.distill.trainer import Course, train
from rskd.distill.validation import Validation
from rskd.events import Reporter
from rskd.models.architectures import Network, build_network
from rskd.models.lattice import tiling_of
from rskd.models.normalise import Normalised
from rskd.models.teachers.bundle import TeacherCard, save_teacher
from rskd.models.teachers.torchgeo import start_encoder
from rskd.spec import LabelsTeacher


def teacher_network(
    spec: LabelsTeacher, bands: Sequence[BandCard], classes: int, *, seed: int, reporter: Reporter
) -> Normalised:
    """A teacher before its training: the same weights for the same seed.

    Its encoder starts from `spec.weights` where they are given. Torch's own random state stays as it was.

    Raises:
        JobInvalid: an encoder that does not exist.
        ModelUnusable: weights that do not fit.
    """
    return Normalised.by_cards(bare_network(spec, len(bands), classes, seed=seed, reporter=reporter), bands)


def bare_network(spec: LabelsTeacher, bands: int, classes: int, *, seed: int, reporter: Reporter) -> Network:
    """The same before its bands' statistics are known."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build_network(spec.model, spec.encoder, spec.widths, bands, classes, stem_stride=spec.stem_stride)
    if spec.weights is not None:
        start_encoder(network, spec.weights, reporter)
    return network


def train_teacher(
    spec: LabelsTeacher,
    materials: Sequence[Material],
    bands: Sequence[BandCard],
    classes: Sequence[ClassCard],
    *,
    path: Path,
    tile: int,
    course: Course,
    gsd: float,
    local: bool,
    class_weights: Tensor | None,
    folder: Path,
    device: torch.device,
    threads: int,
    reporter: Reporter,
) -> Path:
    """Trains all members, one after the other, and writes them as one file that opens as a `checkpoint` teacher.

    Member number m has the seed `course.seed + m`, for its first weights, its tiles and its flips. Killed at any
    moment, the same call goes on where it was.

    Args:
        spec: what to train.
        materials: scenes with labels, read in the teacher's bands.
        bands: the teacher's.
        classes: in channel order.
        path: of the file, `.safetensors`.
        tile: side of a training tile in pixels.
        course: of each member.
        gsd: of the scenes' grid, in metres; in pixels where `local`.
        local: the scenes have no place on Earth.
        class_weights: see `rskd.distill.losses.cross_entropy`.
        folder: of the members' checkpoints.
        device: see `rskd.distill.device.pick_device`.
        threads: of the processor.
        reporter: hears a stage a member.

    Returns:
        `path`.

    Raises:
        LabelsUnusable: no training tile holds a label.
        RskdError: as `train` and `teacher_network`.
    """
    validation = Validation(materials, bands, size=tile, batch=course.batch, classes=len(classes))
    recipe, members, scores = Recipe.supervised(class_weights), list[Normalised](), list[float | None]()
    for number in range(spec.members):
        seed = course.seed + number
        network = teacher_network(spec, bands, len(classes), seed=seed, reporter=reporter)
        trained = train(
            network,
            TileSource(materials, bands, tile=tile, seed=seed, classes=len(classes), teacher=False),
            validation,
            recipe,
            dataclasses.replace(course, seed=seed),
            folder=folder / f"member-{number}",
            device=device,
            threads=threads,
            reporter=reporter,
            name="teacher",
            member=(number + 1, spec.members),
        )
        members.append(network)
        scores.append(trained.score)
    card = TeacherCard(
        name=_name(spec),
        model=spec.model,
        encoder="" if spec.model == "plain-unet" else spec.encoder,
        widths=tuple(spec.widths) if spec.model == "plain-unet" else (),
        stem_stride=spec.stem_stride if spec.model == "plain-unet" else 1,
        members=spec.members,
        bands=tuple(bands),
        classes=tuple(classes),
        gsd=gsd,
        local=local,
        tiling=tiling_of(members[0].multiple, members[0].receptive_field),
        facts={**dataclasses.asdict(course), "tile": tile, validation.score_name or "score": scores},
    )
    save_teacher(path, members, card)
    return path


def _name(spec: LabelsTeacher) -> str:
    build = "-".join(map(str, spec.widths)) if spec.model == "plain-unet" else spec.encoder
    return f"{spec.model} {build}" + (f", {spec.members} members" if spec.members > 1 else "")
