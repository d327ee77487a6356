"""What was done to the environment: the last lines in memory, all of them in a file."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from rskd_qgis import places

_KEPT = 400


class Log:
    """Lines of one set-up; belongs to the main thread. They come without passwords."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_KEPT)

    @property
    def file(self) -> Path:
        """The last set-up in full, also after QGIS was closed."""
        return places.home() / "setup.log"

    def begin(self) -> None:
        """Starts anew."""
        self._lines.clear()
        with suppress(OSError):  # a full disk must not keep the page from saying so
            self.file.unlink()

    def add(self, line: str) -> None:
        """Takes a line."""
        said = f"{time.strftime('%H:%M:%S')} {line}"
        self._lines.append(said)
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(said + "\n")

    def lines(self) -> list[str]:
        """The last ones; those of an earlier session if nothing was done in this one."""
        if not self._lines and self.file.is_file():
            with suppress(OSError, UnicodeDecodeError):
                return self.file.read_text(encoding="utf-8").splitlines()[-_KEPT:]
        return list(self._lines)
