"""A small plot of accuracy against speed or size: the student among its teacher and the student without one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from . import figures, legend, stages
from .verdict import SPEED, Compared, Rated

_MARK = 4.5  # pixels from a mark's middle to its edge
_ASIDE = 2.5 * _MARK  # two models of the same speed stand side by side
_ROUND = 10  # parts of 1 to which the axis of accuracy is rounded


@dataclass(frozen=True)
class Axes:
    """Ranges of both axes; a plain class, drawn elsewhere. What a model takes is drawn by its logarithm."""

    low: float
    high: float
    least: float
    most: float

    @classmethod
    def of(cls, compared: Compared) -> Axes:
        """With all marks and their intervals inside."""
        low = math.floor(_ROUND * min(one.low for one in compared.models)) / _ROUND
        high = math.ceil(_ROUND * max(one.high for one in compared.models)) / _ROUND
        taken = [one.takes for one in compared.models if one.takes is not None] or [1.0]
        return cls(low, max(high, low + 1 / _ROUND), min(taken) / 1.6, max(taken) * 1.6)

    def across(self, takes: float) -> float:
        """From the left, as a share of the width."""
        return math.log(takes / self.least) / math.log(self.most / self.least)

    def up(self, score: float) -> float:
        """From below, as a share of the height."""
        return (score - self.low) / (self.high - self.low)


class SpeedPlot(QWidget):
    """In the palette's colours; a model of which nobody knows what it takes is a line across."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._compared: Compared | None = None

    def display(self, compared: Compared | None) -> None:
        """Draws these; nothing where there is nothing to compare."""
        self._compared = compared
        self.updateGeometry()
        self.setVisible(compared is not None)
        self.setAccessibleName(self._title())
        self.setAccessibleDescription(self.words())
        tip = self.tr("Higher is more accurate, further left takes less. Lines: 95 % interval.")
        self.setToolTip("\n".join([tip, self.words()]))
        self.update()

    def words(self) -> str:
        """The same, for who cannot see it."""
        return "\n".join(self._told(one) for one in self._models())

    def sizeHint(self) -> QSize:
        """Low enough to leave room for the rest of the section."""
        line = self.fontMetrics().height()
        return QSize(16 * line, self.heightForWidth(16 * line))

    def heightForWidth(self, width: int) -> int:
        """More where the legend needs several rows."""
        line = self.fontMetrics().height()
        return 8 * line + round(1.2 * line) * self._rows(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, frame with the marks, what they take, legend."""
        if self._compared is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._text())
        line, axes = self.fontMetrics().height(), Axes.of(self._compared)
        painter.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignHCenter), self._title())
        small = QFont(painter.font())
        small.setPointSizeF(0.85 * small.pointSizeF())
        painter.setFont(small)
        gutter = painter.fontMetrics().horizontalAdvance("0.0") + 5
        below = 1.2 * line * self._rows(self.width())  # the legend
        frame = QRectF(gutter, 1.2 * line, self.width() - gutter - 1, self.height() - 2.5 * line - below)
        self._draw_scores(painter, QRectF(0, frame.top(), gutter - 5, frame.height()), axes)
        self._draw_takes(painter, frame, axes)
        painter.setFont(self.font())
        painter.setPen(QPen(self._faint(), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRect(frame)
        self._draw_models(painter, frame, axes)
        self._draw_legend(painter, self.height() - below)
        painter.end()

    def _draw_scores(self, painter: QPainter, area: QRectF, axes: Axes) -> None:
        for score, edge in ((axes.high, Qt.AlignmentFlag.AlignTop), (axes.low, Qt.AlignmentFlag.AlignBottom)):
            painter.drawText(area, int(edge | Qt.AlignmentFlag.AlignRight), figures.number(score, 1))

    def _draw_takes(self, painter: QPainter, frame: QRectF, axes: Axes) -> None:
        """Below the frame, what student and teacher take; the baseline is the student's network."""
        taken = 0.0  # of the width
        for one in sorted(self._models(), key=lambda model: model.takes or 0.0):
            if one.takes is None or one.name == stages.BASELINE:
                continue
            text = self._amount(one.takes)
            width = painter.fontMetrics().horizontalAdvance(text)
            left = frame.left() + axes.across(one.takes) * frame.width() - width / 2
            left = min(max(left, taken, 0.0), self.width() - width)
            if left >= taken:
                painter.drawText(QPointF(left, frame.bottom() + painter.fontMetrics().ascent() + 3), text)
                taken = left + width + 8

    def _draw_models(self, painter: QPainter, frame: QRectF, axes: Axes) -> None:
        inner, right = frame.adjusted(0, 6, 0, -6), -math.inf
        for one in sorted(self._models(), key=lambda model: (model.takes or 0.0, model.name == stages.BASELINE)):
            height = inner.bottom() - axes.up(one.score) * inner.height()
            if one.takes is None:
                painter.setPen(self._pen(one.name))
                painter.drawLine(QPointF(frame.left(), height), QPointF(frame.right(), height))
                continue
            x = max(frame.left() + axes.across(one.takes) * frame.width(), right + _ASIDE)
            right = x
            ends = (QPointF(x, inner.bottom() - axes.up(end) * inner.height()) for end in (one.low, one.high))
            painter.setPen(QPen(self._pen(one.name).color(), 1.5))
            painter.drawLine(*ends)
            self._draw_mark(painter, one.name, QPointF(x, height))

    def _draw_mark(self, painter: QPainter, name: str, middle: QPointF) -> None:
        """A full circle, an open one, an open square: told apart without colours."""
        pen = QPen(self._pen(name))
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        role = QPalette.ColorRole.Highlight if name == stages.STUDENT else QPalette.ColorRole.Base
        painter.setBrush(self.palette().color(role))
        if name == stages.BASELINE:
            painter.drawRect(QRectF(middle.x() - _MARK, middle.y() - _MARK, 2 * _MARK, 2 * _MARK))
        else:
            painter.drawEllipse(middle, _MARK, _MARK)

    def _draw_legend(self, painter: QPainter, top: float) -> None:
        line = self.fontMetrics().height()
        for one, (row, left) in zip(self._models(), self._places(self.width())):
            middle = QPointF(left + _MARK + 1, top + 1.2 * line * (row + 0.5))
            if one.takes is None:
                painter.setPen(self._pen(one.name))
                painter.drawLine(middle - QPointF(_MARK, 0), middle + QPointF(_MARK, 0))
            else:
                self._draw_mark(painter, one.name, middle)
            painter.setPen(self._text())
            where = QRectF(middle.x() + 2 * _MARK, middle.y() - line / 2, self.width(), line)
            painter.drawText(
                where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._name(one.name)
            )

    def _places(self, width: int) -> list[tuple[int, float]]:
        words = [self.fontMetrics().horizontalAdvance(self._name(one.name)) for one in self._models()]
        return legend.rows([each + 3 * _MARK + 3 for each in words], width, 2 * _MARK)

    def _rows(self, width: int) -> int:
        return 1 + max((row for row, _ in self._places(width)), default=0)

    def _models(self) -> tuple[Rated, ...]:
        return () if self._compared is None else self._compared.models

    def _title(self) -> str:
        if self._compared is None:
            return ""
        if self._compared.by == SPEED:
            return self.tr("Mean IoU by time per megapixel")
        return self.tr("Mean IoU by size")

    def _told(self, one: Rated) -> str:
        name, score = self._name(one.name), figures.number(one.score, 3)
        if one.takes is None:
            return self.tr("{name}: mean IoU {score}").format(name=name, score=score)
        text = self.tr("{name}: mean IoU {score}, {takes}")
        takes = figures.speed(one.takes) if self._compared.by == SPEED else figures.megabytes(one.takes)
        return text.format(name=name, score=score, takes=takes)

    def _amount(self, takes: float) -> str:
        return figures.duration(takes / 1000) if self._compared.by == SPEED else figures.megabytes(takes)

    def _name(self, name: str) -> str:
        names = {
            stages.STUDENT: self.tr("student"),
            stages.TEACHER: self.tr("teacher"),
            stages.BASELINE: self.tr("without a teacher"),
        }
        return names[name]

    def _pen(self, name: str) -> QPen:
        if name == stages.STUDENT:
            return QPen(self.palette().color(QPalette.ColorRole.Highlight), 2)
        return QPen(self._text(), 1.5, Qt.PenStyle.DashLine if name == stages.TEACHER else Qt.PenStyle.DotLine)

    def _text(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.WindowText)

    def _faint(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Mid)
