"""The terms of a recipe in a table, for those who want to change them."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rskd_qgis.draft.recipe import Losses, Term, usual_tap

from . import figures
from .recipe_term import TermForm
from .teacher_way import ExpertBox
from .tips import wrapped

_ROWS_SHOWN = 4  # more scroll
_MOST = 12


class TermsEditor(ExpertBox):
    """Folded away. The table lists the terms; below it are the fields of the one that is current."""

    edited = pyqtSignal()  # by the user
    reset = pyqtSignal()
    save, load = pyqtSignal(), pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Terms and weights"))
        self.setToolTip(
            self.tr(
                "What of the teacher is matched, and how much each part counts. Change it only to compare recipes, or "
                "to repeat what a paper did."
            )
        )
        self._terms: list[Term] = []
        self._losses: Losses = {}
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels([self.tr("Loss"), self.tr("Looks at"), self.tr("Weight")])
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAllColumnsShowFocus(True)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.rows.setAccessibleName(self.tr("Terms of the recipe"))
        self.rows.setToolTip(
            wrapped(
                self.tr(
                    "The terms whose weighted sum the student makes small, beside the labels. Choose one to change it "
                    "below."
                )
            )
        )
        header = self.rows.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        line = self.fontMetrics().height()
        self.rows.setFixedHeight(header.sizeHint().height() + _ROWS_SHOWN * (line + 6))
        self.add = _tool("/symbologyAdd.svg", self.tr("Adds a term: soft targets first, to be changed below."))
        self.remove = _tool("/symbologyRemove.svg", self.tr("Takes the chosen term out of the recipe."))
        self.add.setAccessibleName(self.tr("Add a term"))
        self.remove.setAccessibleName(self.tr("Remove the term"))
        self.back = QPushButton(self.tr("Reset"))
        self.back.setToolTip(self.tr("Goes back to the recipe as it was before you changed it."))
        self.term = TermForm()
        self.save_button = QPushButton(self.tr("Save…"))
        self.save_button.setAccessibleName(self.tr("Save the recipe"))
        self.save_button.setToolTip(
            self.tr("Writes the recipe into a file, to use it again or to hand it on. A job file can name it, too.")
        )
        self.load_button = QPushButton(self.tr("Load…"))
        self.load_button.setAccessibleName(self.tr("Load a recipe"))
        self.load_button.setToolTip(self.tr("Takes a recipe from a file that was saved here or written by hand."))
        self._lay_out()
        self._connect()

    def offer(self, losses: Losses) -> None:
        """The losses that there are."""
        if losses != self._losses:
            self._losses = losses
            self.term.offer(losses)
            self._refill()

    def display(self, terms: list[Term], *, changed: bool) -> None:
        """Shows the terms of a recipe, and whether there is something to go back from."""
        self.back.setEnabled(changed)
        if terms != self._terms:
            self._terms = [dict(term) for term in terms]
            self._refill()

    def chosen(self) -> list[Term]:
        """As in the job file."""
        return [dict(term) for term in self._terms]

    def _lay_out(self) -> None:
        beside = QHBoxLayout()
        for widget in (self.add, self.remove):
            beside.addWidget(widget)
        beside.addStretch()
        beside.addWidget(self.back)
        files = QHBoxLayout()
        files.addWidget(self.save_button)
        files.addWidget(self.load_button)
        files.addStretch()
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        column.addLayout(beside)
        column.addWidget(self.term)
        column.addLayout(files)
        self.form.setContentsMargins(4, 4, 4, 4)  # it lies in two boxes already
        self.form.addRow(column)

    def _connect(self) -> None:
        self.rows.currentItemChanged.connect(lambda *_: self._show_term())
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.term.edited.connect(self._on_edit)
        self.back.clicked.connect(self.reset)
        self.save_button.clicked.connect(self.save)
        self.load_button.clicked.connect(self.load)

    def _at(self) -> int:
        return self.rows.indexOfTopLevelItem(self.rows.currentItem()) if self.rows.currentItem() is not None else -1

    def _refill(self) -> None:
        at = min(max(self._at(), 0), len(self._terms) - 1)
        self.rows.blockSignals(True)
        self.rows.clear()
        for term in self._terms:
            self.rows.addTopLevelItem(self._row(term))
        if at >= 0:
            self.rows.setCurrentItem(self.rows.topLevelItem(at))
        self.rows.blockSignals(False)
        self._show_term()

    def _row(self, term: Term) -> QTreeWidgetItem:
        own = term.get("student") or usual_tap(self._losses.get(term["loss"]))
        other = term.get("teacher") or own
        row = QTreeWidgetItem([term["loss"], own if own == other else f"{own} ← {other}", _weight(term)])
        row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setToolTip(0, term["loss"])
        return row

    def _show_term(self) -> None:
        at = self._at()
        self.term.setEnabled(at >= 0)
        self.remove.setEnabled(len(self._terms) > 1 and at >= 0)
        self.add.setEnabled(len(self._terms) < _MOST and bool(self._losses))
        if at >= 0:
            self.term.display(self._terms[at])

    def _on_edit(self) -> None:
        at = self._at()
        term = self.term.chosen()
        if at < 0 or term == self._terms[at]:
            return
        self._terms[at] = term
        self._refill()
        self.edited.emit()

    def _on_add(self) -> None:
        first = "kd" if "kd" in self._losses else next(iter(self._losses))
        self._terms.append({"loss": first})
        self._refill()
        self.rows.setCurrentItem(self.rows.topLevelItem(len(self._terms) - 1))
        self.edited.emit()

    def _on_remove(self) -> None:
        del self._terms[self._at()]
        self._refill()
        self.edited.emit()


def _weight(term: Term) -> str:
    weight = float(term.get("weight", 1.0))
    return figures.number(weight, 0 if weight == round(weight) else 2 if weight >= 0.1 else 4)


def _tool(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setToolTip(tip)
    return button
