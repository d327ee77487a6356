"""The generalisation gap: how much larger the student's loss is where it was not trained (survey equation 9)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rskd.card import BandCard
from rskd.distill.data import collate
from rskd.distill.material import Material, read_square
from rskd.distill.recipe import Recipe
from rskd.geo.labels import IGNORE
from rskd.geo.layouts import TEST, TRAIN
from rskd.models.normalise import Normalised

MOST_PIXELS = 2_000_000
"""Read of each part at most, spread evenly over it."""

MEANING = (
    "Loss on the test part minus loss on the training part: same temperature and weights, no augmentation, no class "
    "weights. Well above 0, the student has learned its training ground by heart."
)


def generalisation_gap(
    network: Normalised, materials: Sequence[Material], bands: Sequence[BandCard], recipe: Recipe, *, size: int
) -> dict[str, Any]:
    """The loss of a trained student on test and training pixels, and their difference; JSON-ready.

    Args:
        network: on the processor, in evaluation mode.
        materials: with soft targets, where the recipe asks for them.
        bands: the student's.
        recipe: without class weights, so that the parts compare; of it the terms on answers.
        size: side of the windows in pixels, a multiple of what the network asks for.
    """
    recipe = recipe.on_answers()
    losses = {part: _loss(network, materials, bands, recipe, size, part) for part in (TRAIN, TEST)}
    train, test = losses[TRAIN], losses[TEST]
    gap = None if train is None or test is None else test - train
    return {"train": train, "test": test, "gap": gap, "meaning": MEANING}


def _loss(
    network: Normalised, materials: Sequence[Material], bands: Sequence[BandCard], recipe: Recipe, size: int, part: int
) -> float | None:
    """Each term averaged over all of its pixels, then weighted as in training; None where nothing counts."""
    fill = np.array([band.mean for band in bands], np.float32)
    sums = {term.name: 0.0 for term in recipe.terms}
    pixels = dict.fromkeys(sums, 0)
    windows = [(material, window) for material in materials for window in material.split.windows(part, size)]
    step = max(1, -(-len(windows) * size * size // MOST_PIXELS))
    for material, window in itertools.islice(windows, 0, None, step):
        batch = collate([read_square(material, window, size)], fill, part)
        with torch.no_grad():
            _, parts = recipe.loss(network(batch.image), batch)
        for term in recipe.terms:
            counts = batch.target != IGNORE if term.of == "labels" else batch.answered
            here = 0 if counts is None else int(counts.sum())
            sums[term.name] += float(parts[term.name]) * here
            pixels[term.name] += here
    counted = [term for term in recipe.terms if pixels[term.name]]
    if not counted:
        return None
    return sum(term.weight * sums[term.name] / pixels[term.name] for term in counted)
