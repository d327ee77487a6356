"""The one distillation that this QGIS works on: it lives beside the jobs, so that no panel has to be open for it."""

from __future__ import annotations

import copy
import enum
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from rskd_qgis import estimates
from rskd_qgis.bridge.cautions import Caution
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.job import JobTask
from rskd_qgis.bridge.jobs import Jobs
from rskd_qgis.draft import Request
from rskd_qgis.students import Entry, Library

from .course import Course, shares
from .writing import writing

_NAME = "rskd-distillation"


class State(enum.Enum):
    """What a distillation is doing."""

    IDLE = "idle"
    WRITING = "writing"  # layers that GDAL cannot open, to files
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"

    @property
    def busy(self) -> bool:
        """Whether something is at work."""
        return self in (State.WRITING, State.RUNNING, State.STOPPING)


@dataclass
class Order:
    """What is to be done; a paused distillation is the same order once more."""

    title: str
    request: Request
    minutes: float = 0.0

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return Path(str(self.request.spec.get("out", "")))

    @property
    def course(self) -> Course:
        """A course for it, at its beginning."""
        spec = self.request.spec
        trains = spec.get("teacher", {}).get("kind", "labels") == "labels"
        parts = shares(trains_teacher=trains, baseline=bool(spec.get("baseline")))
        return Course(parts, estimates.expected_seconds(self.minutes))


class Distillation(QObject):
    """State of the running distillation, fed by its task's signals."""

    changed = pyqtSignal()
    """Something to be shown is different; comes often."""
    finished = pyqtSignal(dict)
    """The job's result."""

    def __init__(self, jobs: Jobs, library: Library, make_task: Callable[..., JobTask] = JobTask) -> None:
        super().__init__(jobs)
        self.setObjectName(_NAME)
        self._jobs, self.library, self._make_task = jobs, library, make_task
        self._task: JobTask | None = None
        self._begun = self._ended = 0.0
        self._then = State.PAUSED  # what stopping leads to
        self.state = State.IDLE
        self.order: Order | None = None
        self.course = Course()
        self.error: BackendError | None = None
        self.result: dict[str, Any] | None = None
        self.entry: Entry | None = None
        """The finished student in the library."""
        self.other_project = False
        """Whether another project was opened since the start."""
        self._whole = True  # never stopped on the way
        QgsProject.instance().cleared.connect(self._note_other_project)

    def start(self, order: Order) -> None:
        """Begins something new."""
        # A copy: whatever is changed in the panel meanwhile is for the next one.
        self.order = replace(order, request=replace(order.request, spec=copy.deepcopy(order.request.spec)))
        self.course = order.course
        self.result, self.entry, self.other_project, self._whole = None, None, False, True
        self._run()

    def resume(self) -> None:
        """The same order again: the backend goes on where it stopped."""
        self.course.resume()
        self._whole = False
        self._run()

    def pause(self) -> None:
        """Stops; it can go on later."""
        self._stop(State.PAUSED)

    def cancel(self) -> None:
        """Stops and shows the settings again; what was done stays, among those that can be resumed."""
        if self.state.busy:
            self._stop(State.IDLE)
        else:
            self._be(State.IDLE)

    def elapsed(self) -> float:
        """Seconds since the start, or the last one after a pause."""
        return (time.monotonic() if self.state.busy else self._ended) - self._begun

    def _run(self) -> None:
        if self.order is None:
            return
        request, self.error = self.order.request, None
        task = self._make_task(self.order.title, "distill", request.spec, request.secrets, writing(request.exports))
        task.heard.connect(self._hear)
        task.succeeded.connect(self._succeed)
        task.failed.connect(self._fail)
        task.stopped.connect(self._stopped)
        task.progressChanged.connect(self._tell_of_writing)
        self._task, self._begun = task, time.monotonic()
        self._be(State.WRITING if request.exports else State.RUNNING)
        self._jobs.start(task)

    def _stop(self, then: State) -> None:
        if self._task is not None:
            self._then = then
            self._be(State.STOPPING)
            if then == State.PAUSED:
                self._task.pause()
            else:
                self._task.cancel()

    def _hear(self, event: dict[str, Any]) -> None:
        self.course.hear(event, time.monotonic())
        if self.state == State.WRITING:
            self.state = State.RUNNING
        if self._task is not None:
            self._task.setProgress(100 * self.course.fraction)  # QGIS's bar and the panel's say the same
        self.changed.emit()

    def _tell_of_writing(self, percent: float) -> None:
        if self.state == State.WRITING:
            self.course.done = percent
            self.changed.emit()

    def _succeed(self, result: dict[str, Any]) -> None:
        self.result = result
        self._be(State.DONE)
        self._remember(result)
        self.finished.emit(result)

    def _fail(self, error: BackendError) -> None:
        self.error = error
        self._be(State.FAILED)

    def _stopped(self) -> None:
        # Also when QGIS's own list of tasks stopped it.
        self._be(self._then if self.state == State.STOPPING else State.PAUSED)

    def _remember(self, result: dict[str, Any]) -> None:
        """Puts the student into the library, and corrects what is expected of the next one."""
        student = next((Path(file) for file in result.get("files", ()) if Path(file).name == "student.onnx"), None)
        if self.order is None or student is None:
            return
        try:
            self.entry = self.library.add(student, self.order.title)
        except OSError as error:
            message = self.tr("The student could not be put into the library: {}").format(error)
            self.course.warn(Caution("not-in-library", message, ""))
            return
        measured = result.get("metrics", {}).get("student", {})
        speed, size = measured.get("milliseconds_per_megapixel"), measured.get("megabytes")
        if speed and size and measured.get("name"):
            sizes = estimates.Measured(len(self.entry.bands), len(self.entry.classes))
            sizes.note(str(measured["name"]), float(speed), float(size))
        if self._whole:
            estimates.note_duration(self.order.minutes, self.elapsed())

    def _be(self, state: State) -> None:
        if not state.busy:
            self._task, self._ended = None, time.monotonic()
        self.state = state
        self.changed.emit()

    def _note_other_project(self) -> None:
        self.other_project = True


def distillation(jobs: Jobs, library: Library) -> Distillation:
    """The distillation of this QGIS; made when it is first asked for."""
    found = jobs.findChild(Distillation, _NAME)
    if found is None:
        return Distillation(jobs, library)
    found.library = library  # the one before may have gone with its dock
    return found
