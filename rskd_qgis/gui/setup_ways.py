"""Other ways to an environment: a Python that is there already, or a folder of wheels without a network."""

from __future__ import annotations

from pathlib import Path

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from rskd_qgis import settings


class OtherWays(QgsCollapsibleGroupBox):
    """Two fields with a button each; says what was chosen, and decides nothing."""

    python_chosen = pyqtSignal(object)  # Path of an interpreter or of an environment's folder
    wheels_chosen = pyqtSignal(object)  # Path of a folder

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Other ways"))
        self.setCollapsed(True)
        self.setSaveCollapsedState(False)
        self.python = _field(QgsFileWidget.StorageMode.GetFile, self.tr("Choose a Python"))
        self.python.setToolTip(
            self.tr(
                "A Python 3.11 or newer that has the packages already, for example of a conda environment. "
                "The path of the environment's folder will do too. Nothing is written there unless you ask for it."
            )
        )
        self.use = QPushButton(self.tr("Use this Python"))
        self.use.setToolTip(self.tr("Runs it to see what it has. QGIS's own Python stays as it is."))
        self.wheels = _field(QgsFileWidget.StorageMode.GetDirectory, self.tr("Choose a folder of wheels"))
        self.wheels.setToolTip(
            self.tr(
                "A folder of packages that “pip download” filled on a computer of the same kind that has a network. "
                "The set-up then asks no server for anything."
            )
        )
        self.install = QPushButton(self.tr("Install from this folder"))
        self.install.setToolTip(self.tr("Makes RSKD's own environment from the packages in this folder alone."))
        layout = QVBoxLayout(self)
        for words, file, button in (
            (self.tr("A Python of your own, or a conda environment:"), self.python, self.use),
            (self.tr("Without a network, from a folder of wheels:"), self.wheels, self.install),
        ):
            label = QLabel(words)
            label.setWordWrap(True)
            label.setBuddy(file.lineEdit())
            layout.addWidget(label)
            layout.addWidget(file)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            button.setEnabled(False)
            file.fileChanged.connect(lambda path, button=button: button.setEnabled(bool(path.strip())))
        self.wheels.setDefaultRoot(settings.folder("wheels"))
        self.use.clicked.connect(lambda: self.python_chosen.emit(Path(self.python.filePath().strip())))
        self.install.clicked.connect(self._install)

    def _install(self) -> None:
        path = self.wheels.filePath().strip()
        settings.set_folder("wheels", path)
        self.wheels_chosen.emit(Path(path))


def _field(mode: QgsFileWidget.StorageMode, title: str) -> QgsFileWidget:
    field = QgsFileWidget()
    field.setStorageMode(mode)
    field.setDialogTitle(title)
    field.lineEdit().setAccessibleName(title)
    return field
