"""Which band of a scene is which band of a student, and whether its values look like those of training."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.card import BandCard
from rskd.errors import BandsMissing, JobInvalid
from rskd.events import Reporter
from rskd.geo.scene import Band, Scene

_SAMPLES = 5  # windows along each side
_SAMPLE_SIDE = 64
_TOLERATED = 0.05  # share of valid pixels outside the widened training range
_FLAT = 0.02  # of the training range

_ALL_LAYERS = "Give all layers, in the student's order or as NAME=PATH."
_DESCRIBED = (
    "Choose a layer with these bands. If it has them under other names, describe its bands with these names, or give a "
    "VRT with just these bands in this order."
)


def match_bands(
    needed: Sequence[BandCard],
    present: Sequence[Band],
    reporter: Reporter,
    *,
    named: Collection[str] = (),
    hint: str = "",
) -> tuple[int, ...]:
    """Indices into `present` (from 0), one for each of `needed`, in its order.

    Layers first: by name where the student knows the name, the rest in order. Within a layer by description (or by
    number, for bands that had none in training), else by position where there are exactly as many bands. `hint` says
    what else to do where bands are missing.

    Raises:
        BandsMissing: names what is missing and what is there.
        JobInvalid: a name in `named` is none of the student's layers.
    """
    known, there = _in_order(b.layer for b in needed), _in_order(b.layer for b in present)
    layers = _match_layers(known, there, reporter, named, hint or _ALL_LAYERS)
    chosen: dict[int, int] = {}
    for student_layer, scene_layer in layers.items():
        wanted = [i for i, band in enumerate(needed) if band.layer == student_layer]
        offered = [i for i, band in enumerate(present) if band.layer == scene_layer]
        of_student, of_scene = [needed[i] for i in wanted], [present[i] for i in offered]
        found = _match_within(of_student, of_scene, scene_layer, reporter, hint or _DESCRIBED)
        chosen.update(zip(wanted, (offered[i] for i in found), strict=True))
    return tuple(chosen[i] for i in range(len(needed)))


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _match_layers(
    needed: list[str], present: list[str], reporter: Reporter, named: Collection[str], hint: str
) -> dict[str, str]:
    """Student's layer to scene's layer."""
    unknown = [name for name in named if name not in needed]
    if unknown:
        message = f"The student knows no layer “{unknown[0]}”; its layers are {', '.join(needed)}."
        raise JobInvalid(message, "Leave the name out to match layers in the student's order.", layer=unknown[0])
    by_name = {name: name for name in needed if name in present}
    rest = [name for name in present if name not in by_name]
    unmatched = [name for name in needed if name not in by_name]
    if len(rest) < len(unmatched):
        missing = [f"layer “{name}”" for name in unmatched[len(rest) :]]
        count = f"{len(present)} layer{'s' * (len(present) != 1)} where {len(needed)} are needed"
        raise BandsMissing(", ".join(present), missing, [count], hint)
    if len(rest) > len(unmatched):
        spare = ", ".join(f"“{name}”" for name in rest[len(unmatched) :])
        hint = "Leave layers out that it does not need."
        reporter.warn("layer-not-used", f"The student does not look at {spare}.", hint, layers=rest[len(unmatched) :])
    in_order = dict(zip(unmatched, rest, strict=False))
    return {name: by_name.get(name) or in_order[name] for name in needed}


def _match_within(needed: list[BandCard], present: list[Band], layer: str, reporter: Reporter, hint: str) -> list[int]:
    places = {_key(band.name, band.layer): i for i, band in enumerate(present)}
    numbers = {str(band.index): i for i, band in enumerate(present)}
    keys = [_key(band.name, band.layer) for band in needed]
    found = [numbers.get(key[1]) if key[0] == "number" else places.get(key) for key in keys]
    missing = [_said(band) for band, place in zip(needed, found, strict=True) if place is None]
    if not missing:
        return [place for place in found if place is not None]
    described = any(place is not None for key, place in zip(keys, found, strict=True) if key[0] == "name")
    if described or len(present) != len(needed):
        there = f"{len(present)} band{'s' * (len(present) != 1)} ({', '.join(band.name for band in present)})"
        raise BandsMissing(layer, missing, [there], hint)
    pairs = ", ".join(f"{a.name} = {b.name}" for a, b in zip(needed, present, strict=True))
    reporter.info(f"Bands of “{layer}” were matched by position: {pairs}.")
    return list(range(len(needed)))


def _key(name: str, layer: str) -> tuple[str, str]:
    """A band's own name without its layer's: ("number", n) where it had no description (see `rskd.geo.scene.Band`)."""
    number = name.removeprefix(f"{layer} ")
    if number != name and number.isdecimal():
        return "number", number
    return "name", name.removeprefix(f"{layer}:").strip().casefold()


def _said(band: BandCard) -> str:
    kind, key = _key(band.name, band.layer)
    return f"band {key}" if kind == "number" else f"“{band.name}”"


def warn_of_range(cards: Sequence[BandCard], scene: Scene, bands: tuple[int, ...], reporter: Reporter) -> None:
    """Warns where values do not look like those of training: most often another scale or unit.

    Looks at a sample of windows, band by band: many pixels beyond the training range (widened by half of itself on
    either side), or most of them beyond the range itself, or hardly any variation against it (fractions where training
    had thousands).
    """
    pixels = _sample(scene, bands)
    if pixels.shape[1] == 0:
        return
    looks = {card.name: _Look.of(card, values) for card, values in zip(cards, pixels, strict=True)}
    odd = {name: look for name, look in looks.items() if look.odd}
    if odd:
        said = "; ".join(
            f"{name}: {look.low:g} to {look.high:g}, median {look.median:g}, "
            f"in training {look.training_low:g} to {look.training_high:g}"
            for name, look in odd.items()
        )
        hint = "Is it the same unit and scale as in training (reflectance 0 to 1, times 10000, or 8 bit)?"
        facts = {name: asdict(look) for name, look in odd.items()}
        reporter.warn(
            "values-out-of-range", f"Wrong scale? Values unlike those of training: {said}.", hint, bands=facts
        )


@dataclass(frozen=True)
class _Look:
    """One band's sampled values beside those of training; low and high are the 0.1st and 99.9th percentile."""

    low: float
    median: float
    high: float
    training_low: float
    training_high: float
    share_outside: float

    @classmethod
    def of(cls, card: BandCard, values: NDArray[np.float32]) -> _Look:
        reach = max((card.high - card.low) / 2, card.std)
        outside = np.mean((values < card.low - reach) | (values > card.high + reach))
        low, median, high = (float(f"{value:.4g}") for value in np.percentile(values, (0.1, 50, 99.9)))
        return cls(low, median, high, card.low, card.high, round(float(outside), 4))

    @property
    def odd(self) -> bool:
        flat = self.high - self.low < _FLAT * (self.training_high - self.training_low)
        elsewhere = not self.training_low <= self.median <= self.training_high
        return self.share_outside > _TOLERATED or elsewhere or flat


def _sample(scene: Scene, bands: tuple[int, ...]) -> NDArray[np.float32]:
    """(C, P): valid pixels inside the area, from windows spread evenly over the extent."""
    extent = scene.extent()
    height, width = min(_SAMPLE_SIDE, int(extent.height)), min(_SAMPLE_SIDE, int(extent.width))
    found = [np.empty((len(bands), 0), np.float32)]
    for top in _starts(int(extent.row_off), int(extent.height), height):
        for left in _starts(int(extent.col_off), int(extent.width), width):
            window = Window(left, top, width, height)
            counts = scene.inside(window)
            if counts.any():
                pixels, valid = scene.read(window, bands)
                found.append(pixels[:, valid & counts])
    return np.concatenate(found, axis=1)


def _starts(first: int, length: int, piece: int) -> list[int]:
    return sorted({int(start) for start in np.linspace(first, first + length - piece, _SAMPLES)})
