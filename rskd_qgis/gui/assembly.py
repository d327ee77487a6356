"""Which sections the dock has, in which order and under which headings. Imported when the dock is first shown."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QWidget

from rskd_qgis.draft import Draft
from rskd_qgis.draft.keeping import Keeping
from rskd_qgis.draft.problems import training_missing

from .distil import DistilSection
from .labels import LabelsSection
from .layers import LayersSection
from .library import LibraryPage
from .result import ResultSection
from .section import SectionBox
from .services import Services
from .student import StudentSection
from .teacher import TeacherSection


@dataclass(frozen=True)
class Sections:
    """The sections that the dock wires up, and the boxes of all by name."""

    layers: LayersSection
    distil: DistilSection
    result: ResultSection
    boxes: dict[str, SectionBox]


def assemble(draft: Draft, services: Services, parent: QWidget) -> Sections:
    """Makes all sections, for what the project keeps of an earlier session."""
    Keeping(draft)  # lives as long as the draft
    layers, distil = LayersSection(draft, services), DistilSection(draft, services)
    result = ResultSection(draft, services)
    boxes = {
        "layers": SectionBox(_tr("1  Layers"), layers),
        "labels": SectionBox(_tr("2  Labels (optional)"), LabelsSection(draft, services), folded=not draft.layers),
        "teacher": SectionBox(_tr("3  Teacher"), TeacherSection(draft, services), folded=not draft.layers),
        "student": SectionBox(_tr("4  Student"), StudentSection(draft, services), folded=not draft.layers),
        "distil": SectionBox(_tr("5  Distil"), distil),
        "result": SectionBox(_tr("Result"), result, folded=True),
        "library": SectionBox(_tr("Students"), LibraryPage(draft, services), folded=True),
    }
    for box in boxes.values():
        box.setParent(parent)
    for notice in (distil.problem, boxes["distil"].notice):
        notice.offer(
            training_missing(),
            _tr("Set up…"),
            _tr("Opens the page that installs what is missing."),
            lambda: services.set_up(),  # noqa: PLW0108 - the dock gives it later
        )
    return Sections(layers, distil, result, boxes)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Sections", text)
