"""One raster file as it is: what it holds, where its gaps are. GDAL's errors become ours here."""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from rskd.errors import BandsMissing, CrsMissing, JobInvalid, LayerUnreadable
from rskd.geo.damage import reason_of, refuse_other_kinds
from rskd.geo.grid import Grid
from rskd.geo.secrets import conceal, reveal
from rskd.spec import LayerSpec

# GDAL asks once, at its first block. Its own default, 5 % of the memory, is far more than streaming needs.
os.environ.setdefault("GDAL_CACHEMAX", "256")
# Seconds. Left alone, GDAL waits for a tile server for five minutes, and takes its first refusal for an answer.
for _name, _value in {
    "GDAL_HTTP_CONNECTTIMEOUT": "10",
    "GDAL_HTTP_TIMEOUT": "60",
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
}.items():
    os.environ.setdefault(_name, _value)

PAUSES = (0.5, 1.5)
"""Seconds before a server that did not answer is asked again; GDAL asks a tile server once."""

SERVICES = frozenset({"WMS", "WMTS", "WCS"})
"""GDAL's drivers of layers that a server draws on request, in any place and size."""

_ASK_THE_SERVER = "Check that the server can be reached, and that it lets you in: does QGIS show the layer?"
_STATUS = re.compile(r"HTTP (?:status|error) code ?: (\d{3})")
_FOR_GOOD = re.compile(r"HTTP (?:status|error) code ?: 4(?!29)")  # 429: too many requests, for now
_WEB = ("http://", "https://", "/vsicurl/")
Pixels = TypeVar("Pixels")

_RIGHT_BANDS = "Correct the layer's `bands:`: numbers from 1, or descriptions."
_RECTIFY = "Rectify it first, in QGIS with Raster > Projections > Warp, or work in pixels with `crs: local`."


class Source:
    """An open raster: `grid`, and `indexes` of the bands that are used (from 1).

    An alpha band says where there is data; it is an image band only where it is asked for by number.
    """

    def __init__(
        self,
        spec: LayerSpec,
        name: str,
        *,
        crs: str | None = None,
        overview: int | None = None,
        alpha: Sequence[int] | None = None,
    ) -> None:
        """Opens `spec.path`; `crs` is for a file that does not say its own.

        `overview` opens one of its `dataset.overviews(1)`, by position, in the place of the whole raster; GDAL then
        does not say which bands are `alpha` (numbers from 1).

        Raises:
            LayerUnreadable: missing, damaged, not a raster, or nowhere on a plain grid.
            CrsMissing: the file has no CRS, and neither `spec.crs` nor `crs` says it.
            BandsMissing: `spec.bands` are not all there.
            JobInvalid: `spec.crs` or `crs` is no CRS.
        """
        self.name, self.overview = name, overview
        self.dataset = open_raster(spec.path, name, overview=overview)
        try:
            self.alpha = tuple(alpha_bands(self.dataset) if alpha is None else alpha)
            self.indexes = _indexes(self.dataset, name, spec.bands, self.alpha)
            self.grid = _grid(self.dataset, name, spec.crs, crs)
            _refuse_complex(self.dataset, name, self.indexes)
            nodata = self.dataset.nodatavals if spec.nodata is None else (spec.nodata,) * self.dataset.count
            self.nodata: tuple[float | None, ...] = tuple(nodata[index - 1] for index in self.indexes)
            self.dtypes: tuple[str, ...] = tuple(self.dataset.dtypes[index - 1] for index in self.indexes)
            self.mask = _mask_band(self.dataset, self.indexes, self.alpha)
            if not self.service:
                self._refuse_truncated()
        except BaseException:
            self.dataset.close()
            raise

    @property
    def count(self) -> int:
        """Number of bands that are used."""
        return len(self.indexes)

    @property
    def service(self) -> bool:
        """True for what a server draws on request; such a raster may be as large as the Earth."""
        return self.dataset.driver in SERVICES

    def read(self, bands: Sequence[int], window: Window) -> NDArray[np.float32]:
        """(C, H, W) of the bands at these positions of `indexes`, NaN in gaps; the window lies inside the raster.

        A gap is the band's nodata value, NaN, infinity, or what the alpha band or the file's mask leaves out.
        """
        raw: NDArray[Any] = self.patiently(
            lambda: self.dataset.read([self.indexes[band] for band in bands], window=window)
        )
        mask = None if self.mask is None else self.patiently(lambda: self._read_mask(window))
        with np.errstate(over="ignore"):  # a double beyond float32 becomes infinite, a gap
            pixels: NDArray[np.float32] = raw.astype(np.float32)
        pixels[~np.isfinite(pixels)] = np.nan
        for band, values, image in zip(bands, raw, pixels, strict=True):
            image[_equal(values, self.nodata[band])] = np.nan
        if mask is not None:
            pixels[:, mask == 0] = np.nan
        return pixels

    def patiently(self, read: Callable[[], Pixels]) -> Pixels:
        """What `read` gives, tried again after a while where a server is busy or the line was cut.

        Raises:
            LayerUnreadable: the file is damaged here or has gone, or the server goes on refusing.
        """
        pauses = list(PAUSES) if self.service else []
        while True:
            try:
                return read()
            except RasterioError as error:
                said = str(error.__cause__ or error)
                if not pauses or _FOR_GOOD.search(said):
                    raise self._refused(said) if self.service else unreadable(self.name, error) from error
            time.sleep(pauses.pop(0))

    def _refused(self, said: str) -> LayerUnreadable:
        status = _STATUS.search(said)
        reason = f"the server answers with HTTP status {status[1]}." if status else conceal(said)
        return LayerUnreadable(self.name, reason, _ASK_THE_SERVER)

    def _read_mask(self, window: Window) -> NDArray[Any]:
        if self.mask == "mask,1":
            return np.asarray(self.dataset.read_masks(1, window=window))
        return np.asarray(self.dataset.read(int(str(self.mask)), window=window))

    def _refuse_truncated(self) -> None:
        # A file that was cut has lost its end, and the last pixel of the last band is there as a rule.
        last = Window(self.grid.width - 1, self.grid.height - 1, 1, 1)
        self.read([self.count - 1], last)

    def close(self) -> None:
        """Closes the file."""
        self.dataset.close()


def open_raster(path: str, name: str, *, overview: int | None = None) -> Any:
    """An open rasterio dataset with at least one band; `overview` is a position in its list of overviews.

    Raises:
        LayerUnreadable: missing, damaged, not a raster.
        JobInvalid: the path holds a placeholder of a secret that this process was not given.
    """
    options = {} if overview is None else {"overview_level": overview}
    # A web server has no listing of a file's siblings: GDAL would ask for every one that might be there.
    alone = rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR") if path.startswith(_WEB) else nullcontext()
    try:
        with warnings.catch_warnings(), alone:
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # imagery without a place is looked at later
            # Each its own handle: a shared one must not be read from two threads.
            dataset = rasterio.open(reveal(path), sharing=False, **options)
    except (RasterioError, OSError) as error:
        refuse_other_kinds(path, name)
        raise unreadable(name, error) from error
    if not dataset.count:
        inside = dataset.subdatasets
        dataset.close()
        if not inside:
            refuse_other_kinds(path, name)
        hint = f"Name one of them as the path, e.g. {inside[0]}" if inside else "Choose a raster layer."
        reason = f"it holds {len(inside)} rasters, not one." if inside else "it holds no bands."
        raise LayerUnreadable(name, reason, hint)
    return dataset


def unreadable(name: str, error: Exception) -> LayerUnreadable:
    """Our error for one of GDAL's."""
    return LayerUnreadable(name, reason_of(error))


def alpha_bands(dataset: Any) -> list[int]:
    """Numbers of the bands that are marked as alpha."""
    kinds = zip(dataset.indexes, dataset.colorinterp, strict=True)
    return [index for index, kind in kinds if kind == ColorInterp.alpha]


def _indexes(dataset: Any, name: str, bands: Sequence[int | str] | None, alpha: Sequence[int]) -> tuple[int, ...]:
    if bands is None:
        return tuple(index for index in dataset.indexes if index not in alpha) or (1,)
    titles = [description or "" for description in dataset.descriptions]
    known = {title: index for index, title in reversed(list(enumerate(titles, 1))) if title}  # the first of equal names
    found = [known.get(band) if isinstance(band, str) else band for band in bands]
    missing = [str(band) for band, index in zip(bands, found, strict=True) if index not in dataset.indexes]
    if missing or not bands:
        present = [title or str(index) for index, title in enumerate(titles, 1)]
        raise BandsMissing(name, [f"band {band}" for band in missing] or ["bands"], present, _RIGHT_BANDS)
    return tuple(index for index in found if index is not None)


def _grid(dataset: Any, name: str, own_crs: str | None, crs: str | None) -> Grid:
    stated = own_crs or (None if has_crs(dataset) else crs)
    if stated == "local":
        return Grid(None, dataset.transform, dataset.width, dataset.height)
    placed = not dataset.transform.is_identity
    if not placed and (dataset.gcps[0] or dataset.rpcs):
        raise LayerUnreadable(name, "it is placed by control points or an orbit model, not on a grid.", _RECTIFY)
    if stated is None and not has_crs(dataset):
        raise CrsMissing(name)
    if not placed:
        raise LayerUnreadable(name, "it has a coordinate reference system and no position.", _RECTIFY)
    grid = Grid(parse_crs(stated) if stated else dataset.crs, dataset.transform, dataset.width, dataset.height)
    if not np.isfinite(grid.gsd):
        hint = "Say the right one with `crs: EPSG:…`."
        raise LayerUnreadable(name, "its coordinates do not belong to its coordinate reference system.", hint)
    return grid


def has_crs(dataset: Any) -> bool:
    """True for a CRS on Earth; an engineering CRS (“unnamed”, “Local”) is none."""
    return dataset.crs is not None and bool(dataset.crs.is_projected or dataset.crs.is_geographic)


def parse_crs(text: str) -> CRS:
    """A CRS from “EPSG:…” or WKT. Raises JobInvalid."""
    try:
        with rasterio.Env():  # without one, PROJ prints what it thinks
            return CRS.from_user_input(text)
    except (CRSError, ValueError) as error:  # ValueError: “EPSG:abc”
        raise JobInvalid(f"“{text}” is no coordinate reference system.", "Write it as EPSG:32633, or local.") from error


def _refuse_complex(dataset: Any, name: str, indexes: Sequence[int]) -> None:
    if any("complex" in dataset.dtypes[index - 1] for index in indexes):
        raise LayerUnreadable(name, "its values are complex numbers.", "Compute amplitude or intensity from it first.")


def _mask_band(dataset: Any, indexes: Sequence[int], alpha: Sequence[int]) -> str | None:
    """GDAL's name of the band that is 0 where there is no data; None where there is none."""
    masks = [index for index in alpha if index not in indexes]
    if masks:
        return str(masks[0])
    flags = dataset.mask_flag_enums[indexes[0] - 1]
    return "mask,1" if MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags else None


def _equal(values: NDArray[Any], nodata: float | None) -> NDArray[np.bool_] | bool:
    if nodata is None or np.isnan(nodata):
        return False
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):  # -1.797e308 in a float32 file
            return np.asarray(values == values.dtype.type(nodata))
    # A value that the type cannot hold (-9999 in uint8) is nowhere.
    limits = np.iinfo(values.dtype)
    holds = limits.min <= nodata <= limits.max and nodata == int(nodata)
    return np.asarray(values == int(nodata)) if holds else False
