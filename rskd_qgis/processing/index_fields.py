"""The fields of a spectral index as the teacher."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterString,
)

from .algorithm import Parameters
from .names import advanced, with_help

INDICES = ("ndvi", "ndwi", "mndwi", "ndbi", "nbr", "ndsi", "difference")


class IndexFields:
    """For the algorithm that has them; names of parameters never change."""

    INDEX, INDEX_BANDS = "TEACHER_INDEX", "TEACHER_INDEX_BANDS"
    INDEX_THRESHOLDS, INDEX_CLASSES = "TEACHER_INDEX_THRESHOLDS", "TEACHER_INDEX_CLASSES"

    def add_index(self) -> None:
        """Declares them."""
        names = [*(index.upper() for index in INDICES[:-1]), self.tr("Any two bands")]
        index = QgsProcessingParameterEnum(self.INDEX, self.tr("Teacher: index"), names, defaultValue=0, optional=True)
        said = self.tr("For a spectral index: the difference of two bands, divided by their sum.")
        self.addParameter(advanced(with_help(index, said)))
        text = QgsProcessingParameterString
        bands = text(self.INDEX_BANDS, self.tr("Teacher: bands of the index"), optional=True)
        said = self.tr("Two names with a comma between them; leave it empty where the layers’ bands say what they are.")
        self.addParameter(advanced(with_help(bands, said)))
        thresholds = text(self.INDEX_THRESHOLDS, self.tr("Teacher: thresholds of the index"), optional=True)
        said = self.tr("The values between its classes, rising, with spaces between them, for example 0.2 0.5.")
        self.addParameter(advanced(with_help(thresholds, said)))
        classes = text(self.INDEX_CLASSES, self.tr("Teacher: classes of the index"), optional=True)
        said = self.tr("Names from the lowest values to the highest, with commas, for example bare, grass, forest.")
        self.addParameter(advanced(with_help(classes, said)))

    def index_teacher(self, parameters: Parameters, context: QgsProcessingContext) -> dict[str, Any]:
        """As `teacher:` in the job file."""

        def listed(name: str) -> list[str]:
            return [one.strip() for one in self.parameterAsString(parameters, name, context).split(",") if one.strip()]

        text = self.parameterAsString(parameters, self.INDEX_THRESHOLDS, context)
        try:
            thresholds = [float(one) for one in text.replace(",", " ").replace(";", " ").split()]
        except ValueError:
            message = self.tr("The thresholds of the index must be numbers: {}").format(text)
            raise QgsProcessingException(message) from None
        index, bands = INDICES[self.parameterAsEnum(parameters, self.INDEX, context)], listed(self.INDEX_BANDS)
        said = {"kind": "index", "index": index, "thresholds": thresholds, "names": listed(self.INDEX_CLASSES)}
        return {**said, "bands": bands} if bands else said

    @classmethod
    def index_parameters(cls, teacher: dict[str, Any]) -> Parameters:
        """The fields filled in as a draft's teacher is, whatever its kind."""
        index = teacher if teacher["kind"] == "index" else {}
        return {
            cls.INDEX: INDICES.index(index.get("index", INDICES[0])),
            cls.INDEX_BANDS: ", ".join(index.get("bands") or ()),
            cls.INDEX_THRESHOLDS: " ".join(f"{value:g}" for value in index.get("thresholds") or ()),
            cls.INDEX_CLASSES: ", ".join(index.get("names") or ()),
        }
