"""The scenes of a job that names them in a table."""

from __future__ import annotations

import csv
from pathlib import Path

from rskd.errors import JobInvalid
from rskd.spec import DistillJob, SceneSpec, SceneTable, describe


def with_scenes_read(job: DistillJob) -> DistillJob:
    """The job with its scene table, if it has one, replaced by the scenes it lists.

    Raises:
        JobInvalid: the table is missing, empty, or a row does not describe a scene.
    """
    if not isinstance(job.scenes, SceneTable):
        return job
    return job.model_copy(update={"scenes": _read(job.scenes)})


def _read(table: SceneTable) -> list[SceneSpec]:
    path = Path(table.csv)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise JobInvalid(f"The scene table “{path}” cannot be read: {error}", "Check `scenes: {csv: …}`.") from error
    if not rows:
        raise JobInvalid(f"The scene table “{path}” lists no scene.", "It needs a header and one row a scene.")
    scenes = []
    for number, row in enumerate(rows, start=2):
        layers = [
            {"name": name, "path": cell}
            for name, cell in row.items()
            if name and name not in ("group", "labels") and isinstance(cell, str) and cell
        ]
        labels = {**table.labels, "path": row["labels"]} if row.get("labels") else None
        scene = {"layers": layers, "labels": labels, "group": row.get("group") or ""}
        scenes.append(describe(SceneSpec, scene, base=path.parent, source=f"{path.name}, line {number}"))
    return scenes
