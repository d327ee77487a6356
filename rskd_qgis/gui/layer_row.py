"""One raster layer of the project in the Layers section."""

from __future__ import annotations

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from rskd_qgis.draft import DraftLayer
from rskd_qgis.draft.bands import pixel_size, usable_bands

from .tips import wrap_tips

CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class LayerRow(QWidget):
    """A tick for the layer; once it is ticked, its bands and who sees it."""

    edited = pyqtSignal()  # by the user

    def __init__(self, layer: QgsRasterLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer_id = layer.id()
        self.tick = ElidedCheckBox(layer.name())
        self.tick.toggled.connect(self._on_tick)
        self.bands = BandsButton(layer)
        self.bands.edited.connect(self.edited)
        self._size = QLabel(pixel_size(layer))
        self._size.setToolTip(
            self.tr("The size of a pixel on the ground. Layers with other pixels are fitted to the reference grid.")
        )
        self.teacher = Toggle(
            self.tr("Teacher"),
            self.tr(
                "The teacher looks at this layer. Switch it off for a layer that the teacher's model does not know, "
                "for example when a finished model takes optical bands only."
            ),
        )
        self.student = Toggle(
            self.tr("Student"),
            self.tr(
                "The student looks at this layer. Switch it off to get a student that works without this layer: "
                "what the teacher knows from it is taught all the same."
            ),
        )
        for button in (self.teacher, self.student):
            button.clicked.connect(self.edited)
        self._more = QWidget()
        more = QHBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 4)
        more.setSpacing(2)
        more.addWidget(self.bands)
        more.addStretch()
        more.addWidget(self.teacher)
        more.addWidget(self.student)
        first = QHBoxLayout()
        first.addWidget(self.tick, 1)
        first.addWidget(self._size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(first)
        layout.addWidget(self._more)
        self._more.hide()
        wrap_tips(self)
        self.rename(layer)

    def rename(self, layer: QgsRasterLayer) -> None:
        """Shows the layer's present name."""
        self.tick.set_words(layer.name())
        self.tick.setToolTip(
            self.tr(
                "<b>{}</b><br>Tick a layer to use it. Take all layers that help to tell the classes apart: "
                "they may have other pixels and another coordinate reference system."
            ).format(layer.name().replace("<", "&lt;"))
        )
        self.tick.setAccessibleName(self.tr("Use the layer {}").format(layer.name()))
        self.bands.setAccessibleName(self.tr("Bands of {}").format(layer.name()))
        self.teacher.setAccessibleName(self.tr("The teacher sees {}").format(layer.name()))
        self.student.setAccessibleName(self.tr("The student sees {}").format(layer.name()))

    def display(self, chosen: DraftLayer | None, *, gone: bool = False) -> None:
        """Shows what the draft says; None means that the layer is not used. `gone`: it has left the project."""
        if gone:
            self.tick.set_shown(self.tr("{} (no longer in the project)").format(self.tick.words))
        self.tick.blockSignals(True)
        self.tick.setChecked(chosen is not None)
        self.tick.blockSignals(False)
        self._more.setVisible(chosen is not None and not gone)
        if chosen is not None:
            self.bands.display(chosen.bands)
            self.teacher.setChecked(chosen.teacher)
            self.student.setChecked(chosen.student)

    def chosen(self) -> DraftLayer | None:
        """What the user has chosen; None where the layer is not used."""
        if not self.tick.isChecked():
            return None
        return DraftLayer(
            self.layer_id, self.tick.words, self.bands.chosen(), self.teacher.isChecked(), self.student.isChecked()
        )

    def _on_tick(self, ticked: bool) -> None:
        self._more.setVisible(ticked)
        self.edited.emit()


class BandsButton(QToolButton):
    """How many bands are used; its menu is a list to tick."""

    edited = pyqtSignal()

    def __init__(self, layer: QgsRasterLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Bands"))
        self._all = []
        for number, name in usable_bands(layer):
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, number)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(CHECKED)
            self.list.addItem(item)
            self._all.append(number)
        self.list.itemChanged.connect(self._on_change)
        self.list.setMinimumSize(220, min(240, 8 + len(self._all) * max(18, self.list.sizeHintForRow(0))))
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.list)
        menu.addAction(self.tr("All bands"), lambda: self._tick_all(CHECKED))
        menu.addAction(self.tr("None"), lambda: self._tick_all(UNCHECKED))
        menu.addAction(action)
        menu.aboutToShow.connect(self.list.setFocus)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)  # gives way to the switches behind it
        self.setToolTip(
            self.tr(
                "The bands that are used. Leave out bands without information, such as a quality mask, "
                "and bands that a finished teacher does not expect."
            )
        )
        self._count()

    def display(self, bands: list[int] | None) -> None:
        """Ticks these; None ticks all."""
        self.list.blockSignals(True)
        for row, number in enumerate(self._all):
            self.list.item(row).setCheckState(CHECKED if bands is None or number in bands else UNCHECKED)
        self.list.blockSignals(False)
        self._count()

    def chosen(self) -> list[int] | None:
        """Numbers of the ticked bands, from 1; None where all are."""
        ticked = self._ticked()
        return None if len(ticked) == len(self._all) else ticked

    def _ticked(self) -> list[int]:
        rows = range(self.list.count())
        return [number for row, number in zip(rows, self._all) if self.list.item(row).checkState() == CHECKED]

    def _tick_all(self, state: Qt.CheckState) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(state)
        self.list.blockSignals(False)
        self._on_change()

    def _on_change(self) -> None:
        self._count()
        self.edited.emit()

    def _count(self) -> None:
        ticked, every = len(self._ticked()), len(self._all)
        if every == 1:
            words = self.tr("1 band")
        elif ticked == every:
            words = self.tr("{} bands").format(every)
        else:
            words = self.tr("{ticked}/{every} bands").format(ticked=ticked, every=every)
        self.setText(words)


class ElidedCheckBox(QCheckBox):
    """A check box whose words are shortened in the middle where there is no room for them."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = self._shown = words
        # A check box is never narrower than its size hint by itself; this one shortens its words instead.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        """Other words."""
        self.words = words
        self.set_shown(words)

    def set_shown(self, words: str) -> None:
        """Shows something else in their place."""
        self._shown = words
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shortens anew."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width is enough."""
        return QSize(80, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """As wide as the words, whatever is shown of them."""
        height = super().sizeHint().height()
        return QSize(40 + self.fontMetrics().horizontalAdvance(self._shown), height)

    def _fit(self) -> None:
        room = self.width() - 30  # the box itself
        text = self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideMiddle, max(room, 50))
        self.setText(text.replace("&", "&&"))


class Toggle(QToolButton):
    """A word that is on or off, and says so whatever the theme makes of a pressed button."""

    def __init__(self, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(tip)
        self.toggled.connect(self._show)
        self.setChecked(True)

    def _show(self, on: bool) -> None:
        self.setText((self.tr("{} ✓") if on else self.tr("{} –")).format(self._words))
