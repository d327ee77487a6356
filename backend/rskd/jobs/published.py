"""The published torchgeo weights that can be a teacher here, or start one."""

from __future__ import annotations

from typing import Any

from rskd.errors import ExtraMissing


def run() -> list[dict[str, Any]]:
    """A JSON-ready row a weight, segmenters first, then by sensor and name; nothing is downloaded.

    Keys: `name`, as `teacher: {kind: torchgeo, weights: …}` takes it; `kind`, `segmenter` (answers with classes at
    once) or `encoder` (starts a teacher that is trained on labels); `sensor`; `bands`, names in order, empty where they
    are not known; `band_count`; `classes`, how many; `class_names`, empty where they are not known; `gsd` in metres;
    `megabytes`, about, of the download; `licence`; `description`. What is not known is None.

    Raises:
        ExtraMissing: torchgeo is not installed.
    """
    try:
        from rskd.models.teachers.published import published_weights
    except ModuleNotFoundError as error:
        raise ExtraMissing("The list of published weights", error.name or "torchgeo") from error
    return published_weights()
