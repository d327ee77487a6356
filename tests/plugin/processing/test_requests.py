"""Job descriptions that the forms ask for; no job is run, and none is needed to fill them in."""

import json
import re

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeedback,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)

pytestmark = pytest.mark.qgis

TILES = "type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png?key%3Dabcdef&zmin=0&zmax=18"


@pytest.fixture
def project(installed, qgis_new_project, tmp_path, monkeypatch):
    from rskd_qgis import settings

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    settings.set_python("")  # whoever wanted to start a process would fail
    return QgsProject.instance()


@pytest.fixture
def tiles(project):
    """A layer of a server that wants a token; nobody asks the server."""
    return project.addMapLayer(QgsRasterLayer(TILES, "tiles", "wms"))


def asked(form, parameters):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    form.initAlgorithm()
    return form.request(parameters, context)


def predict(**parameters):
    from rskd_qgis.processing.predict import PredictAlgorithm

    return asked(PredictAlgorithm(), {"OUTPUT": "map.tif", **parameters})


def level(path):
    return int(re.search(r"<TileLevel>(\d+)<", path).group(1))


def test_a_form_filled_from_a_draft_with_served_layers_can_be_run(project, tiles, tmp_path):
    from rskd_qgis.draft import Draft, DraftArea, DraftLayer
    from rskd_qgis.processing.distil import DistilAlgorithm, parameters_of

    teacher = tmp_path / "teacher.onnx"
    teacher.write_bytes(b"")
    box = QgsReferencedRectangle(QgsRectangle(33.0, 36.0, 33.01, 36.01), QgsCoordinateReferenceSystem("EPSG:4326"))
    draft = Draft(project)
    draft.set(
        layers=[DraftLayer(tiles.id(), tiles.name())],
        area=DraftArea("rectangle", box),
        gsd=5.0,
        teacher={"kind": "onnx", "path": str(teacher)},
        out=str(tmp_path / "out"),
    )
    parameters = parameters_of(draft)
    assert parameters["GSD"] == 5.0
    assert "layers" not in json.loads(parameters["SETTINGS"] or "{}")
    request = asked(DistilAlgorithm(), parameters)
    assert request.spec == draft.request().spec
    assert list(request.secrets.values()) == ["abcdef"]
    named = re.findall(r"\{secret:([^}]*)\}", request.spec["layers"][0]["path"])
    assert named == list(request.secrets)


def test_a_served_layer_without_a_pixel_size_is_refused_in_words(tiles, tmp_path):
    for content in (b"", b"no model"):
        (tmp_path / "student.onnx").write_bytes(content)
        with pytest.raises(QgsProcessingException, match=r"“tiles” comes from a server.*Advanced Parameters"):
            predict(STUDENT=str(tmp_path / "student.onnx"), LAYERS=[tiles.id()])


def test_a_served_layer_comes_at_the_students_pixel_size(tiles, tmp_path):
    box = "3600000,3700000,4300000,4400000 [EPSG:3857]"
    parameters = {"STUDENT": str(tmp_path / "student.onnx"), "LAYERS": [tiles.id()], "EXTENT": box}
    (tmp_path / "student.stac.json").write_text('{"properties": {"gsd": 10}}')
    catalogued = predict(**parameters).spec["layers"][0]
    (tmp_path / "entry.json").write_text('{"gsd": 20}')
    kept = predict(**parameters).spec["layers"][0]
    told = predict(**parameters, GSD=40).spec["layers"][0]
    assert [layer["gsd"] for layer in (catalogued, kept, told)] == [10, 20, 40]
    assert [level(layer["path"]) for layer in (catalogued, kept, told)] == [14, 13, 12]


def test_layers_in_files_need_no_pixel_size(project, striped, tmp_path):
    request = predict(STUDENT=str(tmp_path / "student.onnx"), LAYERS=[str(striped("image.tif", [1]))])
    assert "gsd" not in request.spec["layers"][0]


def test_what_must_be_written_is_cut_to_the_polygons_and_has_the_students_pixels(project, striped, tmp_path):
    image = project.addMapLayer(QgsRasterLayer(f"{striped('image.tif', [1, 2])}|option:NUM_THREADS=1", "image"))
    assert image.isValid()
    area = QgsVectorLayer("Polygon?crs=EPSG:32633", "area", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(500200, 4999800, 500300, 4999900)))
    area.dataProvider().addFeature(feature)
    area.updateExtents()
    project.addMapLayer(area)
    (tmp_path / "student.stac.json").write_text('{"properties": {"gsd": 20}}')
    request = predict(STUDENT=str(tmp_path / "student.onnx"), LAYERS=[image.id()], AREA=area.id())
    for export in request.exports:
        export.run(QgsFeedback())
    written = QgsRasterLayer(request.spec["layers"][0]["path"], "written")
    assert written.rasterUnitsPerPixelX() == pytest.approx(20, rel=1e-3)
    assert written.extent().width() == pytest.approx(260, abs=25)  # and four pixels on each side
    assert QgsVectorLayer(request.spec["area"], "area").extent() == area.extent()


def test_an_evaluation_keeps_what_the_user_set_for_labels_and_map(project, striped):
    from rskd_qgis.processing.evaluate import EvaluateAlgorithm

    layers = [QgsRasterLayer(str(striped(f"{name}.tif", [1, 2])), name) for name in ("map", "labels")]
    for layer in layers:
        layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32634"))
        layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(2, 2)])
        project.addMapLayer(layer)
    request = asked(EvaluateAlgorithm(), {"MAP": layers[0].id(), "LABELS": layers[1].id(), "IGNORE": "0, none"})
    labels = request.spec["labels"]
    assert labels == {"path": layers[1].source(), "crs": "EPSG:32634", "ignore": [0, "none", 2]}
    (export,) = request.exports
    assert request.spec["subject"] == str(export.run(QgsFeedback()))


def without_crs(path, box=None):
    """A raster that does not say where it lies: pixels from the top, or a world file's units."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 40, 1, gdal.GDT_Byte)
    if box is not None:
        dataset.SetGeoTransform(box)
    dataset.GetRasterBand(1).Fill(1)
    dataset.FlushCache()
    del dataset
    layer = QgsRasterLayer(str(path), path.stem)
    layer.setCrs(QgsCoordinateReferenceSystem())
    return QgsProject.instance().addMapLayer(layer)


@pytest.mark.parametrize(
    ("box", "extent", "area"),
    [
        (None, "10,30,-25,-5", [10, 5, 30, 25]),
        ((100, 0.5, 0, 80, 0, -0.5), "105,120,65,75", [105, 65, 120, 75]),
    ],
)
def test_layers_without_a_crs_are_taken_in_pixels_as_in_the_dock(project, tmp_path, box, extent, area):
    image = without_crs(tmp_path / "image.tif", box)
    parameters = {"STUDENT": str(tmp_path / "student.onnx"), "LAYERS": [image.id()]}
    whole, part = predict(**parameters).spec, predict(**parameters, EXTENT=extent).spec
    assert whole["crs"] == part["crs"] == "local"
    assert "area" not in whole
    assert part["area"] == area


def test_only_layers_without_a_crs_are_taken_in_pixels(project, striped, tmp_path):
    request = predict(STUDENT=str(tmp_path / "student.onnx"), LAYERS=[str(striped("image.tif", [1]))])
    assert "crs" not in request.spec


@pytest.mark.parametrize("name", ["predict", "predictpolygons", "evaluate", "distil"])
def test_every_algorithm_that_takes_layers_knows_those_without_a_crs(project, tmp_path, name):
    from rskd_qgis.processing.provider import RskdProvider

    image, other = (without_crs(tmp_path / f"{name}.tif") for name in ("image", "other"))
    provider = RskdProvider()
    provider.loadAlgorithms()
    form = next(one for one in provider.algorithms() if one.name() == name).create()
    inputs = {"STUDENT": str(tmp_path / "student.onnx"), "LAYERS": [image.id()]}
    if name == "evaluate":
        inputs = {"MAP": image.id()}
    elif name == "distil":
        inputs = {"LAYERS": [image.id()]}
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    request = form.request({**inputs, "LABELS": other.id(), "OUTPUT": str(tmp_path / "made")}, context)
    assert request.spec["crs"] == "local"


@pytest.mark.parametrize("name", ["evaluate", "distil"])
def test_what_to_write_for_the_class_field_is_said(project, name):
    from rskd_qgis.processing.provider import RskdProvider

    provider = RskdProvider()
    provider.loadAlgorithms()
    form = next(one for one in provider.algorithms() if one.name() == name)
    said = form.parameterDefinition("FIELD").help()
    assert said.startswith("Write the name of the field")
    assert "for example" in said
    assert "empty for a raster" in said


@pytest.fixture
def drafted(project, striped, tmp_path):
    """A draft over two bands that have no names."""
    from rskd_qgis.draft import Draft, DraftLayer

    image = project.addMapLayer(QgsRasterLayer(str(striped("image.tif", [1, 2])), "image"))
    draft = Draft(project)
    draft.set(layers=[DraftLayer(image.id(), "image")], out=str(tmp_path / "out"))
    return draft


def distil_form(**changes):
    from rskd_qgis.processing.distil import DistilAlgorithm

    return asked(DistilAlgorithm(), changes)


@pytest.mark.parametrize(
    "recipe",
    [
        {"name": "auto"},
        {"name": "pkd", "alpha": 0.5},
        {"name": "mine", "temperature": 3.0, "terms": [{"loss": "kd", "weight": 2.0}, {"loss": "hint"}]},
    ],
)
def test_a_form_filled_from_a_draft_asks_for_its_recipe(drafted, recipe):
    from rskd_qgis.processing.distil import parameters_of

    drafted.set(recipe=recipe, teacher={"kind": "onnx", "path": __file__})
    parameters = parameters_of(drafted)
    assert "recipe" not in json.loads(parameters["SETTINGS"] or "{}")
    assert distil_form(**parameters).spec["recipe"] == recipe


def test_a_recipe_is_named_written_or_read_from_a_file(drafted, tmp_path):
    from rskd_qgis.processing.distil import parameters_of

    drafted.set(teacher={"kind": "onnx", "path": __file__})
    parameters = parameters_of(drafted)
    terms = [{"loss": "dist"}]
    file = tmp_path / "it.json"
    file.write_text(json.dumps({"name": "it", "summary": "What it does.", "terms": terms}), encoding="utf-8")
    for text, made in (
        ("dkd", {"name": "dkd"}),
        ("", {"name": "auto"}),
        (json.dumps({"name": "x", "terms": terms}), {"name": "x", "terms": terms}),
        (str(file), {"name": "it", "terms": terms}),
    ):
        assert distil_form(**{**parameters, "RECIPE": text}).spec["recipe"] == made
    assert distil_form(**{**parameters, "RECIPE": "dkd", "ALPHA": 0.0}).spec["recipe"] == {"name": "dkd", "alpha": 0.0}
    with pytest.raises(QgsProcessingException, match="The recipe is not valid JSON"):
        distil_form(**{**parameters, "RECIPE": "{"})


def test_a_form_filled_from_a_draft_asks_for_its_index(drafted):
    from rskd_qgis.processing.distil import parameters_of

    index = {"kind": "index", "index": "difference", "thresholds": [-0.25, 0.1], "names": ["a", "b b", "c"]}
    drafted.set(teacher={**index, "bands": ["image 1", "image 2"], "unsure": 0.05})
    parameters = parameters_of(drafted)
    assert json.loads(parameters["SETTINGS"])["teacher"] == {"unsure": 0.05}
    assert distil_form(**parameters).spec == drafted.request().spec
    with pytest.raises(QgsProcessingException, match="must be numbers: low"):
        distil_form(**{**parameters, "TEACHER_INDEX_THRESHOLDS": "low"})


def test_several_teachers_are_further_settings(drafted):
    from rskd_qgis.processing.distil import parameters_of

    drafted.set(teacher={"kind": "onnx", "path": __file__})
    several = {
        "kind": "several",
        "path": None,
        "teachers": [{"kind": "onnx", "path": "a"}, {"kind": "onnx", "path": "b"}],
    }
    settings = json.dumps({"teacher": several})
    made = distil_form(**{**parameters_of(drafted), "SETTINGS": settings}).spec["teacher"]
    assert made == {"kind": "several", "teachers": several["teachers"]}
