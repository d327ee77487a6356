"""Maps compared with labels: what `metrics.json` says of teacher, student and baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.evaluate.metrics import BlockedConfusion, ObjectCounts, scores
from rskd.geo.labels import IGNORE
from rskd.geo.parts import Split

ChannelReader = Callable[[Window], NDArray[np.uint8]]
"""Class channels (H, W) of a window of the scene's grid; 255 where there is no class."""


@contextmanager
def map_channels(path: Path, extent: Window, classes: Sequence[ClassCard]) -> Iterator[ChannelReader]:
    """Reads a class map that covers `extent` of the scene's grid as channels."""
    values = np.array([known.value for known in classes])
    order = np.argsort(values)
    with rasterio.open(path) as source:

        def read(window: Window) -> NDArray[np.uint8]:
            here = Window(window.col_off - extent.col_off, window.row_off - extent.row_off, window.width, window.height)
            found = source.read(1, window=here, boundless=True, fill_value=source.nodata)
            at = np.searchsorted(values[order], found).clip(max=len(values) - 1)
            channels = order[at].astype(np.uint8)
            return np.where(values[order][at] == found, channels, np.uint8(IGNORE))

        yield read


_WINDOW = 1024


@dataclass(frozen=True)
class Ground:
    """Test ground of one scene: what is true there, by the labels or, without any, by the teacher."""

    split: Split
    reference: ChannelReader


class Score:
    """One map's answers on the test ground of all scenes, counted."""

    def __init__(self, classes: Sequence[ClassCard], background: int | None) -> None:
        """`background` is the channel of the background of a segmentation."""
        self.classes, self.background = classes, background
        self.confusion = BlockedConfusion(len(classes))
        self.objects = None if background is None else ObjectCounts(background)

    def add(self, ground: Ground, answers: ChannelReader, part: int, scene: int) -> None:
        """Counts the pixels of one part of a scene."""
        for window in ground.split.windows(part, _WINDOW):
            here = ground.split.read(window) == part
            reference = np.where(here, ground.reference(window), np.uint8(IGNORE))
            predicted = answers(window)
            self.confusion.update(reference, predicted, ground.split.block_ids(window), scene=scene)
            if self.objects is not None:
                self.objects.update(reference, predicted)

    def facts(self, present: Sequence[int]) -> dict[str, Any]:
        """All accuracies, JSON-ready; `present` are the channels that the mean IoU is taken over."""
        return scores(self.confusion, self.classes, present=present, background=self.background, objects=self.objects)
