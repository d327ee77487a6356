"""Arrays made into pictures: stretched imagery, class maps in their colours, panels side by side."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rskd.geo.atomic import atomic_path

RGB = NDArray[np.uint8]
"""A picture, (H, W, 3)."""

WORDS = {"red": ("red", "b04", "b4 red"), "green": ("green", "b03"), "blue": ("blue", "b02")}


def visible_bands(names: Sequence[str]) -> tuple[int, int, int]:
    """Indices of red, green and blue by name; else the first three bands, or one band thrice."""
    found = []
    for words in WORDS.values():
        hits = [i for i, name in enumerate(names) if any(word in name.lower() for word in words)]
        found.append(hits[0] if hits else -1)
    if min(found) >= 0:
        return found[0], found[1], found[2]
    return (0, 1, 2) if len(names) >= 3 else (0, 0, 0)


def stretched(pixels: NDArray[np.float32], valid: NDArray[np.bool_]) -> RGB:
    """Three bands (3, H, W) stretched between their 2nd and 98th percentile; white where there is no data."""
    picture = np.full((*valid.shape, 3), 255, np.uint8)
    if not valid.any():
        return picture
    for channel, band in enumerate(pixels):
        low, high = np.percentile(band[valid], (2, 98))
        scaled = (band - low) / max(high - low, 1e-9)
        picture[..., channel][valid] = (np.clip(scaled[valid], 0, 1) * 255).astype(np.uint8)
    return picture


def coloured(channels: NDArray[np.uint8], colors: Sequence[str]) -> RGB:
    """A class map (H, W) of channel numbers in its colours; light grey where there is no class (255)."""
    table = np.full((256, 3), 235, np.uint8)
    for channel, color in enumerate(colors):
        table[channel] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return table[channels]


def disagreement(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> RGB:
    """Where two class maps (H, W) differ: dark red; where they agree: light; grey where either has no class."""
    picture = np.full((*first.shape, 3), 248, np.uint8)
    picture[first != second] = (178, 24, 43)
    picture[(first == 255) | (second == 255)] = 225
    return picture


def png(picture: RGB) -> bytes:
    """The picture as a PNG file."""
    from matplotlib.image import imsave

    buffer = io.BytesIO()
    imsave(buffer, np.ascontiguousarray(picture), format="png")
    return buffer.getvalue()


def write_panels(path: Path, panels: Sequence[tuple[str, RGB]], legend: Sequence[tuple[str, str]]) -> None:
    """Writes panels side by side, each with its title, above a legend of (name, colour)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    height, width = panels[0][1].shape[:2]
    columns = len(panels) if height >= width else 3 if len(panels) > 4 else 2
    rows = -(-len(panels) // columns)
    side = 4.2
    figure = Figure(figsize=(side * columns, side * rows * min(height / width, 2.0) + 0.7), layout="constrained")
    FigureCanvasAgg(figure)
    for number, (title, picture) in enumerate(panels):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.imshow(picture, interpolation="nearest")
        axes.set_title(title, fontsize=11)
        axes.set_axis_off()
    figure.legend(
        handles=[Patch(facecolor=color, edgecolor="#888888", linewidth=0.4, label=name) for name, color in legend],
        loc="outside lower center",
        ncols=min(len(legend), 4 * columns),
        frameon=False,
    )
    with atomic_path(path) as unfinished:
        figure.savefig(unfinished, format="png", dpi=110)


def curves_svg(curves: Sequence[tuple[str, Sequence[float], Sequence[float]]], ylabel: str) -> str:
    """Lines (name, x = steps, y) as an SVG element."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 3.0), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    for name, steps, values in curves:
        axes.plot(steps, values, marker=".", markersize=4, linewidth=1.4, label=name)
    axes.set_xlabel("step")
    axes.set_ylabel(ylabel)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
