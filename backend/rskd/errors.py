"""Errors that the user can put right.

    RskdError
    ├── JobInvalid          the job file: a field is missing, misspelt or out of range
    ├── LayerUnreadable     a raster or vector file is missing, damaged or of an unknown kind
    ├── CrsMissing          imagery without a CRS, and no `crs:` said what to do
    ├── NoOverlap           layers, labels or area do not share any ground
    ├── BandsMissing        a layer lacks bands that the teacher or the student needs
    ├── LabelsUnusable      one class only, none in the area, text where numbers are expected
    ├── ClassesMismatch     class maps that do not fit together
    ├── AreaTooSmall        no room for train, validation and test: names `split:`
    ├── ModelUnusable       a teacher or student file: wrong shape, missing parts, unsafe, not a model
    ├── OutputUnwritable    no space, no permission, a failed write
    ├── MemoryShort         says which setting to lower
    ├── TrainingDiverged    the loss is no number any more: the learning rate is too high
    ├── ExtraMissing        the train tier is needed and not installed
    ├── DeviceUnavailable   a device was asked for that this machine does not have
    └── Busy                another run holds the same output folder

What is not an `RskdError` is a bug: it gets a traceback and exit code 1.
"""

from __future__ import annotations

import errno
import os
from typing import ClassVar


class RskdError(Exception):
    """Something the user can put right: what happened (`message`), what to do next (`hint`).

    `facts` hold the same as data, JSON types only, so that a front end can translate by `code`.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message, self.hint, self.facts = message, hint, facts

    def __reduce__(self) -> tuple[object, ...]:  # errors cross process and cluster borders
        return _rebuild, (type(self), self.message, self.hint, self.facts)


def _rebuild(kind: type[RskdError], message: str, hint: str, facts: dict[str, object]) -> RskdError:
    error = kind.__new__(kind)
    RskdError.__init__(error, message, hint, **facts)
    return error


class JobInvalid(RskdError):
    """A job file that cannot be used as written."""

    code = "job-invalid"


class LayerUnreadable(RskdError):
    """A raster or vector file that cannot be read, or stops being readable half-way."""

    code = "layer-unreadable"

    def __init__(self, layer: str, reason: str, hint: str = "Check the path, and that the file is complete.") -> None:
        super().__init__(f"“{layer}” cannot be read: {reason}", hint, layer=layer, reason=reason)


class CrsMissing(RskdError):
    """Imagery without a coordinate reference system."""

    code = "crs-missing"

    def __init__(self, layer: str) -> None:
        super().__init__(
            f"“{layer}” has no coordinate reference system.",
            "Say which one it is with `crs: EPSG:…`, or `crs: local` to work in pixels.",
            layer=layer,
        )


class NoOverlap(RskdError):
    """Two inputs that share no ground."""

    code = "no-overlap"

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"“{first}” and “{second}” do not overlap on the ground.",
            "Check that both belong to the same place and that their coordinate reference systems are right.",
            first=first,
            second=second,
        )


class BandsMissing(RskdError):
    """A layer lacks bands that the job names or that a model was made for; the hint says which of the two to mend."""

    code = "bands-missing"

    def __init__(self, layer: str, missing: list[str], present: list[str], hint: str) -> None:
        message = f"“{layer}” has no {', '.join(missing)}. It has {', '.join(present)}."
        super().__init__(message, hint, layer=layer, missing=missing, present=present)


class LabelsUnusable(RskdError):
    """Labels from which nothing can be learned."""

    code = "labels-unusable"


class ClassesMismatch(RskdError):
    """Class lists of labels, teacher, student or map that do not fit together."""

    code = "classes-mismatch"


class AreaTooSmall(RskdError):
    """An area that cannot be cut into train, validation and test parts."""

    code = "area-too-small"


class ModelUnusable(RskdError):
    """A model file that is damaged, unsafe or of the wrong kind."""

    code = "model-unusable"

    def __init__(self, model: str, reason: str, hint: str = "", **facts: object) -> None:
        super().__init__(f"“{model}” cannot be used: {reason}", hint, model=model, reason=reason, **facts)


_PLACES = {
    os.strerror(errno.ENOTDIR): "A part of this path is a file, not a folder: choose another place",
    os.strerror(errno.EEXIST): "There is a file of that name: choose another place",
    os.strerror(errno.EISDIR): "Give the name of a file in it",
    os.strerror(errno.ENOENT): "No file can be made there: choose another place",
    os.strerror(errno.EACCES): "Choose a place where you may write",
    os.strerror(errno.EPERM): "Choose a place where you may write",
    os.strerror(errno.EROFS): "Choose a place where you may write",
    os.strerror(errno.ENAMETOOLONG): "Choose a shorter name",
}
"""What to do, by the system's own words."""


class OutputUnwritable(RskdError):
    """A result that cannot be written."""

    code = "output-unwritable"

    def __init__(self, path: str, reason: str) -> None:
        hint = _PLACES.get(reason, "Free some space or choose another place")
        message = f"“{path}” cannot be written: {reason}"
        super().__init__(message, f"{hint}; nothing unfinished was left behind.", path=path, reason=reason)


class MemoryShort(RskdError):
    """Not enough memory; the hint names the setting to lower."""

    code = "memory-short"


class TrainingDiverged(RskdError):
    """A training whose loss has become infinite or not a number."""

    code = "training-diverged"

    def __init__(self, learning_rate: float, step: int) -> None:
        super().__init__(
            f"The training went astray at step {step}: its loss is not a number any more.",
            f"The learning rate is most likely too high: lower training.learning_rate ({learning_rate:g}), "
            f"for example to {learning_rate / 10:g}. If that does not help, a layer may hold a nodata value that "
            "it does not declare: name it with `nodata:`.",
            learning_rate=learning_rate,
            step=step,
        )


class ExtraMissing(RskdError):
    """A package of the train tier is not installed."""

    code = "extra-missing"

    def __init__(self, what: str, package: str) -> None:
        super().__init__(
            f"{what} needs “{package}”, which is not installed.",
            "Install the training parts: pip install 'rskd[train]'.",
            what=what,
            package=package,
        )


class DeviceUnavailable(RskdError):
    """A device that this machine does not offer."""

    code = "device-unavailable"


class Busy(RskdError):
    """Another run works in the same output folder."""

    code = "busy"
