"""An existing map as the teacher."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayerProxyModel, QgsProject
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import QCheckBox, QDoubleSpinBox, QWidget

from .teacher_way import ExpertBox, TeacherWay, narrow


class MapTeacher(TeacherWay):
    """A raster layer of classes, or of one band of probability a class."""

    kind = "map"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = narrow(QgsMapLayerComboBox())
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.layer.setAllowEmptyLayer(True, self.tr("Choose a map"))
        self.layer.setLayer(None)
        self.layer.setAccessibleName(self.tr("Map"))
        self.layer.setToolTip(
            self.tr(
                "A finished class map of this area, for example a land cover product. "
                "The student learns to make such a map from your images, also where the map has gaps."
            )
        )
        self.layer.activated.connect(self._on_layer)
        self.probabilities = QCheckBox(self.tr("Each band is the probability of a class"))
        self.probabilities.setToolTip(
            self.tr(
                "On where the map has one band a class that says how likely it is there. "
                "Off where its only band holds the number of the class."
            )
        )
        self.probabilities.clicked.connect(self.edited)
        self.confidence = QDoubleSpinBox()
        self.confidence.setRange(0.05, 1.0)
        self.confidence.setSingleStep(0.05)
        self.confidence.setValue(0.9)
        self.confidence.valueChanged.connect(self.edited)
        self._expert = ExpertBox()
        self._expert.add(
            self.tr("Trust"),
            self.confidence,
            self.tr(
                "How probable the map's class is taken to be; the other classes share the rest. "
                "Lower it for a map with many errors, and the labels count for more."
            ),
        )
        for widget in (self.layer, self.probabilities, self._expert):
            self._column.addWidget(widget)
        self._arrange()

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        self.layer.setLayer(QgsProject.instance().mapLayer(teacher.get("layer_id", "")))
        self.probabilities.setChecked(teacher.get("probabilities", False))
        self.confidence.blockSignals(True)
        self.confidence.setValue(teacher.get("confidence", 0.9))
        self.confidence.blockSignals(False)
        self._arrange()

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file, with the layer's id in place of its path."""
        layer = self.layer.currentLayer()
        teacher: dict[str, Any] = {"kind": self.kind, "layer_id": layer.id() if layer is not None else ""}
        if self.probabilities.isChecked():
            teacher["probabilities"] = True
        elif abs(self.confidence.value() - 0.9) > 0.001:
            teacher["confidence"] = self.confidence.value()
        return teacher

    def _arrange(self) -> None:
        layer = self.layer.currentLayer()
        several = layer is not None and layer.bandCount() > 1
        self.probabilities.setVisible(several)
        self._expert.setVisible(not self.probabilities.isChecked())

    def _on_layer(self) -> None:
        layer = self.layer.currentLayer()
        self.probabilities.setChecked(layer is not None and layer.bandCount() > 1)
        self.edited.emit()
