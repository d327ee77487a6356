"""How the images of a place are told apart by their names, for students that look at several layers."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from .many_images import Item, proposed


class Endings(QWidget):
    """One image with all bands, or an image for each layer: then the ends of the names say which."""

    changed = pyqtSignal()

    def __init__(self, layers: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = layers
        self.several = QRadioButton(self.tr("An image for each layer"))
        self.several.setToolTip(
            self.tr(
                "For example north_s2.tif and north_dem.tif: “north” is the place, and “_s2” and “_dem” say which "
                "layer of the student each one is."
            )
        )
        self.whole = QRadioButton(self.tr("One image with all bands"))
        self.whole.setToolTip(
            self.tr("In the student's order: the bands of the first layer, then those of the second, and so on.")
        )
        self.several.setChecked(True)
        self.fields = [QLineEdit() for _ in layers]
        self._table = QWidget()
        form = QFormLayout(self._table)
        form.setContentsMargins(20, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for layer, field in zip(layers, self.fields):
            field.setToolTip(self.tr("What the names of this layer's images end in, before a file's “.tif”."))
            field.setAccessibleName(layer)
            field.textEdited.connect(lambda _: self._edit())
            form.addRow(self.tr("“{}” ends in").format(layer), field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.several, self._table, self.whole):
            layout.addWidget(widget)
        self._edited = False
        self.several.toggled.connect(self._table.setVisible)
        self.several.toggled.connect(lambda _: self.changed.emit())

    def endings(self) -> list[str]:
        """As they are written, in the layers' order."""
        return [field.text() for field in self.fields]

    def propose(self, items: Sequence[Item]) -> None:
        """Fills in what the names suggest, unless the user has written something."""
        if not self._edited:
            for field, ending in zip(self.fields, proposed(items, self._layers)):
                field.setText(ending)

    def _edit(self) -> None:
        self._edited = True
        self.changed.emit()
