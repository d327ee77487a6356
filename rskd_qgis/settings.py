"""What the user has settled once: a typed accessor a setting. No other file says `QgsSettings`.

Numbers and paths are stored as text: what QgsSettings gives back for other types depends on the Qt version.
"""

from __future__ import annotations

from qgis.core import QgsSettings

_PREFIX = "rskd/"


def python() -> str:
    """The interpreter that runs the backend; empty as long as none was set up or chosen."""
    return _text("python")


def set_python(path: str) -> None:
    """Remembers the interpreter."""
    _store("python", path)


def python_is_ours() -> bool:
    """Whether that interpreter is an environment that RSKD made, and may install into and remove."""
    return _text("python_is_ours") == "yes"


def set_python_is_ours(ours: bool) -> None:
    """Remembers whose environment it is; one that the user chose is never written to without asking."""
    _store("python_is_ours", "yes" if ours else "")


def minutes() -> int:
    """Time that a distillation may take, in minutes."""
    return int(_text("minutes") or 10)


def set_minutes(minutes: int) -> None:
    """Remembers the budget for the next distillation."""
    _store("minutes", str(minutes))


def threads() -> int:
    """Processor threads for the backend; 0 leaves the choice to it."""
    return int(_text("threads") or 0)


def set_threads(threads: int) -> None:
    """Remembers the number of threads."""
    _store("threads", str(threads))


def folder(what: str) -> str:
    """Where the user last chose a file of this sort (`teacher`, `student`, `wheels`, `out`); empty at first."""
    return _text(f"folders/{what}")


def set_folder(what: str, path: str) -> None:
    """Remembers where the user looked."""
    _store(f"folders/{what}", path)


def _text(name: str) -> str:
    return str(QgsSettings().value(_PREFIX + name, "") or "")


def _store(name: str, value: str) -> None:
    QgsSettings().setValue(_PREFIX + name, value)
