"""Distillations that were interrupted: each keeps its request in its folder until it is done.

Whether another process works in a folder at this moment is asked of the system: the backend locks `.work/lock`, and
the system lets go of that lock however the backend ends. The file alone says nothing.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import json_files, locks, places

from .errors import BackendError

_REQUEST, _RESULT, _END = "request.json", "metrics.json", "ended.json"
PAUSED, STOPPED, FAILED = "paused", "stopped", "failed"
"""How a distillation ended that is not done."""

_ELSEWHERE = ".elsewhere-"
"""Files that begin so, in RSKD's folder of jobs, each name a folder that the user chose for a distillation."""


@dataclass(frozen=True)
class Unfinished:
    """A distillation that was interrupted.

    Attributes:
        folder: where its work lies.
        title: what it was called.
        spec: its description; the same again goes on from there. Layers' secrets are not in it.
        when: it was last at work.
        ended: `PAUSED`, `STOPPED` or `FAILED`; empty where it had no time to say, in a crash for instance.
    """

    folder: Path
    title: str
    spec: dict[str, Any]
    when: datetime
    ended: str = ""


def remember(title: str, spec: Mapping[str, Any]) -> None:
    """Keeps the request of a distillation that is about to start; raises BackendError if its folder is not writable."""
    folder = Path(spec["out"])
    if at_work(folder):  # it will be refused; the request there is the other run's
        return
    with suppress(OSError):
        (folder / _END).unlink()
    path = folder / _REQUEST
    request = {"title": title, "job": "distill", "spec": dict(spec)}
    # An older one that says the same stays: results that its run had finished are younger than it.
    if json_files.read(path) == request:
        return
    try:
        json_files.write(path, request)
        if folder.parent != places.jobs():
            json_files.write(_pointer(folder), {"folder": str(folder)})
    except OSError as error:
        message = QCoreApplication.translate("Unfinished", "“{path}” cannot be written: {reason}")
        hint = QCoreApplication.translate("Unfinished", "Free some space or choose another folder.")
        words = message.format(path=path.parent, reason=error.strerror or error)
        raise BackendError("output-unwritable", words, hint) from error


def note_end(spec: Mapping[str, Any], ended: str) -> None:
    """Keeps how a distillation ended that is not done, for who reads of it later."""
    folder = Path(spec["out"])
    if is_waiting(folder):
        with suppress(OSError):  # it is offered all the same
            json_files.write(folder / _END, {"ended": ended})


def withdraw(spec: Mapping[str, Any]) -> None:
    """Takes back the request of a distillation that was refused before it left any work."""
    folder = Path(spec["out"])
    if not _work(folder).exists():
        with suppress(OSError):
            (folder / _REQUEST).unlink()
            folder.rmdir()  # only if there is nothing else in it
        _drop_pointer(folder)


def find() -> list[Unfinished]:
    """The interrupted distillations, in RSKD's folder of jobs and elsewhere, the latest first; none at work now."""
    found = [_read(folder) for folder in folders() if is_waiting(folder) and not at_work(folder)]
    return sorted((one for one in found if one is not None), key=lambda one: one.when, reverse=True)


def forget(unfinished: Unfinished) -> None:
    """Deletes its folder; raises OSError where that is not possible, or it is at work.

    What else lies there stays: results of an earlier run, and the user's own files in a folder that the user chose.
    """
    if at_work(unfinished.folder):
        words = QCoreApplication.translate("Unfinished", "another QGIS window is at work on it")
        raise OSError(errno.EBUSY, words, str(unfinished.folder))
    folder = unfinished.folder
    if folder.parent == places.jobs() and not (folder / _RESULT).exists():
        shutil.rmtree(folder)
        return
    for part in (_work(folder), folder / "targets"):
        if part.exists():
            shutil.rmtree(part)
    for note in (_REQUEST, _END):
        if (folder / note).exists():
            (folder / note).unlink()
    _drop_pointer(folder)
    with suppress(OSError):
        folder.rmdir()  # only if there is nothing else in it


def at_work(folder: Path) -> bool:
    """Whether a backend process, of this QGIS or another, is at work in a distillation's folder."""
    return locks.held(_work(folder) / "lock")


def is_waiting(folder: Path) -> bool:
    """Whether a distillation was begun in it and is not done: it needs what lies there to go on."""
    return (folder / _REQUEST).is_file() and not _is_done(folder)


def folders() -> list[Path]:
    """Of all distillations: RSKD's own, and those that the user chose, as far as they are there."""
    try:
        entries = sorted(places.jobs().iterdir())
    except OSError:  # there is none yet
        return []
    return [folder for folder in map(_meant, entries) if folder.is_dir() and not folder.name.startswith(".")]


def _read(folder: Path) -> Unfinished | None:
    request = json_files.read(folder / _REQUEST)
    title, spec = request.get("title"), request.get("spec")
    if not isinstance(title, str) or not isinstance(spec, dict):
        return None
    when = max(path.stat().st_mtime for path in (folder / _REQUEST, _work(folder)) if path.exists())
    ended = str(json_files.read(folder / _END).get("ended", ""))
    return Unfinished(folder, title, {**spec, "out": str(folder)}, datetime.fromtimestamp(when), ended)


def _is_done(folder: Path) -> bool:
    metrics = folder / _RESULT
    return metrics.exists() and metrics.stat().st_mtime >= (folder / _REQUEST).stat().st_mtime


def _meant(entry: Path) -> Path:
    """A job's folder, from what stands for it among the jobs."""
    return Path(json_files.read(entry).get("folder", entry)) if entry.name.startswith(_ELSEWHERE) else entry


def _pointer(folder: Path) -> Path:
    return places.jobs() / f"{_ELSEWHERE}{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.json"


def _drop_pointer(folder: Path) -> None:
    with suppress(OSError):
        _pointer(folder).unlink()


def _work(folder: Path) -> Path:
    return folder / ".work"
