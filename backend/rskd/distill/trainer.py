"""The one training loop: students, baselines, probes and teachers trained here all pass through it."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from rskd.distill.checkpoints import Progress, WholeFiles, checkpoint_path, newest, tidy
from rskd.distill.data import Batch, TileSource
from rskd.distill.distiller import Distiller
from rskd.distill.manners import failures_explained, mannered
from rskd.distill.recipe import Recipe
from rskd.distill.validation import Validation
from rskd.errors import TrainingDiverged
from rskd.events import Reporter, Stage
from rskd.infer.ahead import read_ahead

WARM_UP = 0.2
"""Share of the steps in which the learning rate rises."""

JUDGED_FROM = 0.5
"""Share of the steps from which on weights may be the best."""

CLIP = 5.0
"""Largest norm of the gradient."""

DECAY = 1e-2
"""Weight decay of kernels; offsets and normalisation have none."""


@dataclass(frozen=True)
class Course:
    """How long, how fast, in what order: what decides the weights besides network, recipe and tiles."""

    steps: int
    """Optimiser steps; the learning rate's schedule depends on these alone."""
    epoch_steps: int
    """Steps between two validations, each with a checkpoint."""
    batch: int
    learning_rate: float
    seed: int
    """Of what networks draw while they train (dropout); first weights and tiles have seeds of their own."""
    patience: int | None = None
    """Epochs without a better score before the training stops early; None goes through all steps."""


@dataclass(frozen=True)
class Trained:
    """How a training went; the network holds the weights of its best epoch."""

    curves: list[dict[str, float]]
    """A row an epoch: epoch, step, loss, its parts, learning_rate, seconds, and the score by its name."""
    score_name: str
    """`mean_iou`, `agreement`, or "" where nothing was scored."""
    score: float | None
    """The best one; the higher the better."""
    steps_done: int
    """Fewer than asked where the training stopped early."""


def train(
    network: nn.Module,
    source: TileSource,
    validation: Validation | None,
    recipe: Recipe,
    course: Course,
    *,
    folder: Path,
    device: torch.device,
    threads: int,
    reporter: Reporter,
    name: str = "training",
    member: tuple[int, int] = (1, 1),
    distiller: Distiller | None = None,
    show: Callable[[nn.Module, torch.device], None] | None = None,
) -> Trained:
    """Trains `network` and leaves the weights of its best epoch in it: the last epoch's where nothing is scored.

    On a processor the same first weights, steps, seeds, threads and versions give the same weights, also when the
    training was killed at any moment and goes on from the newest whole checkpoint in `folder`. A finished training is
    not repeated.

    Args:
        network: raw values (N, C, H, W) in, logits (N, K, H, W) out; it comes back on the processor, in evaluation
            mode.
        source: training tiles.
        validation: scores each epoch; with None, or one without a score, there is no best epoch.
        recipe: what is matched.
        course: how long and how fast.
        folder: of this training's checkpoints alone.
        device: see `rskd.distill.device.pick_device`.
        threads: of the processor.
        reporter: hears a stage called `name` in steps, and a metric of that name for each epoch.
        name: what this training is called; the code of its stage.
        member: which of how many alike this is, from 1.
        distiller: of `network` by `recipe`, where that needs more than answers (inner features, a harder picture).
        show: is handed the network at the end of each epoch, to look at and not to change.

    Raises:
        TrainingDiverged: the loss is not a number any more.
        MemoryShort: names the settings to lower.
        OutputUnwritable: a checkpoint cannot be written.
        KeyboardInterrupt: as it came; the last epoch's checkpoint stays.
    """
    torch.set_num_threads(threads)
    run = _identity(network, source, recipe, course)
    found = newest(folder, run, reporter)
    path, progress = found or (None, Progress(run))
    if not progress.finished:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        known = {"number": member[0], "members": member[1]}
        said = "{} {} of {}".format(name, *member) if member[1] > 1 else name
        with (
            reporter.stage(name, said, total=course.steps, unit="steps", **known) as stage,
            mannered(),
            failures_explained(),
        ):
            logbook = _Logbook(progress, validation, course, folder, partial(reporter.metric, name), stage)
            learner = _Learner(network, source, distiller or Distiller(network, recipe), course, logbook, show)
            _lightning(course, device, folder).fit(learner, ckpt_path=path)
        network.to("cpu", memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    network.load_state_dict(progress.best_state)
    network.eval()
    score_name = validation.score_name if validation else ""
    return Trained(progress.curves, score_name, progress.best_score, int(progress.curves[-1]["step"]))


def make_optimizer(network: nn.Module, learning_rate: float, beside: nn.Module | None = None) -> Optimizer:
    """AdamW of a network and of what learns beside it; kernels decay, offsets and normalisation do not."""
    weights_of = itertools.chain(network.parameters(), beside.parameters() if beside is not None else ())
    learned = [weights for weights in weights_of if weights.requires_grad]
    kernels = {"params": [weights for weights in learned if weights.ndim > 1], "weight_decay": DECAY}
    others = {"params": [weights for weights in learned if weights.ndim <= 1], "weight_decay": 0.0}
    return AdamW([kernels, others], lr=learning_rate)


def rate(step: int, steps: int) -> float:
    """Factor of the learning rate: a straight rise over the first fifth of `steps`, then half a cosine down to 0."""
    warm = max(1, round(WARM_UP * steps))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


class _Learner(L.LightningModule):
    """The network, what it is shown, and the loss of it; the teacher is no part of it."""

    def __init__(
        self,
        network: nn.Module,
        source: TileSource,
        distiller: Distiller,
        course: Course,
        logbook: _Logbook,
        show: Callable[[nn.Module, torch.device], None] | None,
    ) -> None:
        super().__init__()
        self.network, self.beside, self._show = network, distiller.beside, show
        self._source, self._distiller, self._course, self._logbook = source, distiller, course, logbook

    def train_dataloader(self) -> _Lessons:
        """One epoch's batches, from where the training is now."""
        steps = min(self._course.epoch_steps, self._course.steps - self.global_step)
        return _Lessons(self._source, self._course.batch, self.global_step, steps)

    def training_step(self, batch: Batch, _index: int) -> Tensor:
        """The loss of one batch."""
        # Draws inside the network (dropout) depend on the step alone: a resumed training makes the same ones.
        torch.manual_seed((self._course.seed % 2**31 << 32) + self.global_step)
        loss, parts = self._distiller.loss(batch, self.global_step / self._course.steps)
        if not torch.isfinite(loss):
            raise TrainingDiverged(self._course.learning_rate, self.global_step + 1)
        self._logbook.step({"loss": loss.detach(), **parts})
        return loss

    def configure_optimizers(self) -> Any:
        """AdamW, with a rate that depends on the step and their number alone."""
        optimizer = make_optimizer(self.network, self._course.learning_rate, self.beside)
        schedule = LambdaLR(optimizer, lambda step: rate(step, self._course.steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_train_epoch_start(self) -> None:
        """Starts a row of the curves."""
        self._distiller.new_epoch()
        self._logbook.begin()

    def on_train_epoch_end(self) -> None:
        """Scores, says, and puts it all away."""
        self.trainer.should_stop = self._logbook.close(self.network, self.global_step, self.device)
        self.trainer.save_checkpoint(self._logbook.path)
        tidy(self._logbook.path.parent)
        if self._show is not None:
            self._show(self.network, self.device)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """The logbook goes into the same file as the weights."""
        checkpoint["rskd"] = asdict(self._logbook.progress)


class _Lessons:
    """Batches of `count` steps from `first` on, each read while the one before is learned."""

    def __init__(self, source: TileSource, batch: int, first: int, count: int) -> None:
        self._source, self._batch, self._steps = source, batch, range(first, first + count)

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Batch]:
        return (batch for _, batch in read_ahead(self._read, self._steps))

    def _read(self, step: int) -> Batch:
        return self._source.batch(range(step * self._batch, (step + 1) * self._batch))


class _Logbook:
    """Keeps the curves and the best weights; says when enough is enough."""

    def __init__(
        self,
        progress: Progress,
        validation: Validation | None,
        course: Course,
        folder: Path,
        say: Callable[..., None],
        stage: Stage,
    ) -> None:
        self.progress = progress
        self._validation = validation if validation and validation.score_name else None
        self._course, self._folder, self._say, self._stage = course, folder, say, stage
        self._values: list[dict[str, Tensor]] = []
        self._started = 0.0
        if progress.curves:
            stage.advance(progress.curves[-1]["step"])

    @property
    def path(self) -> Path:
        """Where the checkpoint of the last closed epoch belongs."""
        return checkpoint_path(self._folder, len(self.progress.curves))

    def begin(self) -> None:
        self._values, self._started = [], time.monotonic()

    def step(self, values: dict[str, Tensor]) -> None:
        self._values.append(values)
        self._stage.advance(1)

    def close(self, network: nn.Module, step: int, device: torch.device) -> bool:
        """Ends an epoch; True if there is no use in another one."""
        means = {name: float(torch.stack([one[name] for one in self._values]).mean()) for name in self._values[0]}
        row = {"epoch": len(self.progress.curves) + 1, "step": step, **means}
        row["learning_rate"] = self._course.learning_rate * rate(step - 1, self._course.steps)
        if self._validation:
            row[self._validation.score_name] = self._validation.score(network, device)
        row["seconds"] = round(time.monotonic() - self._started, 3)
        self.progress.curves.append(row)
        self._say(**row)
        last = step >= self._course.steps
        if not self._validation:
            self.progress.best_state = _copied(network) if last else {}
            self.progress.finished = last
            return last
        self.progress.finished = last | self._judge(network, self._validation.score_name)
        return self.progress.finished

    def _judge(self, network: nn.Module, score: str) -> bool:
        """Remembers the weights if they are the best so far; True if that is too long ago."""
        # While the learning rate is high scores jump about: a lucky one early on is not the better network.
        first = sum(row["step"] < JUDGED_FROM * self._course.steps for row in self.progress.curves)
        scores = [row[score] for row in self.progress.curves[first:]]
        if not scores:
            return False
        best = scores.index(max(scores))
        if best == len(scores) - 1:
            self.progress.best_score, self.progress.best_state = scores[best], _copied(network)
        return self._course.patience is not None and len(scores) - 1 - best >= self._course.patience


def _lightning(course: Course, device: torch.device, folder: Path) -> L.Trainer:
    return L.Trainer(
        accelerator=device.type,
        devices=1,
        # Not `max_steps`: with it, a resumed epoch ends after one step.
        max_epochs=math.ceil(course.steps / course.epoch_steps),
        gradient_clip_val=CLIP,
        deterministic="warn" if device.type == "cuda" else None,
        reload_dataloaders_every_n_epochs=1,
        # A named environment: what a cluster's scheduler has set around us is none of our business.
        plugins=[WholeFiles(), LightningEnvironment()],
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {
        name: value.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, value in network.state_dict().items()
    }


def _identity(network: nn.Module, source: TileSource, recipe: Recipe, course: Course) -> str:
    shapes = [[name, list(weights.shape)] for name, weights in network.state_dict().items()]
    facts = [shapes, source.facts(), dict(recipe.facts), asdict(course)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
