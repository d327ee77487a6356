"""Section 1: which raster layers, which of them the teacher and the student see, and where to work."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis.draft import Draft, DraftLayer
from rskd_qgis.draft.bands import comes_at_any_size
from rskd_qgis.layers.ground import metres_per_unit
from rskd_qgis.layers.made import made_here

from .area import AreaChooser
from .area_meter import AreaMeter
from .layer_row import LayerRow
from .services import Services

_ROWS_SHOWN = 6  # more scroll


class LayersSection(QWidget):
    """The project's raster layers to tick; follows the project."""

    title_state = pyqtSignal(str, bool)
    sample_wanted = pyqtSignal()

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._canvas = services.iface.mapCanvas()
        self.rows: dict[str, LayerRow] = {}
        self._empty = QLabel(self.tr("The project has no raster layer yet. Add one, or try the sample."))
        self._empty.setWordWrap(True)
        self.sample = QPushButton(self.tr("Try the sample"))
        self.sample.setToolTip(
            self.tr(
                "Opens a Landsat image of Ethiopia with labels and a finished teacher. "
                "Everything is set: one click on “Distil” leads to a result in about five minutes."
            )
        )
        self.sample.clicked.connect(self.sample_wanted)
        self._list = QWidget()
        self._list_layout = QVBoxLayout(self._list)
        self._list_layout.setContentsMargins(0, 0, 0, 0)
        self._list_layout.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows have it
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self._list)
        for part in (self._scroll.viewport(), self._list):
            part.setAutoFillBackground(False)  # as the box around it
        self._scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.grid = QComboBox()
        self.grid.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.grid.setMinimumContentsLength(12)
        self.grid.setAccessibleName(self.tr("Reference grid"))
        self.grid.setToolTip(
            self.tr(
                "The map gets the pixels and the coordinate reference system of this layer; the others are fitted to "
                "it. Usually it is the layer with the smallest pixels that still show your classes."
            )
        )
        self.grid.activated.connect(self._on_edit)
        self.pixel = QDoubleSpinBox()
        self.pixel.setRange(0.01, 10_000)
        self.pixel.setDecimals(2)
        self.pixel.setSuffix(self.tr(" m"))
        self.pixel.setKeyboardTracking(False)
        self.pixel.setAccessibleName(self.tr("Pixel size"))
        self.pixel.setToolTip(
            self.tr(
                "The size of the map's pixels on the ground. The server draws the layer at any size: "
                "take pixels as large as your classes allow, half the size means four times as much to fetch."
            )
        )
        self.pixel.valueChanged.connect(lambda metres: self._draft.set(gsd=metres))
        self.area = AreaChooser(self._canvas)
        self.area.edited.connect(self._on_edit)
        self._meter = AreaMeter(draft, self)
        self._meter.changed.connect(self._display_size)
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 4, 0, 0)
        form.setVerticalSpacing(4)
        self._grid_label = QLabel(self.tr("Grid"))
        form.addRow(self._grid_label, self.grid)
        self._pixel_label = QLabel(self.tr("Pixels"))
        form.addRow(self._pixel_label, self.pixel)
        form.addRow(self.tr("Area"), self.area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._empty, self._scroll, self._form, self.sample):
            layout.addWidget(widget)
        project = draft.project
        project.layersAdded.connect(self._on_added)
        project.layersRemoved.connect(self._on_removed)
        draft.changed.connect(self.display)
        self._on_added([node.layer() for node in project.layerTreeRoot().findLayers()])

    def display(self) -> None:
        """Shows what the draft says."""
        chosen = {each.layer_id: each for each in self._draft.layers}
        for layer_id, row in list(self.rows.items()):
            gone = self._draft.layer(layer_id) is None
            if gone and layer_id not in chosen:
                self._drop(layer_id)
            else:
                row.display(chosen.get(layer_id), gone=gone)
        self._display_grid()
        self._display_pixel()
        self.area.display(self._draft.area)
        self._meter.follow()
        self._display_size()
        self._empty.setVisible(not self.rows)
        self.sample.setVisible(not self.rows)
        self._scroll.setVisible(bool(self.rows))
        self._form.setVisible(bool(chosen))
        self._fit_list()
        self.title_state.emit(self._state(), bool(chosen))

    def says(self, words: str) -> bool:  # noqa: ARG002 - whatever is missing, without a layer it is the layer
        """Whether the section itself says what is next."""
        return not self.rows

    def _state(self) -> str:
        layers, bands = len(self._draft.layers), self._draft.band_count()
        if layers > 1:
            return self.tr("{layers} layers, {bands} bands").format(layers=layers, bands=bands)
        if layers == 1:
            return self.tr("{} bands").format(bands) if bands != 1 else self.tr("1 band")
        return ""

    def _display_size(self) -> None:
        self.area.show_size(self._meter.size, measuring=self._meter.measuring)

    def _display_grid(self) -> None:
        self.grid.clear()
        used = {each.layer_id: each for each in self._draft.layers}
        for layer_id in self.rows:
            if layer_id in used:
                self.grid.addItem(used[layer_id].name, layer_id)
        if used:
            self.grid.setCurrentIndex(self.grid.findData(self._draft.layers[0].layer_id))
        several = self.grid.count() > 1
        self.grid.setVisible(several)
        self._grid_label.setVisible(several)

    def _display_pixel(self) -> None:
        """A size to choose, where the grid's layer has none of its own; the map's view gives the first one."""
        grid = self._draft.layer(self._draft.layers[0].layer_id) if self._draft.layers else None
        free = grid is not None and grid.isValid() and comes_at_any_size(grid)
        self.pixel.setVisible(free)
        self._pixel_label.setVisible(free)
        if free and self._draft.gsd is None:
            self._draft.set(gsd=self._seen_pixel())
        elif free:
            self.pixel.blockSignals(True)
            self.pixel.setValue(self._draft.gsd)
            self.pixel.blockSignals(False)

    def _seen_pixel(self) -> float:
        """Side of a screen pixel on the ground in metres, to two digits: what is seen now is fine enough."""
        crs, extent = self._canvas.mapSettings().destinationCrs(), self._canvas.extent()
        if not crs.isValid() or extent.isEmpty():
            return 1.0
        metres = self._canvas.mapUnitsPerPixel() * metres_per_unit(crs, extent)
        return min(10_000.0, max(0.01, float(f"{metres:.1e}")))

    def _fit_list(self) -> None:
        """As high as its rows, up to a few: the dock scrolls, a list in it that scrolls as well is the last resort."""
        rows = [row.sizeHint().height() + self._list_layout.spacing() for row in self.rows.values()]
        self._scroll.setFixedHeight(sum(rows[:_ROWS_SHOWN]) + (rows[0] // 2 if len(rows) > _ROWS_SHOWN else 0))

    def _on_edit(self) -> None:
        layers = [each for each in (row.chosen() for row in self.rows.values()) if each is not None]
        first = self.grid.currentData()
        layers.sort(key=lambda each: each.layer_id != first)  # a stable sort: the others keep their order
        self._draft.set(layers=layers, area=self.area.chosen())

    def _on_added(self, layers: list[QgsMapLayer]) -> None:
        for layer in layers:
            if isinstance(layer, QgsRasterLayer) and layer.id() not in self.rows:
                self._add(layer)
        self._choose_the_only_one()
        self.display()

    def _add(self, layer: QgsRasterLayer) -> None:
        row = LayerRow(layer)
        row.edited.connect(self._on_edit)
        layer.nameChanged.connect(self._on_renamed)
        self.rows[layer.id()] = row
        self._list_layout.addWidget(row)

    def _choose_the_only_one(self) -> None:
        """Nothing was chosen and there is nothing to choose from: the one image of the project is meant."""
        layers = [layer for layer in map(self._draft.layer, self.rows) if layer is not None and not made_here(layer)]
        if not self._draft.layers and len(layers) == 1 and layers[0].isValid():
            self._draft.set(layers=[DraftLayer(layers[0].id(), layers[0].name())])

    def _on_removed(self, layer_ids: list[str]) -> None:
        # Those in use stay, as gone, until the user lets go of them; the draft says so.
        if set(layer_ids) & self.rows.keys():
            self.display()

    def _on_renamed(self) -> None:
        for layer_id, row in self.rows.items():
            layer = self._draft.layer(layer_id)
            if layer is not None:
                row.rename(layer)
        if self._draft.layers:
            self._on_edit()

    def _drop(self, layer_id: str) -> None:
        row = self.rows.pop(layer_id)
        self._list_layout.removeWidget(row)
        row.hide()
        row.deleteLater()
