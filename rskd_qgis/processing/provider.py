"""The provider *RSKD* of the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from rskd_qgis import places

from .describe import DescribeAlgorithm
from .distil import DistilAlgorithm
from .evaluate import EvaluateAlgorithm
from .predict import PredictAlgorithm
from .predict_polygons import PredictPolygonsAlgorithm


class RskdProvider(QgsProcessingProvider):
    """Its id, and those of the algorithms, stand in users' models and scripts: they never change."""

    def id(self) -> str:
        """The word before the colon."""
        return "rskd"

    def name(self) -> str:
        """The heading in the toolbox."""
        return "RSKD"

    def longName(self) -> str:
        """With what the letters stand for."""
        return self.tr("RSKD (knowledge distillation)")

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(str(places.resources() / "icon.svg"))

    def loadAlgorithms(self) -> None:
        """Called by QGIS."""
        for algorithm in (
            DistilAlgorithm, PredictAlgorithm, PredictPolygonsAlgorithm, EvaluateAlgorithm, DescribeAlgorithm
        ):  # fmt: skip
            self.addAlgorithm(algorithm())

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:  # noqa: ARG002, N803
        """What the backend writes."""
        return "gpkg"

    def defaultRasterFileExtension(self) -> str:
        """What the backend writes."""
        return "tif"

    def supportedOutputVectorLayerExtensions(self) -> list[str]:
        """Nothing else is offered."""
        return ["gpkg"]

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        """Nothing else is offered."""
        return ["tif", "tiff"]

    def supportsNonFileBasedOutput(self) -> bool:
        """The backend is another process: it writes files."""
        return False
