"""The scenes of a job that names them in a table."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from pathlib import Path

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.spec import DistillJob, SceneSpec, SceneTable, describe, is_local_file

_OWN = ("group", "labels")
"""Columns that are no layers."""

_ALIKE = 0.7  # “grp” is like “group”, “landsat” is not like “labels”

Cells = dict[str, str]
"""A row by column; empty cells are left out."""


def with_scenes_read(job: DistillJob, reporter: Reporter) -> DistillJob:
    """The job with its scene table, if it has one, replaced by the scenes it lists.

    Raises:
        JobInvalid: the table is missing or empty, a column is misspelt, a row does not describe a scene, or it names a
            file that is not there.
    """
    if not isinstance(job.scenes, SceneTable):
        return job
    return job.model_copy(update={"scenes": _read(job.scenes, reporter)})


def _read(table: SceneTable, reporter: Reporter) -> list[SceneSpec]:
    path = Path(table.csv)
    (_, header), *rows = _lines(path)
    columns = [title.strip() for title in header]
    _check_columns(header, path)
    if not rows:
        raise JobInvalid(f"The scene table “{path}” lists no scene.", "It needs a header and one row a scene.")
    layers = [title for title in columns if title and title not in _OWN]
    reporter.info(f"Columns of “{path.name}” taken as layers: {', '.join(layers) or 'none'}.", layers=layers)
    return [_scene(table, path, line, _cells(columns, row, path, line), layers) for line, row in rows]


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """All lines that hold something, numbered from 1; the header is the first."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            # Where the comma stands in numbers, spreadsheets write semicolons.
            reader = csv.reader(file, delimiter=";" if ";" in first and "," not in first else ",")
            lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        hint = "Check `scenes: {csv: …}`, and that the table is saved as UTF-8."
        raise JobInvalid(f"The scene table “{path}” cannot be read: {error}.", hint) from error
    return lines or [(1, [])]


def _check_columns(header: list[str], path: Path) -> None:
    for title in header:
        near = difflib.get_close_matches(title.strip().casefold(), _OWN, n=1, cutoff=_ALIKE)
        if near and title.strip() != near[0]:
            message = f"The scene table “{path.name}” has a column “{title}”; did you mean “{near[0]}”?"
            raise JobInvalid(message, "If it is a layer, give it a name that is less like it.", column=title)
        if title.strip() and [other.strip() for other in header].count(title.strip()) > 1:
            message = f"The scene table “{path.name}” has two columns “{title.strip()}”."
            raise JobInvalid(message, "Give each layer a name of its own.", column=title)


def _cells(columns: list[str], row: list[str], path: Path, line: int) -> Cells:
    if len(row) > len(columns):
        message = f"Line {line} of “{path.name}” has {len(row)} cells, the header {len(columns)}."
        raise JobInvalid(message, "Put texts that hold a comma in double quotes.", line=line)
    return {title: cell.strip() for title, cell in zip(columns, row, strict=False) if title and cell.strip()}


def _scene(table: SceneTable, path: Path, line: int, cells: Cells, layers: list[str]) -> SceneSpec:
    described = {
        "layers": [{"name": title, "path": cells[title]} for title in layers if title in cells],
        "labels": {**table.labels, "path": cells["labels"]} if "labels" in cells else None,
        "group": cells.get("group", ""),
    }
    scene = describe(SceneSpec, described, base=path.parent, source=f"{path.name}, line {line}")
    for title, file in _files(scene):
        if is_local_file(file) and not Path(file).exists():
            message = f"“{path.name}”, line {line}, column “{title}”: there is no file “{file}”."
            raise JobInvalid(message, "Paths are taken from the table's folder.", line=line, column=title)
    return scene


def _files(scene: SceneSpec) -> Iterator[tuple[str, str]]:
    yield from ((layer.name, layer.path) for layer in scene.layers)
    if scene.labels is not None:
        yield "labels", scene.labels.path
