"""Answers that a network gives at its own resolution, brought onto the student's grid."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.warp import reproject
from rasterio.windows import Window

from rskd.events import Stage
from rskd.geo.scene import Scene
from rskd.infer.engine import Predictor, Strip, megapixels, stream
from rskd.models.teachers.pieces import slabs, strips

# Both sides in the same CRS: only pixel coordinates are used, whatever the scene's CRS.
_ANY_CRS = CRS.from_epsg(3857)
# Half of a pixel's weight must come from answered ones.
_ANSWERED = 0.5


def resampled(native: Scene, predictor: Predictor, scene: Scene, *, stage: Stage | None = None) -> Iterator[Strip]:
    """Runs `predictor` over `native` and yields its answers on the grid of `scene`, bilinearly, averaged if finer.

    Args:
        native: the same ground at the predictor's resolution; same CRS as `scene`.
        predictor: matched to `native`.
        scene: where the answers are wanted: its extent, inside its area.
        stage: is advanced by megapixels of `scene`.
    """
    # Answers are held at the native resolution, which may be the finer one.
    finer = max(1, math.ceil((scene.grid.gsd / native.grid.gsd) ** 2))
    for window in slabs(scene.extent(), predictor.channels * finer):
        yield from _Slab(native, predictor, scene, window).strips(stage)


class _Slab:
    """One pass from top to bottom over some columns; answers above what is still wanted are let go."""

    def __init__(self, native: Scene, predictor: Predictor, scene: Scene, window: Window) -> None:
        self._scene, self._window, self._native = scene, window, native.grid
        # From the scene's pixels to the native ones; both grids have one origin and orientation.
        self._to_native = ~native.grid.transform * scene.grid.transform
        self._ratio = math.sqrt(abs(self._to_native.determinant))  # native pixels along a pixel
        self._channels = predictor.channels
        self._held: list[Strip] = []
        # One slab for the engine: its strips then come strictly from the top.
        self._coming = stream(native, predictor, window=self._span(window), buffer_bytes=2**62)

    def strips(self, stage: Stage | None) -> Iterator[Strip]:
        for window in strips(self._window):
            yield self._strip(window)
            if stage is not None:
                stage.advance(megapixels(window))

    def _strip(self, window: Window) -> Strip:
        warped = self._warped(window)
        weight = warped[-1]
        valid = (weight >= _ANSWERED) & self._scene.inside(window)
        probabilities = np.divide(warped[:-1], weight, out=np.zeros_like(warped[:-1]), where=valid)
        return Strip(window, probabilities, valid)

    def _span(self, window: Window) -> Window:
        """The native pixels that a window's answers are made from."""
        reach = math.ceil(self._ratio) + 1
        left, top = self._to_native * (window.col_off, window.row_off)
        right, bottom = self._to_native * (window.col_off + window.width, window.row_off + window.height)
        first = max(0, math.floor(left) - reach), max(0, math.floor(top) - reach)
        end = math.ceil(right) + reach, math.ceil(bottom) + reach
        width, height = min(end[0], self._native.width) - first[0], min(end[1], self._native.height) - first[1]
        return Window(*first, max(0, width), max(0, height))

    def _warped(self, window: Window) -> NDArray[np.float32]:
        """(T + 1, h, w): probabilities times whether they are valid, and, last, whether they are valid."""
        warped = np.zeros((self._channels + 1, int(window.height), int(window.width)), np.float32)
        source = self._hold(self._span(window))
        if source:
            weighted = [np.concatenate([strip.probabilities, strip.valid[None]]) for strip in source]
            first = source[0].window
            reproject(
                np.concatenate(weighted, axis=1),
                warped,
                src_transform=Affine.translation(first.col_off, first.row_off),
                dst_transform=self._to_native * Affine.translation(window.col_off, window.row_off),
                src_crs=_ANY_CRS,
                dst_crs=_ANY_CRS,
                resampling=Resampling.bilinear,
                # Said, not guessed from each strip's size: strips then join without a seam.
                XSCALE=min(1.0, 1 / self._ratio),
                YSCALE=min(1.0, 1 / self._ratio),
            )
        return warped

    def _hold(self, span: Window) -> list[Strip]:
        """The strips that meet the rows of `span`."""
        self._held = [strip for strip in self._held if _end(strip) > span.row_off]
        while not self._held or _end(self._held[-1]) < span.row_off + span.height:
            strip = next(self._coming, None)
            if strip is None:
                break
            if _end(strip) > span.row_off:
                self._held.append(strip)
        return self._held


def _end(strip: Strip) -> int:
    return int(strip.window.row_off + strip.window.height)
