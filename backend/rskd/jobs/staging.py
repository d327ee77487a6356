"""Several results of one job appear together: kept aside until the last one is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rskd.errors import OutputUnwritable
from rskd.geo.writers import COMPANIONS

Key = TypeVar("Key")

# What SQLite keeps beside a GeoPackage: an old log must never be replayed onto a new file.
_OLD_COMPANIONS = (*COMPANIONS, "-wal", "-shm", "-journal")


@contextmanager
def staged(outputs: Mapping[Key, Path]) -> Iterator[dict[Key, Path]]:
    """Yields a place for each output, in a hidden folder beside it; all move to their names when the block ends well.

    After an exception, an interruption among them, nothing of them is left and what was there stays. A killed run's
    leftovers are removed by the next one with the same outputs.

    Raises:
        OutputUnwritable: a folder cannot be made, or a file not be replaced; names the output, not its place.
    """
    places = {key: path.with_name(f".{path.name}.unfinished") / path.name for key, path in outputs.items()}
    finals = {str(places[key]): path for key, path in outputs.items()}
    try:
        for key, place in places.items():
            shutil.rmtree(place.parent, ignore_errors=True)
            _make_folder(place.parent, outputs[key])
        yield places
        for key, place in places.items():
            bring(place.parent, outputs[key].parent)
    except OutputUnwritable as error:
        final = finals.get(str(error.facts["path"]))
        if final is None:
            raise
        raise OutputUnwritable(str(final), str(error.facts["reason"])) from error
    finally:
        for place in places.values():
            shutil.rmtree(place.parent, ignore_errors=True)


def _make_folder(folder: Path, output: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise OutputUnwritable(str(output), error.strerror or str(error)) from error


def bring(folder: Path, target: Path) -> None:
    """Moves all files of `folder` to `target`, over older ones of the same names, and removes what belonged to those.

    Raises:
        OutputUnwritable: one of them is in use, or `target` cannot be written to; names the file.
    """
    for file in sorted(folder.iterdir()):  # a raster before what is kept beside it
        final = target / file.name
        try:
            for ending in _OLD_COMPANIONS:
                final.with_name(final.name + ending).unlink(missing_ok=True)
            file.replace(final)
        except OSError as error:
            raise OutputUnwritable(str(final), error.strerror or str(error)) from error
