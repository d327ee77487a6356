"""Whether the numbers in a teacher's map mean what the job's classes of these numbers are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rskd.events import Reporter
from rskd.geo.grid import windows_of
from rskd.geo.labels import IGNORE
from rskd.jobs.sites import Site

if TYPE_CHECKING:
    from rskd.models.teachers.map import MapOfTeacher

_WINDOW, _MOST_WINDOWS = 256, 64
"""Where map and labels are compared: about so much of each scene, evenly spread."""

_ENOUGH = 100
"""Labelled pixels, at least, before anything is said of them."""

_FAR_BETTER = 0.2
"""By how much another reading of the numbers must agree better before it is said to be the likelier one."""


def warn_of_map_numbers(teacher: MapOfTeacher, sites: Sequence[Site], reporter: Reporter) -> None:
    """Warns where a map names no classes and its numbers were taken for the job's; compares them with the labels."""
    if not teacher.by_number:
        return
    values, classes = teacher.by_number, teacher.class_map.classes
    taken = {value: next(at for at, known in enumerate(classes) if known.value == value) for value in values}

    def said(pairs: Mapping[int, int]) -> str:
        return ", ".join(f"{value} = {classes[at].name}" for value, at in sorted(pairs.items()))

    message = f"“{teacher.name}” names no classes; its values were taken for the classes of the same number: "
    message += f"{said(taken)}."
    hint = "If that is wrong, say which value is which class with `classes:` of the teacher."
    facts: dict[str, object] = {"map": teacher.name, "pairs": said(taken)}
    counts = _counted(teacher, sites, values, len(classes))
    if (total := int(counts.sum())) >= _ENOUGH:
        agreeing = counts[np.arange(len(values)), list(taken.values())].sum() / total
        rows = _likeliest(counts)
        likeliest = {value: rows[row] for row, value in enumerate(values) if row in rows}
        other = sum(int(counts[row, at]) for row, at in rows.items()) / total
        facts |= {"agreement": round(float(agreeing), 4), "best_agreement": round(max(other, float(agreeing)), 4)}
        if other >= agreeing + _FAR_BETTER:
            message += f" This is most likely wrong: {agreeing:.0%} of the labelled pixels agree with the map, and "
            message += f"{other:.0%} would with {said(likeliest)}."
            facts["likelier"] = said(likeliest)
            hint = "Say which value is which class with `classes:` of the teacher: "
            hint += "{" + ", ".join(f'{value}: "{classes[at].name}"' for value, at in likeliest.items()) + "}."
        else:
            message += f" {agreeing:.0%} of the labelled pixels agree with the map."
    reporter.warn("teacher-matched-by-number", message, hint, **facts)


def _counted(teacher: MapOfTeacher, sites: Sequence[Site], values: Sequence[int], classes: int) -> NDArray[np.int64]:
    """Pixels of each of the map's values (rows, ascending) with each label (columns)."""
    counts = np.zeros((len(values), classes), np.int64)
    known = np.array(values)
    for site in sites:
        if site.labels is None:
            continue
        windows = list(windows_of(site.scene.extent(), _WINDOW, _WINDOW))
        with teacher.codes(site.scene) as read:
            for window in windows[:: -(-len(windows) // _MOST_WINDOWS)]:
                labels, codes = site.labels.read(window), read(window)
                rows = np.searchsorted(known, codes).clip(max=len(known) - 1)
                here = (labels != IGNORE) & (known[rows] == codes)
                np.add.at(counts, (rows[here], labels[here]), 1)
    return counts


def _likeliest(counts: NDArray[np.int64]) -> dict[int, int]:
    """A class of its own for each row, the most frequent pairs first: about the assignment that agrees best."""
    left, pairs = counts.copy(), dict[int, int]()
    while left.max() > 0:
        row, column = divmod(int(left.argmax()), left.shape[1])
        pairs[row] = column
        left[row], left[:, column] = 0, 0
    return pairs
