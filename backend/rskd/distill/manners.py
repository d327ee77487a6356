"""Lightning as a library: no tips, no handling of interrupts of its own, and what fails in a step explained."""

from __future__ import annotations

import logging
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from rskd.errors import JobInvalid, MemoryShort

_HARMLESS = (
    # Tiles are read ahead by a thread of ours, from a source that is not a data loader.
    r"The 'train_dataloader' does not have many workers",
    r".*isinstance\(treespec, LeafSpec\).*",
    # Checkpoints lie at ends of epochs; the loader knows where it was.
    r"You're resuming from a checkpoint that ended before the epoch ended",
    # A GPU adds in its own order in a few operations; `deterministic="warn"` asks for the rest.
    r".*does not have a deterministic implementation.*",
)

_SHORT = ("out of memory", "allocate memory", "not enough memory")


@contextmanager
def mannered() -> Iterator[None]:
    """Brackets a fit: KeyboardInterrupt comes out as itself, Ctrl-C works again afterwards, logs are warnings only."""
    logger = logging.getLogger("lightning.pytorch")
    level, on_main = logger.level, threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT) if on_main else None
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for message in _HARMLESS:
                warnings.filterwarnings("ignore", message)
            yield
    except SystemExit:
        # Lightning turns an interrupt, and SIGTERM, into the end of the process, and ignores further interrupts.
        raise KeyboardInterrupt from None
    finally:
        logger.setLevel(level)
        torch.use_deterministic_algorithms(False)
        if on_main and handler is not None:
            signal.signal(signal.SIGINT, handler)


@contextmanager
def failures_explained() -> Iterator[None]:
    """Turns what goes wrong inside a training step into what to change.

    Raises:
        MemoryShort: in place of any device's complaint.
        JobInvalid: one tile a step, for a network that averages over whole tiles.
    """
    try:
        yield
    except (MemoryError, RuntimeError, ValueError) as error:
        told = str(error).lower()
        if isinstance(error, MemoryError) or any(words in told for words in _SHORT):
            hint = "Lower training.batch first, then training.tile; or choose a smaller network."
            raise MemoryShort("There was not enough memory for a training step.", hint) from error
        if "more than 1 value per channel" in told:
            message = "This network cannot learn from one tile at a time."
            raise JobInvalid(message, "Set training.batch to 2 or more.", fields=["training.batch"]) from error
        raise
