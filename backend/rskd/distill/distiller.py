"""One step of learning: the student, what it is compared with, and what learns beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from rskd.card import BandCard
from rskd.distill.balance import Balance
from rskd.distill.data import Batch
from rskd.distill.degrade import Degrade
from rskd.distill.recipe import Recipe
from rskd.distill.terms import Inner
from rskd.models.taps import LOGITS, Taps
from rskd.models.teachers.live import LiveTeacher


class Distiller:
    """The loss of a student on a batch, by a recipe.

    Args:
        network: the student; raw values in, logits out.
        recipe: what is matched.
        bands: the student's, for degradations in their units; needed for those and for a teacher.
        tile: side in pixels of what it is shown, for a dry run that finds the shapes of inner features.
        teacher: where the recipe looks inside one.
        seed: of adapters and of all else that learns beside the student.

    Attributes:
        beside: modules that learn with the student and are never exported; empty for recipes on answers alone.
    """

    def __init__(
        self,
        network: nn.Module,
        recipe: Recipe,
        *,
        bands: Sequence[BandCard] = (),
        tile: int = 0,
        teacher: LiveTeacher | None = None,
        seed: int = 0,
    ) -> None:
        self.recipe, self._network, self._teacher = recipe, network, teacher
        self._degrade = Degrade(recipe.degrade, [band.mean for band in bands], [band.std for band in bands])
        self._own = Taps(network, recipe.student_taps, of="student")
        self._others = Taps(teacher.network, recipe.teacher_taps, of="teacher") if teacher else None
        self.beside = nn.ModuleDict()
        if teacher is not None and self._others is not None:
            own, others = self._own.shapes(len(bands), tile), self._others.shapes(len(teacher.bands), tile)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                self.beside["terms"] = recipe.companions(own, others)
        if recipe.balanced:
            self.beside["balance"] = Balance([term.name for term in recipe.terms])

    def loss(self, batch: Batch, share: float = 0.0) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and each term's own value before its weight (detached).

        Args:
            batch: on the network's device.
            share: of the steps that are done, 0 to 1.
        """
        shown = batch.shown
        batch = self._degrade(batch)
        image = batch.image.contiguous(memory_format=torch.channels_last)
        with self._own.listening(image.shape[2:]) as heard:
            logits = self._network(image)
        inner = None
        if self._teacher is not None and self._others is not None and shown is not None:
            inner = Inner({LOGITS: logits, **heard}, self._teacher.look(self._others, shown))
        companions = getattr(self.beside, "terms", None)
        values = self.recipe.values(logits, batch, inner=inner, companions=companions)
        total = self.recipe.total(self._balanced(values), share)
        return total, {name: value.detach() for name, value in values.items()}

    def _balanced(self, values: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if "balance" not in self.beside or not self._network.training:
            return values
        learned = [weights for weights in self._network.parameters() if weights.requires_grad]
        balanced: Mapping[str, Tensor] = self.beside["balance"](values, learned)
        return balanced
