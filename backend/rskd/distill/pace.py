"""How long one step of a training takes here, so that a time budget becomes a number of steps."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from rskd.distill.data import TileSource
from rskd.distill.distiller import Distiller
from rskd.distill.manners import failures_explained
from rskd.distill.recipe import Recipe
from rskd.distill.trainer import make_optimizer

_LONGEST_S = 10.0


def measure_step(
    network: nn.Module,
    source: TileSource,
    recipe: Recipe,
    *,
    batch: int,
    learning_rate: float,
    device: torch.device,
    threads: int,
    repeats: int = 5,
    distil: Callable[[nn.Module], Distiller] | None = None,
) -> float:
    """Seconds of one training step, reading its tiles included: the median of a few real ones on a copy of `network`.

    One step goes first unmeasured. Measuring ends early, after one step at least, once ten seconds have gone by.
    `distil` makes the copy's loss where that is more than the recipe on answers.

    Raises:
        MemoryShort: names the settings to lower, before any training has begun.
    """
    torch.set_num_threads(threads)
    trial = copy.deepcopy(network).to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    distiller = distil(trial) if distil else Distiller(trial, recipe)
    distiller.beside.to(device)
    optimizer = make_optimizer(trial, learning_rate, distiller.beside)
    seconds, begun = list[float](), time.monotonic()
    with failures_explained():
        for step in range(repeats + 1):
            started = time.monotonic()
            lesson = source.batch(range(step * batch, (step + 1) * batch)).to(device)
            loss, _ = distiller.loss(lesson)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            loss.item()  # waits for a GPU
            seconds.append(time.monotonic() - started)
            if len(seconds) > 1 and time.monotonic() - begun > _LONGEST_S:
                break
    return statistics.median(seconds[1:])
