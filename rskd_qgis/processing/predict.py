"""A student over layers: a class map as raster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFeedback,
    QgsProcessingContext,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterVectorLayer,
)

from rskd_qgis import places, settings

from .algorithm import BackendAlgorithm, Parameters
from .names import POLYGONS, RASTER, advanced, with_help

if TYPE_CHECKING:
    from rskd_qgis.draft import Request

    from .handed import LayersOfJob


class StudentAlgorithm(BackendAlgorithm):
    """What both algorithms that run a student ask for."""

    JOB = "predict"
    STUDENT, LAYERS, EXTENT, AREA = "STUDENT", "LAYERS", "EXTENT", "AREA"

    def group(self) -> str:
        """Where it stands in the toolbox."""
        return self.tr("Students")

    def groupId(self) -> str:
        """Never changes."""
        return "students"

    def add_inputs(self) -> None:
        """Student, layers and area."""
        student = QgsProcessingParameterFile(self.STUDENT, self.tr("Student"), extension="onnx")
        said = self.tr("The file student.onnx of a distillation. It knows its bands, classes and resolution itself.")
        self.addParameter(with_help(student, said))
        layers = QgsProcessingParameterMultipleLayers(self.LAYERS, self.tr("Image layers"), RASTER)
        said = self.tr(
            "The layers that the student looks at, in the order in which it learned them. Bands are matched by name, "
            "else by position; another pixel size is resampled to the student's."
        )
        self.addParameter(with_help(layers, said))
        extent = QgsProcessingParameterExtent(self.EXTENT, self.tr("Extent"), optional=True)
        said = self.tr("Only this part is mapped. Leave it empty to map the whole of the first layer.")
        self.addParameter(with_help(extent, said))
        area = QgsProcessingParameterVectorLayer(
            self.AREA, self.tr("Polygons to map within"), [POLYGONS], optional=True
        )
        said = self.tr("Only what lies inside these polygons is mapped; the rest is left without data.")
        self.addParameter(advanced(with_help(area, said)))

    def inputs(self, parameters: Parameters, context: QgsProcessingContext) -> tuple[dict[str, Any], LayersOfJob]:
        """The job description but for its outputs."""
        from .handed import LayersOfJob, box

        student = self.parameterAsFile(parameters, self.STUDENT, context)
        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        extent = self.parameterAsExtent(parameters, self.EXTENT, context, layers[0].crs())
        wanted = None if extent.isEmpty() else extent
        handed = LayersOfJob(_gsd(student) if any(layer.providerType() != "gdal" for layer in layers) else None)
        spec: dict[str, Any] = {"student": student, "layers": [handed.raster(layer, wanted) for layer in layers]}
        area = self.parameterAsVectorLayer(parameters, self.AREA, context)
        if area is not None:
            spec["area"] = handed.polygons(area)
        elif wanted is not None:
            spec["area"] = box(wanted)
        if settings.threads():
            spec["threads"] = settings.threads()
        return spec, handed

    def checkParameterValues(self, parameters: Parameters, context: QgsProcessingContext) -> tuple[bool, str]:
        """Extent and polygons together would be two answers to one question."""
        fine, said = super().checkParameterValues(parameters, context)
        if fine and parameters.get(self.EXTENT) and parameters.get(self.AREA):
            return False, self.tr("Give an extent or polygons to map within, not both.")
        return fine, said


def _gsd(student: str) -> float:
    """The student's ground sampling distance in metres: layers of a server come at any."""
    from rskd_qgis.bridge.process import ask
    from rskd_qgis.environment import network

    facts = ask("inspect", {"file": student}, feedback=QgsFeedback(), network=network.environment(places.home()))
    return float(facts["gsd"])


class PredictAlgorithm(StudentAlgorithm):
    """Maps layers with a student: parameters in, job description out, result back."""

    OUTPUT, CONFIDENCE, PROBABILITIES = "OUTPUT", "CONFIDENCE", "PROBABILITIES"

    def name(self) -> str:
        """Never changes."""
        return "predict"

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return self.tr("Run a student (raster)")

    def shortHelpString(self) -> str:
        """Beside the form."""
        return self.tr(
            "Maps image layers with a student, a small model made by “Distil a student”. The map holds the values, "
            "names and colours of the classes that the student has learned.\n\n"
            "Rasters may be far larger than memory: they are read and written in strips. Values that look unlike those "
            "of training, for example in another unit, are warned of in the log."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Declares the form."""
        del config
        self.add_inputs()
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, self.tr("Class map")))
        confidence = QgsProcessingParameterRasterDestination(
            self.CONFIDENCE, self.tr("Confidence"), optional=True, createByDefault=False
        )
        said = self.tr("The probability, from 0 to 1, of the class that was chosen for each pixel.")
        self.addParameter(with_help(confidence, said))
        probabilities = QgsProcessingParameterRasterDestination(
            self.PROBABILITIES, self.tr("Probabilities"), optional=True, createByDefault=False
        )
        said = self.tr("One band a class with its probability from 0 to 1; a large file.")
        self.addParameter(advanced(with_help(probabilities, said)))

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """As `rskd schema predict` says."""
        from rskd_qgis.draft import Request

        spec, handed = self.inputs(parameters, context)
        spec["out"] = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        for name in (self.CONFIDENCE, self.PROBABILITIES):
            place = self.parameterAsOutputLayer(parameters, name, context)
            if place:
                spec[name.lower()] = place
        return Request(spec, handed.secrets, handed.exports)

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The files that were asked for."""
        del context
        made = {self.OUTPUT: result["map"]}
        for name in (self.CONFIDENCE, self.PROBABILITIES):
            if result.get(name.lower()):
                made[name] = result[name.lower()]
        return made
