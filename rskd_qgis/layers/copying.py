"""Files that QGIS deletes when it closes, copied to where a job that is resumed later still finds them."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from qgis.core import QgsFeedback, QgsProcessingUtils

from rskd_qgis import json_files
from rskd_qgis.bridge.errors import Stopped

from .failures import unreadable, unwritable

_PIECE = 1 << 23  # bytes between two looks at whether it is to stop
_PER_SECOND = 100.0  # megabytes that any disk copies


def is_temporary(path: Path) -> bool:
    """Whether it lies where QGIS keeps results for this session only."""
    session = Path(QgsProcessingUtils.tempFolder()).resolve()
    return path.is_absolute() and session in path.resolve().parents


class Copy:
    """A layer's file and those beside it that belong to it; the same to callers as an `Export`."""

    pixels = 0

    def __init__(self, name: str, source: Path, destination: Path) -> None:
        self.name, self.destination = name, destination
        self._source = source
        self._files = {one: _beside(one, source, destination) for one in _together(source)}
        self.megabytes = sum(one.stat().st_size for one in self._files) / 1e6
        self.seconds = self.megabytes / _PER_SECOND

    def run(self, feedback: QgsFeedback) -> Path:
        """Copies, unless the same is there already; blocks.

        Raises:
            BackendError: `output-unwritable`, `layer-unreadable`.
            Stopped: cancelled through `feedback`; nothing unfinished is left behind.
        """
        note = self.destination.with_name(f"{self.destination.name}.copied.json")
        try:
            key = self._key()
        except OSError as error:
            raise unreadable(self.name, error.strerror or str(error)) from error
        if json_files.read(note) == key and all(target.exists() for target in self._files.values()):
            return self.destination
        try:
            self.destination.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                note.unlink()
            for source, target in self._files.items():
                _copy(source, target, feedback)
            note.write_text(json.dumps(key), encoding="utf-8")
        except OSError as error:
            raise unwritable(self.destination, error.strerror or str(error)) from error
        return self.destination

    def _key(self) -> dict[str, Any]:
        # As JSON gives it back: times are whole numbers.
        kept = {str(one): [one.stat().st_size, one.stat().st_mtime_ns] for one in self._files}
        return {"source": str(self._source), "files": kept}


def _together(source: Path) -> list[Path]:
    """The file first; `map.tif.aux.xml`, `fields.dbf` and a database's `-wal` belong to it."""
    others = (one for one in source.parent.iterdir() if one != source and one.is_file())
    return [source, *sorted(one for one in others if one.name.startswith((f"{source.stem}.", f"{source.name}-")))]


def _beside(one: Path, source: Path, destination: Path) -> Path:
    return destination.with_name(destination.stem + one.name[len(source.stem) :])


def _copy(source: Path, target: Path, feedback: QgsFeedback) -> None:
    unfinished = target.with_name(f"unfinished-{target.name}")
    try:
        with source.open("rb") as read, unfinished.open("wb") as written:
            while piece := read.read(_PIECE):
                if feedback.isCanceled():
                    raise Stopped
                written.write(piece)
        shutil.copystat(source, unfinished)
        unfinished.replace(target)
    finally:
        with suppress(OSError):
            unfinished.unlink()
