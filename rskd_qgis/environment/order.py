"""What is asked of the installer, and what that takes: known before anything is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .requirements import RUN, TRAIN

MB = 1_000_000


@dataclass(frozen=True)
class Size:
    """What a tier takes on Linux with the pinned versions; all numbers include the run tier.

    Measured: all of the run tier, and the disk of the training parts for the processor. The rest are estimates.
    """

    download: int
    """Bytes to fetch."""
    disk: int
    """Bytes when installed."""

    @property
    def minutes(self) -> int:
        """About how long, at 50 Mbit/s, with the unpacking."""
        return max(1, round((self.download / (50 * MB / 8) + self.disk / (60 * MB)) / 60 + 0.5))


_RUN = Size(140 * MB, 430 * MB)
_TRAIN = {"cpu": Size(550 * MB, 1_400 * MB), "cuda": Size(3_200 * MB, 6_000 * MB)}
_TOOLS = 120 * MB
"""uv and a Python, where they have to be brought."""


@dataclass(frozen=True)
class Order:
    """One installation.

    Attributes:
        tier: run or train.
        cuda: torch for an NVIDIA card.
        interpreter: a Python of the user's, which is completed where it lies; None for RSKD's own environment.
        wheels: a folder of wheels that everything comes from; None for the network.
        anew: throw RSKD's own environment away first.
    """

    tier: str = RUN
    cuda: bool = False
    interpreter: Path | None = None
    wheels: Path | None = None
    anew: bool = False

    def size(self, *, run_is_there: bool = False) -> Size:
        """What it takes.

        Args:
            run_is_there: the parts for running students are installed already.
        """
        whole = _RUN if self.tier == RUN else _TRAIN["cuda" if self.cuda else "cpu"]
        if run_is_there and self.tier == TRAIN:
            return Size(whole.download - _RUN.download, whole.disk - _RUN.disk)
        return whole

    def space(self, *, run_is_there: bool) -> int:
        """Bytes that must be free before it starts: a tenth more than will be taken, as unpacking needs room."""
        return int(self.size(run_is_there=run_is_there).disk * 1.1) + _TOOLS
