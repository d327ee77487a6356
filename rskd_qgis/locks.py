"""Whether another process has locked a file, in the way in which the backend locks its folders."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path


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
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
