"""A limit: a slider, and beside it the number, which can be typed too."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

STEPS = 40
"""Places of the slider; one more, the last, is no limit."""


def value_at(place: int, low: float, high: float) -> float:
    """The limit at a place of the slider, each the same factor above the one before, in two digits; 0 is none."""
    if place >= STEPS:
        return 0.0
    value = low * (high / low) ** (place / (STEPS - 1))
    return round(value, 1 - math.floor(math.log10(value)))


def place_of(value: float, low: float, high: float) -> int:
    """The slider's place that comes nearest to a limit."""
    if not value:
        return STEPS
    return round((STEPS - 1) * math.log(min(max(value, low), high) / low) / math.log(high / low))


class LimitField(QWidget):
    """Tells and takes a number; 0 where there is no limit."""

    changed = pyqtSignal(float)
    """By the user."""

    def __init__(self, low: float, high: float, unit: str, decimals: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(4)
        self.number = QDoubleSpinBox()
        self.number.setRange(0, 1e6)
        self.number.setDecimals(decimals)
        self.number.setSuffix(unit)
        self.number.setSpecialValueText(self.tr("no limit"))
        self.number.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.number.setKeyboardTracking(False)  # nothing jumps while typing
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setFocusProxy(self.slider)
        self.show_value(0)
        self.slider.valueChanged.connect(lambda place: self.number.setValue(value_at(place, self._low, self._high)))
        self.number.valueChanged.connect(self._tell)

    def name(self, words: str, tip: str) -> None:
        """What it limits, for screen readers, and why one would."""
        for part in (self.slider, self.number):
            part.setAccessibleName(words)
            part.setToolTip(tip)

    @staticmethod
    def align(fields: Sequence[LimitField]) -> None:
        """Fields below each other get numbers of one width, and so sliders of one width."""
        width = max(field.number.sizeHint().width() for field in fields)
        for field in fields:
            field.number.setFixedWidth(width)

    def span(self, low: float, high: float) -> None:
        """What the slider reaches; the limit stays."""
        if (low, high) != (self._low, self._high):
            self._low, self._high = low, high
            self._move(self.value())

    def value(self) -> float:
        """The limit; 0 for none."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """As if the user had typed it."""
        self.number.setValue(value)

    def show_value(self, value: float) -> None:
        """Shows what others have decided."""
        self.number.blockSignals(True)
        self.number.setValue(value)
        self.number.blockSignals(False)
        self._move(value)

    def _tell(self, value: float) -> None:
        self._move(value)
        self.changed.emit(value)

    def _move(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(place_of(value, self._low, self._high))
        self.slider.blockSignals(False)
