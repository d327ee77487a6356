"""Interpreters: where they lie in an environment, and which of this machine can carry the backend.

Paths are pure functions of the system's name (`sys.platform`), so that one system can test all three.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from qgis.core import QgsFeedback

from . import command

OLDEST, NEWEST = (3, 11), (3, 14)
"""Versions that the backend's packages have wheels for."""
PREFERRED = ((3, 12), (3, 11), (3, 13), (3, 14))

_DROPPED = ("PYTHON", "QT_", "GDAL_", "PROJ_", "OGR_", "CPL_", "CONDA_", "LD_", "DYLD_")
_DROPPED_WHOLE = {"VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "OSGEO4W_ROOT", "O4W_QT_PREFIX", "PIP_TARGET", "PIP_USER"}
# Asks an interpreter who it is. `bits`: there are no wheels for 32-bit systems.
_WHO = (
    "import importlib.util as u, json, struct, sys; print(json.dumps({'path': sys.executable,"
    " 'version': sys.version_info[:3],"
    " 'bits': struct.calcsize('P') * 8, 'name': sys.implementation.name,"
    " 'venv': bool(u.find_spec('venv') and u.find_spec('ensurepip'))}))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python that answered."""

    path: Path
    version: tuple[int, int, int]
    can_venv: bool
    """Whether `python -m venv` would work: Debian keeps its parts in a package of their own."""


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The process environment without what QGIS sets for its own Python, Qt, GDAL and PROJ."""
    return {
        name: value
        for name, value in environ.items()
        if name.upper() not in _DROPPED_WHOLE and not name.upper().startswith(_DROPPED)
    }


def interpreter_in(folder: PurePath, system: str = sys.platform) -> list[PurePath]:
    """Where an environment may keep its interpreter, likeliest first: a venv's place, then conda's."""
    if system == "win32":
        return [folder / "Scripts" / "python.exe", folder / "python.exe"]
    return [folder / "bin" / "python", folder / "bin" / "python3"]


def of_choice(chosen: Path) -> Path | None:
    """The interpreter that a user means by a file or by an environment's folder; None if there is none."""
    if chosen.is_file():
        return chosen
    return next((Path(place) for place in interpreter_in(chosen) if Path(place).is_file()), None)


def folder_of(python: PurePath, system: str = sys.platform) -> PurePath:
    """The environment's folder, seen from its interpreter."""
    beside = python.parent
    in_conda_on_windows = system == "win32" and beside.name.lower() != "scripts"
    return beside if in_conda_on_windows else beside.parent


def candidates(system: str, environ: Mapping[str, str], registered: Iterable[str] = ()) -> list[PurePath]:
    """Where this system may keep a Python, likeliest first; nothing is looked up but folders that list versions.

    Args:
        system: as `sys.platform`.
        environ: the process environment.
        registered: interpreters that the Windows registry knows (PEP 514).
    """
    found = _on_windows(environ, registered) if system == "win32" else _on_unix(system, environ)
    # The Microsoft Store's Python writes to a shadow of %LOCALAPPDATA% that QGIS does not see.
    return list(dict.fromkeys(path for path in found if "WindowsApps" not in path.parts))


def _on_windows(environ: Mapping[str, str], registered: Iterable[str]) -> Iterator[PurePath]:
    yield from (PureWindowsPath(path) for path in registered)
    for folder in environ.get("PATH", "").split(";"):
        if folder:
            yield PureWindowsPath(folder) / "python.exe"
    for root in ("LOCALAPPDATA", "USERPROFILE", "PROGRAMDATA"):
        for name in ("miniforge3", "miniconda3", "anaconda3"):
            if environ.get(root):
                yield PureWindowsPath(environ[root]) / name / "python.exe"


def _on_unix(system: str, environ: Mapping[str, str]) -> Iterator[PurePath]:
    home = PurePosixPath(environ.get("HOME", "/"))
    folders = [PurePosixPath(folder) for folder in environ.get("PATH", "").split(":") if folder]
    # An application started from the Dock or a menu does not have the terminal's PATH.
    folders += [home / ".local" / "bin", PurePosixPath("/opt/homebrew/bin"), PurePosixPath("/usr/local/bin")]
    folders += [PurePosixPath("/usr/bin")]
    names = [f"python{major}.{minor}" for major, minor in PREFERRED]
    yield from (folder / name for name in names for folder in folders)
    if system == "darwin":
        versions = PurePosixPath("/Library/Frameworks/Python.framework/Versions")
        yield from (versions / name[len("python") :] / "bin" / "python3" for name in names)
    yield from (folder / "python3" for folder in folders)
    for name in ("miniforge3", "mambaforge", "miniconda3", "anaconda3"):
        yield home / name / "bin" / "python"
    pyenv = Path(home / ".pyenv" / "versions")
    if pyenv.is_dir():
        yield from (PurePosixPath(version / "bin" / "python") for version in sorted(pyenv.iterdir()))


def of_qgis(system: str = sys.platform, base: str = sys.base_prefix) -> list[PurePath]:
    """The python executable beside QGIS's libraries: never `sys.executable`, which may be QGIS itself."""
    if system == "win32":
        return [PureWindowsPath(base) / "python.exe"]
    return [PurePosixPath(base) / "bin" / "python3"]


def registered() -> list[str]:
    """Interpreters in the Windows registry (PEP 514); empty elsewhere."""
    if sys.platform != "win32":
        return []
    import winreg

    found = []
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        for company in _keys(winreg, root, "Software\\Python"):
            for tag in _keys(winreg, root, f"Software\\Python\\{company}"):
                try:
                    with winreg.OpenKey(root, f"Software\\Python\\{company}\\{tag}\\InstallPath") as key:
                        found.append(str(PureWindowsPath(winreg.QueryValue(key, None)) / "python.exe"))
                except OSError:
                    continue  # an entry that an uninstaller left half behind
    return found


def _keys(winreg: object, root: object, path: str) -> list[str]:
    try:
        with winreg.OpenKey(root, path) as key:
            return [winreg.EnumKey(key, number) for number in range(winreg.QueryInfoKey(key)[0])]
    except OSError:
        return []


def ask(path: Path, feedback: QgsFeedback) -> Interpreter | None:
    """Runs a Python and hears who it is; None if it does not run, or is not one that the backend can use."""
    answer = command.output([str(path), "-I", "-c", _WHO], clean_environment(), feedback)
    try:
        who = json.loads(answer)
        version = tuple(who["version"])
    except (ValueError, KeyError, TypeError):
        return None
    if not OLDEST <= version[:2] <= NEWEST or who["bits"] != 64 or who["name"] != "cpython":
        return None
    # What it calls itself: the path that was asked may be a shim that picks another one tomorrow.
    return Interpreter(Path(who["path"] or path), version, who["venv"])


def find(feedback: QgsFeedback, *, for_venv: bool) -> Interpreter | None:
    """The first Python of this machine that can carry the backend, QGIS's own last.

    Args:
        feedback: cancels.
        for_venv: it must be able to make an environment by itself (there is no uv).
    """
    places = candidates(sys.platform, os.environ, registered()) + of_qgis()
    for place in places:
        path = shutil.which(str(place))  # exists and may be run
        interpreter = ask(Path(path), feedback) if path else None
        if interpreter is not None and (interpreter.can_venv or not for_venv):
            return interpreter
    return None
