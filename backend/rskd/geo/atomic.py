"""Results appear whole or not at all: written beside their final name, renamed when done.

    with atomic_path("out/metrics.json") as part:
        part.write_text(...)          # a failure leaves the old metrics.json, and nothing else

The unfinished file is `.metrics.<process id>.part.json`. A killed run cannot take its own away; the next one that
writes the same result does.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rskd.errors import OutputUnwritable


@contextmanager
def atomic_path(path: str | Path, companions: Sequence[str] = ()) -> Iterator[Path]:
    """Yields a name to write to in the same folder; on success the file takes the place of `path`.

    Args:
        path: the final name; missing folders are made.
        companions: endings of files that belong to it (“.aux.xml”). Those written beside the yielded name go with it,
            old ones beside `path` are removed.

    Raises:
        OutputUnwritable: also in place of an OSError of the body, unless that names another file.
    """
    path = Path(path)
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    with _unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path, abandoned=True)
        # Says at once, and in the system's words, if nothing can be written here; libraries call that many names.
        part.touch()
        part.unlink()
    try:
        with _unwritable(path, only=part):
            yield part
        with _unwritable(path):
            _reach_the_disk(part)
            part.replace(path)
            for ending in companions:
                _bring(part.with_name(part.name + ending), path.with_name(path.name + ending))
    finally:
        _sweep(path)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Writes a file whole or not at all. Raises OutputUnwritable."""
    with atomic_path(path) as part:
        part.write_bytes(data)


def write_text(path: str | Path, text: str) -> None:
    """Writes a UTF-8 file whole or not at all, line ends as they are. Raises OutputUnwritable."""
    write_bytes(path, text.encode())


@contextmanager
def _unwritable(path: Path, *, only: Path | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if only is not None and error.filename is not None and not str(error.filename).startswith(str(only)):
            raise  # says something about another file
        raise OutputUnwritable(str(path), error.strerror or str(error)) from error


def _reach_the_disk(part: Path) -> None:
    # Network file systems and quotas report a full disk here, not when writing.
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _bring(part: Path, path: Path) -> None:
    if part.exists():
        part.replace(path)
    else:
        path.unlink(missing_ok=True)


def _sweep(path: Path, *, abandoned: bool = False) -> None:
    """Removes this process's unfinished files of `path` and what libraries put beside them; also those of the dead."""
    start, end = f".{path.stem}.", f".part{path.suffix}"
    for leftover in path.parent.glob(f"{glob.escape(start)}*{glob.escape(end)}*"):
        process = leftover.name.removeprefix(start).split(".part")[0]
        if process == str(os.getpid()) or (abandoned and process.isdecimal() and not _runs(int(process))):
            with suppress(OSError):  # Windows: still open elsewhere
                leftover.unlink()


def _runs(process: int) -> bool:
    if os.name == "nt":
        return False  # there `os.kill` would end it; a file that is in use cannot be removed there anyway
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True
