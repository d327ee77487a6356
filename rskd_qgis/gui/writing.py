"""What a task does before its job: layers that GDAL cannot open are written to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgis.core import QgsFeedback

from rskd_qgis.layers.export import Export


def writing(exports: Sequence[Export]) -> Callable[[QgsFeedback], None] | None:
    """For `JobTask`'s `prepare`; None where there is nothing to write."""
    if not exports:
        return None

    def write(feedback: QgsFeedback) -> None:
        for export in exports:
            export.run(feedback)

    return write
