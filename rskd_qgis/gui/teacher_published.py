"""A published model as the teacher, or as the start of one that is trained here."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.draft.expectation import facts_of

from .section import Notice
from .services import Services
from .teacher_way import TeacherWay, narrow


class PublishedTeacher(TeacherWay):
    """Weights that torchgeo lists, by sensor. The backend is asked for the list when the form is first seen."""

    kind = "torchgeo"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._asked = False
        self._wanted = ""  # as the draft says, whether or not the list is there yet
        self._rows: list[dict[str, Any]] = []
        self.sensor = narrow(QComboBox())
        self.sensor.setAccessibleName(self.tr("Sensor"))
        self.sensor.setToolTip(
            self.tr(
                "The sensor that the model was trained on. "
                "Choose that of your image: a model sees little in the pixels of another one."
            )
        )
        self.weights = narrow(QComboBox())
        self.weights.setAccessibleName(self.tr("Weights"))
        self.weights.setToolTip(
            self.tr(
                "A model that others have trained and published. "
                "It is downloaded once, when the distillation starts, and then kept on this machine."
            )
        )
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._notice = Notice()
        for widget in (self.sensor, self.weights, self._about, self._notice):
            self._column.addWidget(widget)
        self.sensor.hide()
        self.weights.hide()  # until there is something to choose from
        self.sensor.activated.connect(self._on_sensor)
        self.weights.activated.connect(self._on_weights)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for the list, and again after a failure."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._about.setText(self.tr("Looking up the published weights… The first time may take a minute."))
            self._services.resident.ask("weights", {}, self._on_list, self._on_failure)

    def display(self, teacher: dict[str, Any]) -> None:
        """Shows a teacher of this kind."""
        self._wanted = teacher.get("weights", "")
        self._show()

    def chosen(self) -> dict[str, Any]:
        """As `teacher:` in the job file."""
        return {"kind": self.kind, "weights": self._wanted}

    def facts(self) -> dict[str, Any]:
        """What the chosen weights expect, as `teacher_facts`; empty where nothing is chosen."""
        row = self._row()
        return facts_of(row) if row is not None else {}

    def _row(self) -> dict[str, Any] | None:
        return next((row for row in self._rows if row["name"] == self._wanted), None)

    def _on_list(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._notice.say("")
        self.sensor.show()
        self.weights.show()
        self.sensor.clear()
        self.sensor.addItems(list(dict.fromkeys(row["sensor"] for row in rows)))
        row = self._row()
        if row is not None:
            self.sensor.setCurrentText(row["sensor"])
        self._fill()
        self._show()

    def _on_failure(self, error: BackendError) -> None:
        self._asked = False
        self._about.setText("")
        self._notice.say(str(error))
        self._services.report(error, "teacher")

    def _fill(self) -> None:
        self.weights.clear()
        self.weights.addItem(self.tr("Choose"), "")
        for row in self._rows:
            if row["sensor"] == self.sensor.currentText():
                self.weights.addItem(row["name"].replace("_Weights.", ": "), row["name"])
        self.weights.setCurrentIndex(max(0, self.weights.findData(self._wanted)))

    def _show(self) -> None:
        row = self._row()
        if row is not None and self.sensor.currentText() != row["sensor"]:
            self.sensor.setCurrentText(row["sensor"])
            self._fill()
        self.weights.setCurrentIndex(max(0, self.weights.findData(self._wanted)))
        if self._rows:
            self._about.setText(self._words(row) if row is not None else "")
        self._about.setVisible(bool(self._about.text()))

    def _words(self, row: dict[str, Any]) -> str:
        if row["kind"] == "encoder":
            words = self.tr("A start for a teacher that is then trained on your labels.")
        else:
            words = self.tr("Knows {} classes and answers at once.").format(len(facts_of(row)["classes"]))
        if row.get("bands"):
            words += " " + self.tr("Bands, in this order: {}.").format(", ".join(map(str, row["bands"])))
        if row.get("cached"):
            words += " " + self.tr("It is on this machine already.")
        elif row.get("megabytes"):
            words += " " + self.tr("Download: {} MB.").format(round(row["megabytes"]))
        return words

    def _on_sensor(self) -> None:
        self._wanted = ""
        self._fill()
        self._show()
        self.edited.emit()

    def _on_weights(self) -> None:
        self._wanted = self.weights.currentData() or ""
        self._show()
        self.edited.emit()
