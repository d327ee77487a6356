"""What a running job says: stages with progress, log lines, warnings, metrics.

A job is handed one `Reporter`. A sink turns each event into something seen: a progress bar in a terminal, a JSON line
for the plugin, a list in a test. An event is a plain JSON object with an `event` key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Sink = Callable[[Event], None]


class Stage:
    """Progress within one stage; `advance` may be called as often as is convenient."""

    def __init__(self, sink: Sink, code: str, name: str, total: float | None, unit: str) -> None:
        self._sink, self._total, self._unit = sink, total, unit
        self._names = {"code": code, "stage": name}
        self._done, self._last = 0.0, 0.0

    def advance(self, amount: float = 1, **facts: object) -> None:
        """Adds `amount` of the stage's unit; events are thinned to about ten a second."""
        self._done += amount
        now = time.monotonic()
        finished = self._total is not None and self._done >= self._total
        if finished or now - self._last >= 0.1:
            self._last = now
            event = {"event": "progress", **self._names, "done": self._done, "total": self._total}
            self._sink({**event, "unit": self._unit, **facts})


class Reporter:
    """The one voice of a job."""

    def __init__(self, sink: Sink = lambda _: None) -> None:
        self.sink = sink
        self.warnings: list[Event] = []

    @contextmanager
    def stage(
        self, code: str, name: str, *, total: float | None = None, unit: str = "", **values: object
    ) -> Iterator[Stage]:
        """Brackets a stage with `stage-start` and `stage-end` (with seconds); a stage that fails has no end.

        Args:
            code: never changes: whoever speaks another language knows the stage by it.
            name: the stage in English.
            total: how much is to be done, None if nobody knows.
            unit: of that.
            values: what the name holds, as data.
        """
        started, names = time.monotonic(), {"code": code, "stage": name}
        self.sink({"event": "stage-start", **names, "values": values, "total": total, "unit": unit})
        yield Stage(self.sink, code, name, total, unit)
        self.sink({"event": "stage-end", **names, "seconds": round(time.monotonic() - started, 3)})

    def info(self, message: str, **facts: object) -> None:
        """A line worth reading."""
        self.sink({"event": "log", "level": "info", "message": message, **facts})

    def warn(self, code: str, message: str, hint: str = "", **values: object) -> None:
        """Something that may be wrong and does not stop the job; kept for the report.

        Args:
            code: never changes: whoever speaks another language knows the warning by it.
            message: what is odd, in the words of a job file.
            hint: what to do about it.
            values: what message and hint hold, as data; those that only some warnings of a code have may be left out.
        """
        event: Event = {"event": "warning", "code": code, "message": message, "hint": hint, "values": values}
        self.warnings.append(event)
        self.sink(event)

    def metric(self, name: str, **values: object) -> None:
        """Numbers as they come in: losses, validation scores."""
        self.sink({"event": "metric", "name": name, **values})

    def preview(self, path: Path) -> None:
        """A picture of what is being learned: a PNG that later ones take the place of."""
        self.sink({"event": "preview", "path": str(path)})
