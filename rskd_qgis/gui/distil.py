"""The Distil section: recipe and budget, the button, and what is seen while it works."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import estimates, settings
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft, Request

from . import figures, logins, stages
from .algorithm_form import open_algorithm
from .failure import Failure
from .plan_words import plan, to_be_written
from .recipe import RecipeBox
from .resuming import check_files, secrets_of
from .running import Distillation, Order, State, distillation
from .running_panel import RunningPanel
from .section import Notice
from .services import Services, section_of
from .still_label import StillLabel
from .unfinished import UnfinishedList

_NAME = "distil"  # this section's
_PARTS = (
    "task", "layers", "area", "gsd", "labels", "teacher", "student", "recipe", "training", "baseline", "out", "extra"
)  # fmt: skip
"""Of the draft, what the user chooses: all that a failure may be mended by."""

_SETTLED = 300  # milliseconds after the last change: then the request is tried


class DistilSection(QWidget):
    """One button, and above it what it will do; the work itself lives in `running.py`, whether this is open or not."""

    title_state = pyqtSignal(str, bool)
    finished = pyqtSignal(dict)
    """The job's result."""

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self._looked = False
        self._shown: State | None = None
        self._failed_with: tuple[Any, ...] = ()
        self.work: Distillation = distillation(services.jobs, services.library)
        self._lay_out()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._look_at_request)
        draft.changed.connect(self.refresh)
        self.work.changed.connect(self._show_work)
        self.work.finished.connect(self.finished)
        self.refresh()
        self._show_work()

    def showEvent(self, event: QShowEvent) -> None:
        """Offers what was interrupted when the section is first seen."""
        super().showEvent(event)
        if not self._looked:
            self._looked = True
            self._show_unfinished()

    def says(self, words: str) -> bool:
        """Whether the section shows this problem by itself: it stands above the button, as all of them do."""
        return bool(words) and self.isVisible()

    def refresh(self) -> None:
        """Shows the draft's budget, and what a click would do."""
        self._leave_failure()
        draft = self._draft
        fields = (self.minutes, self.baseline, self.out)
        for field in fields:
            field.blockSignals(True)
        self.minutes.setValue(round(draft.training.get("max_minutes") or settings.minutes()))
        self.baseline.setChecked(draft.baseline)
        self.out.setFilePath(draft.out)
        for field in fields:
            field.blockSignals(False)
        self._show_plan()
        self._settled.start()

    # What is laid out, from top to bottom

    def _lay_out(self) -> None:
        self.unfinished = UnfinishedList()
        self.settings = QWidget()
        inside = QVBoxLayout(self.settings)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._form())
        inside.addWidget(self._recipe())
        self.plan, self.problem = StillLabel(), Notice()
        self.button = QPushButton()
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        self.button.setMinimumHeight(2 * self.fontMetrics().height())
        self.button.setDefault(True)
        self.cancel = QPushButton(self.tr("Stop"))
        self.cancel.setToolTip(
            self.tr(
                "Stops and goes back to the settings. Nothing is lost: what was done is listed above them, "
                "to be resumed or deleted."
            )
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.cancel)
        self.panel, self.failure = RunningPanel(self.work), Failure()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.unfinished, self.settings, self.plan, self.problem):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self.failure)
        layout.addWidget(self.panel)
        self._connect()

    def _form(self) -> QFormLayout:
        self.minutes = QSpinBox()
        self.minutes.setRange(1, 24 * 60)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setKeyboardTracking(False)
        self.minutes.setToolTip(
            self.tr(
                "Time for the whole distillation: teacher, student, comparison and map. "
                "More minutes give better students, with less and less to gain."
            )
        )
        self.baseline = QCheckBox(self.tr("Also train without a teacher"))
        self.baseline.setToolTip(
            self.tr(
                "Trains the same student once more on your labels alone, to see what the teacher brought. "
                "It shares the minutes above: give about twice as many for the same care."
            )
        )
        self.out = QgsFileWidget()
        self.out.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.out.setDialogTitle(self.tr("Folder of the results"))
        self.out.lineEdit().setPlaceholderText(self.tr("[new folder]"))
        self.out.setToolTip(
            self.tr(
                "Where student, maps and report go. Leave it empty and RSKD makes a folder for each distillation; "
                "the student goes into the library in any case."
            )
        )
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("Budget"), self.minutes)
        form.addRow(self.tr("Results in"), self.out)
        form.addRow(self.baseline)
        return form

    def _recipe(self) -> RecipeBox:
        self.recipe = RecipeBox(self._draft, self._services)
        self.form = QPushButton(self.tr("Open in Processing…"))
        self.form.setToolTip(self.tr("The same distillation as a form of Processing, for models, batches and scripts."))
        self.recipe.add(self.form)
        return self.recipe

    def _connect(self) -> None:
        self.minutes.valueChanged.connect(self._set_minutes)
        self.baseline.toggled.connect(lambda on: self._draft.set(baseline=on))
        self.out.fileChanged.connect(lambda path: self._draft.set(out=path.strip()))
        self.button.clicked.connect(self._press)
        self.cancel.clicked.connect(self._cancel)
        self.form.clicked.connect(self._open_form)
        self.failure.again.connect(self.work.resume)
        self.failure.elsewhere.connect(self._show_where)
        self.failure.set_up.connect(self._open_set_up)
        self.failure.dismissed.connect(self._cancel)
        self.unfinished.resumed.connect(self._resume)
        self.unfinished.forgotten.connect(self._forget)

    # What the user does

    def _set_minutes(self, minutes: int) -> None:
        settings.set_minutes(minutes)
        self._draft.set(training={**self._draft.training, "max_minutes": minutes})

    def _press(self) -> None:
        if self.work.state.busy:
            self.work.pause()
        elif self.work.state == State.PAUSED:
            self.work.resume()
        else:
            self._start()

    def _start(self) -> None:
        if self._draft.problems():
            return
        if "max_minutes" not in self._draft.training and "steps" not in self._draft.training:
            self._set_minutes(self.minutes.value())
        try:
            request = self._draft.request()
        except BackendError as error:
            self._services.report(error)
            return
        self.work.start(Order(self._draft.title(), request, float(self.minutes.value())))

    def _cancel(self) -> None:
        self.work.cancel()

    def _open_set_up(self) -> None:
        self._services.set_up()

    def _open_form(self) -> None:
        open_algorithm(self._draft, self._services)

    def _resume(self, unfinished: Any) -> None:
        minutes = float(unfinished.spec.get("training", {}).get("max_minutes") or 0)
        try:
            check_files(unfinished.spec)
            secrets = secrets_of(unfinished.spec, self._draft.project)
        except BackendError as error:
            self._services.report(error)
            return
        self.work.start(Order(unfinished.title, Request(unfinished.spec, secrets, []), minutes))

    def _forget(self, unfinished: Any) -> None:
        try:
            self._services.jobs.forget(unfinished)
        except OSError as error:
            words = self.tr("“{}” could not be deleted: {}").format(unfinished.title, error)
            self._services.report(BackendError("output-unwritable", words))
        self._show_unfinished()

    # What is shown

    def _show_unfinished(self) -> None:
        # One thing at a time: they wait until the panel is free.
        self.unfinished.display(self._services.jobs.unfinished() if self._is_idle() else [])

    def _show_plan(self) -> None:
        problems, idle = self._draft.problems(), self._is_idle()
        self.plan.setVisible(idle and not problems)
        self.problem.say(problems[0].message if problems and idle else "")
        if not problems:
            self._say_plan("")
        if idle:
            seconds = estimates.expected_seconds(self.minutes.value())
            words = figures.duration(max(60.0, seconds))
            self.button.setText(self.tr("Distil – about {}").format(words))
            self.button.setToolTip(self.tr("Trains the student; you can go on working, pause it or stop it."))
            self.button.setEnabled(not problems)
            self.form.setEnabled(not problems)
            self.title_state.emit(words, not problems)

    def _look_at_request(self) -> None:
        """What has to be written first is known only from the request, which is too much work for every key.

        Nor is a question for a password to come up before the click.
        """
        if self._draft.problems() or not self._is_idle() or logins.would_be_asked_for(self._draft):
            return
        try:
            written = to_be_written(self._draft.request().exports)
        except BackendError as error:
            self.problem.say(str(error))
            return
        self._say_plan(written)

    def _say_plan(self, written: str) -> None:
        """Ticking the comparison makes the plan longer, and is not to move the button."""
        words, longest = plan(self._draft), plan(self._draft, baseline=True)
        self.plan.say(f"{words} {written}".strip(), f"{longest} {written}".strip())

    def _show_work(self) -> None:
        state, idle = self.work.state, self._is_idle()
        if state != self._shown:
            self._shown = state
            self.settings.setVisible(idle or state == State.FAILED)  # perhaps it is put right here
            self.panel.setVisible(not idle and state != State.FAILED)
            self.panel.refresh()
            self.failure.setVisible(state == State.FAILED)
            self._show_failure()
            self.cancel.setVisible(state.busy or state == State.PAUSED)
            self.button.setVisible(state != State.FAILED)
            self._show_button()
            self._show_plan()
            if self._looked:
                QTimer.singleShot(0, self._show_unfinished)  # when the jobs have let go of what ended

    def _show_failure(self) -> None:
        error = self.work.error
        if self.work.state == State.FAILED and error is not None:
            self._failed_with = self._chosen()
            section = section_of(error)
            show = None if section in (None, _NAME) else self._services.at_section.get(section)
            self.failure.display(error, stages.words(self.work.course.stage), elsewhere=show is not None)
            if show is not None:
                show(str(error))
            self._services.announce(error)
            self.title_state.emit(self.tr("failed"), False)

    def _leave_failure(self) -> None:
        """What was put right is for a distillation of its own: trying again would run what had failed."""
        if self.work.state == State.FAILED and self._failed_with and self._chosen() != self._failed_with:
            self._services.message_bar.clearWidgets()
            self.work.cancel()

    def _chosen(self) -> tuple[Any, ...]:
        return tuple(getattr(self._draft, part) for part in _PARTS)

    def _show_where(self) -> None:
        if self.work.error is not None:
            self._services.go_to(section_of(self.work.error) or _NAME)

    def _is_idle(self) -> bool:
        """Whether the panel is free for the next one."""
        return self.work.state in (State.IDLE, State.DONE)

    def _show_button(self) -> None:
        state = self.work.state
        stopping = state == State.STOPPING
        self.cancel.setEnabled(not stopping)
        if state.busy:
            self.button.setEnabled(not stopping)
            self.button.setText(self.tr("Pause"))
            self.button.setToolTip(
                self.tr(
                    "Stops within a second and waits here. Resume goes on from there, "
                    "even after QGIS or the computer were restarted."
                )
            )
            self.title_state.emit(self.tr("running"), True)
        elif state == State.PAUSED:
            self.button.setEnabled(True)
            self.button.setText(self.tr("Resume"))
            self.button.setToolTip(self.tr("Goes on from where it was paused."))
            self.title_state.emit(self.tr("paused"), True)
