"""What a student has learned so far, as a small picture: image, teacher and student side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rasterio.windows import Window
from torch import nn

from rskd.card import BandCard, ClassCard
from rskd.distill.material import Material, Patch
from rskd.errors import OutputUnwritable
from rskd.evaluate.picture import coloured, png, stretched, visible_bands
from rskd.geo.atomic import write_bytes
from rskd.geo.labels import IGNORE

SIDE = 160
"""Pixels of a panel; a multiple of what every network here asks for."""

LEAST_S = 5.0
"""Seconds between two pictures, at least."""

_SHARE = 0.01
"""Of the training's time, what pictures may take."""

_REACH = 2
"""Windows to each side of the middle that are looked at for classes."""

_GAP = 4


class Preview:
    """Draws a network's answers over one window; draws nothing at random and changes nothing of the network.

    Args:
        material: of the scene that is shown.
        bands: the student's.
        classes: for their colours.
        path: of the picture, a PNG.
        say: hears the path when there is a new picture.
    """

    def __init__(
        self,
        material: Material,
        bands: Sequence[BandCard],
        classes: Sequence[ClassCard],
        *,
        path: Path,
        say: Callable[[Path], None],
    ) -> None:
        self._material, self._path, self._say = material, path, say
        self._colors = [card.color for card in classes]
        self._visible = list(visible_bands([band.name for band in bands]))
        self._mean = np.array([band.mean for band in bands], np.float32)
        self._shown: tuple[Patch, list[NDArray[np.uint8]]] | None = None  # the window, and the panels that stay
        self._next = 0.0

    def show(self, network: nn.Module, device: torch.device) -> None:
        """Draws, unless the last picture is too recent; a picture that cannot be written is left out."""
        started, first = time.monotonic(), self._shown is None
        if started < self._next:
            return
        if self._shown is None:
            patch = self._material.read(_window_to_show(self._material))
            image = stretched(patch.pixels[self._visible], patch.valid)
            self._shown = patch, [image, coloured(_taught(patch), self._colors)]
        patch, panels = self._shown
        student = coloured(self._answers(patch, network, device), self._colors)
        try:
            write_bytes(self._path, png(_side_by_side([*panels, student])))
        except OutputUnwritable:  # a full disk is told by what matters more
            return
        self._say(self._path)
        now = time.monotonic()
        # The first one chooses the window and loads what draws; that happens once.
        self._next = now + (LEAST_S if first else max(LEAST_S, (now - started) / _SHARE))

    def _answers(self, patch: Patch, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        filled = np.where(patch.valid, patch.pixels, self._mean[:, None, None])
        training = network.training
        network.eval()
        with torch.no_grad():
            logits = network(torch.from_numpy(filled[None]).to(device))
        network.train(training)
        answers = logits[0].argmax(0).to("cpu", torch.uint8).numpy()
        return np.where(patch.valid, answers, np.uint8(IGNORE))


def _taught(patch: Patch) -> NDArray[np.uint8]:
    if patch.answers is None or patch.answered is None:
        return np.full(patch.valid.shape, IGNORE, np.uint8)
    return np.where(patch.answered, patch.answers.argmax(axis=0).astype(np.uint8), np.uint8(IGNORE))


def _window_to_show(material: Material) -> Window:
    """Near the middle of the scene, where the teacher sees most classes."""
    extent = material.extent
    left = extent.col_off + (extent.width - SIDE) // 2
    top = extent.row_off + (extent.height - SIDE) // 2
    steps = range(-_REACH, _REACH + 1)
    near = sorted(((row, column) for row in steps for column in steps), key=lambda at: (at[0] ** 2 + at[1] ** 2, at))
    windows = [Window(left + column * SIDE, top + row * SIDE, SIDE, SIDE) for row, column in near]
    return max(windows, key=lambda window: _variety(material, window))  # the first of equals: the nearest


def _variety(material: Material, window: Window) -> tuple[int, int]:
    """How many classes fill a hundredth of the window or more, and whether it lies within the scene by half."""
    patch = material.read(window)
    classes, pixels = np.unique(_taught(patch), return_counts=True)
    many = int(((pixels >= SIDE * SIDE / 100) & (classes != IGNORE)).sum())
    return many, int(patch.valid.mean() >= 0.5)


def _side_by_side(panels: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    gap = np.full((SIDE, _GAP, 3), 255, np.uint8)
    return np.concatenate([part for panel in panels for part in (panel, gap)][:-1], axis=1)
