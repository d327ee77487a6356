"""Results as JSON lines: a row is appended whole or not at all, and what is there is not measured again."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from benchmarks.distillation.orders import Stage, orders

RESULTS = Path(__file__).parent / "results"


def file_of(stage: str, results: Path = RESULTS) -> Path:
    """Where a stage keeps its rows."""
    return results / f"stage{stage}.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    """All whole rows; what a power cut left of a last one is passed over."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def current(stage: Stage, results: Path = RESULTS) -> list[dict[str, Any]]:
    """Rows of a stage as it stands: those of a recipe or budget that has changed since are history."""
    keys = {order.key for order in orders(stage)}
    return [row for row in rows(file_of(stage.name, results)) if row["key"] in keys]


def append(path: Path, row: dict[str, Any]) -> None:
    """One write of one line, under a lock, on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if file.tell() and not _ends_line(file):
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
