"""What a model says of itself: bands, classes, normalisation, resolution, tiling.

Recorded once at training, kept inside the model file, checked whenever the model meets a layer.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Card(BaseModel):
    """Base: unknown keys are kept out, instances do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BandCard(Card):
    """One input channel, in raw data units."""

    name: str = Field(description="Band name as described by its layer, e.g. “B4 nir”")
    layer: str = Field(description="Name of the layer that held it at training")
    dtype: str = Field(description="Data type of the training layer, e.g. “uint16”")
    mean: float = Field(description="Mean over valid training pixels; also what fills pixels without data")
    std: float = Field(gt=0, description="Standard deviation over valid training pixels")
    low: float = Field(description="0.1st percentile over valid training pixels")
    high: float = Field(description="99.9th percentile over valid training pixels")
    nodata: float | None = None


class ClassCard(Card):
    """One output channel and what it stands for in maps."""

    value: int = Field(description="Value written into class maps: the labels' own")
    name: str
    color: str = Field(pattern=r"^#[0-9a-f]{6}$", description="sRGB, e.g. “#1b7837”")


class Tiling(Card):
    """The lattice of windows with which a model is always run (pixels at the model's ground sampling distance).

    Window (i, j) starts at `i * stride - margin - overlap / 2` rows and likewise columns from the grid's origin.
    `margin` is inferred and dropped; over `overlap` neighbours are blended linearly.
    """

    window: int = Field(512, gt=0)
    margin: int = Field(0, ge=0)
    overlap: int = Field(0, ge=0)
    multiple: int = Field(1, ge=1, description="window, margin and overlap / 2 are multiples of it")
    exact: bool = Field(False, description="the margin covers the receptive field: equal to whole-image inference")

    @property
    def stride(self) -> int:
        """Distance between neighbouring windows."""
        return self.window - 2 * self.margin - self.overlap


class StudentCard(Card):
    """Everything that running a student needs to know, stored in its ONNX metadata under `rskd`."""

    format: Literal[1] = 1
    name: str
    task: Literal["land-cover", "segmentation"]
    architecture: str
    parameters: int
    bands: tuple[BandCard, ...]
    classes: tuple[ClassCard, ...]
    gsd: float = Field(gt=0, description="Ground sampling distance in metres; in pixels where `local`")
    local: bool = Field(False, description="trained on imagery without a CRS")
    tiling: Tiling
    background: int | None = Field(None, description="value of the background class of a segmentation")
    teacher: dict[str, Any] = Field(default_factory=dict, description="kind, name and key of the teacher")
    settings: dict[str, Any] = Field(default_factory=dict, description="recipe and training as they were used")
    footprint: dict[str, Any] | None = Field(None, description="GeoJSON geometry of the training area, EPSG:4326")
    created: str = Field(description="ISO 8601, UTC")
    rskd_version: str
