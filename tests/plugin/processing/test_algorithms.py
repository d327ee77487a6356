"""Each algorithm as the toolbox runs it, with the real backend."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsVectorLayer,
)

pytestmark = [pytest.mark.qgis, pytest.mark.slow]


def column_values(path, band=1):
    dataset = gdal.Open(str(path))
    row = dataset.GetRasterBand(band).ReadRaster(0, 0, 6, 1, buf_type=gdal.GDT_Float32)
    return list(memoryview(row).cast("f"))


def test_the_provider_offers_five_algorithms_with_help_for_each(toolbox):
    provider = QgsApplication.processingRegistry().providerById("rskd")
    names = sorted(algorithm.name() for algorithm in provider.algorithms())
    assert names == ["describe", "distil", "evaluate", "predict", "predictpolygons"]
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 100
        assert algorithm.group()
        assert [one.name() for one in algorithm.parameterDefinitions() if len(one.help()) < 20] == []


def test_a_student_maps_a_layer(toolbox, student, striped, tmp_path):
    made = toolbox(
        "rskd:predict",
        {
            "STUDENT": str(student),
            "LAYERS": [str(striped("image ünd ‘more’.tif", [50, 120, 180]))],
            "OUTPUT": str(tmp_path / "map.tif"),
            "CONFIDENCE": str(tmp_path / "sure.tif"),
        },
    )
    assert column_values(made["OUTPUT"]) == [10, 20, 30, 10, 20, 30]
    assert all(0.3 < value <= 1 for value in column_values(made["CONFIDENCE"]))
    assert "PROBABILITIES" not in made


def test_a_student_of_the_library_is_chosen_by_name(toolbox, student, striped, tmp_path):
    from rskd_qgis import json_files, places

    asks = {"LAYERS": [str(striped("image.tif", [50, 120, 180]))], "OUTPUT": str(tmp_path / "map.tif")}
    entry = places.students() / "fields"
    entry.mkdir(parents=True)
    shutil.copy(student, entry / "student.onnx")
    json_files.write(entry / "entry.json", {"name": "Été: “fields”"})
    for question in (asks, {**asks, "STUDENT": str(student), "LIBRARY": "Été: “fields”"}):
        with pytest.raises(QgsProcessingException, match="Choose a student of the library"):
            toolbox("rskd:predict", question)
    form = QgsApplication.processingRegistry().createAlgorithmById("rskd:predict")
    assert form.parameterDefinition("LIBRARY").options() == ["Été: “fields”"]
    assert form.parameterDefinition("LIBRARY").defaultValue() is None
    made = toolbox("rskd:predict", {**asks, "LIBRARY": "Été: “fields”"})
    assert column_values(made["OUTPUT"]) == [10, 20, 30, 10, 20, 30]


def test_an_extent_limits_the_map(toolbox, student, striped, tmp_path):
    made = toolbox(
        "rskd:predict",
        {
            "STUDENT": str(student),
            "LAYERS": [str(striped("image.tif", [50, 120, 180]))],
            "EXTENT": "500000,500300,4999800,5000000 [EPSG:32633]",
            "OUTPUT": "TEMPORARY_OUTPUT",
        },
    )
    layer = QgsRasterLayer(made["OUTPUT"])
    assert (layer.width(), layer.height()) == (30, 20)


def test_a_student_makes_polygons(toolbox, student, striped, tmp_path):
    made = toolbox(
        "rskd:predictpolygons",
        {
            "STUDENT": str(student),
            "LAYERS": [str(striped("image.tif", [50, 120]))],
            "OUTPUT": str(tmp_path / "polygons.gpkg"),
        },
    )
    layer = QgsVectorLayer(made["OUTPUT"])
    assert layer.isValid()
    assert layer.featureCount() == 60  # a stripe a column
    assert {feature["class"] for feature in layer.getFeatures()} == {10, 20}


def test_a_map_is_compared_with_labels(toolbox, striped, tmp_path):
    made = toolbox(
        "rskd:evaluate",
        {
            "MAP": str(striped("map.tif", [1, 2])),
            "LABELS": str(striped("labels.tif", [1, 1, 2, 2])),
            "OUTPUT": str(tmp_path / "scores.json"),
        },
    )
    # Half of each class is right: 2 columns in 4, so IoU is 1/3 for both.
    assert made["OVERALL_ACCURACY"] == pytest.approx(0.5)
    assert made["MEAN_IOU"] == pytest.approx(1 / 3)
    assert made["KAPPA"] == pytest.approx(0)
    assert made["PIXELS"] == 3600
    assert json.loads(Path(made["OUTPUT"]).read_text(encoding="utf-8"))["pixels"] == 3600


def test_layers_without_a_crs_are_mapped_and_compared_in_pixels(toolbox, student, striped, tmp_path):
    for name in ("image", "labels"):
        dataset = gdal.Open(str(striped(f"placed-{name}.tif", [50, 120, 180] if name == "image" else [10, 20, 30])))
        gdal.Translate(str(tmp_path / f"{name}.png"), dataset, format="PNG")
        (tmp_path / f"{name}.png.aux.xml").unlink(missing_ok=True)
    image = str(tmp_path / "image.png")
    made = toolbox("rskd:predict", {"STUDENT": str(student), "LAYERS": [image], "OUTPUT": str(tmp_path / "map.tif")})
    assert column_values(made["OUTPUT"]) == [10, 20, 30, 10, 20, 30]
    compared = toolbox("rskd:evaluate", {"MAP": made["OUTPUT"], "LABELS": str(tmp_path / "labels.png")})
    assert compared["OVERALL_ACCURACY"] == 1


@pytest.mark.parametrize("changed", ["MAP", "LABELS"])
def test_values_that_the_user_made_nodata_are_not_compared(toolbox, striped, qgis_new_project, changed):
    layers = {name: QgsRasterLayer(str(striped(f"{name}.tif", [1, 2])), name) for name in ("MAP", "LABELS")}
    layers[changed].dataProvider().setUserNoDataValue(1, [QgsRasterRange(2, 2)])
    QgsProject.instance().addMapLayers(list(layers.values()))
    made = toolbox("rskd:evaluate", {name: layer.id() for name, layer in layers.items()})
    assert made["PIXELS"] == 1800


def test_a_student_is_described(toolbox, student, tmp_path):
    made = toolbox("rskd:describe", {"STUDENT": str(student), "OUTPUT": str(tmp_path / "student.html")})
    assert made["BANDS"] == "b1"
    assert len(made["CLASSES"].split(", ")) == 3
    assert made["CLASSES"].split(", ")[0] in Path(made["OUTPUT"]).read_text(encoding="utf-8")


def test_of_a_student_without_a_place_no_metres_are_said(toolbox, local_student, student, tmp_path):
    made = toolbox("rskd:describe", {"STUDENT": str(local_student), "OUTPUT": str(tmp_path / "student.html")})
    assert made.get("GSD") is None
    page = (tmp_path / "student.html").read_text(encoding="utf-8")
    assert "one pixel" in page
    assert "1 m" not in page
    assert toolbox("rskd:describe", {"STUDENT": str(student), "OUTPUT": str(tmp_path / "o.html")})["GSD"] == 10


def test_a_page_that_cannot_be_written_is_said_in_words(toolbox, student, tmp_path, monkeypatch):
    from rskd_qgis.processing.describe import Path as OfModule

    page = tmp_path / "student.html"
    page.write_text("before")

    def full(self, text, encoding):
        with self.open("w", encoding=encoding) as file:
            file.write(text[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(OfModule, "write_text", full)
    with pytest.raises(QgsProcessingException, match="No space left on device"):
        toolbox("rskd:describe", {"STUDENT": str(student), "OUTPUT": str(page)})
    assert page.read_text() == "before"
    assert [file.name for file in tmp_path.glob("*.html")] == ["student.html"]


def test_what_cannot_be_used_is_said_in_words(toolbox, striped, tmp_path):
    broken = tmp_path / "student.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(QgsProcessingException, match=r"student\.onnx"):
        toolbox(
            "rskd:predict",
            {"STUDENT": str(broken), "LAYERS": [str(striped("i.tif", [1]))], "OUTPUT": "TEMPORARY_OUTPUT"},
        )


def test_the_form_filled_from_a_draft_asks_for_the_draft_s_job(toolbox, striped, tmp_path):
    from qgis.core import QgsProcessingContext, QgsProject

    from rskd_qgis.draft import Draft, DraftLabels, DraftLayer
    from rskd_qgis.processing.distil import DistilAlgorithm, parameters_of

    project = QgsProject()
    image = project.addMapLayer(QgsRasterLayer(str(striped("image.tif", [1, 2])), "image"))
    labels = project.addMapLayer(QgsRasterLayer(str(striped("labels.tif", [1, 2])), "labels"))
    teacher = tmp_path / "teacher.safetensors"
    teacher.write_bytes(b"")
    draft = Draft(project)
    draft.set(
        layers=[DraftLayer(image.id(), image.name(), bands=[1])],
        labels=DraftLabels(labels.id(), ignore=[0, 255]),
        teacher={"kind": "checkpoint", "path": str(teacher), "flips": False},
        student={"name": "tiny-unet-16", "max_megabytes": 2.0},
        recipe={"name": "soft-targets", "alpha": 0.5, "temperature": 3.0},
        training={"max_minutes": 7, "tile": 96},
        baseline=True,
        out=str(tmp_path / "out"),
        extra={"split": {"train": "t.gpkg", "test": "u.gpkg"}},
    )
    context = QgsProcessingContext()
    context.setProject(project)
    form = DistilAlgorithm()
    form.initAlgorithm()
    assert form.request(parameters_of(draft), context).spec == draft.request().spec
