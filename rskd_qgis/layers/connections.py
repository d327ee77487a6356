"""XYZ, WMS, WMTS and WCS layers as descriptions that GDAL's drivers open.

Tiles that were fetched are kept for a week in RSKD's own folder: a distillation looks at them more than once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from math import log
from urllib.parse import quote

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QUrl, QUrlQuery

from rskd_qgis import places

from .credentials import Credentials, NotCarriedError
from .ground import metres_per_unit

DRAWN_GSD_M = 1.0
"""Ground sampling distance of what a server draws at any scale, where none was asked for."""

_WORLD = 20037508.342789244  # half of Web Mercator's side in its metres
_TILE = 256
_HEADERS = "http-header:"
_CARRIED_HEADERS = {"http-header:referer", "http-header:user-agent"}
# Drawing on request, by time or filtered: GDAL asks for none of these.
_NOT_CARRIED = {"tileDimensions", "timeDimensionExtent", "filters", "interpretation", "time"}
_DEEPEST_LEVEL = 18  # of XYZ layers that do not say theirs, as QGIS has it
_CACHE_BYTES = 4 * 2**30
_GAPS = "204,404"  # a tile that is not there is a gap in the picture, not a failure


class Connection:
    """What the connection of a layer says, key by key."""

    def __init__(self, layer: QgsRasterLayer) -> None:
        pairs = QUrlQuery(layer.source()).queryItems(QUrl.ComponentFormattingOption.FullyDecoded)
        self.kind = layer.providerType()
        self._values: dict[str, list[str]] = {}
        for key, value in pairs:
            self._values.setdefault(key, []).append(value)

    def __getitem__(self, key: str) -> str:
        return self._values.get(key, [""])[0]

    def every(self, key: str) -> list[str]:
        """All values of a key that may be repeated."""
        return self._values.get(key, [])

    def refuse_what_gdal_cannot(self) -> None:
        """Raises NotCarriedError for headers, times and filters that GDAL has no words for."""
        headers = {key.lower() for key in self._values if key.startswith(_HEADERS)}
        asked = {key for key in _NOT_CARRIED if self[key]}
        if asked or headers - _CARRIED_HEADERS or self["type"] not in ("", "xyz", "wms", "mbtiles"):
            raise NotCarriedError

    def header(self, name: str) -> str:
        """A header's value; QGIS before 3.26 keeps the referer by itself."""
        return self[_HEADERS + name] or self[name]


def describe(layer: QgsRasterLayer, credentials: Credentials, pixel: float | None) -> str:
    """The layer as text for GDAL's WMS, WMTS or WCS driver; secrets go to `credentials`.

    Args:
        layer: of the provider `wms` or `wcs`.
        credentials: gathers what must not stand in the text.
        pixel: side that pixels should have, in map units of the layer; the finest there is if None, and `DRAWN_GSD_M`
            where a server draws at any scale.

    Raises:
        NotCarriedError: the layer shows something that GDAL cannot ask for.
    """
    connection = Connection(layer)
    connection.refuse_what_gdal_cannot()
    login = credentials.login(connection["username"], connection["password"], connection["authcfg"])
    if connection.kind == "wcs":
        return _coverage(layer, connection, credentials, login)
    if connection["type"] == "mbtiles":
        return QUrl(connection["url"]).toLocalFile() or connection["url"]
    if connection["type"] == "xyz":
        return _tiles(connection, credentials, login, pixel)
    if connection["tileMatrixSet"]:
        return _tile_matrices(layer, connection, credentials, login, pixel)
    return _drawn(layer, connection, credentials, login, pixel)


def _tiles(connection: Connection, credentials: Credentials, login: str, pixel: float | None) -> str:
    address = re.sub(r"\{switch:([^,}]*)[^}]*\}", r"\1", connection["url"])
    if "{q}" in address:
        raise NotCarriedError
    from_below = "{-y}" in address
    # Secrets first: their values may hold braces.
    address = credentials.in_address(address)
    for ours, theirs in (("{x}", "${x}"), ("{y}", "${y}"), ("{-y}", "${y}"), ("{z}", "${z}")):
        address = address.replace(ours, theirs)
    deepest, shallowest = int(connection["zmax"] or _DEEPEST_LEVEL), int(connection["zmin"] or 0)
    side = _TILE * (2 if connection["tilePixelRatio"].startswith("2") else 1)
    level = max(shallowest, deepest - _steps_up(pixel, finest=2 * _WORLD / (side * 2**deepest)))
    return _block(
        "GDAL_WMS",
        _block("Service", _tag("ServerUrl", address), attributes=' name="TMS"'),
        _block(
            "DataWindow",
            *_corners(-_WORLD, _WORLD, _WORLD, -_WORLD),
            _tag("TileLevel", level),
            _tag("TileCountX", 1),
            _tag("TileCountY", 1),
            _tag("YOrigin", "bottom" if from_below else "top"),
        ),
        _tag("Projection", "EPSG:3857"),
        _tag("BlockSizeX", side),
        _tag("BlockSizeY", side),
        _tag("OverviewCount", max(0, level - shallowest)),
        _tag("BandsCount", 4),
        *_manners(connection, login),
    )


def _tile_matrices(
    layer: QgsRasterLayer, connection: Connection, credentials: Credentials, login: str, pixel: float | None
) -> str:
    address = connection["url"]
    if not re.search(r"(?i)service=wmts|wmtscapabilities\.xml", address):
        raise NotCarriedError  # a WMS that has tiles: QGIS asks for them in a way of its own
    resolutions = sorted(layer.dataProvider().nativeResolutions())  # map units a pixel, finest first
    level = []
    if pixel is not None and resolutions:
        nearest = min(resolutions, key=lambda resolution: abs(log(resolution / pixel)))
        level = [_tag("ZoomLevel", len(resolutions) - 1 - resolutions.index(nearest))]
    return _block(
        "GDAL_WMTS",
        _tag("GetCapabilitiesUrl", credentials.in_address(address)),
        _tag("Layer", connection["layers"]),
        *([_tag("Style", connection["styles"])] if connection["styles"] else []),
        _tag("TileMatrixSet", connection["tileMatrixSet"]),
        *([_tag("Format", connection["format"])] if connection["format"] else []),
        *level,
        _tag("BandsCount", 4),
        *_manners(connection, login),
    )


def _drawn(
    layer: QgsRasterLayer, connection: Connection, credentials: Credentials, login: str, pixel: float | None
) -> str:
    address = connection["url"]
    if address.split("?")[0].endswith(".xml"):
        raise NotCarriedError  # a document that says where the server is; QGIS has read it
    version, new = _version(layer, "1.3.0"), _version(layer, "1.3.0") >= "1.3"
    turned = layer.crs().hasAxisInverted() and new and not connection["IgnoreAxisOrientation"]
    turned = turned != bool(connection["InvertAxisOrientation"])
    seen_through = not re.search("jpe?g", connection["format"])
    extent = layer.extent()
    pixel = pixel or DRAWN_GSD_M / metres_per_unit(layer.crs(), extent)
    across, down = max(1, round(extent.width() / pixel)), max(1, round(extent.height() / pixel))
    right, bottom = extent.xMinimum() + across * pixel, extent.yMaximum() - down * pixel
    return _block(
        "GDAL_WMS",
        _block(
            "Service",
            _tag("Version", version),
            _tag("ServerUrl", _open_ended(credentials.in_address(_without_request(address)))),
            _tag("CRS" if new else "SRS", connection["crs"] or layer.crs().authid()),
            _tag("ImageFormat", connection["format"] or "image/png"),
            _tag("Transparent", str(seen_through).upper()),
            _tag("Layers", ",".join(quote(name, safe="") for name in connection.every("layers"))),
            _tag("Styles", ",".join(quote(name, safe="") for name in connection.every("styles"))),
            _tag("BBoxOrder", "yxYX" if turned else "xyXY"),
            attributes=' name="WMS"',
        ),
        _block(
            "DataWindow",
            *_corners(extent.xMinimum(), extent.yMaximum(), right, bottom),
            _tag("SizeX", across),
            _tag("SizeY", down),
        ),
        _tag("Projection", layer.crs().authid()),
        _tag("BandsCount", 4 if seen_through else 3),
        *_manners(connection, login),
    )


def _coverage(layer: QgsRasterLayer, connection: Connection, credentials: Credentials, login: str) -> str:
    provider = layer.dataProvider()
    gaps = [_tag("NoDataValue", repr(provider.sourceNoDataValue(1)))] if provider.sourceHasNoDataValue(1) else []
    return _block(
        "WCS_GDAL",
        _tag("ServiceURL", _open_ended(credentials.in_address(_without_request(connection["url"])))),
        _tag("Version", connection["version"] or _version(layer, "1.0.0")),
        _tag("CoverageName", connection["identifier"]),
        *([_tag("PreferredFormat", connection["format"])] if connection["format"] else []),
        *gaps,
        *([f"<UserPwd>{login}</UserPwd>"] if login else []),
    )


def _manners(connection: Connection, login: str) -> Iterable[str]:
    """What all tiled services share: gaps, the cache, who asks."""
    yield _tag("ZeroBlockHttpCodes", _GAPS)
    yield _block("Cache", _tag("Path", places.home() / "tiles"), _tag("MaxSize", _CACHE_BYTES))
    for tag, header in (("Referer", "referer"), ("UserAgent", "user-agent")):
        if connection.header(header):
            yield _tag(tag, connection.header(header))
    if login:
        yield f"<UserPwd>{login}</UserPwd>"


def _steps_up(pixel: float | None, *, finest: float) -> int:
    """Levels between the finest one and the one whose pixels are nearest to what is wanted."""
    return 0 if pixel is None else max(0, round(log(pixel / finest, 2)))


def _version(layer: QgsRasterLayer, otherwise: str) -> str:
    """The version that QGIS and the server agreed on; it is told nowhere but in the layer's information."""
    said = re.search(r">\s*(1\.\d\.\d)\s*<", layer.dataProvider().htmlMetadata())
    return said.group(1) if said else otherwise


def _without_request(address: str) -> str:
    """The address without what GDAL adds itself."""
    return re.sub(r"(?i)(?<=[?&])(service|request|version)=[^&]*(&|$)", "", address)


def _open_ended(address: str) -> str:
    """The address, ready for another parameter."""
    if address.endswith(("?", "&")):
        return address
    return address + ("&" if "?" in address else "?")


def _corners(left: float, top: float, right: float, bottom: float) -> Iterable[str]:
    yield _tag("UpperLeftX", repr(left))
    yield _tag("UpperLeftY", repr(top))
    yield _tag("LowerRightX", repr(right))
    yield _tag("LowerRightY", repr(bottom))


def _tag(name: str, content: object) -> str:
    return f"<{name}>{escape(str(content), quote=False)}</{name}>"


def _block(name: str, *inside: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{''.join(inside)}</{name}>"
