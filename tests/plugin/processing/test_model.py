"""The algorithms as parts of larger work: in a model, in a batch, from the history."""

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterLayer,
    QgsProject,
)

pytestmark = [pytest.mark.qgis, pytest.mark.slow]

Source = QgsProcessingModelChildParameterSource


def first_row(path, count=6):
    dataset = gdal.Open(str(path))
    row = dataset.GetRasterBand(1).ReadRaster(0, 0, count, 1, buf_type=gdal.GDT_Float32)
    return list(memoryview(row).cast("f"))


def child(model, algorithm, sources, output=""):
    """Adds an algorithm to a model; with `output`, its OUTPUT is one of the model's."""
    step = QgsProcessingModelChildAlgorithm(algorithm)
    step.setChildId(algorithm)
    for name, source in sources.items():
        step.addParameterSources(name, [source])
    if output:
        made = QgsProcessingModelOutput(output, output)
        made.setChildId(algorithm)
        made.setChildOutputName("OUTPUT")
        step.setModelOutputs({output: made})
    model.addChildAlgorithm(step)


@pytest.fixture
def model(toolbox):
    """A student's map, and its classes 10, 20, 30 as 1, 1, 3."""
    made = QgsProcessingModelAlgorithm("mapped and sorted", "test")
    for parameter in (QgsProcessingParameterFile("student"), QgsProcessingParameterRasterLayer("image")):
        made.addModelParameter(parameter, QgsProcessingModelParameter(parameter.name()))
    inputs = {"STUDENT": Source.fromModelParameter("student"), "LAYERS": Source.fromModelParameter("image")}
    child(made, "rskd:predict", inputs)
    child(
        made,
        "native:reclassifybytable",
        {
            "INPUT_RASTER": Source.fromChildOutput("rskd:predict", "OUTPUT"),
            "RASTER_BAND": Source.fromStaticValue(1),
            "TABLE": Source.fromStaticValue([9, 21, 1, 29, 31, 3]),
        },
        output="sorted",
    )
    return made


def run_model(toolbox, model, student, image):
    """The first pixels of what the model makes."""
    (output,) = (definition.name() for definition in model.destinationParameterDefinitions())
    made = toolbox(model, {"student": str(student), "image": str(image), output: "TEMPORARY_OUTPUT"})
    return first_row(made[output])


def test_in_a_model_what_comes_next_takes_the_map(toolbox, model, student, striped):
    assert run_model(toolbox, model, student, striped("image.tif", [50, 120, 180])) == [1, 1, 3, 1, 1, 3]


def test_a_model_is_saved_and_read_again(toolbox, model, student, striped, tmp_path):
    assert model.toFile(str(tmp_path / "sorted.model3"))
    again = QgsProcessingModelAlgorithm()
    assert again.fromFile(str(tmp_path / "sorted.model3"))
    assert run_model(toolbox, again, student, striped("image.tif", [180, 50])) == [3, 1, 3, 1, 3, 1]


def test_many_layers_one_after_the_other_are_loaded_into_the_project(
    toolbox, student, striped, tmp_path, qgis_new_project
):
    import processing

    for number, values in enumerate(([50], [180])):
        image = striped(f"image {number}.tif", values)
        inputs = {"STUDENT": str(student), "LAYERS": [str(image)], "OUTPUT": str(tmp_path / f"map {number}.tif")}
        processing.runAndLoadResults("rskd:predict", inputs)
    layers = QgsProject.instance().mapLayers().values()
    assert sorted(layer.source() for layer in layers) == [str(tmp_path / f"map {number}.tif") for number in range(2)]
    assert [first_row(tmp_path / f"map {number}.tif", 1) for number in range(2)] == [[10], [30]]


def test_what_the_history_keeps_runs_again(toolbox, student, striped, tmp_path):
    import processing

    place = tmp_path / "it's a map.tif"
    inputs = {"STUDENT": str(student), "LAYERS": [str(striped("image.tif", [120]))], "OUTPUT": str(place)}
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rskd:predict")
    command = algorithm.asPythonCommand(inputs, QgsProcessingContext())
    made = eval(command, {"processing": processing})  # noqa: S307 - as the history does
    assert made == {"OUTPUT": str(place)}
    assert first_row(place, 2) == [20, 20]
