"""The Result section: how good the student is, and everything one does with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices, QShowEvent
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import settings
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.bridge.job import JobTask
from rskd_qgis.draft import Draft
from rskd_qgis.layers.results import ResultFiles, add_results
from rskd_qgis.students import Entry

from . import verdict
from .algorithm_form import open_algorithm
from .earlier import newest
from .library import facts
from .many import ManyDialog
from .run_on_layer import RunOnLayerDialog
from .running import Order, State, distillation
from .section import Notice
from .services import Services
from .speed_plot import SpeedPlot


class ResultSection(QWidget):
    """Shows the last distillation's result, also one of another day; empty before there is one."""

    title_state = pyqtSignal(str, bool)

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self._work = distillation(services.jobs, services.library)
        self._files: dict[str, Path] = {}
        self._order: Order | None = None
        self._of_another_day = True  # what is shown, if anything
        self._entry: Entry | None = None  # in the library
        self._differences: JobTask | None = None
        self._compared: ResultFiles | None = None  # what the comparison makes
        self._project_left = False  # since it was asked for
        QgsProject.instance().cleared.connect(self._leave_project)
        self._lay_out()
        self._display(None)
        if self._work.state == State.DONE and self._work.result is not None:
            self._display_work(self._work.result)  # its maps are on the map already
        services.library.changed.connect(self._show_earlier)

    def showEvent(self, event: QShowEvent) -> None:
        """Looks for the last student when the section is first seen."""
        super().showEvent(event)
        if self._entry is None:
            self._show_earlier()

    def show_result(self, result: dict[str, Any]) -> None:
        """Shows a new result and adds its maps, unless another project was opened since the start."""
        self._display_work(result)
        if self._work.other_project:
            self.notice.say(self.tr("Another project was opened meanwhile. “Add maps” puts the maps into this one."))
        else:
            self.add_maps()

    def add_maps(self) -> None:
        """Adds the student's maps to the project, once more if need be."""
        maps = sorted(path for name, path in self._files.items() if name.startswith("map") and path.suffix == ".tif")
        for place, path in enumerate(maps, start=1):
            vector = self._files.get(path.with_suffix(".gpkg").name)
            confidence = self._files.get(path.name.replace("map", "confidence"))
            title = self._title() if len(maps) == 1 else self.tr("{} ({})").format(self._title(), place)
            files = ResultFiles(
                map=str(path), vector=str(vector or ""), confidence=str(confidence or ""), **self._origin()
            )
            self._add(files, self.tr("Student of {}").format(title))

    def _lay_out(self) -> None:
        self.empty = QLabel(self.tr("Nothing was distilled yet. The student’s accuracy, size and speed will be here."))
        self.headline, self.comparison, self.takes, self.judgement = (QLabel() for _ in range(4))
        for label in (self.empty, self.headline, self.comparison, self.takes, self.judgement):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        self.headline.setToolTip(
            self.tr(
                "Mean IoU: overlap of map and labels, averaged over the classes, on test ground that was kept apart. "
                "The interval says how far chance in the choice of that ground may have moved it."
            )
        )
        self.notice, self.problem = Notice("/mIconInfo.svg"), Notice()
        self.run = QPushButton(self.tr("Run on layer…"))
        self.run.setToolTip(self.tr("Maps another layer, or another area, with this student."))
        self.report = QPushButton(self.tr("Open report"))
        self.report.setToolTip(self.tr("Opens the report with accuracies of every class, areas and pictures."))
        self.more = QToolButton()
        self.more.setText(self.tr("More"))
        self.more.setToolTip(self.tr("Further things to do with this student."))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        self._buttons = QWidget()
        grid = QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, button in enumerate((self.run, self.report, self.more)):
            grid.addWidget(button, 0, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.plot = SpeedPlot()
        for widget in (self.empty, self.headline, self.comparison, self.takes, self.plot, self.judgement):
            layout.addWidget(widget)
        for widget in (self.notice, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self._buttons)
        self.run.clicked.connect(self.run_on_layer)
        self.report.clicked.connect(self.open_report)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        rows = (
            (self.tr("Add maps"), self.add_maps, self.tr("Adds the student’s maps to the project again.")),
            (self.tr("Many images…"), self.run_on_many, self.tr("Maps a folder of images or several layers.")),
            (self.tr("Save student as…"), self.save_student, self.tr("Copies the student’s file.")),
            (
                self.tr("Show where teacher and student differ"),
                self.show_differences,
                self.tr("Adds a layer of the pixels for which the two have different answers."),
            ),
            (
                self.tr("Open as Processing algorithm…"),
                self.open_algorithm,
                self.tr("The same distillation as a form, for models, batches and scripts."),
            ),
        )
        self._of_maps = []
        for words, wanted, tip in rows:
            action = menu.addAction(words, wanted)
            action.setToolTip(tip)
            if wanted in (self.add_maps, self.show_differences):
                self._of_maps.append(action)
        return menu

    def _display_work(self, result: dict[str, Any]) -> None:
        # Of this result: the work's own are the next one's as soon as that begins.
        self._of_another_day, self._order, self._entry = False, self._work.order, self._work.entry
        self._display(result)

    def _show_earlier(self) -> None:
        """The student that was made last, as long as none was made since QGIS was opened."""
        if not self._of_another_day or not self.isVisible():
            return
        found = newest(self._services.library)
        self._entry = None if found is None else found.entry
        self._display(None if found is None else {"metrics": found.metrics, "files": found.files})
        if found is not None:
            self.notice.say(self.tr("“{}” is the student that was made last.").format(found.entry.name))

    def _display(self, result: dict[str, Any] | None) -> None:
        """A result; the metrics are empty where its folder is gone, and the library says what it knows."""
        there = result is not None
        self.empty.setVisible(not there)
        for widget in (self.headline, self.comparison, self.takes, self.judgement, self._buttons):
            widget.setVisible(there)
        self.notice.say("")
        self.problem.say("")
        metrics = (result or {}).get("metrics") or {}
        self.plot.display(verdict.compared(metrics) if metrics else None)
        if result is None:
            self.title_state.emit("", False)
            return
        self._files = {Path(file).name: Path(file) for file in result.get("files", ())}
        self.report.setEnabled("report.html" in self._files)
        for action in self._of_maps:
            action.setEnabled(any(name.startswith("map") and name.endswith(".tif") for name in self._files))
        if not metrics:
            self.headline.setText(self._title())
            _say(self.comparison, "" if self._entry is None else facts(self._entry))
            for label in (self.takes, self.judgement):
                _say(label, "")
            self.title_state.emit("", True)
            return
        self.headline.setText(verdict.headline(metrics))
        _say(self.comparison, verdict.comparison(metrics))
        _say(self.takes, verdict.takes(metrics))
        _say(self.judgement, "\n".join(verdict.sentences(metrics)))
        self.title_state.emit(verdict.short(metrics), True)

    # What the buttons do

    def run_on_layer(self) -> None:
        """Opens the window that maps layers with this student."""
        if self._entry is not None:
            RunOnLayerDialog.open_for(self._entry, self._draft, self._services, self)

    def run_on_many(self) -> None:
        """Opens the window that maps many images with this student."""
        if self._entry is not None:
            ManyDialog.open_for(self._entry, self._services, self)

    def open_report(self) -> None:
        """Shows the report in the browser."""
        report = self._files["report.html"]
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))
        words = self.tr("No program opened the report. Open it in a browser: {}")
        self.problem.say("" if opened else words.format(report))

    def save_student(self) -> None:
        """Copies the student to where the user says."""
        student = self._files.get("student.onnx") or (None if self._entry is None else self._entry.path)
        if student is None:
            return
        start = str(Path(settings.folder("student")) / f"{self._title()}.onnx")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save student as"), start, self.tr("Students (*.onnx)"))
        if not chosen:
            return
        target = Path(chosen) if chosen.lower().endswith(".onnx") else Path(f"{chosen}.onnx")
        settings.set_folder("student", str(target.parent))
        try:
            shutil.copyfile(student, target)
        except OSError as error:
            words = self.tr("“{path}” could not be written: {reason}").format(path=target, reason=error.strerror)
            self._report(BackendError("output-unwritable", words))
            return
        self.problem.say("")
        self.notice.say(self.tr("Saved as {}.").format(target))

    def show_differences(self) -> None:
        """Compares the student's map with the teacher's answers, and adds where the two differ."""
        class_map = self._files.get("map.tif")
        if class_map is None or self._differences is not None:
            return
        out = class_map.with_name("disagreement.tif")
        spec = {"map": str(class_map), "targets": str(class_map.parent / "targets"), "out": str(out)}
        task = self._differences = JobTask(self.tr("Where teacher and student differ"), "disagreement", spec)
        self._compared = ResultFiles(map=str(class_map), disagreement=str(out), **self._origin())
        self._project_left = False
        task.succeeded.connect(self._add_differences)
        task.failed.connect(self._explain_no_differences)
        task.stopped.connect(self._end_differences)
        self.problem.say("")
        self.notice.say(self.tr("Comparing teacher and student…"))
        self._services.jobs.start(task)

    def open_algorithm(self) -> None:
        """Opens QGIS's form of the algorithm, filled in with what the dock holds now."""
        open_algorithm(self._draft, self._services)

    def _add_differences(self) -> None:
        self._end_differences()
        if self._project_left:
            self.notice.say(self.tr("Another project was opened meanwhile. Ask again to have the layer in this one."))
        elif self._compared is not None:
            self._add(self._compared, self.tr("Where teacher and student differ"))

    def _explain_no_differences(self, error: BackendError) -> None:
        self._end_differences()
        self._report(error)

    def _end_differences(self) -> None:
        self._differences = None
        self.notice.say("")

    def _leave_project(self) -> None:
        self._project_left = True

    def _add(self, files: ResultFiles, title: str) -> None:
        self.problem.say("")
        try:
            add_results(files, QgsProject.instance(), title)
        except BackendError as error:
            self._report(error)

    def _report(self, error: BackendError) -> None:
        """Here, where it was asked for; the layers of the next distillation have nothing to do with it."""
        self._services.report(error, at=self.problem.say)

    def _origin(self) -> dict[str, str]:
        """Which student and settings made the maps."""
        return {
            "student": str(self._files.get("student.onnx", "")),
            "settings": str(self._files.get("job.json", "")),
        }

    def _title(self) -> str:
        if self._entry is not None:
            return self._entry.name  # unlike any other student's
        return self._order.title if self._order is not None else self.tr("Student")


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))
