"""A teacher that runs beside the student, for losses that look inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.geo.scene import Scene
from rskd.models.normalise import Normalised
from rskd.models.taps import LOGITS, Heard, Taps
from rskd.models.teachers.base import Teacher, choose_bands
from rskd.models.teachers.network import SAME_GSD, NetworkTeacher
from rskd.models.teachers.several import SeveralOpened
from rskd.models.teachers.torchrun import TorchRun


@dataclass(frozen=True)
class LiveTeacher:
    """A network that can be listened to.

    Attributes:
        network: takes raw values; its weights stay as they are. Of an ensemble the first member: features of several
            networks have nothing in common that could be averaged.
        bands: of the scene (from 0) that it sees, in its order.
        key: of the teacher.
    """

    network: Normalised
    bands: tuple[int, ...]
    key: str

    def look(self, taps: Taps, pixels: Tensor) -> Heard:
        """Inner features and logits of raw pixels (N, C, H, W), by tap; no gradient comes back."""
        self.network.eval()
        with torch.no_grad(), taps.listening(pixels.shape[2:]) as heard:
            logits = self.network(pixels)
        return {LOGITS: logits, **heard}


def live(teacher: Teacher, scene: Scene, why: Sequence[str]) -> LiveTeacher:
    """The network inside a teacher; of several the first one that has any.

    Args:
        teacher: an opened one.
        scene: gives the bands and the ground sampling distance.
        why: terms that ask for it, for the message.

    Raises:
        JobInvalid: a teacher without a network that torch runs, or one for pixels of another size.
        BandsMissing: the scene lacks bands that it needs.
    """
    if isinstance(teacher, SeveralOpened):
        teacher = next(filter(_has_network, teacher.teachers), teacher)
    run = teacher.kernel.run if isinstance(teacher, NetworkTeacher) else None
    if not isinstance(teacher, NetworkTeacher) or not isinstance(run, TorchRun):
        message = f"“{teacher.name}” gives answers only, and {', '.join(why)} look inside the teacher."
        hint = "Take a recipe that matches answers (kd, dist, dkd, channel_wise on logits), or a checkpoint as teacher."
        raise JobInvalid(message, hint, fields=["recipe", "teacher.kind"])
    own, here = teacher.kernel.gsd, scene.grid.gsd
    if own is not None and not scene.grid.local and abs(here / own - 1) > SAME_GSD:
        message = (
            f"“{teacher.name}” looks at {own:g} m pixels and the student at {here:g} m ones: inner features differ."
        )
        hint = "Take a recipe that matches answers: those are resampled."
        raise JobInvalid(message, hint, fields=["recipe"])
    bands = choose_bands(teacher.spec, teacher.kernel.bands, scene.bands, teacher.name, Reporter())
    return LiveTeacher(run.members[0], bands, teacher.key)


def _has_network(teacher: Teacher) -> bool:
    return isinstance(teacher, NetworkTeacher) and isinstance(teacher.kernel.run, TorchRun)
