"""What is at work: which work waits for a backend process here, and whether any uses an environment, here or elsewhere.

Each environment has a lock, in RSKD's own folder: backend processes share it, and whoever changes the environment has
it alone. So they keep out of each other's way in all QGIS windows, whatever way these end.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qgis.core import QgsFeedback

from rskd_qgis import places
from rskd_qgis.environment.python import folder_of
from rskd_qgis.locks import Lock

_LOOK_AGAIN = 0.02  # seconds
_waiting: list[QgsFeedback] = []


def lock_of(python: str | Path) -> Lock:
    """The lock of an interpreter's environment."""
    folder = os.path.normcase(folder_of(Path(python)))
    return Lock(places.home() / "in-use" / f"{hashlib.sha256(folder.encode()).hexdigest()[:16]}.lock")


def in_use(python: str | Path) -> bool:
    """Whether anybody has an environment's lock, in this QGIS or another."""
    return not lock_of(python).free()


@contextmanager
def waited_for(feedback: QgsFeedback) -> Iterator[None]:
    """Inside it something waits for a backend process, in any thread, until `feedback` is cancelled."""
    _waiting.append(feedback)
    try:
        yield
    finally:
        _waiting.remove(feedback)


def stop_all(seconds: float) -> None:
    """Cancels all that waits, algorithms of Processing too, and waits so long at most until it has ended."""
    for feedback in list(_waiting):
        feedback.cancel()
    until = time.monotonic() + seconds
    while _waiting and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)
