"""A teacher from a file: a model in ONNX, or a trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import QComboBox, QLineEdit, QWidget

from rskd_qgis import settings

from .teacher_trained import ENCODERS, MODELS
from .teacher_way import ExpertBox, TeacherWay, filled, narrow, numbers, texts


class FileTeacher(TeacherWay):
    """The file, and for experts what it may not say itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = QgsFileWidget()
        self.file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.file.setDefaultRoot(settings.folder("teacher"))
        self.file.fileChanged.connect(self._on_file)
        self.expert = ExpertBox()
        self._column.addWidget(self.file)
        self._column.addWidget(self.expert)

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        self.file.blockSignals(True)
        self.file.setFilePath(teacher.get("path", ""))
        self.file.blockSignals(False)
        self.mean.setText(_listed(teacher.get("mean", [])))
        self.std.setText(_listed(teacher.get("std", [])))
        self.names.setText(_listed(teacher.get("names", [])))

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file."""
        said = filled(mean=numbers(self.mean), std=numbers(self.std), names=texts(self.names))
        return {"kind": self.kind, "path": self.file.filePath().strip(), **said}

    def _ask_for(self, title: str, files: str, tip: str) -> None:
        """What sort of file it is."""
        self.file.setDialogTitle(title)
        self.file.setFilter(files)
        self.file.lineEdit().setPlaceholderText(title)
        self.file.lineEdit().setAccessibleName(title)
        self.file.setToolTip(tip)

    def _add_description(self) -> None:
        """Fields for what a file of another tool may not say."""
        self.mean, self.std, self.names = QLineEdit(), QLineEdit(), QLineEdit()
        self.expert.add(
            self.tr("Mean"),
            self.mean,
            self.tr(
                "What is subtracted from each band, in the layer's own units, with commas between them. "
                "Needed only if the model's makers scaled the pixels and the file does not say how."
            ),
        )
        self.expert.add(
            self.tr("Deviation"),
            self.std,
            self.tr(
                "What each band is divided by after the mean was subtracted, with commas between them. "
                "Needed only if the model's makers scaled the pixels and the file does not say how."
            ),
        )
        self.expert.add(
            self.tr("Class names"),
            self.names,
            self.tr(
                "The model's classes in its own order, with commas between them. "
                "Needed only if the file does not name them; names that your labels have, too, are matched."
            ),
        )
        for field in (self.mean, self.std, self.names):
            field.setPlaceholderText(self.tr("as the file says"))
            field.editingFinished.connect(self.edited)

    def _on_file(self, path: str) -> None:
        if Path(path).is_file():
            settings.set_folder("teacher", str(Path(path).parent))
        self.edited.emit()


class OnnxTeacher(FileTeacher):
    """A segmentation model of any origin, other QGIS plugins' models among them."""

    kind = "onnx"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask_for(
            self.tr("Model file"),
            self.tr("ONNX models (*.onnx)"),
            self.tr(
                "A segmentation model in the ONNX format, from any tool: it takes an image and answers with a score "
                "for each class. Models of other QGIS plugins, such as Deepness, and your own students work too."
            ),
        )
        self._add_description()
        self.output = narrow(QComboBox())
        self.output.addItem(self.tr("Find out"), "auto")
        self.output.addItem(self.tr("Probabilities"), "probabilities")
        self.output.addItem(self.tr("Scores of exclusive classes (logits)"), "logits")
        self.output.addItem(self.tr("Scores of yes or no (sigmoid)"), "sigmoid")
        self.output.activated.connect(lambda _: self.edited.emit())
        self.expert.add(
            self.tr("Answers"),
            self.output,
            self.tr(
                "What the model's numbers mean. It is found out from a first answer; "
                "choose it yourself if the teacher's map looks washed out."
            ),
        )

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        super().display(teacher)
        self.output.setCurrentIndex(self.output.findData(teacher.get("output", "auto")))

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file."""
        output = self.output.currentData()
        return {**super().chosen(), **({"output": output} if output != "auto" else {})}


class CheckpointTeacher(FileTeacher):
    """Weights of a trained network."""

    kind = "checkpoint"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask_for(
            self.tr("Network file"),
            self.tr("Trained networks (*.safetensors *.ckpt *.pt *.pth *.bin)"),
            self.tr(
                "A trained network: a teacher of RSKD, a checkpoint of torchgeo or Lightning, or weights alone. "
                "Nothing in the file is run; files that hold program code are refused."
            ),
        )
        self.model, self.encoder = narrow(QComboBox()), narrow(QComboBox())
        self.model.addItem(self.tr("As the file says"), "")
        for name in MODELS:
            self.model.addItem(name, name)
        self.encoder.setEditable(True)
        self.encoder.addItems(("", *ENCODERS))
        self.encoder.lineEdit().setPlaceholderText(self.tr("as the file says"))
        self.model.activated.connect(lambda _: self.edited.emit())
        self.encoder.activated.connect(lambda _: self.edited.emit())
        self.encoder.lineEdit().editingFinished.connect(self.edited)
        self.expert.add(
            self.tr("Model"),
            self.model,
            self.tr("The architecture of the network. Needed only for files that hold weights and nothing else."),
        )
        self.expert.add(
            self.tr("Encoder"),
            self.encoder,
            self.tr(
                "The part of the network that recognises textures and shapes, for example resnet34. "
                "Needed only for files that hold weights and nothing else."
            ),
        )
        self._add_description()

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        super().display(teacher)
        self.model.setCurrentIndex(max(0, self.model.findData(teacher.get("model", ""))))
        self.encoder.setEditText(teacher.get("encoder", ""))

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file."""
        encoder = self.encoder.currentText().strip()
        return {**super().chosen(), **filled(model=self.model.currentData(), encoder=encoder)}


def _listed(values: list[Any]) -> str:
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
