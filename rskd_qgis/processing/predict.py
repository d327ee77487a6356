"""A student over layers: a class map as raster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterVectorLayer,
    QgsReferencedRectangle,
)

from rskd_qgis import settings

from .algorithm import BackendAlgorithm, OfStudents, Parameters
from .library import students
from .names import POLYGONS, RASTER, advanced, with_help

if TYPE_CHECKING:
    from rskd_qgis.draft import Request
    from rskd_qgis.layers.handing import Handing


class StudentAlgorithm(OfStudents, BackendAlgorithm):
    """What both algorithms that run a student ask for."""

    JOB = "predict"
    LIBRARY = "LIBRARY"
    STUDENT, LAYERS, EXTENT, AREA, GSD = "STUDENT", "LAYERS", "EXTENT", "AREA", "GSD"

    def add_inputs(self) -> None:
        """Student, layers and area."""
        # By name, not by number: a model keeps it while the library grows.
        listed = QgsProcessingParameterEnum(
            self.LIBRARY, self.tr("Student of the library"), list(students()), optional=True, usesStaticStrings=True
        )
        said = self.tr("A student that was distilled or imported here. For any other, give its file instead.")
        self.addParameter(with_help(listed, said))
        student = QgsProcessingParameterFile(
            self.STUDENT, self.tr("Or a student’s file"), extension="onnx", optional=True
        )
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
        number = QgsProcessingParameterNumber
        gsd = number(
            self.GSD, self.tr("Ground sampling distance (m)"), number.Type.Double, None, optional=True, minValue=0.0
        )
        said = self.tr(
            "For layers of a server, which come at any pixel size. Leave it empty: it is the student's, where the file "
            "student.stac.json lies beside the student."
        )
        self.addParameter(advanced(with_help(gsd, said)))

    def inputs(self, parameters: Parameters, context: QgsProcessingContext) -> tuple[dict[str, Any], Handing]:
        """The job description but for its outputs."""
        from rskd_qgis.draft.naming import slug
        from rskd_qgis.draft.request import in_grid

        from .handed import handing, local_crs

        student = self._student(parameters, context)
        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        extent = self.parameterAsExtent(parameters, self.EXTENT, context, layers[0].crs())
        area = self.parameterAsVectorLayer(parameters, self.AREA, context)
        around = QgsReferencedRectangle(extent, layers[0].crs())
        if area is not None:
            around = QgsReferencedRectangle(area.extent(), area.crs())
        handed = handing(None if around.isEmpty() else around, self._gsd(parameters, context, layers))
        spec: dict[str, Any] = {
            "student": student,
            "layers": [handed.raster(layer, slug(layer.name())) for layer in layers],
        }
        spec.update(local_crs(layers[0]))
        if area is not None:
            spec["area"] = handed.polygons(area, "area")
        elif not extent.isEmpty():
            spec["area"] = in_grid(extent, layers[0])
        if settings.threads():
            spec["threads"] = settings.threads()
        return spec, handed

    def checkParameterValues(self, parameters: Parameters, context: QgsProcessingContext) -> tuple[bool, str]:
        """Extent and polygons together would be two answers to one question, as would two students."""
        fine, said = super().checkParameterValues(parameters, context)
        if fine and bool(parameters.get(self.STUDENT)) == bool(parameters.get(self.LIBRARY)):
            return False, self.tr("Choose a student of the library, or a student's file.")
        if fine and parameters.get(self.EXTENT) and parameters.get(self.AREA):
            return False, self.tr("Give an extent or polygons to map within, not both.")
        return fine, said

    def _student(self, parameters: Parameters, context: QgsProcessingContext) -> str:
        """The file."""
        name = self.parameterAsEnumString(parameters, self.LIBRARY, context)
        if not name:
            return self.parameterAsFile(parameters, self.STUDENT, context)
        path = students().get(name)
        if path is None:
            raise QgsProcessingException(self.tr("“{}” is not in the library any more.").format(name))
        return str(path)

    def _gsd(self, parameters: Parameters, context: QgsProcessingContext, layers: list[QgsMapLayer]) -> float | None:
        """In metres: what was asked for, else the student's; None where nobody needs it."""
        from rskd_qgis.layers.handing import comes_at_any_size

        gsd = self.parameterAsDouble(parameters, self.GSD, context)
        gsd = gsd or _gsd_of(Path(self._student(parameters, context)))
        drawn = next((layer for layer in layers if comes_at_any_size(layer)), None)
        if not gsd and drawn is not None:
            message = self.tr(
                "“{}” comes from a server, at any pixel size, and the student's is not known. Give the ground sampling "
                "distance, under Advanced Parameters."
            )
            raise QgsProcessingException(message.format(drawn.name()))
        return gsd or None


def _gsd_of(student: Path) -> float | None:
    """As the files beside a student tell it: the library's, or the catalogue entry."""
    from rskd_qgis import json_files
    from rskd_qgis.students import FACTS, Entry, facts_of_result

    return Entry.of(student.parent, json_files.read(student.with_name(FACTS)) or facts_of_result(student)).gsd


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
        made = QgsProcessingParameterRasterDestination(self.OUTPUT, self.tr("Class map"))
        said = self.tr("A GeoTIFF with a class value a pixel; names and colours of the classes stand in it.")
        self.addParameter(with_help(made, said))
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
        return Request(spec, handed.secrets, handed.exports)

    def destinations(self, parameters: Parameters, context: QgsProcessingContext) -> dict[str, Any]:
        """The map, and what else is wanted of it."""
        names = {"out": self.OUTPUT, "confidence": self.CONFIDENCE, "probabilities": self.PROBABILITIES}
        places = {key: self.parameterAsOutputLayer(parameters, name, context) for key, name in names.items()}
        return {key: place for key, place in places.items() if place}

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The files that were asked for."""
        del context
        made = {self.OUTPUT: result["map"]}
        for name in (self.CONFIDENCE, self.PROBABILITIES):
            if result.get(name.lower()):
                made[name] = result[name.lower()]
        return made
