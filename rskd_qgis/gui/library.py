"""The library's page: all students, two lines each, and what one does with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QRect, QSize, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices, QPainter, QPalette, QShowEvent
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import settings
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft import Draft
from rskd_qgis.students import Entry, when

from . import figures
from .many import ManyDialog
from .run_on_layer import RunOnLayerDialog
from .section import Notice
from .services import Services

translate = QCoreApplication.translate

_ENTRY, _FACTS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROOM = 3  # pixels above and below the lines of an item


class LibraryPage(QWidget):
    """Shows `students.Library`; reads the folder again whenever it is shown, since another QGIS may have changed it."""

    title_state = pyqtSignal(str, bool)

    def __init__(self, draft: Draft, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._services, self._library = draft, services, services.library
        self._lay_out()
        self._library.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Reads the library; what was selected stays so."""
        current = self.selected()
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries():
            item = QListWidgetItem(entry.name)
            item.setData(_ENTRY, entry)
            item.setData(_FACTS, facts(entry))
            item.setToolTip(tip(entry))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
            if current is not None and entry.folder == current.folder:
                self.list.setCurrentItem(item)
        if self.list.count() == 1:
            self.list.setCurrentRow(0)  # nothing to choose from
        self.list.blockSignals(False)
        self.empty.setVisible(self.list.count() == 0)
        self.list.setVisible(self.list.count() > 0)
        self._enable()
        self.title_state.emit(figures.number(self.list.count()) if self.list.count() else "", False)

    def selected(self) -> Entry | None:
        """The selected student."""
        item = self.list.currentItem()
        return item.data(_ENTRY) if item is not None else None

    def showEvent(self, event: QShowEvent) -> None:
        """Looks again."""
        super().showEvent(event)
        self.refresh()

    def _lay_out(self) -> None:
        self.empty = QLabel(self.tr("No students yet. Each one that you distil is kept here; others can be imported."))
        self.empty.setWordWrap(True)
        self.list = QListWidget()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setAccessibleName(self.tr("Students"))
        self.list.itemChanged.connect(self._rename)
        self.list.currentItemChanged.connect(self._enable)
        self.list.itemActivated.connect(self._run)
        self.run = QPushButton(self.tr("Run on layer…"))
        self.run.setToolTip(self.tr("Maps a layer with the selected student."))
        self.many = QPushButton(self.tr("Many images…"))
        self.many.setToolTip(self.tr("Maps a folder of images or several layers with the selected student."))
        self.run.clicked.connect(self._run)
        self.many.clicked.connect(self._run_on_many)
        self.import_button = _tool("/mActionFileOpen.svg", self.tr("Import a student from a file…"), self.choose_file)
        self.export_button = _tool("/mActionFileSave.svg", self.tr("Export into a folder…"), self._export)
        self.rename_button = _tool("/mActionToggleEditing.svg", self.tr("Rename"), self._edit)
        self.open_button = _tool("/mIconFolderOpen.svg", self.tr("Show its folder"), self._open)
        self.remove_button = _tool("/mActionDeleteSelected.svg", self.tr("Remove…"), self._remove)
        self.notice = Notice()
        runs, tools = QHBoxLayout(), QHBoxLayout()
        for button in (self.run, self.many):
            runs.addWidget(button, 1)
        for tool in (
            self.import_button,
            self.export_button,
            self.rename_button,
            self.open_button,
            self.remove_button,
        ):
            tools.addWidget(tool)
        tools.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self.list)
        layout.addWidget(self.notice)
        layout.addLayout(runs)
        layout.addLayout(tools)

    def _enable(self, *_: Any) -> None:
        there = self.selected() is not None
        for button in (
            self.run,
            self.many,
            self.export_button,
            self.rename_button,
            self.open_button,
            self.remove_button,
        ):
            button.setEnabled(there)

    def _entries(self) -> list[Entry]:
        try:
            return self._library.entries()
        except OSError as error:
            self._explain(error)
            return []

    # What the buttons do

    def choose_file(self) -> None:
        """Asks for a student's file and imports it."""
        start = settings.folder("student")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Import a student"), start, self.tr("Students (*.onnx)"))
        if chosen:
            settings.set_folder("student", str(Path(chosen).parent))
            self.import_file(Path(chosen))

    def import_file(self, file: Path) -> None:
        """Asks the backend what the file is, and takes it in if it is a student."""
        self.notice.say("")

        def answered(card: dict[str, Any]) -> None:
            try:
                self._library.import_file(file, card)
            except BackendError as error:
                self.notice.say(str(error))
            except OSError as error:
                self._explain(error)

        def failed(error: BackendError) -> None:
            self.notice.say(str(error))

        self._services.resident.ask("inspect", {"file": str(file)}, answered, failed)

    def _run(self, *_: Any) -> None:
        entry = self.selected()
        if entry is not None:
            RunOnLayerDialog.open_for(entry, self._draft, self._services, self)

    def _run_on_many(self) -> None:
        entry = self.selected()
        if entry is not None:
            ManyDialog.open_for(entry, self._services, self)

    def _export(self) -> None:
        entry = self.selected()
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export into"), settings.folder("student"))
        if entry is None or not folder:
            return
        settings.set_folder("student", folder)
        try:
            target = self._library.export(entry, Path(folder))
        except OSError as error:
            self._explain(error)
            return
        self.notice.say(self.tr("Exported to {}.").format(target))

    def _edit(self) -> None:
        if self.list.currentItem() is not None:
            self.list.editItem(self.list.currentItem())

    def _rename(self, item: QListWidgetItem) -> None:
        try:
            self._library.rename(item.data(_ENTRY), item.text())
        except OSError as error:
            self._explain(error)
        self.refresh()

    def _open(self) -> None:
        entry = self.selected()
        if entry is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.folder)))

    def _remove(self) -> None:
        entry = self.selected()
        if entry is None:
            return
        words = self.tr("Remove “{}” from the library? It goes to the system’s bin where there is one.")
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        asked = QMessageBox.question(self, self.tr("Remove a student"), words.format(entry.name), yes | no, no)
        if asked != yes:
            return
        try:
            self._library.remove(entry)
        except OSError as error:
            self._explain(error)

    def _explain(self, error: OSError) -> None:
        self.notice.say(self.tr("The library’s folder does not obey: {}").format(error))


class TwoLines(QStyledItemDelegate):
    """The name, and below it the facts, smaller and paler."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Draws the item's background as the style does, then the two lines."""
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        whole.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        color = option.palette.color(role)
        above, below = self._lines(option.rect, option)
        painter.save()
        painter.setPen(color)
        for text, area, paler in ((index.data(), above, False), (index.data(_FACTS), below, True)):
            font = option.font
            font.setBold(not paler)
            painter.setFont(font)
            if paler:
                color.setAlphaF(0.75)
                painter.setPen(color)
            shown = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Room for two lines."""
        del index  # as wide as the list is: what is longer is elided
        return QSize(0, 2 * option.fontMetrics.height() + 2 * _ROOM)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Any) -> None:
        """The editor lies over the name alone."""
        editor.setGeometry(self._lines(option.rect, option)[0])

    def _lines(self, area: QRect, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        inner = area.adjusted(2 * _ROOM, _ROOM, -2 * _ROOM, -_ROOM)
        height = option.fontMetrics.height()
        above = QRect(inner.left(), inner.top(), inner.width(), height)
        return above, above.translated(0, height)


def facts(entry: Entry) -> str:
    """The second line: what counts when one chooses."""
    said = []
    if entry.accuracy is not None:
        said.append(translate("LibraryPage", "IoU {}").format(figures.number(entry.accuracy, 3)))
    said.append(translate("LibraryPage", "{} classes").format(len(entry.classes)))
    said.append(translate("LibraryPage", "{} bands").format(len(entry.bands)))
    if entry.megabytes is not None:
        said.append(figures.megabytes(entry.megabytes))
    return " · ".join(said)


def tip(entry: Entry) -> str:
    """Everything that is known."""
    made = when(entry)
    lines = [entry.name, facts(entry)]
    if made is not None:
        lines.append(translate("LibraryPage", "Made {}").format(figures.day(made)))
    if entry.classes:
        names = ", ".join(str(one.get("name", "")) for one in entry.classes)
        lines.append(translate("LibraryPage", "Classes: {}").format(names))
    if entry.bands:
        names = ", ".join(str(one.get("name", "")) for one in entry.bands)
        lines.append(translate("LibraryPage", "Bands: {}").format(names))
    if entry.parameters is not None:
        lines.append(translate("LibraryPage", "{} parameters").format(figures.count(entry.parameters)))
    if entry.milliseconds is not None:
        lines.append(translate("LibraryPage", "{} where it was distilled").format(figures.speed(entry.milliseconds)))
    return "\n".join(lines)


def _tool(icon: str, words: str, clicked: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setAutoRaise(True)
    button.clicked.connect(clicked)
    return button
