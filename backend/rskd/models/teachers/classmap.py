"""From a teacher's classes to the job's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rskd.errors import ClassesMismatch
from rskd.events import Reporter
from rskd.geo.label_classes import LabelClass
from rskd.geo.legend import default_palette
from rskd.infer.engine import Strip

LEAST_BELIEF = 0.5
"""Share of a teacher's belief that must be in classes of the job; below it the teacher has no answer."""


@dataclass(frozen=True)
class OwnClasses:
    """What a teacher says of its channels: their classes, and whether their names mean anything."""

    classes: tuple[LabelClass, ...]
    named: bool = True

    @classmethod
    def by_names(cls, names: Sequence[str] | None, count: int) -> OwnClasses:
        """Classes 0, 1, … of these names; of their numbers where there are no names."""
        said = names or [str(channel) for channel in range(count)]
        triples = zip(range(count), said, default_palette(count), strict=True)
        return cls(tuple(LabelClass(*triple) for triple in triples), named=names is not None)


@dataclass(frozen=True)
class ClassMap:
    """For each channel of the teacher, the job's channel that it feeds; None drops it."""

    classes: tuple[LabelClass, ...]
    targets: tuple[int | None, ...]

    def apply(self, strip: Strip) -> Strip:
        """The teacher's probabilities (T, h, w) as the job's (K, h, w).

        Several channels may feed one class. What goes to no class is dropped and the rest scaled up to 1; where that
        rest is less than half, there is no answer.
        """
        if self.targets == tuple(range(len(self.classes))):
            return strip
        gathered = np.zeros((len(self.classes), *strip.valid.shape), np.float32)
        for channel, target in enumerate(self.targets):
            if target is not None:
                gathered[target] += strip.probabilities[channel]
        belief: NDArray[np.float32] = gathered.sum(axis=0)
        valid = strip.valid & (belief >= LEAST_BELIEF)
        return Strip(strip.window, np.divide(gathered, belief, out=np.zeros_like(gathered), where=valid), valid)


def map_classes(
    teacher: str,
    own: OwnClasses,
    job: Sequence[LabelClass] | None,
    table: Mapping[str, str | int | None] | None,
    reporter: Reporter,
) -> ClassMap:
    """Which channel of a teacher feeds which class of the job.

    A class that `table` does not name goes to the job's class of the same name, whatever the case, else nowhere.
    Without a table, a teacher whose channels have no names is taken to have the job's classes in their order.

    Args:
        teacher: its name, for messages.
        own: its classes.
        job: the job's; None where nothing but the teacher says what they are.
        table: class of the teacher (name, value or channel number) to class of the job (name or value); None drops.
        reporter: hears what was dropped, taken for granted or is not covered.

    Raises:
        ClassesMismatch: they do not fit; names both lists.
    """
    by_table = _table_rows(teacher, own, table or {})
    if job is None:
        return _from_teacher(teacher, own, by_table)
    if not own.named and not table and len(own.classes) == len(job):
        names = ", ".join(known.name for known in job)
        hint = "Say so with `names:` in the teacher, or correct it with `classes:`."
        message = f"“{teacher}” does not name its classes; they are taken for {names}, in this order."
        reporter.warn("teacher-classes-unnamed", message, hint, teacher=teacher, classes=_names(job))
        return ClassMap(tuple(job), tuple(range(len(job))))
    places = {known.name.casefold(): place for place, known in enumerate(job)}
    targets = tuple(
        _place(teacher, own, job, by_table[channel]) if channel in by_table else places.get(known.name.casefold())
        for channel, known in enumerate(own.classes)
    )
    _check(teacher, own, job, targets, explicit=bool(table), reporter=reporter)
    return ClassMap(tuple(job), targets)


def _table_rows(teacher: str, own: OwnClasses, table: Mapping[str, str | int | None]) -> dict[int, str | int | None]:
    """The table by channel."""
    rows: dict[int, str | int | None] = {}
    for key, target in table.items():
        by_name = [i for i, known in enumerate(own.classes) if known.name.casefold() == key.casefold()]
        by_value = [i for i, known in enumerate(own.classes) if str(known.value) == key]
        found = by_name or by_value
        if not found:
            message = f"`classes` names “{key}”, which “{teacher}” does not have. It has {_listed(own.classes)}."
            raise ClassesMismatch(message, "Use a name, a value or a channel number of the teacher.", key=key)
        rows.update(dict.fromkeys(found, target))
    return rows


def _place(teacher: str, own: OwnClasses, job: Sequence[LabelClass], target: str | int | None) -> int | None:
    if target is None:
        return None
    for place, known in enumerate(job):
        if str(target).casefold() in (known.name.casefold(), str(known.value)):
            return place
    message = f"`classes` of “{teacher}” leads to “{target}”, which the job does not have. It has {_listed(job)}."
    raise ClassesMismatch(message, "Use a class name or value of the labels.", teacher=_names(own.classes))


def _from_teacher(teacher: str, own: OwnClasses, by_table: Mapping[int, str | int | None]) -> ClassMap:
    """The teacher's own classes, merged and renamed as the table says, become the job's."""
    found: dict[str, LabelClass] = {}
    named: list[str | None] = []
    for channel, known in enumerate(own.classes):
        target = by_table.get(channel, known.name)
        named.append(None if target is None else str(target))
        if target is not None and str(target) not in found:
            found[str(target)] = LabelClass(known.value, str(target), known.color)
    if len(found) < 2:
        message = f"“{teacher}” leaves one class at most. It has {_listed(own.classes)}."
        raise ClassesMismatch(message, "A student needs two classes: change `classes:` of the teacher.")
    order = {name: place for place, name in enumerate(found)}
    return ClassMap(tuple(found.values()), tuple(None if name is None else order[name] for name in named))


def _check(
    teacher: str,
    own: OwnClasses,
    job: Sequence[LabelClass],
    targets: Sequence[int | None],
    *,
    explicit: bool,
    reporter: Reporter,
) -> None:
    uncovered = [known.name for place, known in enumerate(job) if place not in targets]
    dropped = [known.name for known, target in zip(own.classes, targets, strict=True) if target is None]
    if len(uncovered) == len(job) or (uncovered and not explicit):
        message = (
            f"The classes of “{teacher}” do not fit the job's. The teacher has {_listed(own.classes)}; "
            f"the job has {_listed(job)}; without a teacher's class: {', '.join(uncovered)}."
        )
        hint = "Say which is which with `classes:` in the teacher, for example {conifers: forest, cloud: null}."
        raise ClassesMismatch(message, hint, teacher=_names(own.classes), job=_names(job), uncovered=uncovered)
    if uncovered:
        message = f"“{teacher}” knows nothing of {', '.join(uncovered)}: it will teach that they never occur."
        hint = "Map one of its classes to each, with `classes:`."
        reporter.warn("teacher-lacks-classes", message, hint, teacher=teacher, classes=uncovered)
    if dropped:
        reporter.info(f"Classes of “{teacher}” that are not used: {', '.join(dropped)}.", dropped=dropped)


def _names(classes: Sequence[LabelClass]) -> list[str]:
    return [known.name for known in classes]


def _listed(classes: Sequence[LabelClass]) -> str:
    some = [known.name if known.name == str(known.value) else f"{known.name} ({known.value})" for known in classes]
    return ", ".join(some[:20]) + (f" and {len(some) - 20} more" if len(some) > 20 else "")
