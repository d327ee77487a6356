"""Checkpoints that are whole or absent, and hold tensors and plain values only."""

from __future__ import annotations

import io
import pickle  # nosec B403 # its error alone; `weights_only` reads
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import CheckpointIO
from torch import Tensor

from rskd.events import Reporter
from rskd.geo.atomic import write_bytes

_KEPT = 2
_DAMAGE = (OSError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError, RuntimeError, KeyError, TypeError, ValueError)


@dataclass
class Progress:
    """What a training knows of itself besides weights and optimiser; kept in each checkpoint under `rskd`."""

    run: str
    """Identity of the training: a checkpoint of any other is not gone on from."""
    curves: list[dict[str, float]] = field(default_factory=list)
    best_score: float | None = None
    best_state: dict[str, Tensor] = field(default_factory=dict)
    """The network's weights at the best score; where nothing is scored, its last ones, once finished."""
    finished: bool = False


class WholeFiles(CheckpointIO):
    """Writes checkpoints whole or not at all (OutputUnwritable), and reads them without running anything in them."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None) -> None:
        """Writes `checkpoint` to `path`."""
        del storage_options
        # Through memory: a full disk is then an OSError, not a message of PyTorch's writer.
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        write_bytes(path, buffer.getvalue())

    def load_checkpoint(
        self, path: str | Path, map_location: Any | None = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        """Reads it, weights only whatever is asked.

        Raises:
            ValueError: what it holds is not what was written.
        """
        del map_location, weights_only
        with zipfile.ZipFile(path) as archive:  # PyTorch writes checksums and does not look at them
            if archive.testzip() is not None:
                raise ValueError("a checksum is wrong")
        checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return checkpoint

    def remove_checkpoint(self, path: str | Path) -> None:
        """Removes it."""
        Path(path).unlink(missing_ok=True)


def checkpoint_path(folder: Path, epoch: int) -> Path:
    """Where the checkpoint of an epoch lies; names sort by epoch."""
    return folder / f"epoch-{epoch:06d}.ckpt"


def newest(folder: Path, run: str, reporter: Reporter) -> tuple[Path, Progress] | None:
    """The newest whole checkpoint of this run; damaged ones are passed over and said, other runs' passed over."""
    for path in sorted(folder.glob("epoch-*.ckpt"), reverse=True):
        try:
            progress = Progress(**WholeFiles().load_checkpoint(path)["rskd"])
        except _DAMAGE as error:
            message = f"The checkpoint “{path.name}” is damaged and passed over."
            reporter.warn("checkpoint-damaged", message, path=str(path), reason=str(error).split("\n", 1)[0])
            continue
        if progress.run == run:
            return path, progress
    return None


def tidy(folder: Path) -> None:
    """Keeps the two newest: should the last one be damaged, there is one before it."""
    for path in sorted(folder.glob("epoch-*.ckpt"))[:-_KEPT]:
        path.unlink(missing_ok=True)
