"""Results in the project, as QGIS's own form brings them there: a task in the background, then what is to be loaded."""

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
)

pytestmark = [pytest.mark.qgis, pytest.mark.slow]


@pytest.fixture
def form(toolbox, qgis_new_project, qtbot):
    """`form(id, parameters)` does what a click on *Run* does, with every output to be opened."""
    from processing.gui.Postprocessing import handleAlgorithmResults

    def run(name, parameters, opened=()):
        project = QgsProject.instance()
        context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
        context.setProject(project)
        for output in opened:
            parameters[output] = QgsProcessingOutputLayerDefinition(parameters[output], project)
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(name)
        assert algorithm.checkParameterValues(parameters, context) == (True, "")
        task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
        with qtbot.waitSignal(task.executed, timeout=120_000) as ended:
            QgsApplication.taskManager().addTask(task)
        fine, results = ended.args
        assert fine, feedback.textLog()
        assert handleAlgorithmResults(algorithm, context, feedback, True, parameters)
        return results

    return run


def sources():
    return {layer.source().split("|")[0] for layer in QgsProject.instance().mapLayers().values()}


@pytest.mark.parametrize("temporary", [True, False])
def test_a_map_and_its_confidence_are_opened(form, student, striped, tmp_path, temporary):
    made = form(
        "rskd:predict",
        {
            "STUDENT": str(student),
            "LAYERS": [str(striped("image.tif", [50, 120, 180]))],
            "OUTPUT": "TEMPORARY_OUTPUT" if temporary else str(tmp_path / "map.tif"),
            "CONFIDENCE": str(tmp_path / "sure.tif"),
        },
        opened=("OUTPUT", "CONFIDENCE"),
    )
    assert sources() == {made["OUTPUT"], made["CONFIDENCE"]}
    assert all(layer.isValid() for layer in QgsProject.instance().mapLayers().values())


def test_what_is_not_to_be_opened_is_not(form, student, striped, tmp_path):
    layers = [str(striped("image.tif", [50, 120, 180]))]
    form("rskd:predict", {"STUDENT": str(student), "LAYERS": layers, "OUTPUT": str(tmp_path / "map.tif")})
    assert sources() == set()


def test_polygons_are_opened(form, student, striped, tmp_path):
    inputs = {"STUDENT": str(student), "LAYERS": [str(striped("image.tif", [50, 120]))]}
    made = form("rskd:predictpolygons", {**inputs, "OUTPUT": "TEMPORARY_OUTPUT"}, opened=("OUTPUT",))
    assert sources() == {made["OUTPUT"]}


@pytest.mark.parametrize("wanted", [True, False])
def test_maps_of_a_distillation_are_added_where_they_are_wanted(installed, qgis_new_project, tmp_path, wanted):
    from rskd_qgis.processing.distil import DistilAlgorithm

    context, form = QgsProcessingContext(), DistilAlgorithm()
    context.setProject(QgsProject.instance())
    form._adds = wanted
    files = [str(tmp_path / name) for name in ("report.html", "student.onnx", "map.tif", "map.gpkg")]
    scores = {"student": {"mean_iou": 0.5}, "teacher": {"mean_iou": 0.6}}
    made = form.outcome({"files": files, "metrics": scores}, context)
    loaded = {path: one.outputName for path, one in context.layersToLoadOnCompletion().items()}
    assert loaded == ({made["MAP"]: "MAP", made["POLYGONS"]: "POLYGONS"} if wanted else {})
