"""The window that maps many images with one student: a folder of files, or layers of the project."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
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
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import settings
from rskd_qgis.draft.naming import slug
from rskd_qgis.students import Entry

from . import fit
from .map_queue import MapQueue, Outcome, free_name, images_in
from .map_run import MapOrder, Outputs
from .section import Notice
from .services import Services

_STEPS = 1000


class ManyDialog(QDialog):
    """Not modal; closing it stops nothing."""

    def __init__(self, entry: Entry, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Run “{}” on many images").format(entry.name))
        self._entry, self._services = entry, services
        self.queue: MapQueue | None = None
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
        self.by_folder.toggled.connect(self._show_choice)
        self.folder = _folder(self.tr("Folder of images"), "images")
        self.folder.setToolTip(self.tr("Every raster file in it is mapped; folders inside it are left out."))
        self.folder.fileChanged.connect(self._show_choice)
        self.layers = QListWidget()
        self.layers.setToolTip(self.tr("Ticked layers are mapped, one map each."))
        self.layers.itemChanged.connect(self._show_choice)
        self._fill_layers()
        self.out = _folder(self.tr("Folder for the maps"), "maps")
        self.out.setToolTip(self.tr("One map an image is written here; nothing that is there is written over."))
        self.out.fileChanged.connect(self._show_choice)
        self.polygons = QCheckBox(self.tr("Also as polygons"))
        self.polygons.setToolTip(self.tr("Writes a GeoPackage beside each map."))
        self.add = QCheckBox(self.tr("Add the maps to the project"))
        self.add.setChecked(True)
        self.add.setToolTip(self.tr("Each map gets a group of its own; switch it off for a great many images."))
        self.count, self.problem = QLabel(), Notice()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.summary = QListWidget()
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName(self.tr("What became of each image"))
        for widget in (self.bar, self.summary):
            widget.hide()
        self._arrange()

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
        layout = QVBoxLayout(self)
        for widget in (self.expects, self.by_folder, self.folder, self.by_layers, self.layers):
            layout.addWidget(widget)
        layout.addLayout(form)
        for widget in (self.polygons, self.add, self.count, self.problem, self.bar, self.summary):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addWidget(box)
        self.resize(420, 480)
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

    def _chosen(self) -> list[tuple[str, str, str]]:
        """Name, layer id and file of each image; one of the last two is empty."""
        if self.by_folder.isChecked():
            return [(one.name, "", str(one)) for one in images_in(Path(self.folder.filePath()))]
        items = [self.layers.item(row) for row in range(self.layers.count())]
        ticked = [one for one in items if one.checkState() == Qt.CheckState.Checked]
        return [(one.text(), one.data(Qt.ItemDataRole.UserRole), "") for one in ticked]

    def _show_choice(self) -> None:
        by_folder = self.by_folder.isChecked()
        self.folder.setVisible(by_folder)
        self.layers.setVisible(not by_folder)
        count = len(self._chosen()) if self.folder.filePath() or not by_folder else 0
        self.count.setText(self.tr("Images: {}").format(count))
        several = len(self._entry.layers) > 1
        words = self.tr("This student looks at several layers at once. Run it on one place at a time.")
        self.problem.say(words if several else "")
        self.start.setEnabled(bool(count) and bool(self.out.filePath()) and not several)

    def _start(self) -> None:
        out, taken, orders = Path(self.out.filePath()), set(), []
        settings.set_folder("images", self.folder.filePath())
        settings.set_folder("maps", str(out))
        for name, layer_id, file in self._chosen():
            path = free_name(out, Path(file).stem if file else slug(name), taken)
            vector = str(path.with_suffix(".gpkg")) if self.polygons.isChecked() else None
            outputs = Outputs(map=str(path), vector=vector)
            layers = [(name, layer_id)] if layer_id else []
            order = MapOrder(name, self._entry.path, layers, file=file, outputs=outputs, gsd=self._entry.gsd)
            orders.append((name, order))
        self.queue = MapQueue(self._services.jobs, orders, add=self.add.isChecked())
        self.queue.changed.connect(self._show_queue)
        self.queue.ended.connect(self._show_end)
        self.summary.clear()
        self.queue.start()

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
        self.bar.setValue(round(_STEPS * queue.fraction))
        words = self.tr("{done} of {total}")
        self.bar.setFormat(words.format(done=min(len(queue.outcomes) + 1, queue.total), total=queue.total))
        for outcome in queue.outcomes[self.summary.count() :]:
            self.summary.addItem(_told(outcome))
        self.summary.setVisible(bool(queue.outcomes))

    def _show_end(self) -> None:
        self._show_queue()
        outcomes = self.queue.outcomes if self.queue is not None else []
        failed = sum(bool(one.error) for one in outcomes)
        words = self.tr("Maps: {made}. Failed: {failed}. Left out: {left}.")
        left = self.queue.total - len(outcomes) if self.queue is not None else 0
        self.count.setText(words.format(made=len(outcomes) - failed, failed=failed, left=left))


def _told(outcome: Outcome) -> QListWidgetItem:
    item = QListWidgetItem(f"{outcome.name}: {outcome.error or Path(outcome.map).name}")
    item.setToolTip(outcome.error or outcome.map)
    return item


def _folder(title: str, what: str) -> QgsFileWidget:
    field = QgsFileWidget()
    field.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
    field.setDialogTitle(title)
    field.setDefaultRoot(settings.folder(what))
    field.lineEdit().setAccessibleName(title)
    return field
