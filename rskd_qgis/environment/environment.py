"""The backend's environment: which one is in use, where RSKD keeps its own.

RSKD's own is made in its final place, not in a staging folder: an environment's scripts and `pyvenv.cfg` hold its
absolute path, Windows refuses to rename a folder that a virus scanner is reading, and an interrupted installation goes
on where it was. It counts only once a probe has found it whole: until then the settings do not name it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rskd_qgis import places, settings

from . import disk, python

_NAME = "backend"
_LONGEST_PATH = 259
_LONGEST_INSIDE = 180
"""The longest path that torch's packages have below an environment, with `Lib\\site-packages`."""


@dataclass(frozen=True)
class Environment:
    """An interpreter for the backend, and whether RSKD made its environment and may change it."""

    python: Path
    ours: bool

    @property
    def folder(self) -> Path:
        """The environment's folder."""
        return Path(python.folder_of(self.python))


def current() -> Environment | None:
    """What the settings name, whether or not it still works; None if nothing was set up or chosen."""
    path = settings.python()
    return Environment(Path(path), settings.python_is_ours()) if path else None


def use(environment: Environment | None) -> None:
    """Remembers it for all QGIS windows of this profile; None forgets."""
    settings.set_python(str(environment.python) if environment else "")
    settings.set_python_is_ours(bool(environment and environment.ours))


def own_folder() -> Path:
    """Where RSKD's own environment lies, finished or not."""
    return places.environments() / _NAME


def own_python() -> Path:
    """Its interpreter."""
    return Path(python.interpreter_in(own_folder())[0])


def unfinished() -> bool:
    """Whether an installation was interrupted: a folder that is not in use."""
    environment = current()
    return own_folder().exists() and (environment is None or environment.folder != own_folder())


def holds(package: str) -> bool:
    """Whether a package's folder lies in RSKD's own environment, even if its Python no longer runs."""
    libraries = [*own_folder().glob("lib/python*/site-packages"), own_folder() / "Lib" / "site-packages"]
    return any((folder / package).is_dir() for folder in libraries)


def remove() -> None:
    """Takes RSKD's own environment out of use at once; `disk.sweep(places.environments())` frees the space.

    Raises:
        OSError: it is in use; nothing has changed.
    """
    disk.set_aside(own_folder())
    environment = current()
    if environment is not None and environment.ours:
        use(None)


def too_deep(folder: Path, system: str = sys.platform, *, long_paths: bool | None = None) -> bool:
    """Whether paths below `folder` would be too long for this Windows; never elsewhere."""
    if system != "win32" or len(str(folder)) + _LONGEST_INSIDE <= _LONGEST_PATH:
        return False
    return not (_long_paths() if long_paths is None else long_paths)


def _long_paths() -> bool:
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False
