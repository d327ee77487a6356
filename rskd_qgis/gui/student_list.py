"""All students with their figures, in a list that is folded away."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from . import figures
from .student_choice import Limits, Student
from .tips import wrapped

_ROWS_SHOWN = 8  # more scroll
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class StudentList(QgsCollapsibleGroupBox):
    """Picking a row is the same as moving the slider; those over a limit are grey and cannot be picked."""

    picked = pyqtSignal(str)
    """A student's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("All students"))
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self._names: list[str] = []
        self.rows = QTreeWidget()
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAllColumnsShowFocus(True)
        self.rows.setAccessibleName(self.tr("All students"))
        self.rows.setHeaderLabels(
            [self.tr("Name"), self.tr("Parameters,\nmillion"), self.tr("File,\nMB"), self.tr("ms per\nmegapixel")]
        )
        head = self.rows.headerItem()
        for column, tip in enumerate(
            (
                self.tr("Click a student to take it."),
                self.tr(
                    "Parameters are the numbers that a student learns, here in millions. More can tell more apart."
                ),
                self.tr("The size of the student’s file in megabytes, at most."),
                self.tr(
                    "Milliseconds that the student took for a million pixels on this machine when it was measured; "
                    "other programs at work make it slower. A dash: not measured yet; “…”: being measured now."
                ),
            )
        ):
            head.setToolTip(column, wrapped(tip))
            head.setTextAlignment(column, LEFT if column == 0 else RIGHT)
        header = self.rows.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.rows)
        self.collapsedStateChanged.connect(lambda _: self._bring())
        self.rows.currentItemChanged.connect(self._pick)
        self.rows.itemClicked.connect(self._pick)  # the current one too, where it is only what RSKD would take

    def display(self, students: list[Student], limits: Limits, chosen: Student | None, measured: str = "") -> None:
        """Shows the figures of all, which one is taken, and which one is being `measured`, by its name."""
        self.setVisible(bool(students))
        self.rows.blockSignals(True)
        names = [one.name for one in students]
        if names != self._names:  # rows stay while one of them is being picked
            self._names = names
            self.rows.clear()
            self.rows.addTopLevelItems([QTreeWidgetItem([name]) for name in names])
        for number, student in enumerate(students):
            self._fill(self.rows.topLevelItem(number), student, limits, busy=student.name == measured)
        self.rows.setCurrentItem(self.rows.topLevelItem(students.index(chosen)) if chosen in students else None)
        self.rows.blockSignals(False)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow lists do without the parameters, which the text above tells of the chosen student."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        rows, header = self.rows, self.rows.header()
        needed = sum(max(rows.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in range(4))
        rows.setColumnHidden(1, needed > rows.viewport().width())
        rows.setFixedHeight(header.sizeHint().height() + _ROWS_SHOWN * max(rows.sizeHintForRow(0), 1))

    def _fill(self, row: QTreeWidgetItem, student: Student, limits: Limits, *, busy: bool) -> None:
        fits = limits.admit(student)
        speed = "…" if busy else "–" if student.milliseconds is None else figures.about(student.milliseconds)
        millions, size = figures.number(student.parameters / 1e6, 2), figures.about(student.megabytes)
        for column, words in enumerate((millions, size, speed), 1):
            row.setText(column, words)
            row.setTextAlignment(column, RIGHT)
        tip = wrapped(student.summary if fits else self.tr("Over a limit. {}").format(student.summary))
        for column in range(4):
            row.setToolTip(column, tip)
        if student.milliseconds is not None:
            row.setToolTip(3, wrapped(figures.measured_on(student.measured)))
        row.setDisabled(not fits)

    def _bring(self) -> None:
        if self.rows.currentItem() is not None:
            self.rows.scrollToItem(self.rows.currentItem())

    def _pick(self, row: QTreeWidgetItem | None, _: object) -> None:
        if row is not None and not row.isDisabled():
            self.picked.emit(row.text(0))
