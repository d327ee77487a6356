"""What a student says of itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError, Stopped

from .algorithm import Dressed, OfStudents, Parameters
from .names import with_help


class DescribeAlgorithm(OfStudents, Dressed, QgsProcessingAlgorithm):
    """Bands, classes and resolution of a student, as a page and as values for models."""

    STUDENT, OUTPUT = "STUDENT", "OUTPUT"
    NAME, TASK, BANDS, CLASSES, GSD, PARAMETERS = "NAME", "TASK", "BANDS", "CLASSES", "GSD", "PARAMETERS"

    def name(self) -> str:
        """Never changes."""
        return "describe"

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return self.tr("Describe a student")

    def shortHelpString(self) -> str:
        """Beside the form."""
        return self.tr(
            "Says which bands a student needs, which classes it maps, at which resolution it works and what it learned "
            "from. Nothing is run: all of it stands in the file."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Declares the form."""
        del config
        student = QgsProcessingParameterFile(self.STUDENT, self.tr("Student"), extension="onnx")
        self.addParameter(with_help(student, self.tr("The file student.onnx of a distillation.")))
        page = QgsProcessingParameterFileDestination(
            self.OUTPUT, self.tr("Description"), self.tr("HTML files (*.html)"), optional=True
        )
        self.addParameter(with_help(page, self.tr("All of it as a page that any browser shows.")))
        self.addOutput(QgsProcessingOutputString(self.NAME, self.tr("Name")))
        self.addOutput(QgsProcessingOutputString(self.TASK, self.tr("Task")))
        self.addOutput(QgsProcessingOutputString(self.BANDS, self.tr("Bands, separated by commas")))
        self.addOutput(QgsProcessingOutputString(self.CLASSES, self.tr("Classes, separated by commas")))
        self.addOutput(
            QgsProcessingOutputNumber(self.GSD, self.tr("Ground sampling distance (m), where the student has one"))
        )
        self.addOutput(QgsProcessingOutputNumber(self.PARAMETERS, self.tr("Parameters")))

    def prepareAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """QGIS's network settings are asked for in the main thread."""
        from rskd_qgis.environment import network

        del parameters, context, feedback
        self._network = network.environment(places.home())
        return True

    def processAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Called by QGIS in the background."""
        from rskd_qgis.bridge.process import ask

        student = self.parameterAsFile(parameters, self.STUDENT, context)
        try:
            facts = ask("inspect", {"file": student}, feedback=feedback, network=self._network)
        except Stopped:
            return {}
        except BackendError as error:
            raise QgsProcessingException(str(error)) from error
        if facts.get("kind") != "student":
            said = self.tr("“{}” is not a student: it was not made by RSKD.")
            raise QgsProcessingException(said.format(Path(student).name))
        made: dict[str, Any] = {
            self.NAME: facts["name"],
            self.TASK: facts["task"],
            self.BANDS: ", ".join(band["name"] for band in facts["bands"]),
            self.CLASSES: ", ".join(known["name"] for known in facts["classes"]),
            self.PARAMETERS: facts["parameters"],
        }
        if not facts.get("local"):
            made[self.GSD] = facts["gsd"]
        for output in (self.NAME, self.TASK, self.BANDS, self.CLASSES):
            feedback.pushInfo(made[output])
        place = self.parameterAsFileOutput(parameters, self.OUTPUT, context)
        if place:
            self._write(Path(place), self._page(facts))
            made[self.OUTPUT] = place
        return made

    def _write(self, place: Path, page: str) -> None:
        """The whole page or none; what was there before stays until then."""
        unfinished = place.with_name(f"unfinished-{place.name}")
        try:
            unfinished.write_text(page, encoding="utf-8")
            unfinished.replace(place)
        except OSError as error:
            said = self.tr("“{path}” cannot be written: {reason}. Choose another folder, or free some space.")
            raise QgsProcessingException(said.format(path=place, reason=error.strerror or error)) from error
        finally:
            with suppress(OSError):
                unfinished.unlink()

    def _resolution(self, facts: dict[str, Any]) -> str:
        """A student of imagery without a place on Earth knows pixels only."""
        if facts.get("local"):
            return self.tr("one pixel, whatever its size: the student learned from imagery without a place on Earth")
        return self.tr("{} m").format(f"{facts['gsd']:g}")

    def _page(self, facts: dict[str, Any]) -> str:
        import html

        rows = [
            (self.tr("Task"), facts["task"]),
            (self.tr("Architecture"), facts["architecture"]),
            (self.tr("Parameters"), f"{facts['parameters']:,}"),
            (self.tr("Ground sampling distance"), self._resolution(facts)),
            (self.tr("Bands"), ", ".join(band["name"] for band in facts["bands"])),
            (self.tr("Classes"), ", ".join(f"{known['name']} ({known['value']})" for known in facts["classes"])),
            (self.tr("Teacher"), str(facts.get("teacher", {}).get("name", ""))),
            (self.tr("Created"), facts["created"]),
        ]
        table = "".join(f"<tr><th>{html.escape(head)}</th><td>{html.escape(text)}</td></tr>" for head, text in rows)
        title = html.escape(facts["name"])
        style = "<style>th{text-align:left;vertical-align:top;padding-right:1em}</style>"
        return (
            f'<!doctype html><meta charset="utf-8"><title>{title}</title>{style}<h1>{title}</h1><table>{table}</table>'
        )
