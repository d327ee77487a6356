"""What a student expects of its layers, against what they are; decided without a window, as the backend does it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.students import Entry

from . import figures

translate = QCoreApplication.translate

_SAME_GSD = 0.02  # a difference that does not matter
_NAMED = 6  # bands named in a sentence


@dataclass(frozen=True)
class Offered:
    """A layer as far as a student cares."""

    name: str
    bands: tuple[str, ...]
    gsd: float | None
    """Metres a pixel; None without a place on Earth."""


@dataclass(frozen=True)
class Remark:
    """A sentence; what is not `met` keeps the student from running."""

    words: str
    met: bool


def expected(entry: Entry) -> str:
    """What the student wants, in words."""
    words = translate("Fit", "Expects {}.")
    parts = []
    for layer in entry.layers:
        count = len(_needed(entry, layer))
        said = translate("Fit", "{count} bands of “{layer}”") if layer else translate("Fit", "{count} bands")
        parts.append(said.format(count=count, layer=layer))
    if entry.gsd is not None:
        parts.append(translate("Fit", "{} m a pixel").format(figures.about(entry.gsd)))
    return words.format(", ".join(parts)) if parts else ""


def remarks(entry: Entry, offered: Sequence[Offered | None]) -> list[Remark]:
    """One or two sentences for each of the student's layers; `offered` stand in their order, None is not chosen yet."""
    said = []
    for layer, offer in zip(entry.layers, offered):
        if offer is None:
            said.append(Remark(translate("Fit", "Choose a layer for “{}”.").format(layer), met=False))
        else:
            said.append(_of_bands(_needed(entry, layer), offer))
    first = next(iter(offered), None)
    if first is not None:
        said += _of_resolution(entry, first)
    return said


def _needed(entry: Entry, layer: str) -> list[str]:
    """Names of the student's bands, without their layer's."""
    return [_plain(str(band.get("name", "")), layer) for band in entry.bands if str(band.get("layer", "")) == layer]


def _plain(band: str, layer: str) -> str:
    """A band's own name: “B4 nir” of “s2: B4 nir”; a bare number where it had none."""
    number = band[len(layer) :].strip() if layer and band.startswith(f"{layer} ") else ""
    return number if number.isdecimal() else re.sub(rf"^{re.escape(layer)}:\s*", "", band).strip()


def _of_bands(needed: list[str], offer: Offered) -> Remark:
    have = [band.casefold() for band in offer.bands]
    numbers = [str(number) for number in range(1, len(have) + 1)]
    missing = [band for band in needed if band.casefold() not in have and band not in numbers]
    if not missing:
        return Remark(translate("Fit", "“{}” has all the bands that it expects.").format(offer.name), met=True)
    if len(missing) == len(needed) == len(have):
        words = translate("Fit", "“{layer}”: bands are taken in their order, {pairs}.")
        pairs = [f"{one} = {other}" for one, other in zip(needed, offer.bands)]
        return Remark(words.format(layer=offer.name, pairs=_few(pairs)), met=True)
    if len(missing) == len(needed):
        words = translate("Fit", "Expects {needed} bands; “{layer}” has {have}.")
        return Remark(words.format(needed=len(needed), layer=offer.name, have=len(have)), met=False)
    words = translate("Fit", "“{layer}” has no {missing}.")
    return Remark(words.format(layer=offer.name, missing=_few(missing)), met=False)


def _of_resolution(entry: Entry, offer: Offered) -> list[Remark]:
    if (entry.gsd is None) != (offer.gsd is None) and entry.bands:
        words = translate("Fit", "A student and imagery of which only one has a place on Earth cannot be compared.")
        return [Remark(words, met=False)]
    if entry.gsd is None or offer.gsd is None or abs(offer.gsd / entry.gsd - 1) <= _SAME_GSD:
        return []
    words = translate("Fit", "“{layer}” has {have} m a pixel and is resampled to the student’s {wanted} m.")
    said = words.format(layer=offer.name, have=figures.about(offer.gsd), wanted=figures.about(entry.gsd))
    return [Remark(said, met=True)]


def _few(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return translate("Fit", "{} and {} more").format(", ".join(names[:_NAMED]), len(names) - _NAMED)
