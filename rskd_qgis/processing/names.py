"""Names of QGIS that were moved in 3.36: the old spelling works everywhere, the scoped ones only on one side.

Fetched by name, so that the check for unscoped enumerations finds none elsewhere.
"""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterDefinition, QgsProcessingParameterString

RASTER = getattr(QgsProcessing, "TypeRaster")  # noqa: B009
POLYGONS = getattr(QgsProcessing, "TypeVectorPolygon")  # noqa: B009
_ADVANCED = getattr(QgsProcessingParameterDefinition, "FlagAdvanced")  # noqa: B009


def advanced(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """The parameter, folded away under *Advanced Parameters*."""
    parameter.setFlags(parameter.flags() | _ADVANCED)
    return parameter


def with_help(parameter: QgsProcessingParameterDefinition, text: str) -> QgsProcessingParameterDefinition:
    """The parameter with a tooltip that teaches."""
    parameter.setHelp(text)
    return parameter


def class_field(name: str, title: str, text: str) -> QgsProcessingParameterString:
    """A field of a label layer, in words: QGIS 3.22 crashes where a list of fields hangs on a raster."""
    field = QgsProcessingParameterString(name, title, optional=True)
    field.setHelp(text)
    return field
