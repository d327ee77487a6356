"""A teacher trained here as one safetensors file: the weights of all its members, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from safetensors.torch import save
from torch import Tensor

from rskd.card import BandCard, Card, ClassCard, Tiling
from rskd.geo.atomic import write_bytes
from rskd.models.architectures import Architecture, Network, build_network
from rskd.models.normalise import Normalised

KEY = "rskd"
"""Where the card stands in the file's metadata, as JSON."""


class TeacherCard(Card):
    """Everything that running a teacher needs to know besides its weights."""

    format: Literal[1] = 1
    name: str
    model: Architecture
    encoder: str = Field("", description="not used by plain-unet")
    widths: tuple[int, ...] = Field((), description="of a plain-unet")
    stem_stride: int = Field(1, description="of a plain-unet")
    decoder_width: int | None = Field(None, description="channels of the decoder; None is the library's own")
    members: int = Field(
        1, ge=1, description="networks of the same build, averaged; their tensors start with “0.”, “1.”"
    )
    bands: tuple[BandCard, ...]
    classes: tuple[ClassCard, ...]
    gsd: float = Field(gt=0, description="metres; pixels where `local`")
    local: bool = False
    tiling: Tiling
    facts: dict[str, Any] = Field(default_factory=dict, description="training, accuracy, licence: for the reader")

    def build(self) -> Network:
        """One member with random weights."""
        return build_network(
            self.model,
            self.encoder,
            self.widths,
            len(self.bands),
            len(self.classes),
            stem_stride=self.stem_stride,
            decoder_width=self.decoder_width,
        )


def save_teacher(path: str | Path, members: Sequence[Normalised], card: TeacherCard) -> None:
    """Writes a teacher, whole or not at all; `open_teacher` opens it as a checkpoint.

    Args:
        path: of the file, `.safetensors`.
        members: as many as the card says, each normalised as its bands say (only the networks inside are stored).
        card: goes into the file's metadata.

    Raises:
        OutputUnwritable: no space, no permission.
        ValueError: another number of members than the card says.
    """
    if len(members) != card.members:
        raise ValueError(f"the card says {card.members} members, there are {len(members)}")
    tensors: dict[str, Tensor] = {}
    for number, member in enumerate(members):
        for name, tensor in member.network.state_dict().items():
            tensors[f"{number}.{name}"] = tensor.detach().cpu().contiguous()
    write_bytes(path, save(tensors, metadata={KEY: card.model_dump_json()}))
