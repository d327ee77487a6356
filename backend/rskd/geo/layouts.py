"""Which cells to train on, to validate on and to test on.

Many layouts are tried and scored: strips and corners of the area, which need a short gap, and blocks of several sizes
strewn over it, which see more kinds of ground. A layout is worth what is left for training after the gap, how many
classes each part sees, how near the shares are to those wished for, and how far the test ground is spread.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rskd.errors import AreaTooSmall
from rskd.geo.cells import Cells

TRAIN, VALIDATION, TEST, GAP = 1, 2, 3, 4
"""Values of a split's table; `GAP` cells lie between training and the other two."""

SHARES = {TRAIN: 0.60, VALIDATION: 0.15, TEST: 0.25}
"""What the parts of an automatic split aim at, of the labelled pixels."""

# A gap is afforded while it costs at most a fifth of the ground and leaves two fifths for training.
_DEAREST_GAP, _ENOUGH_TRAINING = 0.20, 0.40
# Below this a part is no part.
_LEAST = {TRAIN: 0.15, VALIDATION: 0.03, TEST: 0.05}
_BLOCKS_A_SIDE = (3, 4, 5, 6, 8, 12)
_DRAWS = 8
_END = 2.0  # past all weight: empty lines behind the last pixel belong to the last part

Table = NDArray[np.uint8]
Weights = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """A finished table, the pixels of its gap, and what it is worth.

    Attributes:
        table: `TRAIN`, `VALIDATION`, `TEST`, `GAP` or 0 (not part of the split) a cell.
        gap: pixels that every training tile keeps from the two other parts, a multiple of the cells' size.
        usable: share of the weight that training tiles reach.
        lost: share of the weight that the gap takes from training.
    """

    table: Table
    gap: int
    usable: float
    lost: float
    score: float


def choose_layout(
    cells: Cells,
    weights: Weights,
    *,
    tile: int,
    radius: int,
    seed: int,
    shares: Mapping[int, float] = SHARES,
    barred: NDArray[np.bool_] | None = None,
) -> Layout:
    """The best layout under the widest gap that the area can afford, from a tile down to `radius`.

    A radius beyond a tile counts as a tile: training never sees more than that at once.

    Args:
        cells: the lattice.
        weights: pixels that count a cell and class, (rows, columns, K).
        tile: side of a training tile in pixels.
        radius: receptive field of the widest network, in pixels to each side.
        seed: of the strewn blocks.
        shares: part to share; `TRAIN` and one or two others.
        barred: cells that no training tile may touch, whatever part they are in.

    Raises:
        AreaTooSmall: no layout leaves room for all parts.
    """
    barred = np.zeros(cells.shape, bool) if barred is None else barred
    candidates = [*_strips(weights, shares), *_strewn(cells, weights, shares, tile, seed)]
    best: Layout | None = None
    for gap in _gaps(cells.size, tile, radius):
        layouts = [found for table in candidates if (found := _rate(cells, weights, table, barred, tile, gap, shares))]
        if not layouts:
            continue
        here = max(layouts, key=lambda layout: layout.score)
        if here.lost <= _DEAREST_GAP and here.usable >= _ENOUGH_TRAINING:
            return here
        if best is None or here.score > best.score:
            best = here
    if best is None:
        raise _too_small(cells, tile, _gaps(cells.size, tile, radius)[-1])
    return best


def _too_small(cells: Cells, tile: int, gap: int) -> AreaTooSmall:
    size = f"{cells.extent.width} x {cells.extent.height} pixels"
    return AreaTooSmall(
        f"The area ({size}) has no room for separate parts with training tiles of {tile} pixels and a gap of {gap}.",
        "Give a larger area or several scenes, lower `training: tile`, or name the parts with "
        "`split: {train, validation, test}`.",
        width=cells.extent.width,
        height=cells.extent.height,
        tile=tile,
        gap=gap,
    )


def _gaps(size: int, tile: int, radius: int) -> list[int]:
    least = min(radius, tile)
    wanted = [gap for gap in (tile, tile * 3 // 4, tile // 2, tile // 4) if gap > least]
    # In whole cells, so that a gap is exact on the table.
    return list(dict.fromkeys(-(-gap // size) * size for gap in (*wanted, least)))


def _rate(
    cells: Cells,
    weights: Weights,
    table: Table,
    barred: NDArray[np.bool_],
    tile: int,
    gap: int,
    shares: Mapping[int, float],
) -> Layout | None:
    """The layout with its gap cut out of training and its worth; None where a part has no room."""
    finished = _with_gap(table, gap // cells.size)
    reached = _reached(cells, (finished > TRAIN) | barred, max(tile, cells.size))
    total = weights.sum(axis=(0, 1))  # (K,)
    held = {part: weights[finished == part].sum(axis=0) for part in shares if part != TRAIN}
    usable = weights[(finished == TRAIN) & reached].sum(axis=0)
    parts = {TRAIN: usable, **held}
    if any(parts[part].sum() < _LEAST[part] * total.sum() for part in parts):
        return None
    before = weights[table == TRAIN].sum()
    used, lost = usable.sum() / total.sum(), (before - usable.sum()) / total.sum()
    off = sum(abs(held[part].sum() / total.sum() - shares[part]) for part in held)
    unseen = ((total > 0) & (usable == 0)).sum()  # classes that could not be learned at all
    worth = 1.5 * min(used / shares[TRAIN], 1.1) + coverage(parts, total, shares)
    score = worth - off - 0.3 * unseen + 0.15 * _spread(finished == max(shares))
    return Layout(finished, gap, float(used), float(lost), float(score))


def coverage(parts: Mapping[int, NDArray[np.int64]], total: NDArray[np.int64], shares: Mapping[int, float]) -> float:
    """How well the parts see all classes, 0 to 2: a class counts fully where a part has half its fair share of it."""
    there = total > 0
    worth = {TRAIN: 0.8, VALIDATION: 0.4, TEST: 0.8}
    fair = {part: parts[part][there] / (0.5 * shares[part] * total[there]) for part in parts}
    full = sum(worth[part] for part in parts)
    return 2 * sum(worth[part] * float(np.minimum(fair[part], 1).mean()) for part in parts) / full


def _spread(chosen: NDArray[np.bool_]) -> float:
    """Share of a 4 x 4 board over the area that the chosen cells touch."""
    squares = [square for rows in np.array_split(chosen, 4, axis=0) for square in np.array_split(rows, 4, axis=1)]
    return sum(bool(square.any()) for square in squares) / 16


def _with_gap(table: Table, reach: int) -> Table:
    held = (table == VALIDATION) | (table == TEST)
    finished = table.copy()
    finished[(table == TRAIN) & grown(held, reach)] = GAP
    return finished


def grown(chosen: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """The chosen cells and all within `reach` cells of them, diagonals included."""
    wide = np.pad(chosen, reach).astype(np.int32)
    for axis in (0, 1):
        sums = np.insert(wide.cumsum(axis), 0, 0, axis)
        after = np.take(sums, np.arange(2 * reach + 1, sums.shape[axis]), axis)
        wide = after - np.take(sums, np.arange(after.shape[axis]), axis)
    near: NDArray[np.bool_] = wide > 0
    return near


def _reached(cells: Cells, barred: NDArray[np.bool_], tile: int) -> NDArray[np.bool_]:
    """Cells that lie wholly in some tile which touches no barred cell."""
    rows, columns = cells.origins(tile, cells.size)
    legal = cells.touched(cells.sums(barred), rows, columns, tile) == 0
    top, left = (
        np.minimum(-(-at // cells.size), length - 1) for at, length in zip((rows, columns), cells.shape, strict=True)
    )
    bottom = np.where(rows + tile >= cells.extent.height, cells.shape[0], (rows + tile) // cells.size)
    right = np.where(columns + tile >= cells.extent.width, cells.shape[1], (columns + tile) // cells.size)
    edges = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int64)
    for r, c, sign in ((top, left, 1), (top, right, -1), (bottom, left, -1), (bottom, right, 1)):
        np.add.at(edges, np.ix_(r, c), sign * legal)
    reached: NDArray[np.bool_] = edges.cumsum(0).cumsum(1)[:-1, :-1] > 0
    return reached


def _strips(weights: Weights, shares: Mapping[int, float]) -> Iterator[Table]:
    """A band across each axis is held out, its two parts behind or beside each other; or one part at either end."""
    out = 1 - shares[TRAIN]
    starts = [*np.arange(0, shares[TRAIN], 0.1).tolist(), shares[TRAIN], 1 - 0.85 * out]
    for axis in (0, 1):
        along = weights.sum(axis=(1 - axis, 2))
        for start in starts:
            held = _band(along, start, _END if start >= shares[TRAIN] else start + out)
            yield from _divided(weights, _lines(held, axis, weights.shape[:2]), shares)
        others = [part for part in shares if part != TRAIN]
        for one, other in permutations(others, 2):
            low, high = _band(along, 0, shares[one]), _band(along, 1 - shares[other], _END)
            table = np.where(low, one, np.where(high, other, TRAIN)).astype(np.uint8)
            yield _lines(table, axis, weights.shape[:2])
    yield from _corners(weights, shares)


def _lines(values: NDArray[Any], axis: int, shape: tuple[int, ...]) -> NDArray[Any]:
    return np.broadcast_to(values[:, None] if axis == 0 else values[None], shape)


def _band(along: NDArray[np.int64], start: float, stop: float) -> NDArray[np.bool_]:
    """Lines between two shares of the weight, counted from the first line."""
    done = (along.cumsum() - along / 2) / max(along.sum(), 1)
    band: NDArray[np.bool_] = (done >= start) & (done < stop)
    return band


def _corners(weights: Weights, shares: Mapping[int, float]) -> Iterator[Table]:
    side = math.sqrt(1 - shares[TRAIN])
    rows, columns = weights.sum(axis=(1, 2)), weights.sum(axis=(0, 2))
    for high in ((0.0, side), (1 - side, _END)):
        for wide in ((0.0, side), (1 - side, _END)):
            yield from _divided(weights, np.outer(_band(rows, *high), _band(columns, *wide)), shares)


def _divided(weights: Weights, held: NDArray[np.bool_], shares: Mapping[int, float]) -> Iterator[Table]:
    """Tables with the held-out cells cut in two along either axis, in either order; uncut for a single part."""
    first, *more = (part for part in shares if part != TRAIN)
    if not more:
        yield np.where(held, first, TRAIN).astype(np.uint8)
        return
    for axis in (0, 1):
        along = np.where(held[..., None], weights, 0).sum(axis=(1 - axis, 2))
        for one, other in ((first, more[0]), (more[0], first)):
            early = _band(along, 0, shares[one] / (shares[one] + shares[other]))
            mask = _lines(early, axis, weights.shape[:2])
            yield np.where(held, np.where(mask, one, other), TRAIN).astype(np.uint8)


def _strewn(cells: Cells, weights: Weights, shares: Mapping[int, float], tile: int, seed: int) -> Iterator[Table]:
    """Blocks drawn for validation and test, rare classes first, until their shares are reached."""
    longest = max(cells.shape)
    sides = {-(-longest // count) for count in _BLOCKS_A_SIDE}
    for side in sorted(side for side in sides if side * cells.size >= tile and side < longest):
        numbers = _block_numbers(cells.shape, side)
        columns = [np.bincount(numbers.ravel(), weights[..., k].ravel()) for k in range(weights.shape[2])]
        a_block = np.stack(columns, axis=1).astype(np.float64)  # (blocks, K)
        for draw in range(_DRAWS):
            yield draw_parts(a_block, shares, np.random.default_rng((seed, side, draw)))[numbers]


def _block_numbers(shape: tuple[int, int], side: int) -> NDArray[np.int64]:
    rows, columns = np.arange(shape[0]) // side, np.arange(shape[1]) // side
    numbers: NDArray[np.int64] = np.add.outer(rows * (columns[-1] + 1), columns)
    return numbers


def draw_parts(units: NDArray[np.float64], shares: Mapping[int, float], rng: np.random.Generator) -> Table:
    """A part a unit (block or scene group), from their weights (units, K).

    Each held-out part first gets one unit of every class that at least three units have, rarest class first, then
    units in random order while they bring it nearer to its share.
    """
    parts = np.full(len(units), TRAIN, np.uint8)
    total, of_unit = units.sum(), units.sum(axis=1)
    order = rng.permutation(len(units))
    for part in sorted((p for p in shares if p != TRAIN), reverse=True):
        wanted = shares[part] * total
        for k in np.argsort(units.sum(axis=0), kind="stable"):
            having = [unit for unit in order if units[unit, k] > 0.02 * units[:, k].sum()]
            free = [unit for unit in having if parts[unit] == TRAIN]
            fits = [unit for unit in free if of_unit[parts == part].sum() + of_unit[unit] <= wanted]
            if len(having) >= 3 and fits and len(free) > 1 and not (parts[having] == part).any():
                parts[fits[0]] = part
        for unit in order:
            short = wanted - of_unit[parts == part].sum()
            if parts[unit] == TRAIN and of_unit[unit] > 0 and of_unit[unit] / 2 <= short:
                parts[unit] = part
    return parts
