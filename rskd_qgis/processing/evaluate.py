"""A class map compared with labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from .algorithm import BackendAlgorithm, OfStudents, Parameters
from .names import POLYGONS, RASTER, class_field, with_help

if TYPE_CHECKING:
    from rskd_qgis.draft import Request


class EvaluateAlgorithm(OfStudents, BackendAlgorithm):
    """Says how well a map agrees with labels that it was not made from."""

    JOB = "evaluate"
    MAP, LABELS, FIELD, IGNORE, OUTPUT = "MAP", "LABELS", "FIELD", "IGNORE", "OUTPUT"
    NUMBERS = (
        ("MEAN_IOU", "mean_iou"), ("OVERALL_ACCURACY", "overall_accuracy"), ("KAPPA", "kappa"), ("PIXELS", "pixels"),
    )  # fmt: skip

    def name(self) -> str:
        """Never changes."""
        return "evaluate"

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return self.tr("Evaluate a map")

    def shortHelpString(self) -> str:
        """Beside the form."""
        return self.tr(
            "Compares a class map with labels, pixel by pixel, and gives mean IoU, overall accuracy and kappa, with "
            "the confusion matrix and the accuracies of each class in the file.\n\n"
            "The numbers are honest only where the labels lie on ground that neither student nor teacher was trained "
            "on. Classes are matched by name where both have names, else by value."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Declares the form."""
        del config
        classes = QgsProcessingParameterRasterLayer(self.MAP, self.tr("Class map"))
        said = self.tr("A raster of class values, for example one that a student has made.")
        self.addParameter(with_help(classes, said))
        labels = QgsProcessingParameterMapLayer(self.LABELS, self.tr("Labels"), types=[RASTER, POLYGONS])
        said = self.tr("A class raster, or polygons with a class field, to compare the map with.")
        self.addParameter(with_help(labels, said))
        said = self.tr(
            "Write the name of the field that holds the class as it stands in the layer's properties under Fields, for "
            "example class_id. It is needed where the labels are polygons; leave it empty for a raster."
        )
        self.addParameter(class_field(self.FIELD, self.tr("Class field of polygons"), said))
        ignore = QgsProcessingParameterString(self.IGNORE, self.tr("Values that mean “not labelled”"), optional=True)
        said = self.tr("Separated by commas, for example 0, 255. Pixels with these values are left out.")
        self.addParameter(with_help(ignore, said))
        numbers = QgsProcessingParameterFileDestination(
            self.OUTPUT, self.tr("All numbers"), self.tr("JSON files (*.json)"), optional=True
        )
        said = self.tr("The confusion matrix and the accuracies of each class besides what is shown here.")
        self.addParameter(with_help(numbers, said))
        titles = (self.tr("Mean IoU"), self.tr("Overall accuracy"), self.tr("Kappa"), self.tr("Compared pixels"))
        for (output, _), title in zip(self.NUMBERS, titles):
            self.addOutput(QgsProcessingOutputNumber(output, title))

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """As `rskd schema evaluate` says."""
        from rskd_qgis.draft import Request

        from .handed import handing, ignored, local_crs

        handed = handing()
        classes = self.parameterAsRasterLayer(parameters, self.MAP, context)
        labels = self.parameterAsLayer(parameters, self.LABELS, context)
        field = self.parameterAsString(parameters, self.FIELD, context)
        ignore = ignored(self.parameterAsString(parameters, self.IGNORE, context))
        spec: dict[str, Any] = {
            "subject": handed.bare_map(classes, "map"),
            "labels": handed.labels(labels, field, ignore),
            **local_crs(classes),
        }
        self._file = self.parameterAsFileOutput(parameters, self.OUTPUT, context)
        if self._file:
            spec["out"] = self._file
        return Request(spec, handed.secrets, handed.exports)

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The summary as numbers, and the file."""
        del context
        made: dict[str, Any] = {output: result[key] for output, key in self.NUMBERS}
        if self._file:
            made[self.OUTPUT] = self._file
        return made
