"""A teacher that is trained here, on the labels."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QComboBox, QLabel, QSpinBox, QWidget

from .teacher_way import ExpertBox, TeacherWay, narrow

MODELS = ("unet", "plain-unet", "deeplabv3+", "fpn", "segformer", "upernet")
ENCODERS = ("resnet18", "resnet34", "resnet50", "resnet101", "efficientnet-b0", "efficientnet-b3", "mit_b0", "mit_b2")


class TrainedTeacher(TeacherWay):
    """Good without any choice; experts may choose the network."""

    kind = "labels"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rest: dict[str, Any] = {}  # what a job brought along and this form does not show
        words = QLabel(self.tr("A large model learns from your labels first; then it teaches the small one."))
        words.setWordWrap(True)
        self.model = narrow(QComboBox())
        self.model.addItems(MODELS)
        self.encoder = narrow(QComboBox())
        self.encoder.setEditable(True)
        self.encoder.addItems(ENCODERS)
        self.members = QSpinBox()
        self.members.setRange(1, 16)
        expert = ExpertBox()
        expert.add(
            self.tr("Model"),
            self.model,
            self.tr("The architecture of the teacher. U-Net suits most images; try another only to compare."),
        )
        expert.add(
            self.tr("Encoder"),
            self.encoder,
            self.tr(
                "The part of the teacher that recognises textures and shapes. "
                "A larger one may be more accurate and takes longer."
            ),
        )
        expert.add(
            self.tr("Members"),
            self.members,
            self.tr(
                "How many teachers are trained and averaged. "
                "Three are usually a little better than one, and take three times as long."
            ),
        )
        self._column.addWidget(words)
        self._column.addWidget(expert)
        self.model.activated.connect(self._on_edit)
        self.encoder.activated.connect(self._on_edit)
        self.encoder.lineEdit().editingFinished.connect(self._on_edit)
        self.members.valueChanged.connect(self._on_edit)
        self._arrange()

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        self._rest = {key: value for key, value in teacher.items() if key in ("weights", "widths", "stem_stride")}
        self.model.setCurrentText(teacher.get("model", "unet"))
        self.encoder.setEditText(teacher.get("encoder", "resnet34"))
        self.members.blockSignals(True)
        self.members.setValue(teacher.get("members", 1))
        self.members.blockSignals(False)
        self._arrange()

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file."""
        teacher: dict[str, Any] = {"kind": self.kind, **self._rest}
        model, encoder = self.model.currentText(), self.encoder.currentText().strip()
        if model != "unet":
            teacher["model"] = model
        if encoder and encoder != "resnet34" and model != "plain-unet":
            teacher["encoder"] = encoder
        if self.members.value() > 1:
            teacher["members"] = self.members.value()
        return teacher

    def _arrange(self) -> None:
        self.encoder.setEnabled(self.model.currentText() != "plain-unet")

    def _on_edit(self) -> None:
        self._arrange()
        self.edited.emit()
