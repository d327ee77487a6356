"""How results look: class colours, confidence from dark to light, differences in red."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsColorRampShader,
    QgsFillSymbol,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsPalettedRasterRenderer,
    QgsRasterDataProvider,
    QgsRasterShader,
    QgsRendererCategory,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor

from .legend import MapClass

_DIFFERENT = 1  # what the backend writes where teacher and student differ; 0 where they agree
_RED = "#b2182b"
# Viridis: light is sure, and most colour-blind eyes see the order.
_RAMP = ((0.0, "#440154"), (0.25, "#3b528b"), (0.5, "#21918c"), (0.75, "#5ec962"), (1.0, "#fde725"))
_OUTLINE_MM = "0.1"
_DARKER = 160  # per cent


def class_renderer(provider: QgsRasterDataProvider, classes: Sequence[MapClass]) -> QgsPalettedRasterRenderer:
    """Class colours and names; what is no class is transparent."""
    entry = QgsPalettedRasterRenderer.Class
    return QgsPalettedRasterRenderer(provider, 1, [entry(one.value, QColor(one.color), one.name) for one in classes])


def disagreement_renderer(provider: QgsRasterDataProvider) -> QgsPalettedRasterRenderer:
    """Red where teacher and student differ, transparent elsewhere."""
    name = QCoreApplication.translate("Results", "Teacher and student differ")
    return QgsPalettedRasterRenderer(provider, 1, [QgsPalettedRasterRenderer.Class(_DIFFERENT, QColor(_RED), name)])


def confidence_renderer(provider: QgsRasterDataProvider) -> QgsSingleBandPseudoColorRenderer:
    """The probability of the class that won, 0 to 1."""
    stops = [QgsGradientStop(place, QColor(color)) for place, color in _RAMP[1:-1]]
    ramp = QgsGradientColorRamp(QColor(_RAMP[0][1]), QColor(_RAMP[-1][1]), False, stops)
    colors = QgsColorRampShader(0.0, 1.0, ramp, QgsColorRampShader.Type.Interpolated)
    percent = QCoreApplication.translate("Results", "{} %")
    item = QgsColorRampShader.ColorRampItem
    colors.setColorRampItemList([item(at, QColor(color), percent.format(round(100 * at))) for at, color in _RAMP])
    shader = QgsRasterShader(0.0, 1.0)
    shader.setRasterShaderFunction(colors)
    renderer = QgsSingleBandPseudoColorRenderer(provider, 1, shader)
    renderer.setClassificationMin(0.0)
    renderer.setClassificationMax(1.0)
    return renderer


def polygon_renderer(classes: Sequence[MapClass], present: Collection[int]) -> QgsCategorizedSymbolRenderer:
    """The same colours by the field `class`, with thin outlines; classes without polygons are left out."""
    categories = []
    for one in classes:
        if one.value in present:
            outline = QColor(one.color).darker(_DARKER).name()
            look = {"color": one.color, "outline_color": outline, "outline_width": _OUTLINE_MM}
            categories.append(QgsRendererCategory(one.value, QgsFillSymbol.createSimple(look), one.name))
    return QgsCategorizedSymbolRenderer("class", categories)
