"""Many images with one student, one after the other; one that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.jobs import Jobs

from .map_run import MapOrder, MapRun

IMAGES = (".tif", ".tiff", ".vrt", ".img", ".jp2", ".png", ".jpg", ".jpeg", ".nc", ".bil")
"""Endings of files that are taken for images when a folder is chosen."""


@dataclass(frozen=True)
class Outcome:
    """How one image ended: `error` is empty where there is a map."""

    name: str
    map: str
    error: str = ""


class MapQueue(QObject):
    """Runs the orders in their order; lives beside the jobs, so that closing a window stops nothing."""

    changed = pyqtSignal()
    ended = pyqtSignal()

    def __init__(
        self,
        jobs: Jobs,
        orders: Sequence[tuple[str, MapOrder]],
        *,
        add: bool,
        make_run: Callable[..., MapRun] = MapRun,
    ) -> None:
        """`orders` are names of images with what is to be done."""
        super().__init__(jobs)
        self._jobs, self._add, self._make_run = jobs, add, make_run
        self._waiting = list(orders)
        self.total = len(self._waiting)
        self.outcomes: list[Outcome] = []
        self.current: MapRun | None = None
        jobs.stopping.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether there is still something to do."""
        return self.current is not None

    @property
    def fraction(self) -> float:
        """How much of everything is done."""
        within = self.current.course.fraction if self.current is not None else 0.0
        return (len(self.outcomes) + within) / max(1, self.total)

    def start(self) -> None:
        """Begins with the first one."""
        self._next()

    def cancel(self) -> None:
        """Stops the one at work and leaves the rest out."""
        self._waiting = []
        if self.current is not None:
            self.current.cancel()

    def _next(self) -> None:
        while self._waiting:
            name, order = self._waiting.pop(0)
            run = self._make_run(self._jobs, order, add=self._add)
            run.changed.connect(self.changed)
            run.ended.connect(lambda name=name, run=run: self._note(name, run))
            self.current = run
            try:
                run.start()
            except BackendError as error:
                self.outcomes.append(Outcome(name, "", str(error)))
                self.current = None
                run.deleteLater()
                continue
            self.changed.emit()
            return
        self.current = None
        self.changed.emit()
        self.ended.emit()

    def _note(self, name: str, run: MapRun) -> None:
        if run.error is not None:
            self.outcomes.append(Outcome(name, "", str(run.error)))
        elif run.result is not None:
            self.outcomes.append(Outcome(name, run.order.outputs.map))
        else:  # stopped, from wherever: QGIS's own list of tasks does it too, and QGIS when it ends
            self._waiting = []
        run.deleteLater()
        self.current = None
        self._next()


def images_in(folder: Path) -> list[Path]:
    """The images of a folder, by name; those of its folders are left out."""
    if not folder.is_dir():
        return []
    found = (one for one in folder.iterdir() if one.suffix.lower() in IMAGES and one.is_file())
    return sorted(found, key=lambda one: one.name.casefold())


def free_name(folder: Path, stem: str, taken: set[Path]) -> Path:
    """A new map's name in `folder`: nothing that is there already is written over."""
    number, path = 1, folder / f"{stem}_map.tif"
    while path in taken or path.exists() or path.with_suffix(".gpkg").exists():
        number += 1
        path = folder / f"{stem}_map_{number}.tif"
    taken.add(path)
    return path
