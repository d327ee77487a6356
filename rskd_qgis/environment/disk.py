"""Space on disk: how much is free, what takes how much, and removing it so that nothing half-removed is left in use."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rskd_qgis import places
from rskd_qgis.bridge import unfinished

_REMOVED = ".removed-"
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)  # a folder of Windows that is another one's second name
_WRITTEN = ".written.json"  # beside each file of `layers/export.py`


@dataclass(frozen=True)
class Usage:
    """Something of RSKD's on disk.

    Attributes:
        kind: environment, python, downloads, tiles (of maps on the web), targets (a teacher's answers, kept with a
            distillation) or layers (written for a distillation, as GDAL cannot open them).
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


def _never() -> bool:
    return False


def usages(stopped: Callable[[], bool] = _never) -> list[Usage]:
    """What RSKD keeps; may take seconds, so from a background thread. Of a job at work nothing is listed.

    Where `stopped` says so, counting ends: what is not counted is not listed.
    """
    home, seen = places.home(), set()
    found = [("environment", folder.name, folder) for folder in _folders(places.environments())]
    found += [("python", "", home / "pythons"), ("downloads", "", home / "cache"), ("tiles", "", home / "tiles")]
    found += [kept for job in unfinished.folders() if not unfinished.at_work(job) for kept in _kept_with(job)]
    counted = []
    for kind, name, path in found:
        size = _size(path, seen, stopped) if path.is_dir() else None
        if stopped():
            break
        if size is not None:
            counted.append(Usage(kind, name, path, size))
    return counted


def _kept_with(job: Path) -> Iterator[tuple[str, str, Path]]:
    """What only makes a job quicker. An interrupted one goes on from the layers that were written for it."""
    mine = job.parent == places.jobs()
    targets, layers = job / "targets", job / "layers"
    if mine or _is_store(targets):
        yield "targets", job.name, targets
    if (mine or _is_written(layers)) and not unfinished.is_waiting(job):
        yield "layers", job.name, layers


def _is_store(folder: Path) -> bool:
    """Whether all in it is of the backend; in a folder that the user chose, something else may have the name."""
    names = _names(folder)
    return bool(names) and all(_is_answers(folder / name) for name in names)


def _is_answers(store: Path) -> bool:
    """Whole, or as far as a pass came that was stopped."""
    return (store / "targets.json").is_file() or (store / "parts").is_dir()


def _is_written(folder: Path) -> bool:
    """The same of layers that `layers/export.py` wrote."""
    names = _names(folder)
    return bool(names) and all(name.endswith(_WRITTEN) or f"{name}{_WRITTEN}" in names for name in names)


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()


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


def sweep(folder: Path, stopped: Callable[[], bool] = _never) -> None:
    """Removes what was set aside in `folder`, by an interrupted removal too.

    Asks `stopped` before each file; what is still there then goes with the next removal.
    """
    for left in _folders(folder, hidden=True):
        if left.name.startswith(_REMOVED):
            _delete(left, stopped)


def swept() -> list[Path]:
    """Folders in which something may have been set aside."""
    return [places.environments(), *unfinished.folders()]


def _folders(folder: Path, *, hidden: bool = False) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and (hidden or not entry.name.startswith(".")))


def _free_name(folder: Path) -> Path:
    number = 1
    while (aside := folder.with_name(f"{_REMOVED}{folder.name}-{number}")).exists():
        number += 1
    return aside


def _delete(path: Path, stopped: Callable[[], bool]) -> None:
    """What is in use stays, and the folders that it lies in."""
    if stopped():
        return
    if not _is_own_folder(path):
        _without_protection(path, os.unlink)
        return
    for name in _names(path):
        _delete(path / name, stopped)
    if not stopped():
        _without_protection(path, os.rmdir)


def _is_own_folder(path: Path) -> bool:
    """No link to one."""
    try:
        facts = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and getattr(facts, "st_reparse_tag", 0) != _JUNCTION


def _without_protection(path: Path, remove: Callable[[Path], None]) -> None:
    with suppress(OSError):
        try:
            remove(path)
        except PermissionError:  # Windows: read-only files
            path.chmod(stat.S_IRWXU)
            remove(path)


def _size(folder: Path, seen: set[tuple[int, int]], stopped: Callable[[], bool]) -> int:
    total = 0
    for entry in _files(folder):
        if stopped():
            break
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
