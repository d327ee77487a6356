"""One student over one area: what is asked for, and the running job; no window has to be open for it."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsProcessingUtils, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis import settings
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.job import JobTask
from rskd_qgis.bridge.jobs import Jobs
from rskd_qgis.draft import Draft, DraftArea, DraftLayer, Request
from rskd_qgis.draft.request import LOCAL
from rskd_qgis.layers.results import ResultFiles, add_results
from rskd_qgis.layers.sources import LayerUnusable

from . import logins
from .course import Course
from .plan_words import to_be_written
from .writing import writing

_ENDINGS = {"map": ".tif", "vector": ".gpkg", "confidence": ".tif"}


@dataclass
class Outputs:
    """Where a map goes: paths, empty for a temporary file; None for what is not wanted."""

    map: str = ""
    vector: str | None = None
    confidence: str | None = None

    def settled(self) -> Outputs:
        """With names for what is temporary, and the usual ending where there was none."""
        kinds = (("map", self.map), ("vector", self.vector), ("confidence", self.confidence))
        return Outputs(**{kind: None if path is None else _settled(kind, path) for kind, path in kinds})


@dataclass
class MapOrder:
    """A student, the layers it looks at (by id) or files, and what is to be written."""

    title: str
    student: Path
    layers: list[tuple[str, str]] = field(default_factory=list)
    """The student's name of a layer, and the id of the project's layer that takes its place."""
    images: list[tuple[str, str]] = field(default_factory=list)
    """Instead of layers: the student's name of a layer, and the image file that takes its place."""
    bands: dict[str, list[int]] = field(default_factory=dict)
    """Which bands stand for each of the student's layers, where one file or layer holds those of all."""
    local: bool = False
    """The files have no place on Earth; of layers it is known."""
    area: DraftArea = field(default_factory=DraftArea)
    outputs: Outputs = field(default_factory=Outputs)
    gsd: float | None = None
    """The student's pixel in metres, for layers that come at any size."""
    folder: str = ""
    """Where layers are written that GDAL cannot open; what is there already is used. One of its own if empty."""

    def request(self, project: QgsProject) -> Request:
        """The backend's job. Raises LayerUnusable. Paths must be settled."""
        wanted = {"out": self.outputs.map, "vector": self.outputs.vector, "confidence": self.outputs.confidence}
        spec = {"student": str(self.student), **{key: path for key, path in wanted.items() if path is not None}}
        if self.images:
            return Request({**spec, **self._of_files()}, {}, [])
        draft = self._draft(project)
        try:
            _check(draft)
            made = draft.request()
        finally:
            draft.deleteLater()
        layers = made.spec["layers"]
        if len(layers) == 1:
            layers[0].pop("name", None)  # matched by its bands alone, whatever it is called
        spec.update({key: made.spec[key] for key in ("area", "crs", "threads") if key in made.spec})
        return Request({**spec, "layers": layers}, made.secrets, made.exports)

    def _of_files(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"layers": [{"path": file, "name": name} for name, file in self.images]}
        for layer in spec["layers"]:
            if layer["name"] in self.bands:
                layer["bands"] = self.bands[layer["name"]]
        if len(self.images) == 1:
            spec["layers"][0].pop("name")  # as with layers
        if self.local:
            spec["crs"] = LOCAL
        if settings.threads():
            spec["threads"] = settings.threads()
        return spec

    def written_first(self, project: QgsProject) -> str:
        """What has to be written to files first, in words; empty where nothing has to, or where it is not known yet."""
        draft = self._draft(project)
        try:
            _check(draft)
            return "" if logins.would_be_asked_for(draft) else to_be_written(draft.request().exports)
        except BackendError:  # it is told when it is in the way
            return ""
        finally:
            draft.deleteLater()

    def _draft(self, project: QgsProject) -> Draft:
        """It knows how layers and areas are handed over; what is written goes into a folder of this session."""
        self.folder = self.folder or temporary_folder()
        draft = Draft(project)
        chosen = [DraftLayer(layer_id, name, self.bands.get(name)) for name, layer_id in self.layers]
        draft.set(layers=chosen, area=self.area, gsd=self.gsd, out=self.folder)
        return draft

    def files(self) -> ResultFiles:
        """What will have been written."""
        outputs = self.outputs
        return ResultFiles(
            map=outputs.map,
            vector=outputs.vector or "",
            confidence=outputs.confidence or "",
            student=str(self.student),
        )


class MapRun(QObject):
    """A running `predict`; at its end the layers are added, unless another project was opened meanwhile."""

    changed = pyqtSignal()
    ended = pyqtSignal()

    def __init__(
        self, jobs: Jobs, order: MapOrder, *, add: bool = True, make_task: Callable[..., JobTask] = JobTask
    ) -> None:
        super().__init__(jobs)
        self._jobs, self._add, self._make_task = jobs, add, make_task
        self._task: JobTask | None = None
        self._project_left = False
        self.order, self.course = order, Course()
        self.result: dict[str, Any] | None = None
        self.error: BackendError | None = None
        self.seconds = 0.0

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self._task is not None

    @property
    def added(self) -> bool:
        """Whether its layers are in the project."""
        return self.result is not None and self.error is None and self._add and not self._project_left

    def start(self) -> None:
        """Begins. Raises LayerUnusable."""
        project = QgsProject.instance()
        self.order.outputs = self.order.outputs.settled()
        request = self.order.request(project)
        prepare = writing(request.exports)
        task = self._task = self._make_task(self.order.title, "predict", request.spec, request.secrets, prepare)
        task.heard.connect(self._hear)
        task.succeeded.connect(self._succeed)
        task.failed.connect(self._fail)
        task.stopped.connect(self._end)
        project.cleared.connect(self._leave_project)
        self.seconds = -time.monotonic()
        self._jobs.start(task)
        self.changed.emit()

    def cancel(self) -> None:
        """Stops it; nothing half-written is left."""
        if self._task is not None:
            self._task.cancel()

    def _hear(self, event: dict[str, Any]) -> None:
        self.course.hear(event, time.monotonic())
        self.changed.emit()

    def _succeed(self, result: dict[str, Any]) -> None:
        self.result = result
        if self.added:
            try:
                add_results(self.order.files(), QgsProject.instance(), self.order.title)
            except BackendError as error:
                self.error = error
        self._end()

    def _fail(self, error: BackendError) -> None:
        self.error = error
        self._end()

    def _leave_project(self) -> None:
        self._project_left = True

    def _end(self) -> None:
        self._task = None
        self.seconds += time.monotonic()
        self.changed.emit()
        self.ended.emit()


def temporary_folder() -> str:
    """A new one, of this session."""
    return tempfile.mkdtemp(prefix="rskd-", dir=QgsProcessingUtils.tempFolder())


def _check(draft: Draft) -> None:
    """Refuses what a distillation of these layers would be refused for, such as the whole world."""
    found = next((one for one in draft.problems() if one.section == "layers"), None)
    if found is not None:
        raise LayerUnusable("layer-unusable", found.message)


def _settled(kind: str, path: str) -> str:
    ending = _ENDINGS[kind]
    if not path:
        return QgsProcessingUtils.generateTempFilename(f"{kind}{ending}")
    # A name that ends otherwise may hold a dot anyway: the ending is put behind it.
    right = path.lower().endswith((ending, ".tiff") if ending == ".tif" else ending)
    return path if right else path + ending
