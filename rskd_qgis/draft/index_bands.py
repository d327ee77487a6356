"""The two bands of a spectral index among those that the teacher sees: offered, guessed by name, looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.layers.sources import raster_source

from .bands import usable_bands
from .naming import distinct

if TYPE_CHECKING:
    from qgis.core import QgsRasterLayer

    from .draft import Draft

DIFFERENCE = "difference"
"""Any normalised difference: its two bands are always chosen."""

INDICES: dict[str, tuple[str, str]] = {
    "ndvi": ("nir", "red"),
    "ndwi": ("green", "nir"),
    "mndwi": ("green", "swir"),
    "ndbi": ("swir", "nir"),
    "nbr": ("nir", "swir2"),
    "ndsi": ("green", "swir"),
    DIFFERENCE: ("", ""),
}
"""First and second band of each, by their colour, as the backend has them."""

_CALLED = {
    "green": ("green", "b03", "b3", "sr_b3"),
    "red": ("red", "b04", "b4", "sr_b4"),
    "nir": ("nir", "near infrared", "nir08", "b08", "b8", "sr_b5"),
    "swir": ("swir", "swir1", "swir16", "swir 1", "b11", "sr_b6"),
    "swir2": ("swir2", "swir22", "swir 2", "b12", "sr_b7"),
}
"""What such bands are called: the backend's list. A test holds the two together."""


@dataclass(frozen=True)
class OfferedBand:
    """A band that may be chosen: what the job file calls it, whose it is, its own name, and its number from 1."""

    name: str
    layer: str
    own: str
    number: int


def offered_bands(draft: Draft) -> list[OfferedBand]:
    """The bands in use of the layers that the teacher sees, in their order."""
    found = []
    for title, chosen in zip(distinct([each.name for each in draft.layers]), draft.layers):
        layer = draft.layer(chosen.layer_id)
        if layer is None or not chosen.teacher:
            continue
        bands = [band for band in usable_bands(layer) if chosen.bands is None or band[0] in chosen.bands]
        owns = [own for _, own in bands]
        for number, own in bands:
            name = _name(title, number, own if _is_described(layer, number, own) else "", twice=owns.count(own) > 1)
            found.append(OfferedBand(name, title, own, number))
    return found


def guessed_bands(index: str, offered: list[OfferedBand]) -> tuple[str, str]:
    """First and second band by what such bands are usually called; empty where there is none."""
    first, second = INDICES[index]
    return _called(first, offered), _called(second, offered)


def bands_of(draft: Draft) -> tuple[str, str]:
    """The two bands of the draft's index: as chosen, else as guessed; empty where neither gives one."""
    chosen = draft.teacher.get("bands") or ()
    if len(chosen) == 2:
        return str(chosen[0]), str(chosen[1])
    return guessed_bands(str(draft.teacher.get("index", DIFFERENCE)), offered_bands(draft))


def is_offered(name: str, offered: list[OfferedBand]) -> bool:
    """Whether a band that the job names is there, whatever the case; its own name is enough."""
    return any(name.casefold() in (band.name.casefold(), band.own.casefold()) for band in offered)


def _name(layer: str, number: int, described: str, *, twice: bool) -> str:
    """As the backend names the band, with its layer so that no other can be meant."""
    if not described:
        return f"{layer} {number}"
    return f"{layer}:{described} {number}" if twice else f"{layer}:{described}"


def _is_described(layer: QgsRasterLayer, number: int, own: str) -> bool:
    """Whether the file that the backend opens says the band's name; what is written first says none."""
    try:
        written = raster_source(layer).must_be_written
    except BackendError:
        return False
    return not written and own != layer.bandName(number)


def _called(colour: str, offered: list[OfferedBand]) -> str:
    """By the whole name, as the backend does; else by a part of it, such as “B4 nir”."""
    for called in _CALLED.get(colour, ()):
        for band in offered:
            if band.own.casefold().rpartition(":")[2] == called:
                return band.name
    for called in _CALLED.get(colour, ()):
        for band in offered:
            if re.search(rf"(?<!\w){re.escape(called)}(?!\w)", band.own.casefold()):
                return band.name
    return ""
