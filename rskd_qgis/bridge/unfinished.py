"""Distillations that were interrupted: each keeps its request in its folder until it is done.

Whether another process works in a folder at this moment is asked of the system: the backend locks `.work/lock`, and
the system lets go of that lock however the backend ends. The file alone says nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import json_files, places

from .errors import BackendError

_REQUEST = "request.json"


@dataclass(frozen=True)
class Unfinished:
    """A distillation that was interrupted.

    Attributes:
        folder: where its work lies.
        title: what it was called.
        spec: its description; the same again goes on from there. Layers' secrets are not in it.
        when: it was last at work.
    """

    folder: Path
    title: str
    spec: dict[str, Any]
    when: datetime


def remember(title: str, spec: Mapping[str, Any]) -> None:
    """Keeps the request of a distillation that is about to start; raises BackendError if its folder is not writable."""
    path = Path(spec["out"]) / _REQUEST
    request = {"title": title, "job": "distill", "spec": dict(spec)}
    # An older one that says the same stays: results that its run had finished are younger than it.
    if json_files.read(path) == request:
        return
    try:
        json_files.write(path, request)
    except OSError as error:
        message = QCoreApplication.translate("Unfinished", "“{path}” cannot be written: {reason}")
        hint = QCoreApplication.translate("Unfinished", "Free some space or choose another folder.")
        words = message.format(path=path.parent, reason=error.strerror or error)
        raise BackendError("output-unwritable", words, hint) from error


def withdraw(spec: Mapping[str, Any]) -> None:
    """Takes back the request of a distillation that was refused before it left any work."""
    folder = Path(spec["out"])
    if not _work(folder).exists():
        with suppress(OSError):
            (folder / _REQUEST).unlink()
            folder.rmdir()  # only if there is nothing else in it


def find() -> list[Unfinished]:
    """The interrupted distillations in RSKD's own folder of jobs, the latest first; none that is at work now."""
    try:
        folders = [folder for folder in places.jobs().iterdir() if (folder / _REQUEST).is_file()]
    except OSError:  # there is none yet
        return []
    found = [_read(folder) for folder in folders if not _is_done(folder) and not at_work(folder)]
    return sorted((one for one in found if one is not None), key=lambda one: one.when, reverse=True)


def forget(unfinished: Unfinished) -> None:
    """Deletes its folder with everything in it; raises OSError where that is not possible, or it is at work."""
    if at_work(unfinished.folder):
        words = QCoreApplication.translate("Unfinished", "another QGIS window is at work on it")
        raise OSError(errno.EBUSY, words, str(unfinished.folder))
    shutil.rmtree(unfinished.folder)


def at_work(folder: Path) -> bool:
    """Whether a backend process, of this QGIS or another, is at work in a distillation's folder."""
    try:
        lock = os.open(_work(folder) / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:  # Windows: there, and not to be opened
        return True
    try:
        return not _lockable(lock)
    finally:
        os.close(lock)


def _lockable(file: int) -> bool:
    """Whether nobody has locked the file, in the way in which the backend's `filelock` does."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _read(folder: Path) -> Unfinished | None:
    request = json_files.read(folder / _REQUEST)
    title, spec = request.get("title"), request.get("spec")
    if not isinstance(title, str) or not isinstance(spec, dict):
        return None
    when = max(path.stat().st_mtime for path in (folder / _REQUEST, _work(folder)) if path.exists())
    return Unfinished(folder, title, {**spec, "out": str(folder)}, datetime.fromtimestamp(when))


def _is_done(folder: Path) -> bool:
    metrics = folder / "metrics.json"
    return metrics.exists() and metrics.stat().st_mtime >= (folder / _REQUEST).stat().st_mtime


def _work(folder: Path) -> Path:
    return folder / ".work"
