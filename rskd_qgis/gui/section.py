"""A section of the dock: a foldable box whose heading says how things stand."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from .tips import wrap_tips


class Notice(QWidget):
    """A sentence with a theme icon before it; takes no room while it has nothing to say.

    `offer` puts a button below one of its sentences.
    """

    def __init__(self, icon: str = "/mIconWarning.svg", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize, None, self)
        self._icon = QLabel()
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(side, side))
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = self._words.sizePolicy()  # which says that its height depends on its width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._words.setSizePolicy(policy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.addWidget(self._words)
        layout.addLayout(self._column, 1)
        self._offers: list[tuple[str, QPushButton]] = []
        self.hide()

    def say(self, words: str) -> None:
        """Shows a sentence; an empty one hides the notice."""
        self._words.setText(words)
        for sentence, button in self._offers:
            button.setVisible(words == sentence)
        self.setVisible(bool(words))

    def offer(self, sentence: str, name: str, tip: str, clicked: Callable[[], None]) -> QPushButton:
        """Whenever it says this sentence, a button stands below that does something about it."""
        button = QPushButton(name)
        button.setToolTip(tip)
        button.clicked.connect(lambda _: clicked())
        button.setVisible(self.words() == sentence)
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._offers.append((sentence, button))
        return button

    def words(self) -> str:
        """What it says."""
        return self._words.text()


class WheelGuard(QObject):
    """Lets the mouse wheel scroll the panel: over a field it would change a value that nobody looks at."""

    def watch(self, field: QWidget) -> None:
        """Looks after a field that has not been clicked or tabbed to."""
        if isinstance(field, (QAbstractSlider, QAbstractSpinBox, QComboBox)) and not isinstance(field, QScrollBar):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hands the wheel on to what the field lies on, unless the field has the focus."""
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return False


class SectionBox(QWidget):
    """A section with its heading. What is wrong stands below the box, so that it is seen when the box is folded."""

    turned = pyqtSignal()
    """It was folded or unfolded."""

    def __init__(self, heading: str, section: QWidget, *, folded: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.section = section
        self._heading, self._state, self._well, self._has_question = heading, "", False, False
        self._box = QgsCollapsibleGroupBox(heading)
        self._box.setCollapsed(folded)
        self._box.setSaveCollapsedState(False)
        self._box.collapsedStateChanged.connect(lambda _: self.turned.emit())
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(section)
        self._guard = WheelGuard(self)
        for field in section.findChildren(QWidget):
            self._guard.watch(field)
        wrap_tips(section)
        self.notice = Notice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._box)
        layout.addWidget(self.notice)

    def set_state(self, words: str, well: bool) -> None:
        """What the heading says, and whether it gets a tick."""
        self._state, self._well = words, well
        self._title()

    def set_problem(self, words: str, *, well: bool) -> None:
        """A sentence under the heading; empty takes it away. `well`: whether the section has no open question."""
        self.notice.say(words)
        self._has_question = not well
        self._title()

    def unfold(self) -> None:
        """Opens the box."""
        self._box.setCollapsed(False)

    def heading(self) -> str:
        """The heading with its state."""
        return self._box.title()

    def problem(self) -> str:
        """The sentence under the heading."""
        return self.notice.words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shortens the heading anew."""
        super().resizeEvent(event)
        self._title()

    def _title(self) -> None:
        title = self._heading
        if self._well and not self._has_question:
            title = self.tr("{} ✓").format(title)  # first: what comes behind may be cut
        if self._state:
            title = self.tr("{heading} – {state}").format(heading=title, state=self._state)
        room = max(120, self.width() - 40)  # the arrow
        self._box.setTitle(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))
