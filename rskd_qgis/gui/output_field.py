"""Where a result goes: a temporary file, or one that the user names, as in Processing's forms."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import settings


class OutputField(QgsFileWidget):
    """A file to be written; empty means a temporary one."""

    def __init__(self, title: str, file_filter: str) -> None:
        super().__init__()
        self.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.setDialogTitle(title)
        self.setFilter(file_filter)
        self.setDefaultRoot(settings.folder("out"))
        # The base class's own `tr` would look in its own context.
        self.lineEdit().setPlaceholderText(QCoreApplication.translate("OutputField", "[temporary file]"))
        self.lineEdit().setAccessibleName(title)
        self.setToolTip(
            QCoreApplication.translate(
                "OutputField", "Where the result is written. Leave it empty for a file that ends with this session."
            )
        )

    def path(self) -> str:
        """What was chosen; empty for a temporary file."""
        return self.filePath().strip()
