"""Space on disk: how much is free, what takes how much, and removing it so that nothing half-removed is left in use."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rskd_qgis import places

_REMOVED = ".removed-"


@dataclass(frozen=True)
class Usage:
    """Something of RSKD's on disk.

    Attributes:
        kind: environment, python, downloads or targets (a teacher's answers, kept with a distillation).
        name: which one.
        path: its folder.
        size: in bytes; files that two folders share count once, for the first.
    """

    kind: str
    name: str
    path: Path
    size: int


def free(folder: Path) -> int:
    """Bytes that are free where `folder` is or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def usages() -> list[Usage]:
    """What RSKD keeps; may take seconds, so from a background thread. Of a job at work nothing is listed."""
    home, seen = places.home(), set()
    found = [("environment", folder.name, folder) for folder in _folders(places.environments())]
    found += [("python", "", home / "pythons"), ("downloads", "", home / "cache")]
    found += [("targets", job.name, job / "targets") for job in _folders(places.jobs()) if not at_work(job)]
    return [Usage(kind, name, path, _size(path, seen)) for kind, name, path in found if path.is_dir()]


def at_work(job: Path) -> bool:
    """Whether a distillation holds its folder: the backend locks a file in it as long as it runs."""
    lock = job / ".work" / "lock"
    if not lock.is_file():
        return False
    try:
        with lock.open("r+b") as file:
            _try_lock(file.fileno())
    except OSError:
        return True
    return False


def _try_lock(number: int) -> None:
    """Takes and gives back the lock of an open file. Raises OSError if somebody else has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(number, fcntl.LOCK_UN)


def set_aside(folder: Path) -> None:
    """Takes a folder out of use in one step; `sweep` of its parent then removes it at leisure.

    Raises:
        OSError: it cannot be moved, as a program still uses it; all of it is still there.
    """
    if folder.exists() or folder.is_symlink():
        folder.replace(_free_name(folder))


def remove(folder: Path) -> None:
    """Both at once. Raises OSError as `set_aside` does."""
    set_aside(folder)
    sweep(folder.parent)


def sweep(folder: Path) -> None:
    """Removes what was set aside in `folder`, by an interrupted removal too."""
    for left in _folders(folder, hidden=True):
        if left.name.startswith(_REMOVED):
            _delete(left)


def swept() -> list[Path]:
    """Folders in which something may have been set aside."""
    return [places.environments(), *_folders(places.jobs())]


def _folders(folder: Path, *, hidden: bool = False) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and (hidden or not entry.name.startswith(".")))


def _free_name(folder: Path) -> Path:
    number = 1
    while (aside := folder.with_name(f"{_REMOVED}{folder.name}-{number}")).exists():
        number += 1
    return aside


def _delete(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
        return

    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # Windows: read-only files; what is still in use is swept by the next removal
        for entry in _files(folder):
            with suppress(OSError):
                Path(entry.path).chmod(stat.S_IRWXU)
        shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path, seen: set[tuple[int, int]]) -> int:
    total = 0
    for entry in _files(folder):
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone since
        # Windows gives no inode here without opening the file; what is shared then counts twice.
        if facts.st_ino == 0 or (facts.st_dev, facts.st_ino) not in seen:
            seen.add((facts.st_dev, facts.st_ino))
            total += facts.st_size
    return total


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                else:
                    yield entry
    except OSError:
        return
