"""Passwords and tokens of layers: a job holds `{secret:NAME}`, GDAL gets the value, nobody else does.

The process is told the values once (`provide`); `reveal` puts them into a path at the moment GDAL opens it, and
`conceal` takes them out of whatever GDAL says. Values that stand in an address must come percent-encoded.
"""

from __future__ import annotations

import html
import json
import logging
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from rskd.errors import JobInvalid

_PLACEHOLDER = re.compile(r"\{secret:([^{}]*)\}")

_values: dict[str, str] = {}
_written: dict[str, str] = {}
"""Every way in which a value may be written, and the placeholder that stands for it; the longest first."""


def provide(secrets: Mapping[str, str]) -> None:
    """Gives this process the values of all placeholders, in the place of earlier ones.

    With values to keep, GDAL's own messages no longer go to stderr, and what is logged is concealed.
    """
    written = {way: f"{{secret:{name}}}" for name, value in secrets.items() if value for way in _ways_of_writing(value)}
    _values.clear()
    _values.update(secrets)
    _written.clear()
    _written.update(sorted(written.items(), key=lambda one: -len(one[0])))
    if _written:
        # What GDAL says outside of rasterio's hands it prints, addresses and all.
        os.environ["CPL_LOG"] = os.devnull
        _conceal_logs()


def _ways_of_writing(value: str) -> set[str]:
    plain = {value, html.escape(value), html.escape(value, quote=False), quote(value, safe=""), unquote(value)}
    # As a text inside a line of JSON.
    return plain | {json.dumps(way, ensure_ascii=ascii_only)[1:-1] for way in plain for ascii_only in (True, False)}


def reveal(path: str) -> str:
    """`path` with its placeholders filled, escaped where the path is an XML text.

    Raises:
        JobInvalid: a placeholder without a value.
    """
    if "{secret:" not in path:
        return path
    missing = [name for name in _PLACEHOLDER.findall(path) if name not in _values]
    if missing:
        message = f"A layer needs a password or token that only QGIS has ({', '.join(missing)})."
        raise JobInvalid(message, "Start this job from the RSKD panel in QGIS.", secrets=missing)
    is_xml = path.lstrip().startswith("<")
    return _PLACEHOLDER.sub(lambda found: html.escape(_values[found[1]]) if is_xml else _values[found[1]], path)


def conceal(text: str) -> str:
    """`text` with every secret value replaced by its placeholder."""
    for value, placeholder in _written.items():
        text = text.replace(value, placeholder)
    return text


def concealed(data: Any) -> Any:
    """JSON data with every text in it concealed; keys stay: they are ours, whatever a password is."""
    if not _written:
        return data
    if isinstance(data, str):
        return conceal(data)
    if isinstance(data, Mapping):
        return {key: concealed(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [concealed(value) for value in data]
    return data


def _conceal_logs() -> None:
    """Warnings and log records of libraries quote GDAL too."""
    if isinstance(logging.getLogRecordFactory(), _Concealing):
        return
    logging.setLogRecordFactory(_Concealing(logging.getLogRecordFactory()))
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(logging.StreamHandler())


class _Concealing:
    """Makes log records whose message is concealed."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __call__(self, *args: Any, **keywords: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._make(*args, **keywords)
        record.msg, record.args = conceal(record.getMessage()), ()
        return record
