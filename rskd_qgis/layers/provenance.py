"""Which student and settings made a map, for the layer's metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsAbstractMetadataBase, QgsLayerMetadata
from qgis.PyQt.QtCore import QCoreApplication, QDateTime, Qt, QUrl

from rskd_qgis import json_files


def metadata(title: str, student: str, settings: str) -> QgsLayerMetadata:
    """Title, abstract, links and history.

    Args:
        title: of the layer.
        student: path of `student.onnx`, perhaps with `student.stac.json` and `report.html` beside it; may be empty.
        settings: path of `job.json`; may be empty.
    """
    told = QgsLayerMetadata()
    told.setTitle(title)
    told.setType("dataset")
    told.setAbstract("\n".join(_sentences(student, settings)))
    for path, name in _files(student, settings):
        told.addLink(QgsAbstractMetadataBase.Link(name, "WWW:LINK", QUrl.fromLocalFile(str(path)).toString()))
    made = QCoreApplication.translate("Results", "{time}: mapped with RSKD, student {student}.")
    now = QDateTime.currentDateTime().toString(Qt.DateFormat.ISODate)
    told.addHistoryItem(made.format(time=now, student=student or "–"))
    return told


def _sentences(student: str, settings: str) -> list[str]:
    said = [QCoreApplication.translate("Results", "Class map made with RSKD.")]
    if student:
        said.append(QCoreApplication.translate("Results", "Student: {}.").format(student))
    job = json_files.read(Path(settings)) if settings else {}
    for entry, sentence in (
        (_student(job), QCoreApplication.translate("Results", "Architecture: {}.")),
        (_teacher(job), QCoreApplication.translate("Results", "Teacher: {}.")),
        (_words(job.get("recipe")), QCoreApplication.translate("Results", "Recipe: {}.")),
        (_words(job.get("training")), QCoreApplication.translate("Results", "Training: {}.")),
        (_layers(job), QCoreApplication.translate("Results", "Layers at training: {}.")),
    ):
        if entry:
            said.append(sentence.format(entry))
    return said


def _student(job: dict[str, Any]) -> str:
    return str(job.get("student", {}).get("name", ""))


def _teacher(job: dict[str, Any]) -> str:
    teacher = job.get("teacher", {})
    return " ".join(str(teacher[key]) for key in ("kind", "model", "encoder", "weights", "path") if teacher.get(key))


def _layers(job: dict[str, Any]) -> str:
    layers = job.get("layers") or [layer for scene in job.get("scenes") or () for layer in scene.get("layers", ())]
    names = [layer.get("name") or Path(layer.get("path", "")).stem for layer in layers]
    return ", ".join(dict.fromkeys(names))


def _words(settings: dict[str, Any] | None) -> str:
    return ", ".join(f"{key} {value}" for key, value in (settings or {}).items())


def _files(student: str, settings: str) -> list[tuple[Path, str]]:
    files = [(Path(student), QCoreApplication.translate("Results", "Student"))] if student else []
    if settings:
        report = Path(settings).with_name("report.html")
        files += [
            (Path(settings), QCoreApplication.translate("Results", "Settings")),
            (report, QCoreApplication.translate("Results", "Report")),
        ]
    return [(path, name) for path, name in files if path.is_file()]
