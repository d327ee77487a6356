"""The classes of a spectral index, from its lowest values to its highest, and the values between them."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .teacher_way import narrow

_FEWEST, _MOST = 2, 8
_STEP = 0.05
translate = QCoreApplication.translate


class IndexClasses(QWidget):
    """A row a class: its name, and the value from which it begins; the first one begins anywhere below."""

    edited = pyqtSignal()  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: list[str] = []  # the labels' classes
        self._count = 0
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setVerticalSpacing(2)
        self._grid.addWidget(QLabel(self.tr("Class")), 0, 0)
        self._grid.addWidget(QLabel(self.tr("from")), 0, 1)
        # All from the start: those in use are shown. So the order of the Tab key is that of the rows.
        self.rows = [self._row(number) for number in range(_MOST)]
        self.add = QPushButton(self.tr("Add a class"))
        self.add.setToolTip(
            self.tr("One more class above the highest. Its values begin where the class before it ends.")
        )
        self.add.clicked.connect(self._on_add)
        below = QHBoxLayout()
        below.addWidget(self.add)
        below.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addLayout(below)

    def display(self, names: list[str], thresholds: list[float]) -> None:
        """Shows these."""
        self._count = len(names)
        for number, row in enumerate(self.rows):
            used = number < self._count
            row.name.setVisible(used)
            row.start.setVisible(used and number > 0)
            row.gone.setVisible(used and number > 0 and self._count > _FEWEST)
            if used and row.name.currentText() != names[number]:
                row.name.setEditText(names[number])
            if used and number and abs(row.start.value() - thresholds[number - 1]) > 1e-9:
                row.start.blockSignals(True)
                row.start.setValue(thresholds[number - 1])
                row.start.blockSignals(False)
        self.add.setEnabled(self._count < _MOST)

    def offer(self, known: list[str]) -> None:
        """Names of the labels' classes, to choose from: the index must speak of the same."""
        if known == self._known:
            return
        self._known = known
        for row in self.rows:
            self._fill(row.name)

    def names(self) -> list[str]:
        """From the lowest values to the highest."""
        return [row.name.currentText().strip() for row in self.rows[: self._count]]

    def thresholds(self) -> list[float]:
        """Between the classes."""
        return [round(row.start.value(), 4) for row in self.rows[1 : self._count]]

    def _row(self, number: int) -> _Row:
        name, start, gone = narrow(QComboBox()), QDoubleSpinBox(), QToolButton()
        name.setMinimumContentsLength(6)
        name.setEditable(True)
        name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        name.setAccessibleName(self.tr("Class {}").format(number + 1))
        name.setToolTip(
            self.tr(
                "What the ground with these values is called. With labels, choose the names of their classes; "
                "two rows may have the same name."
            )
        )
        self._fill(name)
        start.setRange(-100, 100)
        start.setDecimals(3)
        start.setSingleStep(_STEP)
        start.setKeyboardTracking(False)
        start.setAccessibleName(self.tr("Class {} begins at").format(number + 1))
        start.setToolTip(
            self.tr(
                "The value of the index from which a pixel is of this class. "
                "Look at the index in QGIS’s raster calculator to find it."
            )
        )
        gone.setIcon(QgsApplication.getThemeIcon("/symbologyRemove.svg"))
        gone.setAutoRaise(True)
        gone.setToolTip(self.tr("Takes this class away; the one below it gets its values."))
        gone.setAccessibleName(self.tr("Take class {} away").format(number + 1))
        for column, widget in enumerate((name, start, gone)):
            self._grid.addWidget(widget, number + 1, column)
        name.activated.connect(lambda _: self.edited.emit())
        name.lineEdit().editingFinished.connect(self.edited)
        start.valueChanged.connect(lambda _: self.edited.emit())
        gone.clicked.connect(lambda: self._on_gone(number))
        return _Row(name, start, gone)

    def _fill(self, field: QComboBox) -> None:
        typed = field.currentText()
        field.clear()
        field.addItems(self._known)
        field.setEditText(typed)

    def _on_add(self) -> None:
        thresholds = self.thresholds()
        names = [*self.names(), self.tr("class {}").format(self._count + 1)]
        self.display(names, [*thresholds, round(thresholds[-1] + 4 * _STEP, 4)])
        self.edited.emit()

    def _on_gone(self, at: int) -> None:
        names, thresholds = self.names(), self.thresholds()
        del names[at], thresholds[at - 1]
        self.display(names, thresholds)
        self.edited.emit()


@dataclass(frozen=True)
class _Row:
    name: QComboBox
    start: QDoubleSpinBox
    gone: QToolButton


def ranges_in_words(index: str, names: list[str], thresholds: list[float]) -> str:
    """Which values make which class, one sentence; empty where the two do not fit each other."""
    if len(names) != len(thresholds) + 1 or not thresholds:
        return ""
    values = [QLocale().toString(value, "g", 4) for value in thresholds]
    said = [translate("IndexClasses", "{0} below {1}").format(names[0], values[0])]
    for name, low, high in zip(names[1:-1], values, values[1:]):
        said.append(translate("IndexClasses", "{0} from {1} to {2}").format(name, low, high))
    said.append(translate("IndexClasses", "{0} from {1} on").format(names[-1], values[-1]))
    return translate("IndexClasses", "{0}: {1}.").format(index, "; ".join(said))
