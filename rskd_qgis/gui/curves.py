"""Curves of a running training: the loss falls, the accuracy rises."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from . import figures, legend, stages
from .course import Point
from .recipe_curves import TermCurves


@dataclass(frozen=True)
class Plot:
    """One diagram's lines in data units, with the range of its axes; a plain class, drawn elsewhere."""

    lines: dict[str, list[tuple[float, float]]]
    right: float
    low: float
    high: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point as shares of width (from the left) and height (from below)."""
        return min(1.0, x / self.right), (y - self.low) / (self.high - self.low)


def loss_plot(curves: dict[str, list[Point]], steps: dict[str, float]) -> Plot | None:
    """The losses; None as long as there are none."""
    return _plot({name: [(one.step, one.loss) for one in points] for name, points in curves.items()}, steps, None)


def score_plot(curves: dict[str, list[Point]], steps: dict[str, float]) -> Plot | None:
    """The scores on validation ground, from 0 on; None where nothing is scored."""
    lines = {
        name: [(one.step, one.score) for one in points if one.score is not None] for name, points in curves.items()
    }
    return _plot(lines, steps, 0.0)


def _plot(lines: dict[str, list[tuple[float, float]]], steps: dict[str, float], low: float | None) -> Plot | None:
    lines = {name: points for name, points in lines.items() if points}
    if not lines:
        return None
    values = [y for points in lines.values() for _, y in points]
    bottom = min(values) if low is None else low
    top = max(values)
    if top <= bottom:
        top = bottom + (abs(bottom) or 1.0) * 0.1
    right = max([steps.get(name, 0.0) for name in lines] + [x for points in lines.values() for x, _ in points] + [1.0])
    return Plot(lines, right, bottom, top)


class Curves(QWidget):
    """Loss and accuracy of all trainings, and below them the terms of the student's loss where it has several."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots, self.terms = Plots(), TermCurves()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plots)
        column.addWidget(self.terms)

    def display(self, curves: dict[str, list[Point]], steps: dict[str, float]) -> None:
        """Draws these."""
        self.plots.display(curves, steps)
        self.terms.display(curves.get(stages.STUDENT, []), steps.get(stages.STUDENT, 0.0))
        self.setVisible(any(curves.values()))
        self.setAccessibleName(self.words())

    def words(self) -> str:
        """The newest points, for who cannot see them."""
        return "; ".join(filter(None, (self.plots.words(), self.terms.words())))


class Plots(QWidget):
    """Two small diagrams side by side, in the palette's colours, so that they suit every theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setToolTip(
            self.tr(
                "Left: the loss, how far the network still is from what it learns. "
                "Right: the mean IoU, how well it does on ground that it does not learn from."
            )
        )
        self._curves: dict[str, list[Point]] = {}
        self._steps: dict[str, float] = {}

    def display(self, curves: dict[str, list[Point]], steps: dict[str, float]) -> None:
        """Draws these."""
        known = self._drawn()
        self._curves, self._steps = dict(curves), dict(steps)
        if self._drawn() != known:
            self.updateGeometry()
        self.update()

    def words(self) -> str:
        """The newest points, for who cannot see them."""
        said = []
        for name, points in self._curves.items():
            if points and points[-1].score is not None:
                text = self.tr("{name}: mean IoU {score} after {step} steps")
                score, step = figures.number(points[-1].score, 3), figures.number(points[-1].step)
                said.append(text.format(name=self._name(name), score=score, step=step))
        return "; ".join(said)

    def sizeHint(self) -> QSize:
        """Low enough to leave room for the rest of the dock."""
        line = self.fontMetrics().height()
        return QSize(20 * line, self.heightForWidth(20 * line))

    def heightForWidth(self, width: int) -> int:
        """More where the legend needs several rows."""
        line = self.fontMetrics().height()
        return 8 * line + round(1.2 * line) * self._rows(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both diagrams and the legend below them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, gap = self.fontMetrics().height(), 8
        below = 1.2 * line * self._rows(self.width())  # the legend
        width, height = (self.width() - gap) / 2, self.height() - below - 0.2 * line
        plots = (
            (self.tr("Loss"), loss_plot(self._curves, self._steps)),
            (self.tr("Mean IoU"), score_plot(self._curves, self._steps)),
        )
        for number, (title, plot) in enumerate(plots):
            self._draw(painter, QRectF(number * (width + gap), 0, width, height), title, plot)
        self._draw_legend(painter, self.height() - below)
        painter.end()

    def _draw(self, painter: QPainter, area: QRectF, title: str, plot: Plot | None) -> None:
        line = self.fontMetrics().height()
        painter.setPen(self._text())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter), title)
        small = QFont(painter.font())
        small.setPointSizeF(0.8 * small.pointSizeF())
        painter.save()
        painter.setFont(small)
        gutter = painter.fontMetrics().horizontalAdvance("00.00") + 3
        frame = area.adjusted(gutter, 1.2 * line, -0.5, -0.5)
        if plot is not None:
            self._draw_range(painter, QRectF(area.left(), frame.top(), gutter - 3, frame.height()), plot)
        painter.restore()
        painter.setPen(QPen(self._faint(), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRect(frame)
        if plot is None:
            return
        inner = frame.adjusted(4, 4, -4, -4)
        for name, points in plot.lines.items():
            places = [plot.place(x, y) for x, y in points]
            drawn = [QPointF(inner.left() + x * inner.width(), inner.bottom() - y * inner.height()) for x, y in places]
            painter.setPen(self._pen(name))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(drawn) > 1:
                painter.drawPolyline(QPolygonF(drawn))
            painter.setBrush(self._pen(name).color())
            painter.drawEllipse(drawn[-1], 2, 2)

    def _draw_range(self, painter: QPainter, area: QRectF, plot: Plot) -> None:
        top = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        below = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight)
        painter.drawText(area, top, figures.number(plot.high, 2))
        painter.drawText(area, below, figures.number(plot.low, 2))

    def _draw_legend(self, painter: QPainter, top: float) -> None:
        line = self.fontMetrics().height()
        for name, (row, left) in zip(self._drawn(), self._places(self.width())):
            middle = top + 1.2 * line * (row + 0.5)
            painter.setPen(self._pen(name))
            painter.drawLine(QPointF(left + 2, middle), QPointF(left + 20, middle))
            painter.setPen(self._text())
            where = QRectF(left + 24, middle - line / 2, self.width(), line)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._name(name))

    def _drawn(self) -> list[str]:
        return [name for name in (stages.STUDENT, stages.TEACHER, stages.BASELINE) if self._curves.get(name)]

    def _places(self, width: int) -> list[tuple[int, float]]:
        words = [self.fontMetrics().horizontalAdvance(self._name(name)) for name in self._drawn()]
        return legend.rows([each + 26 for each in words], width, 10)

    def _rows(self, width: int) -> int:
        return 1 + max((row for row, _ in self._places(width)), default=0)

    def _name(self, name: str) -> str:
        names = {
            stages.STUDENT: self.tr("student"),
            stages.TEACHER: self.tr("teacher"),
            stages.BASELINE: self.tr("without a teacher"),
        }
        return names.get(name, name)

    def _pen(self, name: str) -> QPen:
        if name == stages.STUDENT:
            return QPen(self.palette().color(QPalette.ColorRole.Highlight), 2)
        style = Qt.PenStyle.DashLine if name == stages.TEACHER else Qt.PenStyle.DotLine
        return QPen(self._text(), 1.5, style)

    def _text(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.WindowText)

    def _faint(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Mid)
