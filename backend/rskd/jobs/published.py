"""The published torchgeo weights that can be a teacher here, or start one."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from rskd import __version__
from rskd.errors import ExtraMissing, OutputUnwritable
from rskd.geo.atomic import write_text


def run() -> list[dict[str, Any]]:
    """A JSON-ready row a weight, segmenters first, then by sensor and name; nothing is downloaded.

    Importing torchgeo takes half a minute on a slow disk, so the list of each of its versions is made once and kept.

    Keys: `name`, as `teacher: {kind: torchgeo, weights: …}` takes it; `kind`, `segmenter` (answers with classes at
    once) or `encoder` (starts a teacher that is trained on labels); `sensor`; `bands`, names in order, empty where they
    are not known; `band_count`; `classes`, how many; `class_names`, empty where they are not known; `gsd` in metres;
    `megabytes`, about, of the download; `file`, its name; `cached`, whether it is on this machine already; `licence`;
    `description`. What is not known is None.

    Raises:
        ExtraMissing: torchgeo is not installed.
    """
    kept = _kept_list()
    rows = _read(kept) if kept is not None else []
    if not rows:
        rows = _asked()
        if kept is not None:
            with suppress(OutputUnwritable):  # then it is made again the next time
                write_text(kept, json.dumps(rows, indent=1))
    downloads = _downloads()  # asked each time: what is there may change
    return [{**row, "cached": (downloads / row["file"]).is_file()} for row in rows]


def _asked() -> list[dict[str, Any]]:
    try:
        from rskd.models.teachers.published import published_weights
    except ModuleNotFoundError as error:
        raise ExtraMissing("The list of published weights", error.name or "torchgeo") from error
    return published_weights()


def _kept_list() -> Path | None:
    """Where the list of the installed torchgeo is kept; rows may look otherwise in another RSKD. None without it."""
    try:
        version = metadata.version("torchgeo")
    except metadata.PackageNotFoundError:
        return None
    return _cache() / f"weights-torchgeo-{version}-rskd-{__version__}.json"


def _cache() -> Path:
    """What can be made anew at any time."""
    if home := os.environ.get("RSKD_HOME"):
        return Path(home) / "cache"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "rskd" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "rskd"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rskd"


def _downloads() -> Path:
    """Where torch keeps what it has fetched, without importing it (see `torch.hub.get_dir`)."""
    home = os.environ.get("TORCH_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "torch"
    return Path(home).expanduser() / "hub" / "checkpoints"


def _read(kept: Path) -> list[dict[str, Any]]:
    """The rows; none where there is no such file, or a damaged one."""
    try:
        rows = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    sound = isinstance(rows, list) and all(
        isinstance(row, dict) and {"name", "kind", "sensor", "file"} <= set(row) for row in rows
    )
    return rows if sound else []
