"""The catalogue of students, and the choice among them.

Other packages add to it through entry points: group `rskd.students`, each a `StudentEntry` with a `builder`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Literal

from rskd.errors import JobInvalid
from rskd.spec import StudentSpec

if TYPE_CHECKING:
    from rskd.models.architectures import Architecture, Network

Family = Literal["plain", "mobile", "transformer", "residual", "other"]

DEFAULT = "tiny-unet-16"
"""What `auto` takes where no limit is stated."""

_GRAPH_MEGABYTES: dict[Family, float] = {
    "plain": 0.02,
    "mobile": 0.04,
    "transformer": 0.29,
    "residual": 0.02,
    "other": 0.3,
}
"""The part of a model file that is not weights, at most: nodes (SegFormer has 1,700), the recipe it was trained by."""

_DESCRIBED_MEGABYTES = 0.0002
"""What a file says of a band or a class, at most."""


@dataclass(frozen=True)
class StudentEntry:
    """One student of the catalogue: a name, and how to build it for any number of bands and classes.

    A student of another package has a `builder` that does so (bands, classes) in place of model, encoder and widths;
    what it builds offers what `rskd.models.architectures.Network` does.
    """

    name: str
    family: Family
    summary: str
    model: Architecture
    encoder: str = ""
    widths: tuple[int, ...] = ()
    stem_stride: int = 1
    decoder_width: int | None = None
    builder: Callable[[int, int], Network] | None = None

    def build(self, bands: int, classes: int) -> Network:
        """A network with random weights from torch's generator: seed first."""
        if self.builder is not None:
            return self.builder(bands, classes)
        from rskd.models.architectures import build_network  # only here: names are looked up before torch is loaded

        return build_network(
            self.model,
            self.encoder,
            self.widths,
            bands,
            classes,
            stem_stride=self.stem_stride,
            decoder_width=self.decoder_width,
        )

    def parameters(self, bands: int, classes: int) -> int:
        """Trainable parameters; torch's random state stays as it was."""
        return _parameters(self, bands, classes)

    def megabytes(self, bands: int, classes: int) -> float:
        """Size of the model file, at most: a few hundredths of a megabyte above what it will be."""
        described = _GRAPH_MEGABYTES[self.family] + (bands + classes) * _DESCRIBED_MEGABYTES
        return 4 * self.parameters(bands, classes) / 1e6 + described


@cache
def _parameters(entry: StudentEntry, bands: int, classes: int) -> int:
    import torch

    from rskd.models.architectures import count_parameters

    with torch.random.fork_rng(devices=[]):
        return count_parameters(entry.build(bands, classes))


def _plain(first: int) -> StudentEntry:
    widths = tuple(first * 2**level for level in range(4))
    summary = f"Plain convolutions, 4 levels, {first} to {widths[-1]} channels; maps without seams"
    return StudentEntry(f"tiny-unet-{first}", "plain", summary, "plain-unet", widths=widths)


def _swift(first: int) -> StudentEntry:
    widths = tuple(first * level for level in (1, 2, 3, 4))
    summary = f"Plain convolutions at half resolution, 4 levels, {first} to {widths[-1]} channels; the quickest"
    return StudentEntry(f"swift-unet-{first}", "plain", summary, "plain-unet", widths=widths, stem_stride=2)


_MOBILE = "tu-mobilenetv3_small_100"

CATALOGUE: tuple[StudentEntry, ...] = (
    *(_plain(first) for first in (8, 12, 16, 24, 32, 48)),
    *(_swift(first) for first in (16, 24, 32, 48)),
    StudentEntry("mobile-fpn", "mobile", "MobileNetV3-small, feature pyramid", "fpn", _MOBILE, decoder_width=64),
    StudentEntry("mobile-unet", "mobile", "MobileNetV3-small, slim U-Net decoder", "unet", _MOBILE, decoder_width=64),
    StudentEntry("segformer-b0", "transformer", "SegFormer-B0: sees wide context, slow", "segformer", "mit_b0"),
    StudentEntry("resnet18-unet", "residual", "U-Net on ResNet-18: the largest", "unet", "resnet18"),
)


@cache
def catalogue() -> tuple[StudentEntry, ...]:
    """All students: ours, then those of other packages."""
    others = [point.load() for point in entry_points(group="rskd.students")]
    ours = {student.name for student in CATALOGUE}
    return (*CATALOGUE, *(student for student in others if student.name not in ours))


def entry(name: str) -> StudentEntry:
    """The student of that name.

    Raises:
        JobInvalid: no such student.
    """
    for student in catalogue():
        if student.name == name:
            return student
    names = [student.name for student in catalogue()]
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" Did you mean “{near[0]}”?" if near else ""
    hint = f"Choose auto or one of {', '.join(names)}."
    raise JobInvalid(f"There is no student “{name}”.{meant}", hint, fields=["student.name"])


def choose(
    spec: StudentSpec, bands: int, classes: int, *, milliseconds: Callable[[StudentEntry], float]
) -> StudentEntry:
    """The student that the job names, or the best that fits its limits.

    Best means: a plain U-Net before any other family, because students are trained here from random weights and plain
    ones need no long pre-training; within that, the one with the most parameters. Without limits it is `DEFAULT`.

    Args:
        spec: name and limits.
        bands: channels in.
        classes: channels out.
        milliseconds: measures a student per megapixel on this machine; asked only where a limit needs it.

    Raises:
        JobInvalid: no such student, or none within the limits; says what the smallest one has.
    """
    limits = _Limits(spec, bands, classes, milliseconds)
    if spec.name != "auto":
        named = entry(spec.name)
        if not limits.admit(named):
            raise JobInvalid(f"The student “{named.name}” has {limits.facts(named)}, more than the job allows.", _HINT)
        return named
    if limits.none:
        return entry(DEFAULT)
    by_size = sorted(catalogue(), key=lambda student: student.parameters(bands, classes), reverse=True)
    for student in sorted(by_size, key=lambda student: student.family != "plain"):
        if limits.admit(student):
            return student
    smallest = by_size[-1]
    message = f"No student fits the limits. The smallest, “{smallest.name}”, has {limits.facts(smallest)}."
    raise JobInvalid(message, _HINT, smallest=smallest.name)


_HINT = (
    "Raise max_parameters, max_milliseconds or max_megabytes; `rskd students --benchmark` lists what each one takes."
)


@dataclass(frozen=True)
class _Limits:
    """The limits that a job states, with what it takes to check a student against them."""

    spec: StudentSpec
    bands: int
    classes: int
    milliseconds: Callable[[StudentEntry], float]

    @property
    def none(self) -> bool:
        return self.spec.max_parameters is self.spec.max_megabytes is self.spec.max_milliseconds is None

    def admit(self, student: StudentEntry) -> bool:
        spec, sizes = self.spec, (self.bands, self.classes)
        if spec.max_parameters is not None and student.parameters(*sizes) > spec.max_parameters:
            return False
        if spec.max_megabytes is not None and student.megabytes(*sizes) > spec.max_megabytes:
            return False
        return spec.max_milliseconds is None or self.milliseconds(student) <= spec.max_milliseconds

    def facts(self, student: StudentEntry) -> str:
        sizes = (self.bands, self.classes)
        said = [f"{student.parameters(*sizes):,} parameters", f"up to {student.megabytes(*sizes):.1f} MB"]
        if self.spec.max_milliseconds is not None:
            said.append(f"{self.milliseconds(student):.0f} ms a megapixel on this machine")
        return ", ".join(said)
