"""A student over layers: the map as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterNumber,
    QgsProcessingParameterVectorDestination,
    QgsProcessingUtils,
)

from .algorithm import Parameters
from .names import POLYGONS, advanced, with_help
from .predict import StudentAlgorithm

if TYPE_CHECKING:
    from rskd_qgis.draft import Request


class PredictPolygonsAlgorithm(StudentAlgorithm):
    """Maps layers with a student and turns the map into polygons."""

    MIN_AREA, SIEVE, OUTPUT = "MIN_AREA", "SIEVE", "OUTPUT"

    def name(self) -> str:
        """Never changes."""
        return "predictpolygons"

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return self.tr("Run a student (polygons)")

    def shortHelpString(self) -> str:
        """Beside the form."""
        return self.tr(
            "Maps image layers with a student and writes the map as polygons with the fields class, name and area_m2 "
            "(measured on the ellipsoid). A segmentation's background is left out.\n\n"
            "Small patches can be merged into their neighbours before, and small polygons left out after."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Declares the form."""
        del config
        self.add_inputs()
        number = QgsProcessingParameterNumber
        sieve = number(self.SIEVE, self.tr("Merge patches of fewer pixels"), number.Type.Integer, 0, minValue=0)
        said = self.tr("Patches of fewer pixels join their largest neighbour before polygons are made. 0 keeps all.")
        self.addParameter(with_help(sieve, said))
        least = number(
            self.MIN_AREA, self.tr("Leave out polygons smaller than (m²)"), number.Type.Double, 0.0, minValue=0.0
        )
        said = self.tr("Smaller polygons are left out, and the ground they cover is left empty. 0 keeps all.")
        self.addParameter(advanced(with_help(least, said)))
        made = QgsProcessingParameterVectorDestination(self.OUTPUT, self.tr("Polygons"), POLYGONS)
        self.addParameter(with_help(made, self.tr("A GeoPackage with a polygon for each patch of one class.")))

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """As `rskd schema predict` says; the raster between goes to a temporary file."""
        from rskd_qgis.draft import Request

        spec, handed = self.inputs(parameters, context)
        spec["out"] = QgsProcessingUtils.generateTempFilename("map.tif")
        spec["sieve"] = self.parameterAsInt(parameters, self.SIEVE, context)
        spec["min_area_m2"] = self.parameterAsDouble(parameters, self.MIN_AREA, context)
        return Request(spec, handed.secrets, handed.exports)

    def destinations(self, parameters: Parameters, context: QgsProcessingContext) -> dict[str, Any]:
        """The polygons."""
        return {"vector": self.parameterAsOutputLayer(parameters, self.OUTPUT, context)}

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The polygons."""
        del context
        return {self.OUTPUT: result["vector"]}
