"""Keeps the size of the area known, without ever keeping QGIS waiting."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from rskd_qgis.draft import Draft
from rskd_qgis.draft.extent import AreaSize, Ground, PolygonSurvey, area_size

_SETTLED = 300  # milliseconds after the last edit of the polygons


class AreaMeter(QObject):
    """`size` is that of the draft's area as it is now, None where it is not known; `measuring`: it will be."""

    changed = pyqtSignal()

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.size: AreaSize | None = None
        self._known: tuple[Any, ...] | None = None  # what was measured, or is being so
        self._survey: PolygonSurvey | None = None
        self._layer: QgsVectorLayer | None = None  # whose edits are followed
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._measure_again)

    @property
    def measuring(self) -> bool:
        """Whether polygons are being read."""
        return self._survey is not None

    def follow(self) -> None:
        """The draft may have changed."""
        area = self._draft.area
        layer = self._draft.layer(area.layer_id) if area.kind == "layer" else None
        self._follow_edits(layer if isinstance(layer, QgsVectorLayer) else None)
        if area.kind != "layer":
            self._stop()
            self.size = area_size(self._draft)
            return
        ground = Ground.of(self._draft)
        if self._layer is None or not self._layer.isValid() or ground is None:
            self._stop()
            return
        box = ground.box.toString(9)
        key = (area.layer_id, self._layer.crs().toWkt(), box, ground.crs.toWkt(), ground.pixel, ground.gsd)
        if key != self._known:
            self._stop()
            self._known = key
            self._start(PolygonSurvey(self._layer, ground))

    def _start(self, survey: PolygonSurvey) -> None:
        survey.surveyed.connect(lambda: self._on_surveyed(survey))
        survey.taskTerminated.connect(lambda: self._on_stopped(survey))
        self._survey = survey
        QgsApplication.taskManager().addTask(survey)

    def _stop(self) -> None:
        """Nothing is known, and nobody waits any more."""
        survey, self._survey = self._survey, None
        self._known = self.size = None
        if survey is not None:
            survey.cancel()

    def _on_surveyed(self, survey: PolygonSurvey) -> None:
        if survey is self._survey:
            self._survey, self.size = None, survey.size
            self.changed.emit()

    def _on_stopped(self, survey: PolygonSurvey) -> None:
        """By the user, in QGIS's list of tasks: the size stays unknown until something changes."""
        if survey is self._survey:
            self._survey = None
            self.changed.emit()

    def _measure_again(self) -> None:
        self._known = None
        self.follow()
        self.changed.emit()

    def _follow_edits(self, layer: QgsVectorLayer | None) -> None:
        if layer is self._layer:
            return
        if self._layer is not None:
            for happening in _happenings(self._layer):
                happening.disconnect(self._settled.start)
            self._layer.willBeDeleted.disconnect(self._on_gone)
        self._layer = layer
        if layer is not None:
            for happening in _happenings(layer):
                happening.connect(self._settled.start)
            layer.willBeDeleted.connect(self._on_gone)

    def _on_gone(self) -> None:
        self._layer = None
        self._stop()


def _happenings(layer: QgsVectorLayer) -> list[Any]:
    """Signals after which the layer's polygons may be others."""
    return [layer.layerModified, layer.afterCommitChanges, layer.afterRollBack, layer.dataChanged,
            layer.subsetStringChanged]  # fmt: skip
