"""The Student section: how large and how fast the student may be."""

from __future__ import annotations

import math
from typing import Any

from qgis.core import QgsRasterLayer
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import estimates
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.layers.ground import metres_per_unit

from . import figures
from .limit_field import LimitField
from .measuring import Measuring
from .section import Notice
from .services import NOT_STARTING, Services
from .student_choice import Catalogue, Limits, Student
from .student_list import StudentList
from .tips import wrap_tips, wrapped


class StudentSection(QWidget):
    """A slider over the students that fit, with what each one takes on this machine."""

    title_state = pyqtSignal(str, bool)

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services = draft, services
        self._catalogue = Catalogue([], {})
        self._sizes = (0, 0)  # bands and classes of the catalogue
        self._asked = (0, 0)
        self.measuring = Measuring(self)
        self._lay_out()
        draft.changed.connect(self.refresh)
        self.measuring.changed.connect(self._show_measuring)
        self.measuring.failed.connect(self._refused)
        self.destroyed.connect(self.measuring.stop)
        self.refresh()

    def refresh(self) -> None:
        """Shows the draft's student; asks for the catalogue where bands or classes are others than before."""
        sizes = (self._draft.band_count("student"), self._draft.class_count())
        if sizes[0] and sizes not in (self._sizes, self._asked) and self.isVisible():
            self._ask(sizes)
        self._display()

    def ask_anew(self) -> None:
        """The environment has changed: what was said of it no longer holds."""
        self._say("", set_up=False)
        self._asked = (0, 0)
        self._draft.set(cannot_train=False)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks only when somebody looks: the backend is not started for nothing."""
        super().showEvent(event)
        self.refresh()

    def _lay_out(self) -> None:
        self.automatic = QCheckBox(self.tr("Automatic: the best that fits"))
        self.automatic.setToolTip(
            self.tr(
                "RSKD takes the largest plain student within the limits below, a small quick one without limits. "
                "Switch it off to choose by yourself."
            )
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setAccessibleName(self.tr("Student, from small to accurate"))
        self.slider.setToolTip(
            self.tr(
                "Small students are quick and need few labels; large ones come nearer to their teacher. "
                "Moving the slider shows what each one takes."
            )
        )
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("small")))
        row.addWidget(self.slider, 1)
        row.addWidget(QLabel(self.tr("accurate")))
        self.name, self.size, self.speed, self.summary = (QLabel() for _ in range(4))
        for label in (self.name, self.size, self.speed, self.summary):
            label.setWordWrap(True)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.automatic)
        layout.addLayout(row)
        for label in (self.name, self.size, self.speed, self.summary):
            layout.addWidget(label)
        layout.addLayout(self._measuring_row())
        self.notice = Notice()
        self.set_up = QPushButton(self.tr("Set up…"))
        self.set_up.setToolTip(self.tr("Opens the page that installs what is missing."))
        layout.addWidget(self.notice)
        layout.addWidget(self.set_up, 0, Qt.AlignmentFlag.AlignLeft)
        self.list = StudentList()
        layout.addWidget(self.list)
        layout.addWidget(self._limits())
        self.set_up.hide()
        self.set_up.clicked.connect(self._open_set_up)
        self.automatic.toggled.connect(self._choose_automatic)
        self.slider.valueChanged.connect(self._choose)
        self.list.picked.connect(self._pick)
        wrap_tips(self)

    def _measuring_row(self) -> QHBoxLayout:
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.setToolTip(
            self.tr(
                "Runs this student for a moment on this machine and keeps how fast it was: a few seconds. Other work "
                "makes it slower: measure again when the machine is quiet. "
                "The rest of QGIS stays usable, and you can stop it."
            )
        )
        self.measure_all = QPushButton(self.tr("Measure all"))
        self.measure_all.setToolTip(
            self.tr(
                "Runs every student for a moment on this machine, this one first, and keeps how fast each was: "
                "a minute or two. The list below fills while it goes on."
            )
        )
        self.bar = QProgressBar()
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stops measuring."))
        row = QHBoxLayout()
        row.addWidget(self.measure)
        row.addWidget(self.measure_all)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        row.addStretch()
        self.bar.hide()
        self.stop.hide()
        self.measure.clicked.connect(lambda: self._measure(every=False))
        self.measure_all.clicked.connect(lambda: self._measure(every=True))
        self.stop.clicked.connect(self.measuring.stop)
        return row

    def _limits(self) -> QgsCollapsibleGroupBox:
        box = QgsCollapsibleGroupBox(self.tr("Limits"))
        box.setCollapsed(True)
        box.setSaveCollapsedState(False)
        self.most_megabytes = LimitField(0.6, 200, self.tr(" MB"), 2)
        self.most_megabytes.name(
            self.tr("Largest file"),
            self.tr(
                "The student's file may not be larger. Set it where the student has to be sent around or must fit on "
                "a small device."
            ),
        )
        self.most_milliseconds = LimitField(10, 20_000, self.tr(" ms"), 1)
        self.most_milliseconds.name(
            self.tr("Slowest, per megapixel"),
            self.tr(
                "The student may not take longer for a million pixels on this machine. Set it where large areas have "
                "to be mapped in a given time."
            ),
        )
        form = QFormLayout(box)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(self.tr("Largest file"), self.most_megabytes)
        form.addRow(self.tr("Slowest, per megapixel"), self.most_milliseconds)
        LimitField.align([self.most_megabytes, self.most_milliseconds])
        for field in (self.most_megabytes, self.most_milliseconds):
            field.changed.connect(self._limit)
        return box

    def _ask(self, sizes: tuple[int, int]) -> None:
        self._asked = sizes
        arguments = {"bands": sizes[0], "classes": sizes[1], "benchmark": False}

        def answered(rows: list[dict[str, Any]]) -> None:
            if self._asked == sizes:
                self._sizes = sizes
                self._catalogue = Catalogue(rows, estimates.Measured(*sizes).all())
                self._say("", set_up=False)
                self._draft.set(cannot_train=False)
                self._display()

        def refused(error: BackendError) -> None:
            if self._asked == sizes:
                self._refused(error)
                self._asked = (0, 0)

        self._services.resident.ask("students", arguments, answered, refused)

    def _refused(self, error: BackendError) -> None:
        if error.code == "extra-missing":
            words = self.tr("Distilling needs the training parts, which are not installed yet. Students can be used.")
        else:
            words = str(error)
        self._say(words, set_up=error.code in NOT_STARTING)
        if error.code == "extra-missing":
            self._draft.set(cannot_train=True)

    def _say(self, words: str, *, set_up: bool) -> None:
        self.notice.say(words)
        self.set_up.setVisible(set_up)

    def _display(self) -> None:
        limits, name = Limits.of(self._draft.student), self._draft.student.get("name", "auto")
        fitting = self._catalogue.fitting(limits)
        automatic = self._catalogue.automatic(limits)
        chosen = automatic if name == "auto" else self._catalogue.named(name)
        for field in (self.automatic, self.slider):
            field.blockSignals(True)
        self.automatic.setChecked(name == "auto")
        self.slider.setEnabled(len(fitting) > 1)
        self.slider.setRange(0, max(0, len(fitting) - 1))
        if chosen in fitting:
            self.slider.setValue(fitting.index(chosen))
        for field in (self.automatic, self.slider):
            field.blockSignals(False)
        if self._catalogue.span() is not None:
            smallest, largest = self._catalogue.span()
            # Up to the next two digits, so that the smallest is within the least limit.
            self.most_megabytes.span(_two_digits_up(smallest), max(200.0, _two_digits_up(largest)))
        self.most_megabytes.show_value(limits.megabytes or 0)
        self.most_milliseconds.show_value(limits.milliseconds or 0)
        self.list.display(self._catalogue.students, limits, chosen, self.measuring.student)
        self._describe(chosen)
        self._judge(chosen, fitting, limits)
        self.title_state.emit(self._title(name, chosen), chosen is not None and chosen in fitting)

    def _title(self, name: str, chosen: Student | None) -> str:
        if name == "auto":
            return self.tr("automatic")
        return chosen.name if chosen is not None else name

    def _describe(self, student: Student | None) -> None:
        for label in (self.name, self.size, self.speed, self.summary):
            label.setVisible(student is not None)
        unmeasured, free = self._catalogue.unmeasured(), not self.measuring.busy
        self.measure.setVisible(student is not None and free)
        self.measure_all.setVisible(bool(self._catalogue.students) and free)
        self.measure_all.setText(self.tr("Measure all") if unmeasured else self.tr("Measure all again"))
        if student is None:
            return
        self.measure.setText(self.tr("Measure") if student.name in unmeasured else self.tr("Measure again"))
        known = student.milliseconds is not None
        self.speed.setToolTip(wrapped(figures.measured_on(student.measured)) if known else "")
        self.name.setText(student.name)
        size = self.tr("{parameters} parameters · at most {size}")
        self.size.setText(
            size.format(parameters=figures.count(student.parameters), size=figures.megabytes(student.megabytes))
        )
        self.speed.setText(self._speed(student))
        self.summary.setText(student.summary)

    def _speed(self, student: Student) -> str:
        if student.name == self.measuring.student:
            return self.tr("Measuring its speed on this machine…")
        if student.milliseconds is None:
            return self.tr("Its speed on this machine is not known yet.")
        gsd = ground_sampling(self._draft)
        if gsd is None:
            return figures.speed(student.milliseconds)
        seconds = estimates.seconds_of_area(student.milliseconds, gsd)
        words = self.tr("{speed} · {time} per 100 km² at {gsd} m a pixel")
        return words.format(
            speed=figures.speed(student.milliseconds), time=figures.duration(seconds), gsd=figures.about(gsd)
        )

    def _judge(self, chosen: Student | None, fitting: list[Student], limits: Limits) -> None:
        """What is wrong with the choice, where the catalogue is known."""
        if not self._catalogue.students:
            if not self.notice.words() and self._draft.band_count("student") and self._asked != (0, 0):
                self.name.setText(self.tr("Asking for the students that fit…"))
                self.name.show()
            return
        if not fitting:
            smallest = self._catalogue.students[0]
            words = self.tr("No student is within the limits. The smallest, {name}, takes {size}.")
            self.notice.say(words.format(name=smallest.name, size=figures.megabytes(smallest.megabytes)))
        elif chosen is not None and chosen not in fitting:
            words = self.tr(
                "{} is not within the limits. Tick “Automatic”, take another student of the list, or allow more."
            )
            self.notice.say(words.format(chosen.name))
        elif limits.milliseconds is not None and self._catalogue.unmeasured():
            self.notice.say(self.tr("Measure all students first: then those that are too slow are left out."))
        else:
            self.notice.say("")

    def _choose_automatic(self, automatic: bool) -> None:
        if automatic:
            self._draft.set(student={**self._draft.student, "name": "auto"})
        else:
            self._choose(self.slider.value())

    def _choose(self, place: int) -> None:
        fitting = self._catalogue.fitting(Limits.of(self._draft.student))
        if place < len(fitting):
            self._pick(fitting[place].name)
        else:
            self._display()  # nothing to choose from yet

    def _pick(self, name: str) -> None:
        self._draft.set(student={**self._draft.student, "name": name})

    def _limit(self) -> None:
        kept = {key: value for key, value in self._draft.student.items() if key[:4] != "max_"}
        megabytes, milliseconds = self.most_megabytes.value(), self.most_milliseconds.value()
        if megabytes:
            kept["max_megabytes"] = megabytes
        if milliseconds:
            kept["max_milliseconds"] = milliseconds
        self._draft.set(student=kept)

    def _open_set_up(self) -> None:
        self._services.set_up()

    def _measure(self, *, every: bool) -> None:
        """The student that is taken, then the others if all are asked for."""
        catalogue, limits = self._catalogue, Limits.of(self._draft.student)
        name = self._draft.student.get("name", "auto")
        taken = catalogue.automatic(limits) if name == "auto" else catalogue.named(name)
        first = [] if taken is None else [taken.name]
        if not every:
            self.measuring.start(*self._sizes, first)
            return
        # All of them anew where all are known: whatever was at work at that time slowed them down.
        wanted = catalogue.unmeasured() or [one.name for one in catalogue.students]
        self.measuring.start(*self._sizes, sorted(wanted, key=lambda one: one not in first))

    def _show_measuring(self) -> None:
        work = self.measuring
        self.bar.setVisible(work.busy)
        self.stop.setVisible(work.busy)
        several = work.total > 1
        self.bar.setRange(0, work.total if several else 0)  # a single one takes too short to say how far it is
        self.bar.setValue(work.done)
        self.bar.setFormat("%v / %m")
        if self._catalogue.students:
            self._catalogue = self._catalogue.measured(estimates.Measured(*self._sizes).all())
        self._display()


def _two_digits_up(value: float) -> float:
    """The next number of two digits that is not smaller."""
    step = 10 ** (math.floor(math.log10(value)) - 1)
    return round(math.ceil(round(value / step, 6)) * step, 6)


def ground_sampling(draft: Draft) -> float | None:
    """Metres of a pixel of the reference layer; None where it has no place on Earth."""
    layer = draft.layer(draft.layers[0].layer_id) if draft.layers else None
    if not isinstance(layer, QgsRasterLayer) or not layer.crs().isValid():
        return None
    return layer.rasterUnitsPerPixelX() * metres_per_unit(layer.crs(), layer.extent()) or None
