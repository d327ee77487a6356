"""A distillation: layers and a teacher in, a student and its map out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputNumber,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsProject,
    QgsReferencedRectangle,
)

from .algorithm import BackendAlgorithm, Parameters
from .further import further, merged
from .index_fields import IndexFields
from .names import POLYGONS, RASTER, advanced, class_field, with_help

if TYPE_CHECKING:
    from rskd_qgis.draft import Draft, DraftArea, Request

TASKS = ("land-cover", "segmentation")
TEACHERS = ("labels", "onnx", "checkpoint", "torchgeo", "map", "index")


class DistilAlgorithm(IndexFields, BackendAlgorithm):
    """The same job as the dock's, from a form."""

    JOB = "distill"
    TASK, LAYERS, LABELS, FIELD, IGNORE = "TASK", "LAYERS", "LABELS", "FIELD", "IGNORE"
    EXTENT, AREA, GSD = "EXTENT", "AREA", "GSD"
    TEACHER, TEACHER_FILE, TEACHER_WEIGHTS = "TEACHER", "TEACHER_FILE", "TEACHER_WEIGHTS"
    TEACHER_MAP, STUDENT, MINUTES, BASELINE = "TEACHER_MAP", "STUDENT", "MINUTES", "BASELINE"
    RECIPE, ALPHA, TEMPERATURE, SETTINGS, OUTPUT = "RECIPE", "ALPHA", "TEMPERATURE", "SETTINGS", "OUTPUT"
    ADD = "ADD"
    STUDENT_FILE, MAP, POLYGONS, CONFIDENCE, REPORT = "STUDENT_FILE", "MAP", "POLYGONS", "CONFIDENCE", "REPORT"
    MEAN_IOU, TEACHER_MEAN_IOU = "MEAN_IOU", "TEACHER_MEAN_IOU"

    def name(self) -> str:
        """Never changes."""
        return "distil"

    def displayName(self) -> str:
        """As the toolbox shows it."""
        return self.tr("Distil a student")

    def group(self) -> str:
        """Where it stands in the toolbox."""
        return self.tr("Distillation")

    def groupId(self) -> str:
        """Never changes."""
        return "distillation"

    def shortHelpString(self) -> str:
        """Beside the form."""
        return self.tr(
            "Trains a student, a small and fast model, to map as a large teacher does. The teacher is trained here on "
            "your labels, read from a file, an existing map, or a spectral index.\n\n"
            "Part of the ground is kept apart for testing; the report says how good student and teacher are there. "
            "The output folder holds the student, its map as raster and polygons, and the report. Running the same "
            "form again after a stop goes on where it stopped."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Declares the form."""
        del config
        self._add_inputs()
        self._add_teacher()
        self._add_student()
        self._add_outputs()

    def _add_inputs(self) -> None:
        tasks = [self.tr("Land cover: every pixel has a class"), self.tr("Segmentation: objects against a background")]
        task = QgsProcessingParameterEnum(self.TASK, self.tr("Task"), tasks, defaultValue=0)
        said = self.tr("In a segmentation all ground that is no object is one class, the background.")
        self.addParameter(with_help(task, said))
        layers = QgsProcessingParameterMultipleLayers(self.LAYERS, self.tr("Image layers"), RASTER)
        said = self.tr("What teacher and student look at. The first layer gives the grid; the others are warped to it.")
        self.addParameter(with_help(layers, said))
        labels = QgsProcessingParameterMapLayer(self.LABELS, self.tr("Labels"), optional=True, types=[RASTER, POLYGONS])
        said = self.tr("A class raster, or polygons with a class field. They may cover a small part of the layers.")
        self.addParameter(with_help(labels, said))
        said = self.tr(
            "Write the name of the field that holds the class as it stands in the layer's properties under Fields, for "
            "example class_id. It is needed where the labels are polygons; leave it empty for a raster."
        )
        self.addParameter(class_field(self.FIELD, self.tr("Class field of polygons"), said))
        ignore = QgsProcessingParameterString(self.IGNORE, self.tr("Values that mean “not labelled”"), optional=True)
        said = self.tr("Separated by commas, for example 0, 255. The raster's nodata value always means it.")
        self.addParameter(with_help(ignore, said))
        extent = QgsProcessingParameterExtent(self.EXTENT, self.tr("Extent"), optional=True)
        self.addParameter(with_help(extent, self.tr("Only this part is used. Leave it empty for the whole layers.")))
        area = QgsProcessingParameterMapLayer(
            self.AREA, self.tr("Polygons to work within"), optional=True, types=[POLYGONS]
        )
        said = self.tr("Only what lies inside these polygons is used. Give an extent or polygons, not both.")
        self.addParameter(advanced(with_help(area, said)))
        number = QgsProcessingParameterNumber
        gsd = number(
            self.GSD, self.tr("Ground sampling distance (m)"), number.Type.Double, None, optional=True, minValue=0.0
        )
        said = self.tr("Where the first layer comes from a server, at any pixel size. Other layers have their own.")
        self.addParameter(advanced(with_help(gsd, said)))

    def _add_teacher(self) -> None:
        kinds = [
            self.tr("Train on my labels"),
            self.tr("ONNX model"),
            self.tr("Checkpoint"),
            self.tr("Published weights (torchgeo)"),
            self.tr("An existing map"),
            self.tr("A spectral index"),
        ]
        teacher = QgsProcessingParameterEnum(self.TEACHER, self.tr("Teacher"), kinds, defaultValue=0)
        said = self.tr(
            "Where the student's knowledge comes from. A teacher trained on your labels is made in this run."
        )
        self.addParameter(with_help(teacher, said))
        model = QgsProcessingParameterFile(self.TEACHER_FILE, self.tr("Teacher: model file"), optional=True)
        said = self.tr("For an ONNX model or a checkpoint (.safetensors, .ckpt, .pt). Pickled code is never run.")
        self.addParameter(with_help(model, said))
        weights = QgsProcessingParameterString(self.TEACHER_WEIGHTS, self.tr("Teacher: name of weights"), optional=True)
        said = self.tr("For published weights, for example ResNet18_Weights.SENTINEL2_ALL_MOCO.")
        self.addParameter(with_help(weights, said))
        mapped = QgsProcessingParameterRasterLayer(self.TEACHER_MAP, self.tr("Teacher: map layer"), optional=True)
        self.addParameter(with_help(mapped, self.tr("For an existing map: a raster of classes.")))
        self.add_index()

    def _add_student(self) -> None:
        number = QgsProcessingParameterNumber
        student = QgsProcessingParameterString(self.STUDENT, self.tr("Student"), defaultValue="auto")
        said = self.tr("A name from the list of students, or auto for the best that fits.")
        self.addParameter(with_help(student, said))
        minutes = number(self.MINUTES, self.tr("Time budget (minutes)"), number.Type.Integer, 10, minValue=1)
        said = self.tr("For the whole job. It is turned into a number of training steps from what a step takes here.")
        self.addParameter(with_help(minutes, said))
        baseline = QgsProcessingParameterBoolean(self.BASELINE, self.tr("Also train without the teacher"), False)
        said = self.tr("The only honest way to see what the teacher brought. It takes about twice the time.")
        self.addParameter(with_help(baseline, said))
        recipe = QgsProcessingParameterString(
            self.RECIPE, self.tr("Recipe"), defaultValue="auto", multiLine=True, optional=True
        )
        said = self.tr(
            "What of the teacher the student learns to repeat: a name from the panel's list, auto, a file that the "
            "panel saved, or the recipe itself as JSON."
        )
        self.addParameter(advanced(with_help(recipe, said)))
        alpha = number(
            self.ALPHA,
            self.tr("Weight of the labels"),
            number.Type.Double,
            None,
            optional=True,
            minValue=0.0,
            maxValue=1.0,
        )
        said = self.tr(
            "The rest is the teacher's weight. Raise it where labels are many and better than the teacher; "
            "leave it empty for the recipe's own."
        )
        self.addParameter(advanced(with_help(alpha, said)))
        temperature = number(
            self.TEMPERATURE, self.tr("Temperature"), number.Type.Double, None, optional=True, minValue=0.1
        )
        said = self.tr(
            "A larger value shows the student more of the teacher's doubt between classes; "
            "leave it empty for the recipe's own."
        )
        self.addParameter(advanced(with_help(temperature, said)))
        settings = QgsProcessingParameterString(
            self.SETTINGS, self.tr("Further settings (JSON)"), multiLine=True, optional=True
        )
        said = self.tr("Any other keys of the job description, as JSON. They are laid over what the form says.")
        self.addParameter(advanced(with_help(settings, said)))

    def _add_outputs(self) -> None:
        folder = QgsProcessingParameterFolderDestination(self.OUTPUT, self.tr("Folder for the results"))
        said = self.tr("Student, maps and report go here. The same folder again goes on with what was interrupted.")
        self.addParameter(with_help(folder, said))
        add = QgsProcessingParameterBoolean(self.ADD, self.tr("Add the maps to the project"), True)
        said = self.tr("Opens the class map and its polygons when they are done.")
        self.addParameter(with_help(add, said))
        for output in (
            QgsProcessingOutputFile(self.STUDENT_FILE, self.tr("Student")),
            QgsProcessingOutputRasterLayer(self.MAP, self.tr("Class map")),
            QgsProcessingOutputRasterLayer(self.CONFIDENCE, self.tr("Confidence")),
            QgsProcessingOutputVectorLayer(self.POLYGONS, self.tr("Polygons")),
            QgsProcessingOutputHtml(self.REPORT, self.tr("Report")),
            QgsProcessingOutputNumber(self.MEAN_IOU, self.tr("Mean IoU of the student")),
            QgsProcessingOutputNumber(self.TEACHER_MEAN_IOU, self.tr("Mean IoU of the teacher")),
        ):
            self.addOutput(output)

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """Fills a draft, as a person fills the dock, and asks it for the job."""
        from rskd_qgis.draft import Draft, Request

        # Of its own: layers of an algorithm need not be in the user's project.
        project = QgsProject()
        project.setTransformContext(context.transformContext())
        draft = Draft(project)
        draft.set(**self._chosen(parameters, context, project))
        asked = draft.request()
        self._adds = self.parameterAsBool(parameters, self.ADD, context)
        text = self.parameterAsString(parameters, self.SETTINGS, context)
        return Request(merged(asked.spec, self._settings(text)), asked.secrets, asked.exports)

    def _settings(self, text: str) -> dict[str, Any]:
        try:
            settings = json.loads(text or "{}")
        except ValueError as error:
            message = self.tr("The further settings are not valid JSON: {}").format(error)
            raise QgsProcessingException(message) from error
        if not isinstance(settings, dict):
            raise QgsProcessingException(self.tr('The further settings must be a JSON object: {"key": value}.'))
        return settings

    def _chosen(self, parameters: Parameters, context: QgsProcessingContext, project: QgsProject) -> dict[str, Any]:
        from rskd_qgis.draft import DraftLabels, DraftLayer

        from .handed import ignored

        def adopt(layer: QgsMapLayer) -> str:
            return project.addMapLayer(layer.clone(), False).id()

        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        labels = self.parameterAsLayer(parameters, self.LABELS, context)
        return {
            "task": TASKS[self.parameterAsEnum(parameters, self.TASK, context)],
            "layers": [DraftLayer(adopt(layer), layer.name()) for layer in layers],
            "labels": None
            if labels is None
            else DraftLabels(
                adopt(labels),
                self.parameterAsString(parameters, self.FIELD, context),
                ignored(self.parameterAsString(parameters, self.IGNORE, context)),
            ),
            "area": self._area(parameters, context, layers[0], adopt),
            "gsd": self.parameterAsDouble(parameters, self.GSD, context) or None,
            "teacher": self._teacher(parameters, context, adopt),
            "student": {"name": self.parameterAsString(parameters, self.STUDENT, context) or "auto"},
            "recipe": self._recipe(parameters, context),
            "training": {"max_minutes": self.parameterAsInt(parameters, self.MINUTES, context)},
            "baseline": self.parameterAsBool(parameters, self.BASELINE, context),
            "out": self.parameterAsString(parameters, self.OUTPUT, context),
        }

    def _area(self, parameters: Parameters, context: QgsProcessingContext, grid: QgsMapLayer, adopt: Any) -> DraftArea:
        from rskd_qgis.draft import DraftArea

        polygons = self.parameterAsLayer(parameters, self.AREA, context)
        if polygons is not None:
            return DraftArea("layer", layer_id=adopt(polygons))
        extent = self.parameterAsExtent(parameters, self.EXTENT, context, grid.crs())
        if extent.isEmpty():
            return DraftArea()
        return DraftArea("rectangle", QgsReferencedRectangle(extent, grid.crs()))

    def _teacher(self, parameters: Parameters, context: QgsProcessingContext, adopt: Any) -> dict[str, Any]:
        kind = TEACHERS[self.parameterAsEnum(parameters, self.TEACHER, context)]
        if kind in ("onnx", "checkpoint"):
            return {"kind": kind, "path": self.parameterAsFile(parameters, self.TEACHER_FILE, context)}
        if kind == "torchgeo":
            return {"kind": kind, "weights": self.parameterAsString(parameters, self.TEACHER_WEIGHTS, context)}
        if kind == "map":
            return {"kind": kind, "layer_id": adopt(self.parameterAsRasterLayer(parameters, self.TEACHER_MAP, context))}
        return self.index_teacher(parameters, context) if kind == "index" else {"kind": kind}

    def _recipe(self, parameters: Parameters, context: QgsProcessingContext) -> dict[str, Any]:
        from rskd_qgis.draft.recipe import RecipeUnusable, of_text

        try:
            recipe = of_text(self.parameterAsString(parameters, self.RECIPE, context))
        except RecipeUnusable as error:
            raise QgsProcessingException(str(error)) from error
        for key, name in (("alpha", self.ALPHA), ("temperature", self.TEMPERATURE)):
            if parameters.get(name) is not None:
                recipe[key] = self.parameterAsDouble(parameters, name, context)
        return recipe

    def checkParameterValues(self, parameters: Parameters, context: QgsProcessingContext) -> tuple[bool, str]:
        """A teacher needs what its kind is made of."""
        fine, said = super().checkParameterValues(parameters, context)
        if not fine:
            return fine, said
        kind = TEACHERS[self.parameterAsEnum(parameters, self.TEACHER, context)]
        needed = {
            "labels": (self.LABELS, self.tr("A teacher is trained on labels: choose a label layer.")),
            "onnx": (self.TEACHER_FILE, self.tr("Choose the teacher's model file.")),
            "checkpoint": (self.TEACHER_FILE, self.tr("Choose the teacher's model file.")),
            "torchgeo": (self.TEACHER_WEIGHTS, self.tr("Name the published weights.")),
            "map": (self.TEACHER_MAP, self.tr("Choose the map that is to be the teacher.")),
            "index": (self.INDEX_CLASSES, self.tr("Name the classes of the index, and the thresholds between them.")),
        }
        name, message = needed[kind]
        return (True, "") if parameters.get(name) else (False, message)

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The files and the two numbers that matter most."""
        files = {Path(file).name: file for file in result["files"]}
        metrics = result["metrics"]
        made = {
            self.OUTPUT: str(Path(result["files"][0]).parent),
            self.STUDENT_FILE: files["student.onnx"],
            self.MAP: files["map.tif"],
            self.CONFIDENCE: files.get("confidence.tif"),
            self.POLYGONS: files.get("map.gpkg"),
            self.REPORT: files["report.html"],
            self.MEAN_IOU: metrics["student"]["mean_iou"],
            self.TEACHER_MEAN_IOU: metrics["teacher"]["mean_iou"],
        }
        if self._adds and context.project() is not None:
            # The last one lies on top.
            for output, title in ((self.POLYGONS, self.tr("Polygons")), (self.MAP, self.tr("Class map"))):
                if made[output]:
                    details = QgsProcessingContext.LayerDetails(title, context.project(), output)
                    context.addLayerToLoadOnCompletion(made[output], details)
        return made


def parameters_of(draft: Draft) -> Parameters:
    """The form filled in as a draft is: what the form has no field for stands in the further settings."""
    from rskd_qgis.draft.recipe import USUAL, to_text

    asks = DistilAlgorithm
    kind = draft.teacher["kind"]
    recipe = dict(draft.recipe)
    alpha, temperature = recipe.pop("alpha", None), recipe.pop("temperature", None)
    parameters: Parameters = {
        asks.TASK: TASKS.index(draft.task),
        asks.LAYERS: [chosen.layer_id for chosen in draft.layers],
        asks.LABELS: None if draft.labels is None else draft.labels.layer_id,
        asks.FIELD: "" if draft.labels is None else draft.labels.field,
        asks.IGNORE: "" if draft.labels is None else ", ".join(map(str, draft.labels.ignore)),
        asks.EXTENT: _extent(draft.area),
        asks.AREA: draft.area.layer_id or None,
        asks.GSD: draft.gsd,
        asks.TEACHER: TEACHERS.index(kind),
        asks.TEACHER_FILE: draft.teacher.get("path", "") if kind in ("onnx", "checkpoint") else "",
        asks.TEACHER_WEIGHTS: draft.teacher.get("weights", "") if kind == "torchgeo" else "",
        asks.TEACHER_MAP: draft.teacher.get("layer_id"),
        asks.STUDENT: draft.student.get("name", "auto"),
        asks.MINUTES: draft.training.get("max_minutes", 10),
        asks.BASELINE: draft.baseline,
        **asks.index_parameters(draft.teacher),
        asks.RECIPE: to_text(recipe) if len(recipe) > 1 else recipe.get("name", USUAL),
        asks.ALPHA: alpha,
        asks.TEMPERATURE: temperature,
        asks.OUTPUT: str(draft.folder()),
    }
    context = QgsProcessingContext()
    context.setProject(draft.project)
    form = DistilAlgorithm()
    form.initAlgorithm()
    rest = further(draft.request().spec, form.request(parameters, context).spec)
    return {**parameters, asks.SETTINGS: json.dumps(rest, indent=1) if rest else ""}


def _extent(area: DraftArea) -> QgsReferencedRectangle | None:
    return area.rectangle if area.kind in ("canvas", "rectangle") else None
