"""Differences to the student alone as small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.distillation.comparing import Comparison

_SEED, _MEAN, _REACH, _KD = "#8aa7c4", "#1b5583", "#d5dde6", "#c07b2b"


def draw(comparisons: Sequence[Comparison], path: Path) -> None:
    """A dot a seed, a bar for the mean, a pale line for the interval (cut off at the edge); one panel a set."""
    panels = [one for one in comparisons if one.lines]
    if not panels:
        return
    most = max(len(one.lines) for one in panels)
    figure = Figure(figsize=(4.2 * len(panels) + 0.6, 0.22 * most + 1.1), layout="constrained")
    for axes, one in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _panel(axes, one)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The same numbers give the same file.
    with mpl.rc_context({"svg.hashsalt": "rskd", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _panel(axes: Axes, one: Comparison) -> None:
    lines = [line for line in reversed(one.lines) if line.against_alone is not None]
    dots = [100 * each for line in lines for each in line.against_alone.each]
    low, high = min([*dots, 0.0]), max([*dots, 0.0])
    room = 0.08 * (high - low or 1)
    for at, line in enumerate(lines):
        found = line.against_alone
        if found.low is not None and found.high is not None:
            axes.plot(
                [100 * found.low, 100 * found.high], [at, at], color=_REACH, lw=5, solid_capstyle="butt", zorder=1
            )
        axes.scatter([100 * each for each in found.each], [at] * len(found.each), s=14, color=_SEED, zorder=2)
        color = _KD if line.method == "kd" else _MEAN
        axes.plot([100 * found.mean] * 2, [at - 0.35, at + 0.35], color=color, lw=2.2, zorder=3)
    axes.axvline(0, color="#555", lw=0.8)
    axes.set_xlim(low - room, high + room)
    axes.set_yticks(range(len(lines)), [line.method for line in lines], fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
    axes.set_xlabel("points of mean IoU against the student alone", fontsize=7)
    axes.set_title(one.set + ("" if one.counts else " (does not count)"), fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
