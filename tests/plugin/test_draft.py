"""The draft with real layers: which problems it sees, and the job that it asks for."""

import json
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

pytestmark = pytest.mark.qgis

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / ".venv" / "bin" / "python"
UTM = "EPSG:32636"


@pytest.fixture
def draft(installed, qgis_new_project, tmp_path, monkeypatch):
    from rskd_qgis.draft import Draft

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    return Draft()


def raster(path, *, bands=3, west=500000.0, north=4000000.0, crs=UTM, size=(40, 30), pixel=10.0):
    """A raster of zeros, in the project."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *size, bands)
    if crs:
        reference = osr.SpatialReference()
        reference.SetFromUserInput(crs)
        dataset.SetProjection(reference.ExportToWkt())
        dataset.SetGeoTransform((west, pixel, 0, north, 0, -pixel))
    dataset.FlushCache()
    del dataset
    layer = QgsRasterLayer(str(path), path.stem)
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def polygons(path, *, west=500000.0, north=4000000.0):
    """Two squares with a text field `kind`, in the project."""
    memory = QgsVectorLayer(f"Polygon?crs={UTM}&field=kind:string", "memory", "memory")
    for number, kind in enumerate(("forest", "water")):
        feature = QgsFeature(memory.fields())
        left = west + 100 * number
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, north - 100, left + 90, north)))
        feature["kind"] = kind
        memory.dataProvider().addFeature(feature)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    QgsVectorFileWriter.writeAsVectorFormatV3(memory, str(path), QgsProject.instance().transformContext(), options)
    layer = QgsVectorLayer(str(path), path.stem, "ogr")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def chosen(layer, **more):
    from rskd_qgis.draft import DraftLayer

    return DraftLayer(layer.id(), layer.name(), **more)


def labelled(layer, **more):
    from rskd_qgis.draft import DraftLabels

    return DraftLabels(layer.id(), **more)


def said(draft):
    return [(problem.section, problem.message) for problem in draft.problems()]


def accepted(spec):
    """Whether the backend takes the description as it is."""
    if not BACKEND.exists():
        pytest.skip("needs the backend's environment (make setup)")
    code = "import json, sys; from rskd.spec import DistillJob; DistillJob.model_validate(json.load(sys.stdin))"
    done = subprocess.run([BACKEND, "-c", code], input=json.dumps(spec), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return True


def test_an_empty_draft_asks_for_layers_then_for_labels(draft):
    assert [section for section, _ in said(draft)] == ["layers", "teacher"]


def test_a_change_is_told_once_and_only_if_it_is_one(draft, qtbot):
    with qtbot.waitSignal(draft.changed):
        draft.set(task="segmentation", baseline=True)
    with qtbot.assertNotEmitted(draft.changed):
        draft.set(task="segmentation", baseline=True)


def test_a_misspelt_choice_is_refused(draft):
    with pytest.raises(AttributeError, match="labls"):
        draft.set(labls=None)


def test_the_smallest_job_is_what_the_job_file_would_say(draft, tmp_path):
    image, labels = raster(tmp_path / "image.tif"), raster(tmp_path / "landcover.tif", bands=1)
    draft.set(layers=[chosen(image)], labels=labelled(labels, ignore=[0]), out=str(tmp_path / "out"))
    request = draft.request()
    assert request.spec == {
        "task": "land-cover",
        "layers": [{"path": str(tmp_path / "image.tif"), "name": "image"}],
        "labels": {"path": str(tmp_path / "landcover.tif"), "ignore": [0]},
        "teacher": {"kind": "labels"},
        "student": {},
        "recipe": {"name": "auto"},
        "out": str(tmp_path / "out"),
    }
    assert request.secrets == {}
    assert request.exports == []
    assert said(draft) == []
    assert accepted(request.spec)


def test_layers_get_names_of_their_own_and_who_sees_them(draft, tmp_path):
    first, second = raster(tmp_path / "a.tif"), raster(tmp_path / "b.tif", bands=2)
    second.setName("a")
    draft.set(layers=[chosen(first, bands=[1, 3]), chosen(second, student=False)], student={"max_megabytes": 2})
    spec = draft.request().spec
    assert [layer["name"] for layer in spec["layers"]] == ["a", "a (2)"]
    assert spec["layers"][0]["bands"] == [1, 3]
    assert "bands" not in spec["layers"][1]
    assert spec["student"] == {"max_megabytes": 2, "layers": ["a"]}
    assert "layers" not in spec["teacher"]
    assert (draft.band_count("teacher"), draft.band_count("student")) == (4, 2)
    assert accepted(spec)


def test_a_drawn_area_becomes_a_box_in_the_first_layers_crs_as_far_as_that_layer_goes(draft, tmp_path):
    from rskd_qgis.draft import DraftArea

    image = raster(tmp_path / "image.tif")
    box = QgsRectangle(500100, 3999800, 500200, 4100000)  # reaches past the northern edge
    draft.set(
        layers=[chosen(image)],
        area=DraftArea("rectangle", QgsReferencedRectangle(box, QgsCoordinateReferenceSystem(UTM))),
    )
    assert draft.request().spec["area"] == pytest.approx([500100, 3999800, 500200, 4000000])


def test_an_area_in_another_crs_is_moved(draft, tmp_path):
    from rskd_qgis.draft import DraftArea

    image = raster(tmp_path / "image.tif", size=(4000, 3000))
    world = QgsReferencedRectangle(QgsRectangle(33.1, 36.0, 33.2, 36.1), QgsCoordinateReferenceSystem("EPSG:4326"))
    draft.set(layers=[chosen(image)], area=DraftArea("canvas", world))
    xmin, ymin, xmax, ymax = draft.request().spec["area"]
    # Zone 36 has its middle at 33° E; there a degree is about 90 km.
    assert 508_500 < xmin < 509_500
    assert 517_500 < xmax < 518_500
    assert ymin < ymax


def test_an_area_elsewhere_is_a_problem_in_words(draft, tmp_path):
    from rskd_qgis.draft import DraftArea

    image = raster(tmp_path / "image.tif")
    far = QgsReferencedRectangle(QgsRectangle(0, 0, 10, 10), QgsCoordinateReferenceSystem(UTM))
    draft.set(layers=[chosen(image)], area=DraftArea("rectangle", far), teacher={"kind": "onnx", "path": __file__})
    assert said(draft) == [("layers", "The area does not overlap “image”.")]


def test_imagery_without_a_crs_is_worked_in_pixels_from_the_top(draft, tmp_path):
    from rskd_qgis.draft import DraftArea

    image = raster(tmp_path / "photo.tif", crs=None)
    shown = QgsReferencedRectangle(QgsRectangle(10, -20, 30, -5), QgsCoordinateReferenceSystem())
    draft.set(layers=[chosen(image)], area=DraftArea("rectangle", shown))
    spec = draft.request().spec
    assert spec["crs"] == "local"
    assert spec["area"] == [10, 5, 30, 20]


def test_a_polygon_layer_is_an_area_and_labels(draft, tmp_path):
    from rskd_qgis.draft import DraftArea, DraftClass

    image, fields = raster(tmp_path / "image.tif"), polygons(tmp_path / "fields.gpkg")
    own = [DraftClass("forest", "", ["forest"]), DraftClass("water", "", ["water"])]
    draft.set(
        layers=[chosen(image)],
        area=DraftArea("layer", layer_id=fields.id()),
        labels=labelled(fields, field="kind", own=own, classes=own),
    )
    spec = draft.request().spec
    assert spec["area"] == str(tmp_path / "fields.gpkg")
    assert spec["labels"]["field"] == "kind"
    assert "classes" not in spec["labels"]  # they are the layer's own
    assert draft.class_count() == 2
    assert said(draft) == []
    assert accepted(spec)


def test_merged_classes_are_said(draft, tmp_path):
    from rskd_qgis.draft import DraftClass

    image, labels = raster(tmp_path / "image.tif"), raster(tmp_path / "labels.tif", bands=1)
    own = [DraftClass(str(value), "", [value]) for value in (1, 2, 5)]
    merged = [DraftClass("forest", "", [1, 5]), DraftClass("water", "", [2])]
    draft.set(layers=[chosen(image)], labels=labelled(labels, own=own, classes=merged))
    spec = draft.request().spec
    assert spec["labels"]["classes"] == {"forest": [1, 5], "water": [2]}
    assert accepted(spec)


def test_one_class_is_too_few(draft, tmp_path):
    from rskd_qgis.draft import DraftClass

    image, labels = raster(tmp_path / "image.tif"), raster(tmp_path / "labels.tif", bands=1)
    own = [DraftClass("1", "", [1]), DraftClass("2", "", [2])]
    draft.set(layers=[chosen(image)], labels=labelled(labels, own=own, classes=own[:1]))
    assert said(draft) == [("labels", "There is only one class, “1”. Two are needed.")]
    draft.set(labels=labelled(labels, own=own, classes=[]))
    assert said(draft) == [("labels", "All classes are left out. Switch on at least two.")]


def test_a_layer_that_left_the_project_is_a_problem_in_words_and_refuses_the_request(draft, tmp_path, qtbot):
    from rskd_qgis.layers.sources import LayerUnusable

    image, other = raster(tmp_path / "image.tif"), raster(tmp_path / "dem.tif", bands=1)
    draft.set(layers=[chosen(image), chosen(other)], teacher={"kind": "onnx", "path": __file__})
    assert said(draft) == []
    with qtbot.waitSignal(draft.changed):
        QgsProject.instance().removeMapLayer(other.id())
    assert said(draft) == [("layers", "“dem” is no longer in the project. Choose another layer.")]
    assert draft.band_count() == 3
    with pytest.raises(LayerUnusable, match="dem"):
        draft.request()


def test_another_project_empties_the_draft(draft, tmp_path, qtbot):
    draft.set(layers=[chosen(raster(tmp_path / "image.tif"))], student={"name": "swift-unet-16"})
    with qtbot.waitSignal(draft.changed):
        QgsProject.instance().clear()
    assert draft.layers == []
    assert draft.student == {}


def test_layers_that_lie_apart_are_a_problem(draft, tmp_path):
    here, there = raster(tmp_path / "here.tif"), raster(tmp_path / "there.tif", west=700000)
    draft.set(layers=[chosen(here), chosen(there)], teacher={"kind": "onnx", "path": __file__})
    assert said(draft) == [("layers", "“there” and “here” do not overlap.")]


def test_somebody_has_to_see_something(draft, tmp_path):
    image = raster(tmp_path / "image.tif")
    draft.set(layers=[chosen(image, teacher=False, student=False)], teacher={"kind": "onnx", "path": __file__})
    words = [message for _, message in said(draft)]
    assert [word.split()[1] for word in words] == ["teacher", "student"]


def test_a_map_teaches_by_its_layer(draft, tmp_path):
    image, landcover = raster(tmp_path / "image.tif"), raster(tmp_path / "landcover.tif", bands=1)
    draft.set(layers=[chosen(image)], teacher={"kind": "map", "layer_id": landcover.id()})
    spec = draft.request().spec
    assert spec["teacher"] == {"kind": "map", "path": str(tmp_path / "landcover.tif")}
    assert said(draft) == []
    assert accepted(spec)
    QgsProject.instance().removeMapLayer(landcover.id())
    assert [section for section, _ in said(draft)] == ["teacher"]


def test_a_teacher_that_expects_other_bands_is_a_problem(draft, tmp_path):
    image = raster(tmp_path / "image.tif", bands=5)
    facts = {"bands": 6, "band_names": [], "classes": ["forest", "water"]}
    draft.set(layers=[chosen(image)], teacher={"kind": "checkpoint", "path": __file__}, teacher_facts=facts)
    assert said(draft) == [("teacher", "Expects 6 bands – you have 5.")]
    assert draft.class_count() == 2
    draft.set(layers=[chosen(raster(tmp_path / "six.tif", bands=6))])
    assert said(draft) == []


def test_weights_alone_need_to_be_told_which_network_they_are(draft, tmp_path):
    from rskd_qgis.draft.expectation import facts_of

    facts = facts_of({"kind": "weights", "shapes": {"first": [8, 3, 3, 3], "last": [4, 8, 1, 1]}})
    draft.set(
        layers=[chosen(raster(tmp_path / "image.tif"))],
        teacher={"kind": "checkpoint", "path": __file__},
        teacher_facts=facts,
    )
    assert [section for section, _ in said(draft)] == ["teacher"]
    draft.set(teacher={"kind": "checkpoint", "path": __file__, "model": "unet", "encoder": "resnet34"})
    assert said(draft) == []


def test_tiles_are_asked_for_at_the_chosen_pixel_size_and_need_an_area(draft):
    from rskd_qgis.draft import DraftArea

    tiles = QgsRasterLayer("type=xyz&url=http://127.0.0.1:1/{z}/{x}/{y}.png&zmin=0&zmax=18", "tiles", "wms")
    assert tiles.isValid()
    QgsProject.instance().addMapLayer(tiles)
    draft.set(layers=[chosen(tiles)], teacher={"kind": "onnx", "path": __file__}, gsd=5.0)
    assert said(draft) == [("layers", "“tiles” covers the whole world. Choose an area.")]
    box = QgsReferencedRectangle(QgsRectangle(33.0, 36.0, 33.01, 36.01), QgsCoordinateReferenceSystem("EPSG:4326"))
    draft.set(area=DraftArea("rectangle", box))
    assert said(draft) == []
    spec = draft.request().spec
    assert spec["layers"][0]["gsd"] == 5.0
    assert "127.0.0.1" in spec["layers"][0]["path"]
    assert draft.band_count() == 3
    assert spec["area"][0] == pytest.approx(33.0 * 20037508.342789244 / 180, abs=1)  # web mercator
    assert accepted(spec)


def test_extra_keys_go_into_the_job_and_leave_with_their_layers(draft, tmp_path):
    image, labels = raster(tmp_path / "image.tif"), raster(tmp_path / "labels.tif", bands=1)
    extra = {"split": {"train": [0, 0, 1, 1], "test": [1, 0, 2, 1]}, "labels": {"share": 0.11}}
    draft.set(layers=[chosen(image)], labels=labelled(labels), extra=extra)
    spec = draft.request().spec
    assert spec["labels"]["share"] == 0.11
    assert spec["split"] == extra["split"]
    draft.set(layers=[chosen(image, bands=[1])])
    assert draft.extra == extra
    draft.set(labels=None)
    assert draft.extra == {}


def test_a_layer_with_unsaved_edits_is_written_first(draft, tmp_path):
    image, fields = raster(tmp_path / "image.tif"), polygons(tmp_path / "fields.gpkg")
    fields.startEditing()
    feature = QgsFeature(fields.fields())
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(500200, 3999900, 500290, 4000000)))
    fields.addFeature(feature)
    draft.set(layers=[chosen(image)], labels=labelled(fields, field="kind"), out=str(tmp_path / "out"))
    request = draft.request()
    assert request.spec["labels"]["path"] == str(tmp_path / "out" / "layers" / "labels.gpkg")
    assert [export.destination for export in request.exports] == [tmp_path / "out" / "layers" / "labels.gpkg"]
    fields.rollBack()


def test_results_go_into_a_new_folder_named_by_date_and_layer(draft, tmp_path):
    image = raster(tmp_path / "Été 2021 (süd).tif")
    draft.set(layers=[chosen(image)])
    folder = draft.folder()
    assert folder.parent == tmp_path / "home" / "jobs"
    assert folder.name.endswith("-ete-2021-sud")
    folder.mkdir(parents=True)
    assert draft.folder() != folder


@pytest.mark.parametrize(
    ("inspected", "bands", "classes"),
    [
        ({"kind": "teacher", "bands": [{"name": "B1"}], "classes": [{"name": "a"}, {"name": "b"}]}, 1, ["a", "b"]),
        (
            {
                "kind": "ONNX model",
                "inputs": [{"name": "x", "shape": ["n", 4, "h", "w"]}],
                "outputs": [{"name": "y", "shape": ["n", 3, "h", "w"]}],
                "metadata": {"class_names": {"0": "road", "1": "roof", "2": "rest"}},
            },
            4,
            ["road", "roof", "rest"],
        ),
        ({"kind": "weights", "shapes": {"a": [8, 5, 3, 3], "b": [8], "c": [7, 8, 1, 1]}}, 5, list("0123456")),
        ({"kind": "raster", "bands": [], "width": 3}, 0, []),
    ],
)
def test_what_a_file_says_of_itself_is_understood(installed, qgis_app, inspected, bands, classes):
    from rskd_qgis.draft.expectation import facts_of

    facts = facts_of(inspected)
    assert facts.get("bands", 0) == bands
    assert facts.get("classes", []) == classes


def test_a_picture_from_a_server_is_neither_labels_nor_a_map(draft, tmp_path):
    from rskd_qgis.layers.sources import LayerUnusable

    image = raster(tmp_path / "image.tif")
    picture = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmax=3", "streets", "wms")
    assert picture.isValid()
    QgsProject.instance().addMapLayer(picture)
    draft.set(layers=[chosen(image)], labels=labelled(picture))
    assert [(section, words.split(":")[0]) for section, words in said(draft)] == [
        ("labels", "“streets” is drawn by a server as a picture")
    ]
    with pytest.raises(LayerUnusable, match="no class values to learn from"):
        draft.request()
    draft.set(labels=None, teacher={"kind": "map", "layer_id": picture.id()})
    assert [section for section, _ in said(draft)] == ["teacher"]
    with pytest.raises(LayerUnusable, match="no class values to teach"):
        draft.request()


def test_given_colours_are_part_of_the_job_and_only_then(draft, tmp_path):
    from rskd_qgis.draft import DraftClass

    image, labels = raster(tmp_path / "image.tif"), raster(tmp_path / "labels.tif", bands=1)
    own = [DraftClass("forest", "#1b7837", [1]), DraftClass("water", "", [2])]
    draft.set(layers=[chosen(image)], labels=labelled(labels, own=own, classes=own))
    assert "colors" not in draft.request().spec["labels"]
    other = [DraftClass("forest", "#1b7837", [1]), DraftClass("water", "#4393c3", [2])]
    draft.set(labels=labelled(labels, own=own, classes=other))
    assert draft.request().spec["labels"]["colors"] == {"forest": "#1b7837", "water": "#4393c3"}
