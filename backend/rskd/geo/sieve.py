"""Small patches join their largest neighbour, for rasters of any size.

The rule is GDAL's (`gdal_sieve`, 4-connected): a patch of fewer than N pixels takes the value of its largest
neighbour; where that is smaller than N too, of the neighbour's largest neighbour, and so on; where this finds none of N
pixels, the patch stays. Pixels without a class neither join nor are joined. Which neighbour is the largest may depend
on pixels anywhere in the raster, so strips with a margin would not give the same answer. GDAL reads line by line and
remembers patches, not pixels; the pixels lie in files here, which the system pages in and out as it can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.features import sieve
from rasterio.windows import Window

from rskd.geo.seams import Read, strips


@contextmanager
def sieved(
    read: Read, width: int, height: int, values: Collection[int], smallest: int, *, rows: int, files: Path
) -> Iterator[Read]:
    """Yields a reader like `read` in which patches of fewer than `smallest` pixels are gone.

    Args:
        read: class values of a window.
        width: of the raster.
        height: of the raster.
        values: the class values; other pixels come back as one value that is none of them.
        smallest: pixels of the smallest patch that stays.
        rows: read at a time.
        files: beginning of the names of three files of width x height x 1 (up to 254 classes) or 4 bytes, which are
            removed at the end.

    Raises:
        OSError: no space for the files.
    """
    known = np.array(sorted(values))
    dtype = np.uint8 if len(known) < np.iinfo(np.uint8).max else np.int32
    paths = [files.with_name(f"{files.name}.{name}") for name in ("patches", "mask", "sieved")]
    try:
        # Written, not mapped: a mapped file on a full disk ends the process.
        with paths[0].open("wb") as patches, paths[1].open("wb") as mask, paths[2].open("wb") as result:
            for window in strips(width, height, rows):
                pixels = read(window)
                index = np.searchsorted(known, pixels).clip(max=len(known) - 1)
                is_class = known[index] == pixels
                mask.write(is_class.tobytes())
                for file in (patches, result):
                    file.write(np.where(is_class, index, len(known)).astype(dtype).tobytes())
        maps = [
            np.memmap(path, kind, "r+", shape=(height, width))
            for path, kind in zip(paths, (dtype, np.bool_, dtype), strict=True)
        ]
        sieve(maps[0], smallest, out=maps[2], mask=maps[1], connectivity=4)
        table = np.append(known, _none_of(known))

        def read_sieved(window: Window) -> NDArray[np.int64]:
            return np.asarray(table[maps[2][window.toslices()]])

        yield read_sieved
    finally:
        maps = []  # Windows keeps mapped files
        for path in paths:
            path.unlink(missing_ok=True)


def _none_of(known: NDArray[np.int64]) -> int:
    return int(known[-1]) + 1
