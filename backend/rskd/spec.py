"""Typed job descriptions: what the terminal, the plugin and Processing all hand in. JSON in, JSON schema out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from rskd.errors import JobInvalid
from rskd.jobfile import read_job_file
from rskd.refusal import WHOLE, refusals

Task = Literal["land-cover", "segmentation"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Value = int | float | str


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, int | float | str) else value


Ignored = Annotated[list[Value], BeforeValidator(_listed)]
"""Values; one alone may stand without brackets."""


def _with_texts_as_keys(value: Any) -> Any:
    return (
        {str(key) if isinstance(key, int) else key: to for key, to in value.items()}
        if isinstance(value, dict)
        else value
    )


ClassTable = Annotated[dict[str, str | int | None], BeforeValidator(_with_texts_as_keys)]
"""Of a teacher; its values are numbers, and in YAML these are written as they are."""

_COLOR = "^#[0-9a-fA-F]{6}$"


def _sound_color(text: str) -> str:
    if not re.fullmatch(_COLOR, text):
        raise ValueError(f"“{text[:40]}” is no colour; write it as “#1b7837”, in quotes")
    return text.lower()


Color = Annotated[str, AfterValidator(_sound_color), WithJsonSchema({"type": "string", "pattern": _COLOR})]
"""sRGB, “#1b7837”."""

ColorTable = Annotated[dict[str, Color], BeforeValidator(_with_texts_as_keys)]
"""Class name to its colour; a class whose name is its number may be written as it is."""


def is_local_file(path: str) -> bool:
    """Whether a path is one of this machine's files, and not one of GDAL's own names."""
    # GDAL's own names ("/vsicurl/…", "NETCDF:…", "https://…", "<GDAL_WMS>…") are not files of this machine.
    if path.startswith("/vsi") or path.lstrip().startswith("<"):
        return False
    return "://" not in path and not (":" in path and len(path.split(":")[0]) > 1)


def _absolute(path: str, info: ValidationInfo) -> str:
    base = (info.context or {}).get("base")
    return str((Path(base) / path).resolve()) if base is not None and is_local_file(path) else path


_SERVICES = ("WMS:", "WMTS:", "WCS:")

FilePath = Annotated[str, AfterValidator(_absolute)]
"""A path; relative ones are taken from the job file's folder."""


def _absolute_or_published(text: str, info: ValidationInfo) -> str:
    return text if "_Weights." in text else _absolute(text, info)


FileOrWeight = Annotated[str, AfterValidator(_absolute_or_published)]
"""A path, or the name of a published torchgeo weight (“ResNet18_Weights.SENTINEL2_ALL_MOCO”)."""

Bounds = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in the first layer's CRS (in pixels where the CRS is `local`)."""


class Spec(BaseModel):
    """Base of all descriptions: a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LayerSpec(Spec):
    """One raster layer."""

    path: FilePath = Field(description="Any raster that GDAL opens, a VRT or a tile service among them")
    name: str = Field("", description="Name of the layer; its file name if empty")
    bands: list[int | str] | None = Field(None, description="Bands by number (from 1) or by description; all if absent")
    crs: str | None = Field(None, description="Overrides the file's CRS: “EPSG:…”, WKT or “local”")
    nodata: float | None = Field(None, description="Overrides the file's nodata value")
    gsd: float | None = Field(
        None,
        gt=0,
        description="Ground sampling distance in metres: of the first layer, the grid's; "
        "of any tile service, the one at which the server is asked",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"path": data} if isinstance(data, str) else data

    @property
    def title(self) -> str:
        """The name, or the file's; an address gives none."""
        if self.name or not self.path.lstrip().startswith(("<", *_SERVICES)):
            return self.name or Path(self.path).stem
        return "web layer"


def _told_apart(layers: list[LayerSpec]) -> list[LayerSpec]:
    for number, layer in enumerate(layers):
        for other in layers[:number]:
            if layer.name and layer.name == other.name:
                raise ValueError(f"two layers are called “{layer.name}”; give each a name of its own")
            if (layer.name, layer.path, layer.bands) == (other.name, other.path, other.bands):
                raise ValueError(f"“{layer.title}” is listed twice; leave one of them out")
    return layers


Layers = Annotated[list[LayerSpec], AfterValidator(_told_apart)]


class LabelSpec(Spec):
    """Reference data: a class raster, or polygons with a class field."""

    path: FilePath
    field: str | None = Field(None, description="Class field of a vector layer")
    layer: str | None = Field(None, description="Layer of a vector file that holds several")
    band: int = Field(1, ge=1, description="Band of a raster")
    ignore: Ignored = Field(default_factory=list, description="Values that mean “not labelled”")
    classes: dict[str, list[Value]] | None = Field(
        None, description="Merges and names: class name to the values it gathers; values not named are ignored"
    )
    colors: ColorTable | None = Field(
        None, description="Class name to its colour “#rrggbb”, before what the file says; classes not named keep theirs"
    )
    background: str = Field("background", description="Segmentation: name of the background class")
    all_touched: bool = Field(False, description="Vector: a pixel counts when touched, not only when its centre is in")
    share: float = Field(1.0, gt=0, le=1, description="Uses this part of the training labels, in whole blocks")
    crs: str | None = Field(None, description="Overrides the file's CRS")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"path": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _colors_are_of_classes(self) -> Self:
        known = {*(self.classes or ()), self.background}
        strange = [name for name in self.colors or () if self.classes is not None and name not in known]
        if strange:
            raise ValueError(f"colors names “{strange[0]}”, not among the classes: {', '.join(self.classes or ())}")
        return self

    @model_serializer(mode="wrap")
    def _without_colors_not_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A job is told by its description: without colours it is what it was before there were any.
        described: dict[str, Any] = handler(self)
        if self.colors is None:
            described.pop("colors", None)
        return described


class SceneSpec(Spec):
    """One area or date: layers on one grid, with or without labels."""

    layers: Layers = Field(min_length=1)
    labels: LabelSpec | None = None
    group: str = Field("", description="Scenes of one group stay in one part of the split")


class SceneTable(Spec):
    """A CSV file with one scene a row.

    Columns: `group`, `labels` and one column a layer, named as the layer; paths relative to the CSV file.
    """

    csv: FilePath
    labels: dict[str, Any] = Field(default_factory=dict, description="Label options shared by all rows, without path")


class SplitSpec(Spec):
    """Parts of the ground: a polygon layer, a box or a list of scene groups each."""

    train: FilePath | Bounds | list[str]
    validation: FilePath | Bounds | list[str] | None = None
    test: FilePath | Bounds | list[str]


class TeacherSpec(Spec):
    """What every kind of teacher may say: the layers or bands it sees and how its classes map to the job's."""

    layers: list[str] | None = Field(None, description="Names of the layers that the teacher sees; all if absent")
    bands: list[str] | None = Field(None, description="Names of the bands that it sees, in its order; all if absent")
    classes: ClassTable | None = Field(
        None, description="The teacher's class (name, value or channel number) to the job's class name; null drops it"
    )
    flips: bool = Field(True, description="Averages the answers over the eight flips and turns of a window")


class LabelsTeacher(TeacherSpec):
    """Trains a teacher here, on the job's labels."""

    kind: Literal["labels"] = "labels"
    model: Literal["unet", "plain-unet", "deeplabv3+", "fpn", "segformer", "upernet"] = "unet"
    encoder: str = Field("resnet34", description="Encoder of segmentation-models-pytorch; not used by plain-unet")
    widths: list[Annotated[int, Field(ge=1)]] = Field(
        default=[32, 64, 128, 256], min_length=1, description="Channels a level of a plain-unet"
    )
    stem_stride: Literal[1, 2] = Field(
        1, description="2 lets a plain-unet work at half resolution: about four times as fast"
    )
    weights: FileOrWeight | None = Field(None, description="A file or a torchgeo weight that starts the encoder")
    members: int = Field(1, ge=1, le=16, description="Networks over different seeds, averaged")

    @model_validator(mode="after")
    def _levels_fit_tiles(self) -> Self:
        most = 6 if self.stem_stride == 1 else 5
        if len(self.widths) > most:
            raise ValueError(f"widths has {len(self.widths)} levels; at most {most} fit into a tile of 32 pixels")
        return self


class CheckpointTeacher(TeacherSpec):
    """A trained network in a file: torchgeo or lightning checkpoint, state dict, safetensors."""

    kind: Literal["checkpoint"]
    path: FilePath
    model: str | None = Field(None, description="Architecture, where the file does not say: unet, plain-unet, fpn, …")
    encoder: str | None = None
    mean: list[float] | None = Field(None, description="Normalisation (x - mean) / std in data units, a value a band")
    std: list[float] | None = None
    names: list[str] | None = Field(None, description="Class names in channel order, where the file does not say")


class TorchgeoTeacher(TeacherSpec):
    """A published torchgeo weight: a segmenter answers at once, an encoder starts a `labels` teacher."""

    kind: Literal["torchgeo"]
    weights: str = Field(description="Name of the weight, e.g. “Unet_Weights.SENTINEL2_3CLASS_FTW”")
    mean: list[float] | None = None
    std: list[float] | None = None
    names: list[str] | None = None


class OnnxTeacher(TeacherSpec):
    """Any single-input segmentation model in ONNX, other QGIS tools' models among them."""

    kind: Literal["onnx"]
    path: FilePath
    output: Literal["auto", "probabilities", "logits", "sigmoid"] = "auto"
    mean: list[float] | None = None
    std: list[float] | None = None
    names: list[str] | None = None


class MapTeacher(TeacherSpec):
    """An existing map: one band of classes, or one band of probability a class."""

    kind: Literal["map"]
    path: FilePath
    band: int = Field(1, ge=1)
    probabilities: bool = Field(False, description="One band a class, instead of one band of class values")
    confidence: float = Field(0.9, gt=0, le=1, description="Probability given to the map's class")
    ignore: Ignored = Field(default_factory=list)
    crs: str | None = None


class IndexTeacher(TeacherSpec):
    """A spectral index with thresholds: (first - second) / (first + second), cut into classes from low to high."""

    kind: Literal["index"]
    index: Literal["ndvi", "ndwi", "mndwi", "ndbi", "nbr", "ndsi", "difference"] = Field(
        description="A known index, or any normalised difference of two bands"
    )
    bands: list[str] | None = Field(None, description="First and second band; found by their usual names if absent")
    thresholds: list[float] = Field(min_length=1, description="Rising; one fewer than classes")
    names: list[str] = Field(min_length=2, description="Classes from the lowest values to the highest")
    softness: float = Field(0.05, gt=0, description="Of a threshold, in units of the index: how fast doubt gives way")
    unsure: float = Field(0.0, ge=0, description="No answer this close to a threshold, in units of the index")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if sorted(set(self.thresholds)) != self.thresholds:
            raise ValueError("thresholds must rise, each above the one before")
        if len(self.names) != len(self.thresholds) + 1:
            raise ValueError(
                f"{len(self.thresholds)} thresholds make {len(self.thresholds) + 1} classes: give their names"
            )
        if self.bands is not None and len(self.bands) != 2:
            raise ValueError("an index has two bands")
        if self.index == "difference" and self.bands is None:
            raise ValueError("name the two bands of the difference")
        return self


class OtherTeacher(TeacherSpec):
    """A teacher that another package brings (entry point group `rskd.teachers`)."""

    kind: Literal["other"]
    name: str = Field(description="Name of the entry point")
    options: dict[str, Any] = Field(default_factory=dict, description="What its package wants to know")


GivenTeacher = Annotated[
    CheckpointTeacher | TorchgeoTeacher | OnnxTeacher | MapTeacher | IndexTeacher | OtherTeacher,
    Field(discriminator="kind"),
]
"""One that can answer as it is."""


class SeveralTeachers(Spec):
    """Several teachers, whose answers are averaged with weights."""

    kind: Literal["several"]
    teachers: list[GivenTeacher] = Field(min_length=2, max_length=8)
    weights: Literal["equal", "validation", "entropy", "cross-entropy", "learned", "agreement"] = Field(
        "equal",
        description="equal; by mean IoU on the validation blocks; at each pixel by how sure a teacher is (entropy) or "
        "how right (cross-entropy, by training labels); learned from training labels; or only where all agree",
    )


AnyTeacher = Annotated[
    LabelsTeacher
    | CheckpointTeacher
    | TorchgeoTeacher
    | OnnxTeacher
    | MapTeacher
    | IndexTeacher
    | OtherTeacher
    | SeveralTeachers,
    Field(discriminator="kind"),
]


class StudentSpec(Spec):
    """The student: by name, or the best that fits the limits."""

    name: str = Field("auto", description="A name listed by `rskd students`, or auto")
    max_parameters: float | None = Field(None, gt=0)
    max_milliseconds: float | None = Field(None, gt=0, description="Per megapixel, on this machine")
    max_megabytes: float | None = Field(None, gt=0, description="Size of the model file")
    layers: list[str] | None = None
    bands: list[str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class ScheduleSpec(Spec):
    """How the weight of a term changes while the student learns (eq. 30)."""

    start: float = Field(1.0, ge=0, description="Factor of the weight at the first step")
    end: float = Field(1.0, ge=0, description="Factor of the weight from `until` on")
    until: float = Field(1.0, gt=0, le=1, description="Share of the steps after which the end is reached")
    shape: Literal["linear", "cosine", "step"] = Field(
        "linear", description="step: the end at once, when it is reached"
    )


class TermSpec(Spec):
    """One loss of a recipe, and where, how much and when it counts."""

    loss: str = Field(description="A name that `rskd methods` lists")
    weight: float = Field(1.0, gt=0)
    options: dict[str, bool | int | float | str] = Field(default_factory=dict, description="Settings of the loss")
    by: Literal["teacher", "self", "average", "previous"] = Field(
        "teacher",
        description="Who is matched: the teacher; the student's own deeper features; its running mean; its state an "
        "epoch ago",
    )
    student: str | None = Field(None, description="Tap: logits, features, encoder, decoder, encoder.2, path:…")
    teacher: str | None = Field(None, description="The same in the teacher; the student's where not given")
    levels: list[float] | None = Field(None, description="Weight of each level, finest first (eq. 18)")
    where: Literal["everywhere", "foreground", "boundary", "attention", "certain", "doubtful"] = Field(
        "everywhere", description="Which pixels count most"
    )
    schedule: ScheduleSpec | None = None


class DegradeSpec(Spec):
    """What is done to the student's picture, and not to the teacher's."""

    kind: Literal["blur", "noise", "cloud", "band-drop", "mix"]
    strength: float = Field(1.0, gt=0, le=4, description="1 is as strong as usual")
    share: float = Field(0.5, gt=0, le=1, description="Of the tiles to which it is done")


class RecipeSpec(Spec):
    """What is matched and how it is weighted: alpha · labels + (1 - alpha) · the terms of the teacher."""

    name: str = Field("soft-targets", description="A recipe that `rskd recipes` lists, or auto, or your own name")
    alpha: float = Field(0.3, ge=0, le=1, description="Weight of the labels; 1 - alpha goes to the teacher (eq. 4)")
    beta: float | None = Field(None, ge=0, description="Weight of the teacher, where it is not 1 - alpha (Algorithm 1)")
    temperature: float = Field(2.0, gt=0, description="Softens both sides; larger shows more of the teacher's doubt")
    terms: list[TermSpec] | None = Field(
        None, description="What of the teacher is matched; the recipe's where not given"
    )
    pixel_weights: Literal["even", "certainty", "doubt", "edges", "student-loss"] = Field(
        "even", description="Which pixels the teacher's answers count most on (eq. 17)"
    )
    degrade: list[DegradeSpec] = Field(default_factory=list, description="Makes the student's picture harder")
    peers: list[str] = Field(default_factory=list, description="Students that learn beside it, each from all others")
    balance: Literal["fixed", "gradients"] = Field("fixed", description="gradients: each term pulls by its weight")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, str):
            return data
        return _from_recipe_file(Path(_absolute(data, info))) if _is_recipe_file(data) else {"name": data}


class RecipeFile(RecipeSpec):
    """A recipe in a file of its own, to hand on: what a job says under `recipe:`, with what there is to know of it."""

    summary: str = Field(description="One line: what is matched, and when to take it")
    source: str = Field("", description="Paper, or what is ours")
    fewest_classes: int = Field(2, ge=2, description="Below it a loss of the recipe has nothing, or less, to say")


class TrainingSpec(Spec):
    """How long and how: covers the whole job, that is teacher, student and baseline."""

    tile: int = Field(128, ge=32, le=1024, description="Side of a training tile in pixels; a multiple of 32")
    batch: int = Field(8, ge=1, description="Tiles a step")
    epochs: int = Field(30, ge=1, description="Passes over the training area; an upper bound")
    max_minutes: float | None = Field(None, gt=0, description="For the whole job; turned into a number of steps")
    steps: int | None = Field(None, ge=1, description="Optimiser steps of each training; set in the resolved job")
    teacher_steps: int | None = Field(None, ge=1, description="The same, of a teacher that is trained here")
    learning_rate: float = Field(2e-3, gt=0)
    seed: int = Field(7, ge=0)

    @model_validator(mode="after")
    def _tile_fits_networks(self) -> Self:
        if self.tile % 32:
            raise ValueError(f"tile must be a multiple of 32, for example {max(32, round(self.tile / 32) * 32)}")
        return self


class DistillJob(Spec):
    """Layers and a teacher in, a student and its map out."""

    task: Literal["land-cover", "segmentation", "change"] = "land-cover"
    layers: Layers | None = Field(None, description="Raster layers; the first one gives the grid")
    labels: LabelSpec | None = None
    scenes: list[SceneSpec] | SceneTable | None = Field(None, description="Several areas, instead of layers and labels")
    crs: str | None = Field(None, description="CRS of imagery without one; “local” works in pixels")
    area: FilePath | Bounds | None = Field(None, description="Polygon layer or box")
    split: Literal["auto"] | SplitSpec = "auto"
    teacher: AnyTeacher = Field(default_factory=LabelsTeacher)
    assistants: list[str] = Field(
        default_factory=list, max_length=4, description="Students between teacher and student, largest first"
    )
    student: StudentSpec = Field(default_factory=StudentSpec)
    recipe: RecipeSpec = Field(default_factory=RecipeSpec)
    training: TrainingSpec = Field(default_factory=TrainingSpec)
    device: Device = "auto"
    threads: int | None = Field(None, ge=1)
    memory_gb: float | None = Field(None, gt=0)
    baseline: bool = Field(False, description="Also trains the same student without a teacher")
    out: FilePath = Field("out", description="Folder of the results")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.task == "change":
            raise ValueError("task: change comes in a later version; use land-cover or segmentation")
        if (self.layers is None) == (self.scenes is None):
            raise ValueError("give either `layers:` or `scenes:`, one of them")
        if self.scenes is not None and self.labels is not None:
            raise ValueError("with `scenes:`, labels belong to each scene")
        if self.layers is not None and not self.layers:
            raise ValueError("`layers:` is empty")
        return self

    def scene_specs(self) -> list[SceneSpec]:
        """The job's scenes, one for plain `layers`; a CSV table must have been read by then (`rskd.jobs.scenes`)."""
        if self.layers is not None:
            return [SceneSpec(layers=self.layers, labels=self.labels)]
        if not isinstance(self.scenes, list):
            raise TypeError("the scene table has not been read yet")
        return self.scenes


class PredictJob(Spec):
    """A student over layers: a class map, and on request polygons, probabilities, confidence."""

    student: FilePath
    layers: Layers = Field(min_length=1)
    out: FilePath
    vector: FilePath | None = None
    probabilities: FilePath | None = None
    confidence: FilePath | None = None
    area: FilePath | Bounds | None = None
    crs: str | None = None
    cog: bool = Field(False, description="Writes the map as a cloud-optimised GeoTIFF")
    min_area_m2: float = Field(0.0, ge=0, description="Polygons smaller than this are left out")
    sieve: int = Field(0, ge=0, description="Patches of fewer pixels join their largest neighbour before polygons")
    device: Device = "auto"
    threads: int | None = Field(None, ge=1)
    memory_gb: float | None = Field(None, gt=0)


class EvaluateJob(Spec):
    """A student over layers, or a finished map, against labels."""

    subject: FilePath = Field(description="Student (.onnx) or class map")
    layers: Layers = Field(default_factory=list, description="Needed for a student")
    labels: LabelSpec
    area: FilePath | Bounds | None = None
    crs: str | None = None
    out: FilePath | None = Field(None, description="JSON file for the metrics")
    threads: int | None = Field(None, ge=1)


class DisagreementJob(Spec):
    """A student's map against the answers of its teacher: where the two differ."""

    map: FilePath = Field(description="The student's class map, as a distillation left it")
    targets: FilePath = Field(description="The teacher's answers: the distillation's `targets` folder, or one in it")
    out: FilePath = Field(description="Raster of the differences, GeoTIFF")


Described = TypeVar("Described", bound=Spec)


def describe(kind: type[Described], data: object, *, base: Path, source: str = "job", called: str = "job") -> Described:
    """Checks `data` against `kind`; relative paths are taken from `base`. `called` is what messages call it.

    Raises:
        JobInvalid: names each field that is wrong, in one message.
    """
    try:
        return kind.model_validate(data, context={"base": base})
    except ValidationError as error:
        wrong = refusals(error, data, kind)
        problems = [f"{field}: {words}" if field != WHOLE else words for field, words in wrong.items()]
        message = f"“{source}” is not a valid {called}: {'; '.join(problems)}"
        hint = "`rskd schema` prints every field." if called == "job" else f"`rskd schema {called}` prints every field."
        raise JobInvalid(_with_stop(message), hint, fields=list(wrong)) from error


def _is_recipe_file(text: str) -> bool:
    return text.lower().endswith((".yaml", ".yml", ".json"))


def _from_recipe_file(path: Path) -> dict[str, Any]:
    """What a job would say under `recipe:` to mean the same; one with terms and no name bears that of its file."""
    try:
        data = read_job_file(path)
    except JobInvalid as error:
        # Names the recipe: the user asked for a job.
        message = error.message.replace("The job file", "The recipe file")
        raise JobInvalid(message, error.hint, fields=["recipe"]) from error
    if isinstance(data, str):  # it might name itself
        raise JobInvalid(f"“{path.name}” holds a text; a recipe has keys, such as `terms:`.", fields=["recipe"])
    recipe = describe(RecipeFile, data, base=path.parent, source=path.name, called="recipe")
    said = recipe.model_dump(exclude_unset=True, include=set(RecipeSpec.model_fields))
    return {"name": path.stem, **said} if recipe.terms is not None else said


def _with_stop(message: str) -> str:
    return message if message.endswith("?") else f"{message}."


def load_job(path: Path) -> DistillJob:
    """Reads a YAML or JSON job file.

    Raises:
        JobInvalid: the file is missing, not YAML or JSON, or not a valid job.
    """
    return describe(DistillJob, read_job_file(path), base=path.resolve().parent, source=path.name)
