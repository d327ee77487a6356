"""Normalisation as a part of the network: raw band values go in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from rskd.card import BandCard
from rskd.models.architectures import Network


class Normalised(nn.Module):
    """`network((x - mean) / std)`: raw values in, float (N, C, H, W); the network's logits out, (N, K, H, W).

    Args:
        network: takes normalised values.
        mean, std: a value a band, in raw data units; std > 0.

    Raises:
        ValueError: not as many means as deviations, or a deviation that is not positive.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: Network, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        if len(mean) != len(std) or min(std) <= 0:
            raise ValueError(f"expected as many positive deviations as means; got {mean} and {std}")
        self.network = network
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).reshape(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32).reshape(1, -1, 1, 1))

    @classmethod
    def by_cards(cls, network: Network, bands: Sequence[BandCard]) -> Self:
        """Normalises with the mean and deviation that each band's card holds."""
        return cls(network, [band.mean for band in bands], [band.std for band in bands])

    @property
    def multiple(self) -> int:
        """H and W must be multiples of it."""
        return self.network.multiple

    @property
    def receptive_field(self) -> int | None:
        """The network's own."""
        return self.network.receptive_field

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits of raw pixels."""
        logits: Tensor = self.network((pixels - self.mean) / self.std)
        return logits
