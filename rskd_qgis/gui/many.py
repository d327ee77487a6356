"""The window that maps many images with one student: a folder of files, or layers of the project."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import settings
from rskd_qgis.draft.naming import slug
from rskd_qgis.students import Entry

from . import fit
from .many_check import Check, bands_of
from .many_endings import Endings
from .many_images import Item, Place, grouped, one_each
from .many_table import PlaceTable
from .map_queue import MapQueue, free_name, images_in
from .map_run import MapOrder, Outputs
from .section import Notice
from .services import Services
from .setup_parts import soft

_STEPS = 1000
_BETWEEN = 200  # milliseconds


class ManyDialog(QDialog):
    """Not modal; closing it stops nothing."""

    def __init__(self, entry: Entry, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Run “{}” on many images").format(entry.name))
        self._entry, self._services = entry, services
        self.queue: MapQueue | None = None
        self._started: list[Place] = []
        self.check = Check(entry, services.resident, self)
        self._lay_out()
        self._show_choice()

    @classmethod
    def open_for(cls, entry: Entry, services: Services, parent: QWidget | None) -> ManyDialog:
        """Shows a new window."""
        dialog = cls(entry, services, parent)
        dialog.show()
        return dialog

    def _lay_out(self) -> None:
        self.expects = QLabel(fit.expected(self._entry))
        self.expects.setWordWrap(True)
        self.by_folder = QRadioButton(self.tr("All images of a folder"))
        self.by_layers = QRadioButton(self.tr("Layers of the project"))
        self.by_folder.setChecked(True)
        self.folder = _folder(self.tr("Folder of images"), "images")
        self.folder.setToolTip(self.tr("Every raster file in it is mapped; folders inside it are left out."))
        self.layers = QListWidget()
        self.layers.setToolTip(self.tr("Ticked layers are mapped, one map each."))
        self.layers.setMaximumHeight(8 * self.fontMetrics().height())
        self._fill_layers()
        self.endings = Endings(self._entry.layers)
        self.endings.setVisible(len(self._entry.layers) > 1)
        self.table, self.problem = PlaceTable(self._entry.layers), Notice()
        self.count = QLabel()
        self.count.setWordWrap(True)
        self.out = _folder(self.tr("Folder for the maps"), "maps")
        self.out.setToolTip(self.tr("One map an image is written here; nothing that is there is written over."))
        self.missing = Notice("/mIconInfo.svg")
        self.polygons = QCheckBox(self.tr("Also as polygons"))
        self.polygons.setToolTip(self.tr("Writes a GeoPackage beside each map."))
        self.add = QCheckBox(self.tr("Add the maps to the project"))
        self.add.setChecked(True)
        self.add.setToolTip(self.tr("Each map gets a group of its own; switch it off for a great many images."))
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.hide()
        self._arrange()
        for changed in (self.by_folder.toggled, self.folder.fileChanged, self.layers.itemChanged, self.endings.changed):
            changed.connect(self._show_choice)
        self._settled = QTimer(self)  # looking is quicker than drawing
        self._settled.setSingleShot(True)
        self._settled.setInterval(_BETWEEN)
        self._settled.timeout.connect(self._show_check)
        self.check.changed.connect(self._look_on)
        self.out.fileChanged.connect(self._show_check)
        self.table.itemSelectionChanged.connect(self._show_why)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("Maps into"), self.out)
        self.start = QPushButton(self.tr("Run"))
        self.start.setDefault(True)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stops; finished maps stay."))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.start, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.stop, QDialogButtonBox.ButtonRole.ActionRole)
        self.stop.hide()  # the box shows what is put into it
        self.choice = QWidget()
        self.choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        choice = QVBoxLayout(self.choice)
        choice.setContentsMargins(0, 0, 0, 0)
        for widget in (self.by_folder, self.folder, self.by_layers, self.layers, self.endings):
            choice.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addWidget(self.expects)
        layout.addWidget(self.choice)
        layout.addWidget(self.table, 1)
        for widget in (self.problem, self.count):
            layout.addWidget(widget)
        layout.addLayout(form)
        for widget in (self.missing, self.polygons, self.add, self.bar, box):
            layout.addWidget(widget)
        self.resize(460, 680)
        box.rejected.connect(self.close)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._stop)

    def _fill_layers(self) -> None:
        layers = [one for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsRasterLayer)]
        for layer in sorted(layers, key=lambda one: one.name().casefold()):
            item = QListWidgetItem(layer.name())
            item.setData(Qt.ItemDataRole.UserRole, layer.id())
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.layers.addItem(item)

    def _chosen(self) -> list[Item]:
        if self.by_folder.isChecked():
            folder = self.folder.filePath()
            return [Item(one.name, file=str(one)) for one in images_in(Path(folder))] if folder else []
        items = [self.layers.item(row) for row in range(self.layers.count())]
        ticked = [one for one in items if one.checkState() == Qt.CheckState.Checked]
        return [Item(one.text(), layer_id=one.data(Qt.ItemDataRole.UserRole)) for one in ticked]

    def _places(self, items: list[Item]) -> list[Place]:
        if len(self._entry.layers) > 1 and self.endings.several.isChecked():
            return grouped(items, self._entry.layers, self.endings.endings())
        return one_each(items)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is asked for a window that is gone; called by Qt."""
        self.check.leave()
        super().closeEvent(event)

    def _show_choice(self) -> None:
        """Told apart, and looked at anew."""
        by_folder = self.by_folder.isChecked()
        self.folder.setVisible(by_folder)
        self.layers.setVisible(not by_folder)
        items = self._chosen()
        self.endings.propose(items)
        self._started = []
        places = self._places(items)
        self.table.show_places(places)
        self.check.look_at(places)

    def _look_on(self) -> None:
        if self.check.done:
            self._settled.stop()
            self._show_check()
        elif not self._settled.isActive():
            self._settled.start()

    def _show_check(self) -> None:
        """What is known of the images by now."""
        if self._started:
            return
        fitting, known = self._fitting(), 0
        for place in self.table.places:
            verdict = self.check.verdict(place)
            if verdict is None:
                self.table.say(place, "", self.tr("Looking…"))
                continue
            known += 1
            if verdict.problem:
                self.table.say(place, "/mIconWarning.svg", verdict.problem)
            else:
                self.table.say(place, "/mIconSuccess.svg", self.tr("fits"), verdict.words)
        total = len(self.table.places)
        if self.check.done:
            words = self.tr("Images: {total}. Fitting: {fitting}. Left out: {left}.")
            self.count.setText(words.format(total=total, fitting=len(fitting), left=total - len(fitting)))
        else:
            self.count.setText(self.tr("Looking at the images: {known} of {total}").format(known=known, total=total))
        self._show_why()
        ready, placed = bool(fitting) and self.check.done, bool(self.out.filePath())
        self.missing.say(self.tr("Choose the folder that the maps are written into.") if ready and not placed else "")
        self.start.setEnabled(ready and placed)

    def _show_why(self) -> None:
        """The whole of what is in the way of the selected image, else of the first that has something in its way."""
        if self._started:
            return
        judged = ((place, self.check.verdict(place)) for place in self.table.selected() or self.table.places)
        words = self.tr("“{name}” is left out: {why}")
        said = (words.format(name=place.name, why=one.problem) for place, one in judged if one and one.problem)
        self.problem.say(soft(next(said, "")))

    def _fitting(self) -> list[Place]:
        verdicts = ((place, self.check.verdict(place)) for place in self.table.places)
        return [place for place, verdict in verdicts if verdict is not None and not verdict.problem]

    def _start(self) -> None:
        out, taken = Path(self.out.filePath()), set()
        if self.by_folder.isChecked():
            settings.set_folder("images", self.folder.filePath())
        settings.set_folder("maps", str(out))
        places = self._fitting()
        orders = [(place.name, self._order(place, free_name(out, _stem(place), taken))) for place in places]
        self._started = places
        for place in places:
            self.table.say(place, "", self.tr("waits"))
        self.problem.say("")
        self.queue = MapQueue(self._services.jobs, orders, add=self.add.isChecked())
        self.queue.changed.connect(self._show_queue)
        self.queue.ended.connect(self._show_end)
        self.queue.start()

    def _order(self, place: Place, path: Path) -> MapOrder:
        vector = str(path.with_suffix(".gpkg")) if self.polygons.isChecked() else None
        order = MapOrder(place.name, self._entry.path, outputs=Outputs(map=str(path), vector=vector))
        order.gsd, order.local = self._entry.gsd, self.check.verdict(place).local
        names, items = self._entry.layers or ("",), place.items
        if len(items) < len(names):
            items = items * len(names)  # of the one, each layer's bands
            order.bands = bands_of(self._entry)
        if items[0].file:
            order.images = [(name, item.file) for name, item in zip(names, items)]
        else:
            order.layers = [(name or item.name, item.layer_id) for name, item in zip(names, items)]
        return order

    def _stop(self) -> None:
        if self.queue is not None:
            self.queue.cancel()

    def _show_queue(self) -> None:
        queue = self.queue
        if queue is None:
            return
        for widget in (self.bar, self.stop):
            widget.setVisible(queue.busy)
        self.start.setVisible(not queue.busy)
        self.choice.setEnabled(not queue.busy)
        self.bar.setValue(round(_STEPS * queue.fraction))
        words = self.tr("{done} of {total}")
        self.bar.setFormat(words.format(done=min(len(queue.outcomes) + 1, queue.total), total=queue.total))
        for place, outcome in zip(self._started, queue.outcomes):
            if outcome.error:
                self.table.say(place, "/mIconCritical.svg", outcome.error)
            else:
                self.table.say(place, "/mIconSuccess.svg", Path(outcome.map).name, outcome.map)
        if queue.busy and len(queue.outcomes) < len(self._started):
            self.table.say(self._started[len(queue.outcomes)], "", self.tr("is being mapped"))

    def _show_end(self) -> None:
        self._show_queue()
        if self.queue is None:
            return
        outcomes = self.queue.outcomes
        for place in self._started[len(outcomes) :]:
            self.table.say(place, "", self.tr("stopped before"))
        failed = [one.name for one in outcomes if one.error]
        words = self.tr("Maps: {made}. Failed: {failed}. Left out: {left}.")
        left = len(self.table.places) - len(outcomes)
        self.count.setText(words.format(made=len(outcomes) - len(failed), failed=len(failed), left=left))
        self.problem.say(soft(self.tr("There is no map of {}.").format(", ".join(failed))) if failed else "")


def _stem(place: Place) -> str:
    """Of a map's file."""
    single = len(place.items) == 1 and place.items[0].file
    return Path(place.name).stem if single else slug(place.name)


def _folder(title: str, what: str) -> QgsFileWidget:
    field = QgsFileWidget()
    field.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
    field.setDialogTitle(title)
    field.setDefaultRoot(settings.folder(what))
    field.lineEdit().setAccessibleName(title)
    return field
