"""The window that maps layers with a student: which layers, which area, what is written."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsMapLayerProxyModel, QgsProject, QgsRasterLayer, QgsReferencedRectangle
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft, DraftArea
from rskd_qgis.draft.bands import comes_at_any_size
from rskd_qgis.layers.ground import metres_per_unit
from rskd_qgis.layers.made import made_here
from rskd_qgis.layers.sources import band_names
from rskd_qgis.students import Entry

from . import figures, fit, stages
from .map_run import MapOrder, MapRun, Outputs, temporary_folder
from .output_field import OutputField
from .section import Notice
from .services import Services

_STEPS = 1000
_SETTLED = 300  # milliseconds after the last change: then it is looked up what has to be written first


class RunOnLayerDialog(QDialog):
    """Not modal: the map stays usable, and closing it stops nothing."""

    def __init__(self, entry: Entry, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Run “{}” on a layer").format(entry.name))
        self._entry, self._draft, self._services = entry, draft, services
        self.run: MapRun | None = None
        self._folder = temporary_folder()  # the same order tried again finds there what was written
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._show_written)
        self._lay_out()
        self._check()

    @classmethod
    def open_for(cls, entry: Entry, draft: Draft, services: Services, parent: QWidget | None) -> RunOnLayerDialog:
        """Shows a new window; the draft's layers are proposed."""
        dialog = cls(entry, draft, services, parent)
        dialog.show()
        return dialog

    def _lay_out(self) -> None:
        self.expects = QLabel(fit.expected(self._entry))
        self.expects.setWordWrap(True)
        self.fit, self.first = QLabel(), QLabel()
        for label in (self.fit, self.first):
            label.setWordWrap(True)
        self.first.hide()
        self.misfit, self.done = Notice(), Notice("/mIconSuccess.svg")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.hide()
        self.start = QPushButton(self.tr("Run"))
        self.start.setDefault(True)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stops; nothing half-written is left."))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.start, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.stop, QDialogButtonBox.ButtonRole.ActionRole)
        self.stop.hide()  # the box shows what is put into it
        layout = QVBoxLayout(self)
        layout.addWidget(self.expects)
        layout.addLayout(self._form())
        for widget in (self.fit, self.first, self.misfit, self.bar, self.done):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addWidget(box)
        self.resize(420, self.sizeHint().height())
        box.rejected.connect(self.close)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._stop)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        names = self._entry.layers or ("",)
        self.layers = [_combo(QgsMapLayerProxyModel.Filter.RasterLayer) for _ in names]
        for name, combo in zip(names, self.layers):
            combo.setToolTip(self.tr("The layer that the student looks at; it needs the bands of training."))
            combo.layerChanged.connect(self._check)
            form.addRow(name if len(names) > 1 else self.tr("Layer"), combo)
        proposed = [self._draft.layer(chosen.layer_id) for chosen in self._draft.layers] or _inputs()[:1]
        for combo, layer in zip(self.layers, proposed):
            combo.setLayer(layer)
        self.area = QComboBox()
        for words, kind in (
            (self.tr("Whole layer"), "whole"),
            (self.tr("What the map shows now"), "canvas"),
            (self.tr("Polygons of a layer"), "layer"),
        ):
            self.area.addItem(words, kind)
        self.area.setToolTip(self.tr("The part of the layer that is mapped."))
        self.polygons = _combo(QgsMapLayerProxyModel.Filter.PolygonLayer)
        self.polygons.setToolTip(self.tr("Only what lies inside these polygons is mapped."))
        self.polygons.hide()
        self.polygons.layerChanged.connect(self._check)
        self.area.currentIndexChanged.connect(self._show_polygons)
        form.addRow(self.tr("Area"), self.area)
        form.addRow("", self.polygons)
        self.map = OutputField(self.tr("Class map"), self.tr("GeoTIFF (*.tif *.tiff)"))
        form.addRow(self.tr("Class map"), self.map)
        self.wants_vector, self.vector = (
            QCheckBox(self.tr("Polygons")),
            _hidden(OutputField(self.tr("Polygons"), self.tr("GeoPackage (*.gpkg)"))),
        )
        self.wants_vector.setToolTip(self.tr("Also writes the map as polygons, with class, name and area of each."))
        self.wants_confidence, self.confidence = (
            QCheckBox(self.tr("Confidence")),
            _hidden(OutputField(self.tr("Confidence"), self.tr("GeoTIFF (*.tif *.tiff)"))),
        )
        self.wants_confidence.setToolTip(self.tr("Also writes how sure the student is of each pixel’s class."))
        for box, field in ((self.wants_vector, self.vector), (self.wants_confidence, self.confidence)):
            box.toggled.connect(field.setVisible)
            form.addRow(box, field)
        return form

    def _show_polygons(self) -> None:
        self.polygons.setVisible(self.area.currentData() == "layer")
        self._check()

    def _check(self) -> None:
        """What the student expects against what is chosen."""
        offered = [offered_by(combo.currentLayer(), self._entry.gsd) for combo in self.layers]
        remarks = fit.remarks(self._entry, offered)
        self.fit.setText("\n".join(one.words for one in remarks if one.met))
        self.fit.setVisible(any(one.met for one in remarks))
        self.misfit.say("\n".join([one.words for one in remarks if not one.met] + self._boundless()))
        self.start.setEnabled(self._ready())
        self._settled.start()

    def _boundless(self) -> list[str]:
        """What to say of a layer of the whole world without an area."""
        layer = self.layers[0].currentLayer()
        if layer is None or not comes_at_any_size(layer) or self.area.currentData() != "whole":
            return []
        words = QCoreApplication.translate("Problem", "“{}” covers the whole world. Choose an area.")
        return [words.format(layer.name())]

    def _show_written(self) -> None:
        """What has to be written first is known only from the request, which is too much work for every change."""
        if self.run is not None and self.run.busy:
            return
        words = self._order().written_first(QgsProject.instance()) if self._ready() else ""
        self.first.setText(words)
        self.first.setVisible(bool(words))

    def _ready(self) -> bool:
        chosen = all(combo.currentLayer() is not None for combo in self.layers)
        return chosen and not self.misfit.words() and not (self.run is not None and self.run.busy)

    def _order(self) -> MapOrder:
        names = self._entry.layers or ("",)
        chosen = [(name, combo.currentLayer()) for name, combo in zip(names, self.layers)]
        layers = [(name if len(names) > 1 else layer.name(), layer.id()) for name, layer in chosen]
        outputs = Outputs(
            map=self.map.path(),
            vector=self.vector.path() if self.wants_vector.isChecked() else None,
            confidence=self.confidence.path() if self.wants_confidence.isChecked() else None,
        )
        title = self.tr("{student} on {layer}").format(student=self._entry.name, layer=chosen[0][1].name())
        order = MapOrder(title, self._entry.path, layers, area=self._area(), outputs=outputs)
        order.gsd, order.folder = self._entry.gsd, self._folder
        return order

    def _area(self) -> DraftArea:
        kind = self.area.currentData()
        if kind == "layer":
            layer = self.polygons.currentLayer()
            return DraftArea("layer", layer_id=layer.id() if layer is not None else "")
        if kind == "canvas":
            canvas = self._services.iface.mapCanvas()
            crs = canvas.mapSettings().destinationCrs()
            return DraftArea("canvas", rectangle=QgsReferencedRectangle(canvas.extent(), crs))
        return DraftArea()

    def _start(self) -> None:
        run = MapRun(self._services.jobs, self._order())
        try:
            run.start()
        except BackendError as error:
            run.deleteLater()
            self.misfit.say(str(error))
            return
        self.run = run
        run.changed.connect(self._show_run)
        run.ended.connect(self._show_end)
        self.done.say("")
        self._show_run()

    def _stop(self) -> None:
        if self.run is not None:
            self.run.cancel()

    def _show_run(self) -> None:
        run = self.run
        busy = run is not None and run.busy
        for widget in (self.bar, self.stop):
            widget.setVisible(busy)
        self.start.setVisible(not busy)
        self.start.setEnabled(self._ready())
        if run is not None and busy:
            # Before the first word there is nothing to measure against.
            self.bar.setRange(0, _STEPS if run.course.stage else 0)
            self.bar.setValue(round(_STEPS * run.course.fraction))
            self.bar.setFormat(stages.words(run.course.stage) if run.course.stage else self.tr("Starting…"))

    def _show_end(self) -> None:
        run = self.run
        if run is None:
            return
        self._show_run()
        warned = "\n".join(map(str, run.course.warnings))
        self.misfit.say(str(run.error) if run.error is not None else warned)
        self.start.setEnabled(True)
        if run.result is not None:
            self.done.say(self._told(run))

    def _told(self, run: MapRun) -> str:
        result = run.result or {}
        there = self.tr("Mapped {pixels} in {time}. The map is in the project.")
        elsewhere = self.tr("Mapped {pixels} in {time}. It is not in this project; its file is {file}.")
        words = there if run.added else elsewhere
        return words.format(
            pixels=figures.megapixels(float(result.get("megapixels", 0))),
            time=figures.duration(run.seconds),
            file=run.order.outputs.map,
        )


def offered_by(layer: QgsRasterLayer | None, wanted: float | None) -> fit.Offered | None:
    """What a layer has for a student of `wanted` metres a pixel; None where it cannot be opened."""
    if layer is None or not layer.isValid():
        return None
    gsd = layer.rasterUnitsPerPixelX() * metres_per_unit(layer.crs(), layer.extent()) if layer.crs().isValid() else None
    if gsd is not None and wanted is not None and comes_at_any_size(layer):
        gsd = wanted
    return fit.Offered(layer.name(), tuple(band_names(layer)), gsd)


def _inputs() -> list[QgsMapLayer]:
    """The project's raster layers but for maps of RSKD, by name as in a list of layers."""
    layers = QgsProject.instance().mapLayers().values()
    found = [layer for layer in layers if isinstance(layer, QgsRasterLayer) and not made_here(layer)]
    return sorted(found, key=lambda layer: layer.name().casefold())


def _combo(filters: QgsMapLayerProxyModel.Filter) -> QgsMapLayerComboBox:
    combo = QgsMapLayerComboBox()
    combo.setFilters(filters)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _hidden(field: OutputField) -> OutputField:
    field.hide()
    return field
