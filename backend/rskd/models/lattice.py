"""Which windows a network is run on."""

from __future__ import annotations

from rskd.card import Tiling

_WIDEST_EXACT_MARGIN = 64  # pixels; twice as much would make half of all work go into margins
_BLENDED_MARGIN = 32


def tiling_of(multiple: int, receptive_field: int | None, window: int = 512) -> Tiling:
    """The lattice for a network that takes multiples of `multiple` and sees `receptive_field` pixels around one.

    A short receptive field is covered by the margin, and maps equal whole-image inference. Otherwise the outermost
    pixels are dropped and neighbours are blended over as many again.

    Args:
        multiple: sizes that the network takes.
        receptive_field: radius in pixels; None where it is the whole image.
        window: side in pixels that is aimed at; rounded up to a multiple.
    """
    window = _rounded_up(window, multiple)
    if receptive_field is not None:
        margin = _rounded_up(receptive_field, multiple)
        if margin <= _WIDEST_EXACT_MARGIN and 2 * margin < window:
            return Tiling(window=window, margin=margin, overlap=0, multiple=multiple, exact=True)
    margin = _rounded_up(_BLENDED_MARGIN, multiple)
    return Tiling(window=window, margin=margin, overlap=2 * margin, multiple=multiple)


def _rounded_up(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple
