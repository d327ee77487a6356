"""What is seen of a running distillation: stage, bar, time left, curves, preview, warnings."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QPixmap, QResizeEvent
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from . import figures, stages
from .curves import Curves
from .notices import Notices
from .running import Distillation, State
from .section import Notice

_REFRESH = 250  # milliseconds: events come much faster
_STEPS = 1000  # of the bar
_QUIET = 15.0  # seconds without a word that are worth a word


class RunningPanel(QWidget):
    """Shows a distillation; asks it four times a second at most."""

    def __init__(self, distillation: Distillation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._distillation = distillation
        self.stage, self.left = QLabel(), QLabel()
        self.stage.setWordWrap(True)
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the distillation"))
        self.silence = Notice("/mIconInfo.svg")
        self.warnings = Notices()
        self.curves = Curves()
        self.preview = Preview()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.stage, self.bar, self.left, self.silence, self.curves, self.preview, self.warnings):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH)
        self._timer.timeout.connect(self.refresh)
        distillation.changed.connect(self._soon)
        self.refresh()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def refresh(self) -> None:
        """Shows how things stand now."""
        state, course = self._distillation.state, self._distillation.course
        self.stage.setText(self._stage())
        waiting = state == State.RUNNING and course.stage is None
        self.bar.setRange(0, 0 if waiting or state == State.STOPPING else _STEPS)
        self.bar.setValue(round(_STEPS * self._fraction()))
        self.left.setText(self._left())
        silent = course.silent if state == State.RUNNING else 0.0
        words = self.tr("No word for {} – the machine may be busy.").format(figures.duration(silent))
        self.silence.say(words if silent >= _QUIET else "")
        self.curves.display(course.curves, course.steps)
        self.preview.display(course.preview, course.previews)
        self.warnings.say([str(caution) for caution in course.warnings])

    def _stage(self) -> str:
        state, course = self._distillation.state, self._distillation.course
        if state == State.WRITING:
            return self.tr("Writing layers to files")
        if state == State.STOPPING:
            return self.tr("Putting the work away…")
        if state == State.PAUSED:
            return self.tr("Paused. It goes on from the last step that was finished.")
        if course.stage is None:
            return self.tr("Starting…")
        return stages.words(course.stage)

    def _fraction(self) -> float:
        course = self._distillation.course
        return course.done / 100 if self._distillation.state == State.WRITING else course.fraction

    def _left(self) -> str:
        distillation = self._distillation
        if distillation.state != State.RUNNING:
            return ""
        left = distillation.course.left(distillation.elapsed())
        return "" if left is None else figures.remaining(left)


class Preview(QLabel):
    """A picture as wide as there is room, never larger than it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._picture = ("", 0), QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(self.tr("Preview of teacher and student"))
        self.setToolTip(self.tr("A part of the ground as the student sees it by now, beside what it learns from."))
        self.hide()

    def display(self, path: str, number: int) -> None:
        """Shows the PNG at `path`, the `number`th one there; an empty path shows nothing."""
        if (path, number) != self._shown:
            self._shown, self._picture = (path, number), QPixmap(path)
            self.setVisible(not self._picture.isNull())
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the picture to the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        if self._picture.isNull():
            return
        width = max(1, min(self.width(), self._picture.width()))
        fitted = self._picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        self.setPixmap(fitted)
        self.setFixedHeight(fitted.height())
