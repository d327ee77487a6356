"""Which packages the backend needs: read from its project file, so that they are written down once.

QGIS's Python may be 3.9, which has no TOML reader. This one reads the three entries it needs, in the one form in which
they are written; anything else in them is an error, which a test would see before a user does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

RUN, TRAIN = "run", "train"
"""Tiers: what using a student needs; what distilling needs on top."""
TIERS = (RUN, TRAIN)

_ENTRY = re.compile(r'"([A-Za-z0-9][A-Za-z0-9._-]*)>=([0-9]+(?:\.[0-9]+)*)",?\s*(?:#.*)?')
# Distribution -> module, where one does not follow from the other.
_MODULES = {"pyyaml": "yaml"}
# torch pins these itself, to the versions of its own build: ours would contradict another CUDA's.
_OF_TORCH = ("nvidia-", "cuda-", "triton")


@dataclass(frozen=True)
class Requirement:
    """A package and the oldest version that will do."""

    name: str
    oldest: str

    @property
    def module(self) -> str:
        """The module to import."""
        return _MODULES.get(self.name, self.name.replace("-", "_"))

    def __str__(self) -> str:
        return f"{self.name}>={self.oldest}"

    def met_by(self, version: str) -> bool:
        """Whether an installed version will do; local parts such as `+cpu` do not count."""
        return release(version) >= release(self.oldest)


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at the end: `2.13.0+cpu` is (2, 13)."""
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version.strip())
    numbers = [int(number) for number in found.group().split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def of_tier(backend: Path, tier: str) -> list[Requirement]:
    """What a tier needs beyond the one before it.

    Raises:
        ValueError: the project file is not as expected.
    """
    section, key = ("project", "dependencies") if tier == RUN else ("project.optional-dependencies", tier)
    return [_requirement(entry) for entry in _array(backend / "pyproject.toml", section, key)]


def up_to(backend: Path, tier: str) -> list[Requirement]:
    """All that a tier needs."""
    return [requirement for below in TIERS[: TIERS.index(tier) + 1] for requirement in of_tier(backend, below)]


def pins(backend: Path) -> list[str]:
    """The tested versions, as lines of a constraints file."""
    lines = (backend / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", *_OF_TORCH))]


def _array(file: Path, section: str, key: str) -> list[str]:
    """The lines of `key = [` in `[section]`, up to `]`."""
    here, inside, found = "", False, []
    for raw in file.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if inside and line == "]":
            return found
        if inside:
            found.append(line)
        elif line.startswith("["):
            here = line.strip("[]")
        elif here == section and line == f"{key} = [":
            inside = True
    raise ValueError(f"{file}: no “{key}” in [{section}]")


def _requirement(line: str) -> Requirement:
    found = _ENTRY.fullmatch(line)
    if found is None:
        raise ValueError(f'not of the form "name>=version": {line}')
    return Requirement(found.group(1), found.group(2))
