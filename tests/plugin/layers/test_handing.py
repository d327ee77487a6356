"""Layers as entries of a job: what the user set for them goes along, and what cannot is written first."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeedback,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

pytestmark = pytest.mark.qgis

OTHER = QgsCoordinateReferenceSystem("EPSG:32634")
NODATA = 7


@pytest.fixture
def handing(qgis_new_project, installed, home, tmp_path):
    from rskd_qgis.layers.handing import Handing

    def make(**more):
        return Handing(tmp_path / "written", **more)

    return make


@pytest.fixture
def package(tmp_path, qgis_new_project):
    """Opens a layer of a GeoPackage that has one layer for each name, with one square each."""

    def make(*names):
        path = str(tmp_path / f"{'-'.join(names)}.gpkg")
        for number, name in enumerate(names):
            layer = QgsVectorLayer("Polygon?crs=EPSG:32633&field=kind:string", name, "memory")
            feature = QgsFeature(layer.fields())
            left = 500000 + 100 * number
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, 4999900, left + 100, 5000000)))
            layer.dataProvider().addFeature(feature)
            options = QgsVectorFileWriter.SaveVectorOptions()
            options.layerName = name
            if number:
                options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
            QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsProject.instance().transformContext(), options)
        opened = QgsVectorLayer(f"{path}|layername={names[-1]}", names[-1], "ogr")
        assert opened.isValid()
        return opened

    return make


@pytest.fixture
def image(raster):
    """60 x 60 pixels of ten metres; the file says that 0 is nodata, where asked."""

    def make(**more):
        return QgsRasterLayer(str(raster("image.tif", "B", [[1, 2, 3] * 1200], 60, 60, **more)), "image")

    return make


def said_nodata(layer, value=NODATA):
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(value, value)])
    return layer


def test_polygons_are_taken_as_they_are_where_they_are_alone(handing, package):
    layers, areas = handing(), package("area")
    assert layers.polygons(areas, "area") == areas.source().split("|")[0]
    assert layers.exports == []


def test_polygons_beside_other_layers_are_written_as_they_are_shown(handing, package):
    layers = handing()
    path = layers.polygons(package("other", "area"), "area")
    layers.exports[0].run(QgsFeedback())
    written = QgsVectorLayer(path, "written")
    assert written.extent() == QgsRectangle(500100, 4999900, 500200, 5000000)


def test_polygons_with_a_crs_of_the_users_own_are_written_in_it(handing, package):
    layers, areas = handing(), package("area")
    areas.setCrs(OTHER)
    path = layers.polygons(areas, "area")
    layers.exports[0].run(QgsFeedback())
    assert QgsVectorLayer(path, "written").crs() == OTHER


def test_labels_carry_layer_field_and_crs(handing, package):
    layers, labels = handing(), package("other", "labels")
    labels.setCrs(OTHER)
    path = labels.source().split("|")[0]
    wanted = {"path": path, "layer": "labels", "field": "kind", "crs": "EPSG:32634", "ignore": ["none"]}
    assert layers.labels(labels, "kind", ["none"]) == wanted


def test_labels_of_pixels_carry_crs_and_nodata(handing, image):
    labels = said_nodata(image())
    labels.setCrs(OTHER)
    wanted = {"path": labels.source(), "crs": "EPSG:32634", "ignore": [0, NODATA]}
    assert handing().labels(labels, "", [0]) == wanted


def test_a_map_that_goes_by_its_path_is_written_where_the_user_set_more(handing, image):
    layers, plain = handing(), image()
    assert layers.bare_map(plain, "map") == plain.source()
    assert layers.exports == []
    changed = said_nodata(image())
    changed.setCrs(OTHER)
    path = layers.bare_map(changed, "map")
    layers.exports[0].run(QgsFeedback())
    written = QgsRasterLayer(path, "written")
    assert written.crs() == OTHER
    assert written.dataProvider().sourceNoDataValue(1) == NODATA


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:4326"])
def test_what_is_written_has_the_jobs_pixels_and_area(handing, image, crs):
    from rskd_qgis.layers.ground import moved

    asked = QgsCoordinateReferenceSystem(crs)
    layer = said_nodata(image(nodata=0))  # beside the file's own: only QGIS joins them
    part = moved(QgsRectangle(500100, 4999800, 500300, 4999900), layer.crs(), asked)
    layers = handing(around=QgsReferencedRectangle(part, asked), gsd_m=20)
    path = layers.raster(layer, "image")["path"]
    layers.exports[0].run(QgsFeedback())
    written = QgsRasterLayer(path, "written")
    assert written.rasterUnitsPerPixelX() == pytest.approx(20, rel=2e-3)
    assert written.extent().width() == pytest.approx(360, abs=25)  # and four pixels on each side
    assert written.extent().height() == pytest.approx(260, abs=25)


def test_whole_layers_are_written_at_the_jobs_pixels_too(handing, image):
    layers = handing(gsd_m=20)
    layers.raster(said_nodata(image(nodata=0)), "image")
    assert layers.exports[0].pixels == 30 * 30


def test_layers_that_differ_in_their_token_alone_keep_their_own(handing):
    layers = handing()
    address = "type=xyz&url=http://127.0.0.1:9/{{z}}/{{x}}/{{y}}.png?key%3D{}&zmin=0&zmax=12"
    paths = [layers.raster(QgsRasterLayer(address.format(token), "tiles", "wms"), "tiles")["path"] for token in "ab"]
    assert paths[0] != paths[1]
    assert sorted(layers.secrets.values()) == ["a", "b"]
    for path, token in zip(paths, "ab", strict=True):
        assert [layers.secrets[name] for name in layers.secrets if f"{{secret:{name}}}" in path] == [token]


@pytest.fixture
def image_file(image):
    return image().source()


def temporary(name):
    from qgis.core import QgsProcessingUtils

    return QgsProcessingUtils.generateTempFilename(name)


def test_what_qgis_deletes_when_it_closes_is_copied_with_what_belongs_to_it(handing, image_file):
    path = Path(temporary("map.tif"))
    shutil.copyfile(image_file, path)
    path.with_name("map.tif.aux.xml").write_text("<PAMDataset/>")
    path.with_name("mapped.tif").write_text("another one's")
    job, layer = handing(), QgsRasterLayer(str(path), "Class map")
    said = Path(job.class_map(layer, "teacher-map")["path"])
    assert said.parent.name == "written"
    (copy,) = job.exports
    assert copy.name == "Class map"
    assert copy.run(QgsFeedback()) == said
    assert said.read_bytes() == path.read_bytes()
    assert {one.name for one in said.parent.iterdir()} == {
        "teacher-map.tif", "teacher-map.tif.aux.xml", "teacher-map.tif.copied.json"
    }  # fmt: skip
    before = said.stat().st_ino
    copy.run(QgsFeedback())
    assert said.stat().st_ino == before  # the same is not copied again


def test_a_copy_that_is_stopped_leaves_nothing(handing, image_file):
    from rskd_qgis.bridge.errors import Stopped

    path = temporary("map.tif")
    shutil.copyfile(image_file, path)
    job, stopped = handing(), QgsFeedback()
    said = Path(job.class_map(QgsRasterLayer(path, "map"), "map")["path"])
    stopped.cancel()
    with pytest.raises(Stopped):
        job.exports[0].run(stopped)
    assert list(said.parent.iterdir()) == []


def test_a_job_that_is_itself_of_this_session_copies_nothing(handing, image_file, installed):
    from rskd_qgis.layers.handing import Handing

    path = temporary("map.tif")
    shutil.copyfile(image_file, path)
    job = Handing(Path(temporary("layers")))
    assert job.class_map(QgsRasterLayer(path, "map"), "map")["path"] == path
    assert job.exports == []


def test_files_elsewhere_stay_where_they_are(handing, image_file):
    job = handing()
    assert job.class_map(QgsRasterLayer(str(image_file), "map"), "map")["path"] == str(image_file)
    assert job.exports == []
