"""One step of learning: the student, what it is compared with, and what learns beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from rskd.card import BandCard
from rskd.distill.balance import Balance
from rskd.distill.copies import Copy
from rskd.distill.data import Batch
from rskd.distill.degrade import Degrade
from rskd.distill.losses import dml
from rskd.distill.recipe import Recipe
from rskd.distill.terms import Inner, Shapes
from rskd.models.taps import LOGITS, Heard, Taps
from rskd.models.teachers.live import LiveTeacher

PEERS = "peers"
"""Name of the term by which students that learn together teach each other."""

_COPIES = ("average", "previous")


class Distiller:
    """The loss of a student on a batch, by a recipe.

    Args:
        network: the student; raw values in, logits out.
        recipe: what is matched.
        bands: the student's, for degradations in their units; needed for those and for inner features.
        tile: side in pixels of what it is shown, for a dry run that finds the shapes of inner features.
        teacher: where the recipe looks inside one.
        peers: networks that learn beside the student, each from all others.
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
        peers: Sequence[nn.Module] = (),
        seed: int = 0,
    ) -> None:
        self.recipe, self._network, self._teacher = recipe, network, teacher
        self._degrade = Degrade(recipe.degrade, [band.mean for band in bands], [band.std for band in bands])
        self._own = Taps(network, recipe.student_taps, of="student")
        self._others = (
            {} if teacher is None else {"teacher": Taps(teacher.network, recipe.taps_of("teacher"), of="teacher")}
        )
        self.beside = nn.ModuleDict()
        for who in filter(recipe.matches, _COPIES):
            self.beside[who] = twin = Copy(network)
            self._others[who] = Taps(twin.network, recipe.taps_of(who), of="student")
        if recipe.student_taps or any(recipe.taps_of(who) for who in self._others):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                self.beside["terms"] = recipe.companions(*self._shapes(len(bands), tile))
        if recipe.balanced:
            self.beside["balance"] = Balance([term.name for term in recipe.terms])
        if peers:
            self.beside[PEERS] = nn.ModuleList(peers)

    def loss(self, batch: Batch, share: float = 0.0) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and each term's own value before its weight (detached).

        Args:
            batch: on the network's device.
            share: of the steps that are done, 0 to 1.
        """
        shown, learning = batch.shown, self._network.training
        if learning and "average" in self.beside:
            self.beside["average"].average(self._network)  # type: ignore[operator]
        batch = self._degrade(batch)
        image = batch.image.contiguous(memory_format=torch.channels_last)
        with self._own.listening(image.shape[2:]) as heard:
            logits = self._network(image)
        inner = self._inner({LOGITS: logits, **heard}, image, shown)
        values = self.recipe.values(logits, batch, inner=inner, companions=getattr(self.beside, "terms", None))
        if "previous" in self.beside and self.beside["previous"].steps <= 1:  # type: ignore[operator]
            # In the first epoch there is none before it, but random weights.
            values |= {term.name: 0 * values[term.name] for term in self.recipe.terms if term.by == "previous"}
        total = self.recipe.total(self._balanced(values), share)
        if PEERS in self.beside:
            values[PEERS], of_peers = self._mutual(logits, batch, image)
            total = total + values[PEERS] + of_peers
        return total, {name: value.detach() for name, value in values.items()}

    def new_epoch(self) -> None:
        """Before the first step of an epoch."""
        if "previous" in self.beside:
            self.beside["previous"].renew(self._network)  # type: ignore[operator]

    def _shapes(self, bands: int, tile: int) -> tuple[Shapes, dict[str, Shapes]]:
        own = self._own.shapes(bands, tile)
        seen = {
            who: bands if self._teacher is None or who != "teacher" else len(self._teacher.bands)
            for who in self._others
        }
        return own, {"self": own, **{who: taps.shapes(seen[who], tile) for who, taps in self._others.items()}}

    def _inner(self, own: Heard, image: Tensor, shown: Tensor | None) -> Inner | None:
        """Features of all that are matched; None where the recipe looks at answers alone."""
        others: dict[str, Heard] = {}
        if self.recipe.matches("self"):
            others["self"] = {name: _detached(features) for name, features in own.items()}
        if self._teacher is not None and shown is not None:
            others["teacher"] = self._teacher.look(self._others["teacher"], shown)
        for who in (one for one in _COPIES if one in self.beside):
            twin: nn.Module = self.beside[who].network  # type: ignore[assignment]
            twin.eval()
            with torch.no_grad(), self._others[who].listening(image.shape[2:]) as heard:
                answer = twin(image)
            others[who] = {LOGITS: answer, **heard}
        return Inner(own, others) if others else None

    def _balanced(self, values: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if "balance" not in self.beside or not self._network.training:
            return values
        learned = [weights for weights in self._network.parameters() if weights.requires_grad]
        balanced: Mapping[str, Tensor] = self.beside["balance"](values, learned)
        return balanced

    def _mutual(self, logits: Tensor, batch: Batch, image: Tensor) -> tuple[Tensor, Tensor]:
        """What the peers teach the student, and the losses of the peers themselves (Zhang et al., arXiv:1706.00384)."""
        peers: nn.ModuleList = self.beside[PEERS]  # type: ignore[assignment]
        answers = [logits, *(peer(image) for peer in peers)]
        taught = [dml(one, answers[:at] + answers[at + 1 :], None, batch.valid) for at, one in enumerate(answers)]
        plain = self.recipe.on_answers()
        alone = [plain.loss(answer, batch)[0] for answer in answers[1:]]
        return taught[0], torch.stack([*taught[1:], *alone]).sum()


def _detached(features: Tensor | list[Tensor]) -> Tensor | list[Tensor]:
    return [one.detach() for one in features] if isinstance(features, list) else features.detach()
