"""How good a network or a teacher is on the validation blocks, while there is still something to choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from rskd.card import BandCard
from rskd.distill.data import Batch, collate
from rskd.distill.losses import kd
from rskd.distill.material import Material, read_square
from rskd.evaluate.metrics import ConfusionMatrix
from rskd.geo.labels import IGNORE
from rskd.geo.splits import VALIDATION

MOST_PIXELS = 2_000_000
"""Validation reads no more than about so many, spread evenly over its windows: it runs after every epoch."""


class Validation:
    """Windows of the validation part; the higher the score, the better.

    Attributes:
        score_name: `mean_iou` over the classes that the windows hold, where they hold labels; else `agreement`, minus
            the mean divergence from the teacher in nats; `""` where there is neither, and nothing can be chosen by.

    Args:
        materials: the scenes.
        bands: the student's; their means stand in for missing data.
        size: side of the windows in pixels, a multiple of what the network asks for.
        batch: windows at a time.
        classes: K.
    """

    def __init__(
        self, materials: Sequence[Material], bands: Sequence[BandCard], *, size: int, batch: int, classes: int
    ) -> None:
        self._materials, self._batch, self._classes = tuple(materials), batch, classes
        self._mean = np.array([band.mean for band in bands], np.float32)
        windows = [(at, w) for at, m in enumerate(materials) for w in m.split.windows(VALIDATION, size)]
        self._windows = windows[:: max(1, -(-len(windows) * size * size // MOST_PIXELS))]
        self._size = size
        batches = list(self._batches())
        labels = any((batch.target != IGNORE).any() for batch in batches)
        teacher = any(batch.answered is not None and batch.answered.any() for batch in batches)
        self.score_name = "mean_iou" if labels else "agreement" if teacher else ""

    def score(self, network: nn.Module, device: torch.device) -> float:
        """The network's score; it is put into evaluation mode and left in the mode that it came in."""
        training = network.training
        network.eval()
        with torch.no_grad():
            answers = ((batch, network(batch.image.to(device)).cpu()) for batch in self._batches())
            score = self._score(answers)
        network.train(training)
        return score

    def teacher_score(self) -> float:
        """The soft targets' own score on the same windows, where they have an answer."""
        return self._score((_answered(batch), batch.soft) for batch in self._batches() if batch.soft is not None)

    def _score(self, answers: Iterable[tuple[Batch, Tensor]]) -> float:
        if self.score_name == "mean_iou":
            confusion = ConfusionMatrix(self._classes)
            for batch, logits in answers:
                confusion.update(batch.target.numpy().astype(np.uint8), logits.argmax(1).numpy().astype(np.uint8))
            return confusion.mean_iou()
        nats, pixels = 0.0, 0
        for batch, logits in answers:
            if batch.soft is not None and batch.answered is not None:
                here = int(batch.answered.sum())
                nats += here * float(kd(logits, batch.soft, None, batch.answered, temperature=1.0))
                pixels += here
        return -nats / max(pixels, 1)

    def _batches(self) -> Iterator[Batch]:
        for first in range(0, len(self._windows), self._batch):
            chosen = self._windows[first : first + self._batch]
            squares = (read_square(self._materials[at], window, self._size) for at, window in chosen)
            yield collate(squares, self._mean, VALIDATION)


def _answered(batch: Batch) -> Batch:
    """The batch without the labels that the teacher says nothing to."""
    if batch.answered is None:
        return batch
    return replace(batch, target=batch.target.where(batch.answered, IGNORE))
