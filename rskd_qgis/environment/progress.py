"""How far an installer is, read from its lines: those of uv and those of pip."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SIZE = r"\(([0-9.]+) ?([A-Za-z]+)\)"
_UV_BEGINS = re.compile(rf"Downloading ([A-Za-z0-9._-]+) {_SIZE}")
_UV_ENDS = re.compile(r"Downloaded ([A-Za-z0-9._-]+)")
_PIP = re.compile(rf"Downloading (?:\S*/)?([A-Za-z0-9._]+)-[0-9]\S*\.(?:whl|tar\.gz|zip) {_SIZE}")
_ALL_HERE = re.compile(r"Prepared \d+ package|Installing collected packages|Installed \d+ package")


class Progress:
    """Bytes of packages that are here and bytes in all, and which package is on its way.

    uv says a package's size when it begins to fetch it, and most begin at once: their sum is the total. pip fetches one
    after the other and cannot say what is still to come.

    Args:
        expected: bytes in all, for pip; 0 if not known.

    Attributes:
        done: bytes of packages that are here.
        current: the largest package on its way; empty if there is none.
    """

    def __init__(self, expected: int = 0) -> None:
        self._expected = expected
        self.done = 0
        self.current = ""
        self._coming: dict[str, int] = {}

    @property
    def total(self) -> int:
        """Never less than what was announced."""
        return max(self.done + sum(self._coming.values()), self._expected if self.done or self._coming else 0)

    def feed(self, line: str) -> bool:
        """Takes a line; True if it changed anything."""
        text = line.strip()
        if found := _PIP.fullmatch(text):
            self._arrived()
            self._coming[found.group(1)] = _bytes(found.group(2), found.group(3))
        elif found := _UV_BEGINS.fullmatch(text):
            self._coming[found.group(1)] = _bytes(found.group(2), found.group(3))
        elif found := _UV_ENDS.fullmatch(text):
            self.done += self._coming.pop(found.group(1), 0)
        elif _ALL_HERE.match(text):
            self._arrived()
            self._expected = 0
        else:
            return False
        self.current = max(self._coming, key=lambda name: self._coming[name], default="")
        return True

    def _arrived(self) -> None:
        self.done += sum(self._coming.values())
        self._coming.clear()


def _bytes(number: str, unit: str) -> int:
    return int(float(number) * _UNITS.get(unit.upper(), 1))
