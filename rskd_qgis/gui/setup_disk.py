"""What RSKD keeps on disk, and clearing it away."""

from __future__ import annotations

from qgis.core import QgsApplication, QgsTask
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis import places
from rskd_qgis.environment import disk
from rskd_qgis.environment.disk import Usage

from .section import Notice
from .setup_parts import soft
from .setup_state import size

_MAY_GO = ("downloads", "tiles", "targets", "layers")
"""The environment has its own buttons; a Python that was fetched is part of it."""
_LINES = 8  # more are scrolled


class DiskUse(QgsCollapsibleGroupBox):
    """A list with sizes, counted when it is unfolded, and a button that deletes what is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Disk use"))
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self._counting: _Counting | None = None
        self._again = False  # something has changed while it was counted
        self.total = QLabel()
        self.total.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderLabels([self.tr("What"), self.tr("Size")])
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setToolTip(
            self.tr(
                "The teacher's answers make a repeated or resumed distillation quick; without them it asks the teacher "
                "again. Layers that were written for a distillation, and tiles of web maps, are fetched again when "
                "they are needed. Downloads make the next set-up quick."
            )
        )
        self.delete = QPushButton(self.tr("Delete selected…"))
        self.delete.setToolTip(self.tr("Deletes what is only kept to save time. Students and maps are not touched."))
        self.notice = Notice()
        inside = QWidget()  # unfolding the box shows all that lies in it, also what is hidden
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.total)
        layout.addWidget(self.list)
        layout.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.notice)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addWidget(inside)
        self.list.itemSelectionChanged.connect(self._selected)
        self.delete.clicked.connect(self._delete)
        self.collapsedStateChanged.connect(lambda folded: None if folded else self.count())
        self._fit()
        self._selected()

    def count(self) -> None:
        """Counts anew, in the background."""
        self._again = self._counting is not None
        if self._counting is None:
            self.total.setText(self.tr("Counting…"))
            self._counting = _Counting()
            self._counting.counted.connect(self.display)
            QgsApplication.taskManager().addTask(self._counting)

    def look_again(self) -> None:
        """What was counted may be different now; while it is folded, nobody sees it."""
        if not self.isCollapsed():
            self.count()

    def display(self, usages: list[Usage]) -> None:
        """Shows what was counted."""
        self._counting = None
        if self._again:
            self.count()
            return
        self.list.clear()
        for usage in usages:
            item = QTreeWidgetItem([self._name(usage), size(usage.size)])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            item.setToolTip(0, f"{self._name(usage)}\n{usage.path}")
            item.setData(0, Qt.ItemDataRole.UserRole, usage)
            if usage.kind not in _MAY_GO:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsSelectable)
            self.list.addTopLevelItem(item)
        self.total.setText(self.tr("RSKD keeps {}.").format(size(sum(usage.size for usage in usages))))
        self._fit()
        self._selected()

    def _fit(self) -> None:
        """As high as its lines, up to eight; no list without any."""
        count = self.list.topLevelItemCount()
        for widget in (self.list, self.delete):
            widget.setVisible(count > 0)
        line = max(self.list.sizeHintForRow(0), self.fontMetrics().height())
        frame = 2 * self.list.frameWidth()
        self.list.setFixedHeight(self.list.header().sizeHint().height() + min(count, _LINES) * line + frame)

    def clear_away(self, usages: list[Usage]) -> None:
        """Deletes without asking."""
        held = ""
        for usage in usages:
            try:
                disk.set_aside(usage.path)
            except OSError:
                held = str(usage.path)
        self.notice.say(soft(self.tr("“{}” is in use and stays.").format(held)) if held else "")
        self.count()

    def _name(self, usage: Usage) -> str:
        names = {
            "environment": self.tr("Environment"),
            "python": self.tr("Python that was fetched"),
            "downloads": self.tr("Downloads"),
            "tiles": self.tr("Tiles of web maps"),
            "targets": self.tr("Teacher's answers of {}").format(usage.name),
            "layers": self.tr("Layers written for {}").format(usage.name),
        }
        return names[usage.kind]

    def _chosen(self) -> list[Usage]:
        return [item.data(0, Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()]

    def _selected(self) -> None:
        self.delete.setEnabled(bool(self._chosen()))

    def _delete(self) -> None:
        chosen = self._chosen()
        question = self.tr("Delete {}? This cannot be undone.").format(size(sum(usage.size for usage in chosen)))
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        if QMessageBox.question(self, self.tr("RSKD"), question, yes | no, no) == yes:
            self.clear_away(chosen)


class _Counting(QgsTask):
    """Frees what was set aside, then counts the rest."""

    counted = pyqtSignal(list)

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("DiskUse", "Counting RSKD's disk use"), QgsTask.Flag.CanCancel)
        self._found: list[Usage] = []

    def run(self) -> bool:
        for folder in [places.home(), *disk.swept()]:
            disk.sweep(folder, self.isCanceled)
        self._found = disk.usages(self.isCanceled)
        return True

    def finished(self, ok: bool) -> None:  # noqa: ARG002 - a cancelled count is shown as far as it came
        self.counted.emit(self._found)
