"""A page of help inside the dock."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class HelpPage(QWidget):
    """What distilling is, the steps, and where the sample is."""

    sample_wanted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = QLabel(
            self.tr(
                "<h3>Small, fast models from large ones</h3>"
                "<p>A large model, the <i>teacher</i>, makes good maps slowly. RSKD trains a small model, the "
                "<i>student</i>, to answer as the teacher does: it makes the same kind of map many times faster, on an "
                "ordinary computer.</p>"
                "<ol>"
                "<li><b>Layers.</b> Tick the images. Switch off what the teacher or the student is not to see.</li>"
                "<li><b>Labels.</b> If you know the classes at some places, choose that layer. With labels the result "
                "is also measured: a part of them is kept aside for it.</li>"
                "<li><b>Teacher.</b> Let one be trained on your labels, or take a finished model or map.</li>"
                "<li><b>Student.</b> How small and fast it has to be. The default suits most computers.</li>"
                "<li><b>Distil.</b> One click. You can go on working, pause it, and go on later.</li>"
                "</ol>"
                "<p>The map arrives in a group of layers. The student is kept: run it on other images with "
                "<i>Run on layer</i>, or with the RSKD algorithms of the Processing toolbox.</p>"
                "<p>Every field says what it is for when the mouse rests on it.</p>"
            )
        )
        text.setWordWrap(True)
        sample = QPushButton(self.tr("Try the sample"))
        sample.setToolTip(
            self.tr(
                "Opens a Landsat image with labels and a finished teacher; one click on “Distil” leads to a result."
            )
        )
        sample.clicked.connect(self.sample_wanted)
        back = QPushButton(self.tr("Back"))
        back.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        for widget in (text, sample, back):
            layout.addWidget(widget)
        layout.addStretch()
