"""The dock's first line: the task, help and set-up."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QToolButton, QWidget


class Header(QWidget):
    """Two tasks to choose from, two buttons."""

    task_chosen = pyqtSignal(str)
    help_toggled = pyqtSignal(bool)
    set_up_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = {
            "land-cover": _radio(
                self.tr("Land cover"),
                self.tr("Every pixel belongs to one of several classes. What is not labelled is unknown, not a class."),
            ),
            "segmentation": _radio(
                self.tr("Segmentation"),
                self.tr(
                    "Objects such as buildings or fields against a background. "
                    "Around your labelled polygons, what no polygon covers is background."
                ),
            ),
        }
        self.help = _button(self.tr("Help"), "/mActionHelpContents.svg", self.tr("What to do, step by step."))
        self.set_up = _button(
            self.tr("Set-up"),
            "/mActionOptions.svg",
            self.tr("The Python environment in which models are trained and run: make, repair or remove it."),
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 0)
        group = QButtonGroup(self)
        for task, button in self.tasks.items():
            group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(lambda _, task=task: self.task_chosen.emit(task))
        layout.addStretch()
        layout.addWidget(self.help)
        layout.addWidget(self.set_up)
        self.help.clicked.connect(self.help_toggled)
        self.set_up.clicked.connect(self.set_up_toggled)

    def display(self, task: str) -> None:
        """Shows the draft's task."""
        self.tasks[task].setChecked(True)


def _radio(words: str, tip: str) -> QRadioButton:
    button = QRadioButton(words)
    button.setToolTip(tip)
    return button


def _button(name: str, icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
