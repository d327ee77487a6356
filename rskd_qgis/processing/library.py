"""Students of the library by their names, for forms."""

from __future__ import annotations

from pathlib import Path

from rskd_qgis import places


def students() -> dict[str, Path]:
    """Names and files, the newest first; of students of one name only the newest."""
    folder = places.students()
    if not folder.is_dir():  # QGIS asks at its start
        return {}
    from rskd_qgis.students import Library

    try:
        entries = Library(folder).entries()
    except OSError:
        return {}
    found: dict[str, Path] = {}
    for entry in entries:
        found.setdefault(entry.name, entry.path)
    return found
