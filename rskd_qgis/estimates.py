"""What things take on this machine: measured once, kept, corrected after each run.

<home>/measured.json     {"<machine>": {"<bands>/<classes>": {"<student>": {"milliseconds": …, "megabytes": …,
                                                                        "on": "<date>"}}}}
<home>/durations.json    {"<machine>": [share of the asked minutes that the last distillations took]}
"""

from __future__ import annotations

import os
import statistics
from datetime import date
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QSysInfo

from . import json_files, places, settings

_REMEMBERED = 5
"""Distillations whose duration is remembered."""


def machine() -> str:
    """This machine as far as speed goes: a folder of RSKD may be shared by several."""
    return f"{QSysInfo.machineHostName()} {os.cpu_count()} {settings.threads()}"


class Measured:
    """Speed and size of students for one number of bands and classes on this machine."""

    def __init__(self, bands: int, classes: int) -> None:
        self._sizes = f"{bands}/{classes}"

    def of(self, student: str) -> dict[str, Any]:
        """`milliseconds` (per megapixel), `megabytes` and the day `on` which; empty where it was not measured."""
        return self.all().get(student, {})

    def all(self) -> dict[str, dict[str, Any]]:
        """Everything that was measured, by student."""
        kept = _inside(json_files.read(_file("measured")), machine(), self._sizes)
        return {name: values for name, values in kept.items() if _sound(values)}

    def note(self, student: str, milliseconds: float, megabytes: float) -> None:
        """Keeps a measurement; where the disk refuses, it is made again another time."""
        self._keep({student: {"milliseconds": milliseconds, "megabytes": megabytes}})

    def note_rows(self, rows: list[dict[str, Any]]) -> None:
        """Keeps the backend's answer to `students` with `benchmark`."""
        self._keep(
            {
                row["name"]: {"milliseconds": row["milliseconds_per_megapixel"], "megabytes": row["megabytes"]}
                for row in rows
                if row.get("milliseconds_per_megapixel")
            }
        )

    def _keep(self, found: dict[str, dict[str, Any]]) -> None:
        found = {name: {**values, "on": date.today().isoformat()} for name, values in found.items()}
        data = json_files.read(_file("measured"))
        kept = {**_inside(data, machine(), self._sizes), **found}
        _write("measured", {**data, machine(): {**_inside(data, machine()), self._sizes: kept}})


def expected_seconds(minutes: float) -> float:
    """What a distillation with this budget will take, as the last ones did."""
    return 60 * minutes * (statistics.median(_shares()) if _shares() else 1.0)


def note_duration(minutes: float, seconds: float) -> None:
    """Keeps how long a distillation took that was never paused."""
    if minutes > 0 and seconds > 0:
        shares = [*_shares(), seconds / (60 * minutes)][-_REMEMBERED:]
        _write("durations", {**json_files.read(_file("durations")), machine(): shares})


def seconds_of_area(milliseconds: float, gsd: float, square_kilometres: float = 100) -> float:
    """What a student takes for an area, from its milliseconds per megapixel and the metres of a pixel."""
    return milliseconds / 1000 * square_kilometres / gsd**2


def _shares() -> list[float]:
    kept = json_files.read(_file("durations")).get(machine())
    return [share for share in kept if isinstance(share, float) and share > 0] if isinstance(kept, list) else []


def _sound(values: Any) -> bool:
    keys = ("milliseconds", "megabytes")
    return isinstance(values, dict) and all(isinstance(values.get(key), (int, float)) for key in keys)


def _inside(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, dict) else {}
    return data


def _file(name: str) -> Path:
    return places.home() / f"{name}.json"


def _write(name: str, data: dict[str, Any]) -> None:
    try:
        json_files.write(_file(name), data)
    except OSError:
        return  # an estimate less
