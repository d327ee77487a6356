"""Names for folders, and names that tell layers apart."""

from __future__ import annotations

import re
import unicodedata

from rskd_qgis.names import free


def slug(text: str) -> str:
    """Letters, digits and dashes only, at most forty: a folder name on every system."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:40].rstrip("-") or "layer"


def distinct(names: list[str]) -> list[str]:
    """The names, those that come again with a number behind."""
    taken: list[str] = []
    for name in names:
        taken.append(free(name, taken))
    return taken
