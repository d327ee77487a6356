"""Ways to part the ground for training, validation and test.

`auto_split` cuts one scene into blocks, `split_from_spec` takes polygons or boxes (`rskd.geo.given_split`), and
`split_scenes` gives whole scenes to a part by their group. A training tile never overlaps a validation or test pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rskd.errors import AreaTooSmall, JobInvalid
from rskd.geo.cells import CellCounts, Cells, count_cells
from rskd.geo.given_split import split_from_spec
from rskd.geo.label_share import label_share
from rskd.geo.labels import Labels
from rskd.geo.layouts import GAP, SHARES, TEST, TRAIN, VALIDATION, choose_layout, coverage, draw_parts
from rskd.geo.parts import PART_NAMES, Kind, Split
from rskd.geo.scene import Scene
from rskd.spec import SplitSpec

__all__ = [
    "TEST",
    "TRAIN",
    "VALIDATION",
    "Split",
    "auto_split",
    "label_share",
    "split_from_spec",
    "split_scenes",
    "whole_split",
]

# With few groups every way to share them is tried, with many a sample.
_ALL_WAYS, _SAMPLED_WAYS = 8, 500


def auto_split(scene: Scene, labels: Labels | None, *, tile: int, radius: int, seed: int) -> Split:
    """Cuts a scene into about 60 % training, 15 % validation and 25 % test, measured in labelled pixels.

    Without labels, in valid pixels. Training tiles keep a gap of a tile from the other parts where that costs at most
    a fifth of the ground, else a smaller one, never below `radius`: the receptive field, in pixels, or a tile if less.

    Raises:
        AreaTooSmall: there is no room for three parts.
    """
    cells = Cells.over(scene.extent(), tile)
    counts = count_cells(scene, labels, cells)
    _check_data(counts, scene)
    layout = choose_layout(cells, counts.weights, tile=tile, radius=radius, seed=seed)
    return _of_table("auto", scene, labels, cells, layout.table, counts, gap=layout.gap, tile=tile)


def whole_split(scene: Scene, labels: Labels | None, part: int, *, tile: int) -> Split:
    """All of a scene in one part (0: in none), for jobs whose parts are groups of scenes (`split_scenes`)."""
    cells = Cells.over(scene.extent(), tile)
    counts = count_cells(scene, labels, cells)
    table = np.full(cells.shape, part, np.uint8)
    return _of_table("whole scene", scene, labels, cells, table, counts, gap=0, tile=tile)


def _check_data(counts: CellCounts, scene: Scene) -> None:
    if not counts.valid.any():
        raise AreaTooSmall(
            f"“{scene.name}” has no pixel with data inside the area.", "Check `area:` and nodata values."
        )


def _of_table(
    kind: Kind,
    scene: Scene,
    labels: Labels | None,
    cells: Cells,
    table: NDArray[np.uint8],
    counts: CellCounts,
    *,
    gap: int,
    tile: int,
) -> Split:
    values = np.where(table == GAP, np.uint8(0), table)

    def read(window: Window) -> NDArray[np.uint8]:
        return np.where(scene.inside(window), cells.look_up(values, window), np.uint8(0))

    parts = {part: counts.only(table == part) for part in PART_NAMES}
    total = int(counts.valid.sum())
    return Split(kind, cells, parts, table > TRAIN, read=read, names=_names(labels), total=total, gap=gap, tile=tile)


def _names(labels: Labels | None) -> list[str]:
    return [c.name for c in labels.classes] if labels else []


def split_scenes(
    groups: Sequence[str], counts: NDArray[np.int64], *, spec: SplitSpec | None = None, seed: int
) -> tuple[int, ...]:
    """The part of each scene; scenes of one group stay together.

    Args:
        groups: of the scenes; an empty name is a group of its own.
        counts: labelled pixels of each scene and class, (scenes, K); (scenes, 1) valid pixels without labels.
        spec: lists of groups; without it groups are shared out by `counts`, all classes to all parts where possible.
        seed: of the ways that are tried where there are many groups.

    Returns:
        TRAIN, VALIDATION or TEST a scene; 0 where `spec` names its group nowhere.

    Raises:
        AreaTooSmall: fewer than three groups, or two and a training part without one to validate on.
        JobInvalid: a group that does not exist or stands in two parts; parts that are not lists of groups.
    """
    names = [group or f"scene {number}" for number, group in enumerate(groups, 1)]
    unique = list(dict.fromkeys(names))
    units = np.array([counts[[n == name for n in names]].sum(axis=0) for name in unique], np.int64)
    given = _given_groups(spec, unique) if spec else {}
    if spec is None:
        chosen = _share_out(unique, units, SHARES, seed)
    elif spec.validation is None:
        train = [name for name in unique if given.get(name) == TRAIN]
        of_train = units[[unique.index(name) for name in train]]
        shares = {TRAIN: 0.8, VALIDATION: 0.2}
        chosen = {**given, **_share_out(train, of_train, shares, seed)}
    else:
        chosen = given
    return tuple(chosen.get(name, 0) for name in names)


def _given_groups(spec: SplitSpec, unique: list[str]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for part, title in PART_NAMES.items():
        wanted = getattr(spec, title)
        if wanted is not None and not isinstance(wanted, list):
            raise JobInvalid(f"`split: {title}` must list groups of scenes.", "Write `[group, group]`.")
        for group in wanted or ():
            if group not in unique:
                message = f"`split: {title}` names the group “{group}”; the scenes have {', '.join(unique)}."
                raise JobInvalid(message, "Check the scenes' `group`.")
            if group in chosen:
                raise JobInvalid(f"The group “{group}” stands in two parts of `split:`.", "Leave it in one part.")
            chosen[group] = part
    return chosen


def _share_out(names: list[str], units: NDArray[np.int64], shares: dict[int, float], seed: int) -> dict[str, int]:
    """The best of many ways to give each group a part."""
    if len(names) < len(shares):
        listed = ", ".join(PART_NAMES[part] for part in shares)
        raise AreaTooSmall(
            f"{len(names)} group(s) of scenes cannot be shared among {listed}.",
            "Give more scenes or groups, or name the parts with `split: {train, validation, test}`.",
            groups=names,
        )
    total = units.sum(axis=0)
    if len(names) <= _ALL_WAYS:
        ways = (np.array(way, np.uint8) for way in product(shares, repeat=len(names)))
    else:
        draws = (np.random.default_rng((seed, draw)) for draw in range(_SAMPLED_WAYS))
        ways = (draw_parts(units.astype(np.float64), shares, rng) for rng in draws)

    def worth(way: NDArray[np.uint8]) -> float:
        parts = {part: units[way == part].sum(axis=0) for part in shares}
        off = sum(abs(parts[part].sum() / max(total.sum(), 1) - shares[part]) for part in shares)
        return coverage(parts, total, shares) - float(off)

    complete = [way for way in ways if set(way.tolist()) == set(shares)]
    if not complete:
        raise AreaTooSmall("The groups of scenes are too unequal to share out.", "Name the parts with `split:`.")
    return dict(zip(names, max(complete, key=worth).tolist(), strict=True))
