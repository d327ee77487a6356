"""Networks by name, the same for teachers and students; every one says which sizes it takes."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal, TypeGuard, cast, get_args

from torch import nn

from rskd.errors import JobInvalid
from rskd.models.plain_unet import PlainUNet

Architecture = Literal["plain-unet", "unet", "deeplabv3+", "fpn", "segformer", "upernet"]

ARCHITECTURES: tuple[Architecture, ...] = get_args(Architecture)


class Network(nn.Module):
    """What every network here offers; a name for types only, nothing derives from it.

    Normalised values in, float (N, C, H, W); logits out, float (N, K, H, W).

    Attributes:
        multiple: H and W must be multiples of it.
        receptive_field: radius in pixels that reaches one output pixel; None where it is the whole image (attention,
            squeeze-and-excitation, global pooling) or too wide to be added round a window (deep residual encoders).
    """

    multiple: int
    receptive_field: int | None


def build_network(
    model: Architecture,
    encoder: str,
    widths: Sequence[int],
    bands: int,
    classes: int,
    *,
    stem_stride: int = 1,
    decoder_width: int | None = None,
) -> Network:
    """Builds a network with random weights; nothing is downloaded.

    Args:
        model: the architecture.
        encoder: encoder of segmentation-models-pytorch, `tu-…` for timm's; not used by plain-unet.
        widths: channels a level, finest first, of a plain-unet; not used by the others.
        bands: channels in.
        classes: channels out.
        stem_stride: of a plain-unet, 1 or 2.
        decoder_width: channels of the decoder (of a unet: of its coarsest level, falling to 16 at the finest);
            None keeps the library's own.

    Raises:
        JobInvalid: an encoder that does not exist, or that this architecture cannot use.
    """
    if model == "plain-unet":
        return cast(Network, PlainUNet(bands, classes, tuple(widths), stem_stride))
    try:
        network = _from_library(model, encoder, bands, classes, decoder_width)
    except KeyError as error:  # the library would list all its encoders
        raise JobInvalid(f"There is no encoder “{encoder}”.", _other_encoder(encoder), fields=[_FIELD]) from error
    except (RuntimeError, ValueError, NotImplementedError) as error:
        message = f"There is no {model} with the encoder “{encoder}”: {_first_line(error)}"
        raise JobInvalid(message, _other_encoder(encoder), fields=[_FIELD]) from error
    # DeepLabV3+ dilates its last stage instead of halving once more.
    network.multiple = 16 if model == "deeplabv3+" else 32
    network.receptive_field = None
    return network


def _from_library(model: Architecture, encoder: str, bands: int, classes: int, width: int | None) -> Network:
    # Imported here: it takes seconds, and plain networks do without.
    import segmentation_models_pytorch as smp

    options: dict[str, object] = {"encoder_name": encoder, "encoder_weights": None}
    options |= {"in_channels": bands, "classes": classes}
    if width is not None:
        options |= _decoder(model, width)
    kinds = {
        "unet": smp.Unet,
        "deeplabv3+": smp.DeepLabV3Plus,
        "fpn": smp.FPN,
        "segformer": smp.Segformer,
        "upernet": smp.UPerNet,
    }
    return cast(Network, kinds[model](**options))


def _decoder(model: Architecture, width: int) -> dict[str, object]:
    match model:
        case "unet":
            return {"decoder_channels": (width, width * 3 // 4, width // 2, width * 3 // 8, 16)}
        case "fpn":
            return {"decoder_pyramid_channels": width, "decoder_segmentation_channels": width // 2}
        case "segformer":
            return {"decoder_segmentation_channels": width}
        case _:
            return {"decoder_channels": width}


def is_architecture(name: str) -> TypeGuard[Architecture]:
    """Whether `build_network` knows the name."""
    return name in ARCHITECTURES


def count_parameters(network: nn.Module) -> int:
    """Trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


_FIELD = "teacher.encoder"


def _other_encoder(encoder: str) -> str:
    import segmentation_models_pytorch as smp

    known = smp.encoders.get_encoder_names()
    near = [name for name in difflib.get_close_matches(encoder, known, n=4) if name != encoder]
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{meant}Take an encoder of segmentation-models-pytorch, for example resnet34."


def _first_line(error: Exception) -> str:
    return (str(error).strip("'\"\n ").splitlines() or [type(error).__name__])[0]
