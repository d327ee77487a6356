"""The terms of a recipe while the student learns: each a line of its own, on a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from . import figures, legend
from .course import Point

_COLORS = ("#3b8fd0", "#e07b39", "#2fa37c", "#c86fa8", "#c9a227", "#8d7bd4")
"""Told apart on light and dark ground, and by who sees no red or green; from the second round on lines are dashed."""
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_SWATCH, _GAP = 24, 10  # pixels
translate = QCoreApplication.translate


def term_lines(points: Sequence[Point]) -> dict[str, list[tuple[int, float]]]:
    """Steps and values of each term, from 0 to 1: its own highest value is 1, and 0 is 0 (or the lowest below it).

    Terms are in units of their own, so that no common scale would show more than the largest. Empty for a loss of one
    term, which is the loss itself.
    """
    values: dict[str, list[tuple[int, float]]] = {}
    for point in points:
        for name, value in point.terms.items():
            values.setdefault(name, []).append((point.step, value))
    if len(values) < 2:
        return {}
    return {name: _scaled(line) for name, line in values.items()}


def term_name(name: str) -> str:
    """A term as the user reads it: the backend's own name for what is a loss of the library."""
    names = {
        "labels": translate("TermCurves", "labels"),
        "teacher": translate("TermCurves", "soft targets"),
        "peers": translate("TermCurves", "fellow students"),
    }
    return names.get(name, name)


class TermCurves(QWidget):
    """One diagram with a legend that says the newest values. Not there for a recipe of one term."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setToolTip(
            self.tr(
                "What the student’s loss is made of. Each line has a scale of its own, from 0 to its highest value: "
                "see whether it falls, not which is higher. The numbers are the newest values, before their weights."
            )
        )
        self._lines: dict[str, list[tuple[int, float]]] = {}
        self._newest: dict[str, float] = {}
        self._steps = 1.0
        self.hide()

    def display(self, points: Sequence[Point], steps: float) -> None:
        """Draws the terms of a training that was planned for so many steps."""
        self._lines = term_lines(points)
        self._newest = dict(points[-1].terms) if points else {}
        self._steps = max([steps, 1.0, *(float(point.step) for point in points)])
        self.setVisible(bool(self._lines))
        self.setAccessibleName(self.words())
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """The newest values, for who cannot see them."""
        return "; ".join(self._said(name) for name in self._lines)

    def sizeHint(self) -> QSize:
        """As the two diagrams above."""
        width = 20 * self.fontMetrics().height()
        return QSize(width, self.heightForWidth(width))

    def heightForWidth(self, width: int) -> int:
        """More where the legend needs several rows."""
        line = self.fontMetrics().height()
        return 6 * line + round(1.2 * line) * self._rows(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The diagram, and the legend below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        below = 1.2 * line * self._rows(self.width())
        text = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(text)
        head = QRectF(0, 0, self.width(), line)
        title = self.fontMetrics().elidedText(
            self.tr("Terms, each on its own scale"), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(head, int(Qt.AlignmentFlag.AlignCenter), title)
        frame = QRectF(0.5, 1.2 * line, self.width() - 1, self.height() - below - 1.4 * line)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRect(frame)
        self._draw(painter, frame.adjusted(4, 4, -4, -4))
        self._draw_legend(painter, self.height() - below, text)
        painter.end()

    def _draw(self, painter: QPainter, inner: QRectF) -> None:
        for number, points in enumerate(self._lines.values()):
            drawn = [
                QPointF(inner.left() + x / self._steps * inner.width(), inner.bottom() - y * inner.height())
                for x, y in points
            ]
            painter.setPen(_pen(number))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(drawn) > 1:
                painter.drawPolyline(QPolygonF(drawn))
            painter.setBrush(_pen(number).color())
            painter.drawEllipse(drawn[-1], 2, 2)

    def _draw_legend(self, painter: QPainter, top: float, text: QColor) -> None:
        line = self.fontMetrics().height()
        for number, (name, (row, left)) in enumerate(zip(self._lines, self._places(self.width()))):
            middle = top + 1.2 * line * (row + 0.5)
            painter.setPen(_pen(number))
            painter.drawLine(QPointF(left + 2, middle), QPointF(left + _SWATCH - 4, middle))
            painter.setPen(text)
            where = QRectF(left + _SWATCH, middle - line / 2, self.width() - left - _SWATCH, line)
            said = self.fontMetrics().elidedText(self._said(name), Qt.TextElideMode.ElideRight, int(where.width()))
            painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), said)

    def _said(self, name: str) -> str:
        value = self._newest.get(name)
        if value is None:
            return term_name(name)
        decimals = 0 if abs(value) >= 100 else 2 if abs(value) >= 0.1 else 3
        return f"{term_name(name)} {figures.number(value, decimals)}"

    def _places(self, width: int) -> list[tuple[int, float]]:
        words = [self.fontMetrics().horizontalAdvance(self._said(name)) for name in self._lines]
        return legend.rows([each + _SWATCH + 2 for each in words], width, _GAP)

    def _rows(self, width: int) -> int:
        return 1 + max((row for row, _ in self._places(width)), default=0)


def _pen(number: int) -> QPen:
    return QPen(QColor(_COLORS[number % len(_COLORS)]), 2, _STYLES[number // len(_COLORS) % len(_STYLES)])


def _scaled(line: list[tuple[int, float]]) -> list[tuple[int, float]]:
    values = [value for _, value in line]
    low, high = min(0.0, *values), max(0.0, *values)
    return [(step, (value - low) / (high - low) if high > low else 0.0) for step, value in line]
