"""Whether each of many images has what a student expects, found out before any is mapped."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.resident import Resident
from rskd_qgis.draft.bands import comes_at_any_size
from rskd_qgis.students import Entry

from . import fit
from .many_images import Item, Place
from .run_on_layer import offered_by

translate = QCoreApplication.translate

Box = tuple  # left, bottom, right, top


@dataclass(frozen=True)
class Look:
    """What an item is; `problem` says why it cannot be used."""

    problem: str = ""
    offered: fit.Offered | None = None
    crs: str = ""
    """Empty without one."""
    bounds: Box = ()


@dataclass(frozen=True)
class Verdict:
    """Of a place: what is in the way, else what is worth knowing."""

    problem: str = ""
    words: str = ""
    local: bool = False
    """It has no place on Earth: it is mapped in pixels."""


class Check(QObject):
    """Asks the backend about one file after the other; what it has learned of a file it keeps."""

    changed = pyqtSignal()

    def __init__(self, entry: Entry, resident: Resident, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entry, self._resident = entry, resident
        self._looks: dict[tuple[Any, ...], Look] = {}
        self._keys: dict[Item, tuple[Any, ...]] = {}
        self._waiting: deque[Item] = deque()
        self._round = 0

    def look_at(self, places: Sequence[Place]) -> None:
        """Begins with these; those before are forgotten."""
        items = [item for place in places if not place.problem for item in place.items if item is not None]
        self._keys = {item: _key(item) for item in items}
        self._waiting = deque(item for item, key in self._keys.items() if key not in self._looks)
        self._round += 1
        self._next()

    def leave(self) -> None:
        """Asks no more; an answer that is on its way is not heard."""
        self._round += 1
        self._waiting.clear()

    def verdict(self, place: Place) -> Verdict | None:
        """None as long as it is not known."""
        if place.problem:
            return Verdict(place.problem)
        looks = [self._looks.get(self._keys[item]) for item in place.items if item is not None]
        return None if None in looks else judged(self._entry, looks)

    @property
    def done(self) -> bool:
        """Whether all is known."""
        return not self._waiting

    def _next(self) -> None:
        while self._waiting and self._waiting[0].layer_id:
            item = self._waiting.popleft()
            self._looks[self._keys[item]] = _of_layer(item, self._entry.gsd)
        self.changed.emit()
        if self._waiting:
            item, number = self._waiting[0], self._round
            answered, failed = partial(self._hear, number, item), partial(self._refuse, number, item)
            self._resident.ask("inspect", {"file": item.file}, answered, failed)

    def _hear(self, number: int, item: Item, facts: dict[str, Any]) -> None:
        self._note(number, item, _of_facts(item, facts))

    def _refuse(self, number: int, item: Item, error: BackendError) -> None:
        self._note(number, item, Look(str(error)))

    def _note(self, number: int, item: Item, look: Look) -> None:
        if number != self._round:  # others are looked at by now
            return
        self._looks[self._keys[item]] = look
        self._waiting.popleft()
        self._next()


def judged(entry: Entry, looks: Sequence[Look]) -> Verdict:
    """Whether a student can map what these are: one for each of its layers, or a single one with all bands in order."""
    problem = next((look.problem for look in looks if look.problem), "")
    if problem:
        return Verdict(problem)
    numbers, offered = bands_of(entry), [look.offered for look in looks]
    whole = len(looks) == 1 < len(numbers)
    wanted = [sum(map(len, numbers.values()))] if whole else [len(part) for part in numbers.values()]
    for offer, needed in zip(offered, wanted):
        have = len(offer.bands)
        if have < needed or (whole and have > needed):
            words = translate("Fit", "Expects {needed} bands; “{layer}” has {have}.")
            return Verdict(words.format(needed=needed, layer=offer.name, have=have))
    if whole:
        (one,) = offered
        bands = ([one.bands[number - 1] for number in part] for part in numbers.values())
        offered = [fit.Offered(one.name, tuple(part), one.gsd) for part in bands]
    remarks = fit.remarks(entry, offered)
    misfits = [one.words for one in remarks if not one.met] + _apart(looks)
    if misfits:
        return Verdict(" ".join(misfits))
    return Verdict(words=" ".join(one.words for one in remarks), local=not looks[0].crs)


def bands_of(entry: Entry) -> dict[str, list[int]]:
    """Where in an image that holds all bands in order those of each of the student's layers stand, from 1."""
    numbers: dict[str, list[int]] = {}
    begin = 1
    for layer in entry.layers:
        count = sum(str(band.get("layer", "")) == layer for band in entry.bands)
        numbers[layer] = list(range(begin, begin + count))
        begin += count
    return numbers


def _apart(looks: Sequence[Look]) -> list[str]:
    """What keeps several from being laid over each other."""
    first = looks[0]
    for look in looks[1:]:
        names = {"one": first.offered.name, "other": look.offered.name}
        if bool(first.crs) != bool(look.crs):
            words = translate("Many", "Of “{one}” and “{other}” only one has a coordinate reference system.")
            return [words.format(**names)]
        if first.crs == look.crs and not _meet(first.bounds, look.bounds):
            return [translate("Many", "“{one}” and “{other}” share no ground.").format(**names)]
    return []


def _meet(one: Box, other: Box) -> bool:
    left, bottom, right, top = (min(one[0], one[2]), min(one[1], one[3]), max(one[0], one[2]), max(one[1], one[3]))
    return (
        min(other[0], other[2]) < right
        and max(other[0], other[2]) > left
        and (min(other[1], other[3]) < top and max(other[1], other[3]) > bottom)
    )


def _key(item: Item) -> tuple[Any, ...]:
    """Of a file also its state: what is written anew is looked at anew."""
    if item.layer_id:
        return (item.layer_id,)
    try:
        status = Path(item.file).stat()
    except OSError:
        return (item.file,)
    return item.file, status.st_size, status.st_mtime_ns


def _of_facts(item: Item, facts: dict[str, Any]) -> Look:
    if facts.get("kind") != "raster":
        return Look(translate("Many", "It holds no image."))
    bands = [band for band in facts["bands"] if not band["alpha"]]
    names = tuple(band["name"] or str(band["index"]) for band in bands)
    return Look("", fit.Offered(item.name, names, facts["gsd"]), facts["crs"] or "", tuple(facts["bounds"]))


def _of_layer(item: Item, wanted: float | None) -> Look:
    layer = QgsProject.instance().mapLayer(item.layer_id)
    offered = offered_by(layer, wanted)
    if offered is None:
        return Look(translate("Many", "The layer cannot be opened."))
    if comes_at_any_size(layer):
        return Look(translate("Problem", "“{}” covers the whole world. Choose an area.").format(layer.name()))
    extent = layer.extent()
    bounds = extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()
    return Look("", offered, layer.crs().toWkt() if layer.crs().isValid() else "", bounds)
