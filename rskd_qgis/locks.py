"""Locks on files, which the system lets go of however their process ends; the files alone say nothing."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PLACES = 64
"""Of Windows, where no lock is shared: whoever shares locks one of so many bytes, whoever is alone all of them."""
_TRIES, _BETWEEN = 5, 0.02  # seconds: whoever only asks holds a lock for less


class Lock:
    """A lock on a file that many may share, or one has alone.

    Where the file cannot be made there is nobody to be kept out: it is then had without a lock.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number: int | None = None

    def share(self) -> bool:
        """Has it together with others; False where somebody has it alone."""
        return self._have(_share)

    def alone(self) -> bool:
        """Has it alone; False where anybody else has it, in this process or another."""
        return self._have(_take)

    def free(self) -> bool:
        """Whether nobody has it now; asks without waiting for who only asks too."""
        free = self._have(_take, tries=1)
        self.release()
        return free

    def release(self) -> None:
        """Lets go of it; once is enough."""
        number, self._number = self._number, None
        if number is not None:
            os.close(number)

    def _have(self, lock: Callable[[int], None], tries: int = _TRIES) -> bool:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        for left in reversed(range(tries)):
            if _done(lock, number):
                self._number = number
                return True
            time.sleep(_BETWEEN if left else 0)
        os.close(number)
        return False


def held(file: Path) -> bool:
    """Whether a process, of this QGIS or another, holds the file's lock now; the file alone says nothing.

    The system lets go of a lock however its process ends. Asking takes a lock for a moment, one that others who ask
    may share; the backend waits longer than that moment for its own.
    """
    try:
        number = os.open(file, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # Windows: there, and not to be opened
        return True
    try:
        return not _lockable(number)
    finally:
        os.close(number)


def _lockable(number: int) -> bool:
    """Whether nobody has locked the open file, in the way in which the backend's `filelock` does."""

    def ask(number: int) -> None:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
        else:
            _share(number)

    return _done(ask, number)


def _share(number: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        for place in range(_PLACES - 1):
            os.lseek(number, place, os.SEEK_SET)
            with suppress(OSError):
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
                return
        os.lseek(number, _PLACES - 1, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _take(number: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, _PLACES)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _done(lock: Callable[[int], None], number: int) -> bool:
    """Whether it was had; a file system that knows no locks keeps nobody out."""
    try:
        lock(number)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
