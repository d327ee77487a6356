"""Layers that GDAL cannot open become files: whole or not at all, and only once."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeedback,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRectangle,
    QgsTask,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QUrl

pytestmark = pytest.mark.qgis

SIDE = 20037508.342789244
MERCATOR = QgsCoordinateReferenceSystem("EPSG:3857")
UTM = QgsCoordinateReferenceSystem("EPSG:32633")


@pytest.fixture
def export(qgis_new_project, installed, home):
    from rskd_qgis.layers.export import Export

    return Export


@pytest.fixture
def errors(installed):
    from rskd_qgis.bridge import errors

    return errors


def tiles(server):
    address = bytes(QUrl.toPercentEncoding(f"{server.address}/tiles/{{z}}/{{x}}/{{y}}.png")).decode()
    return QgsRasterLayer(f"type=xyz&url={address}&zmin=0&zmax=3", "tiles", "wms")


def read(path, band=1):
    dataset = gdal.Open(str(path))
    return list(dataset.GetRasterBand(band).ReadRaster())


def in_task(qtbot, work):
    """What `work` returns or raises when it runs in a task, as it does in the plugin."""
    found = []

    def run(_task):
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below
            found.append(error)
        return True

    task = QgsTask.fromFunction("export", run)
    with qtbot.waitSignal(task.taskCompleted, timeout=60_000):
        QgsApplication.taskManager().addTask(task)
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def test_tiles_are_written_pixel_by_pixel_in_a_background_thread(export, serve, tmp_path, qtbot):
    area = QgsRectangle(SIDE / 8, SIDE / 8, SIDE / 4, SIDE / 4)
    writing = export(tiles(serve()), tmp_path / "out" / "tiles.tif", extent=area, crs=MERCATOR, gsd=19567.879)
    path = in_task(qtbot, lambda: writing.run(QgsFeedback()))
    dataset = gdal.Open(str(path))
    left, pixel, _, top, _, _ = dataset.GetGeoTransform()
    column, row = round(left / pixel), round((SIDE / 2 - top) / pixel)
    assert (dataset.RasterXSize, dataset.RasterYSize) == (136, 136)  # 128 and a margin of four
    assert writing.pixels == 136 * 136
    assert writing.megabytes == pytest.approx(136 * 136 * 4 / 1e6)
    red = read(path)
    assert red[:3] == [column // 2, (column + 1) // 2, (column + 2) // 2]
    assert read(path, 2)[::136] == [(row + down) // 2 for down in range(136)]
    assert [file.name for file in path.parent.iterdir()] == ["tiles.tif", "tiles.tif.written.json"]


def test_what_is_there_is_not_written_again(export, serve, tmp_path):
    server = serve()
    area = QgsRectangle(0, 0, SIDE / 4, SIDE / 4)

    def written(extent=area):
        writing = export(tiles(server), tmp_path / "tiles.tif", extent=extent, crs=MERCATOR, gsd=40000)
        return writing.run(QgsFeedback()).stat().st_mtime_ns

    first = written()
    assert written() == first
    assert written(QgsRectangle(0, 0, SIDE / 8, SIDE / 8)) != first
    second = written()
    with (tmp_path / "tiles.tif").open("ab") as file:
        file.write(b"damage")
    assert written() != second


def test_coarser_pixels_and_another_crs_are_asked_for(export, raster, tmp_path):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(200)], 20, 10)), "a")  # 10 m
    fine = export(layer, tmp_path / "fine.tif", extent=None, crs=UTM, gsd=None)
    finer = export(layer, tmp_path / "finer.tif", extent=None, crs=UTM, gsd=1.0)
    coarse = export(layer, tmp_path / "coarse.tif", extent=layer.extent(), crs=UTM, gsd=20.0)
    assert (fine.pixels, finer.pixels, coarse.pixels) == (200, 200, 50)
    degrees = QgsRectangle(15.0, 45.0, 15.001, 45.16)
    in_degrees = export(
        layer, tmp_path / "d.tif", extent=degrees, crs=QgsCoordinateReferenceSystem("EPSG:4326"), gsd=1e-6
    )
    assert in_degrees.pixels == 10 * 12  # 79 m and four pixels more to the right


def test_values_stay_raw_and_nodata_stays_nodata(export, raster, tmp_path, backend_reads):
    layer = QgsRasterLayer(str(raster("a.tif", "f", [[-5.5, 1000.25, 7, 3], [1, 2, 3, 4]], 2, 2, nodata=3)), "a")
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(6, 8)])
    path = export(layer, tmp_path / "w.tif", extent=None, crs=UTM, gsd=None).run(QgsFeedback())
    assert backend_reads(str(path), [0, 0, 2, 2])["pixels"] == [[-5.5, 1000.25, None, None], [1, 2, None, 4]]


def test_an_area_elsewhere_is_said_at_once(export, errors, raster, tmp_path):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(200)], 20, 10)), "a")
    with pytest.raises(errors.BackendError) as raised:
        export(layer, tmp_path / "w.tif", extent=QgsRectangle(0, 0, 10, 10), crs=UTM, gsd=None)
    assert raised.value.code == "no-overlap"


def test_a_server_that_is_gone_is_said_and_nothing_is_left(export, errors, serve, tmp_path, qtbot):
    server = serve()
    writing = export(tiles(server), tmp_path / "tiles.tif", extent=None, crs=MERCATOR, gsd=40000)
    server.close()
    with pytest.raises(errors.BackendError) as raised:
        in_task(qtbot, lambda: writing.run(QgsFeedback()))
    assert raised.value.code == "layer-unreadable"
    assert list(tmp_path.glob("*tiles*")) == []


def test_what_a_server_refuses_is_said_without_the_token(export, errors, serve, tmp_path, qtbot):
    place = f"{serve().address}/forbidden/{{z}}/{{x}}/{{y}}.png?access_token=s3cr3t&style=9"
    address = bytes(QUrl.toPercentEncoding(place)).decode()
    layer = QgsRasterLayer(f"type=xyz&url={address}&zmin=0&zmax=3", "tiles", "wms")
    writing = export(layer, tmp_path / "tiles.tif", extent=None, crs=MERCATOR, gsd=40000)
    with pytest.raises(errors.BackendError) as raised:
        in_task(qtbot, lambda: writing.run(QgsFeedback()))
    said = f"{raised.value} {raised.value.details} {raised.value.facts}"
    assert "Forbidden" in said
    assert "/forbidden/" in said
    assert "s3cr3t" not in said
    assert "style" not in said


def test_cancelling_leaves_nothing_behind(export, errors, serve, tmp_path):
    writing = export(tiles(serve()), tmp_path / "tiles.tif", extent=None, crs=MERCATOR, gsd=19000)
    feedback = QgsFeedback()
    feedback.progressChanged.connect(lambda _: feedback.cancel())
    with pytest.raises(errors.Stopped):
        writing.run(feedback)
    assert list(tmp_path.glob("*tiles*")) == []


def test_a_place_that_cannot_be_written_to_is_said(export, errors, raster, tmp_path):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(200)], 20, 10)), "a")
    (tmp_path / "file").write_text("no folder")
    writing = export(layer, tmp_path / "file" / "w.tif", extent=None, crs=UTM, gsd=None)
    with pytest.raises(errors.BackendError) as raised:
        writing.run(QgsFeedback())
    assert raised.value.code == "output-unwritable"


FULL = """
import resource, signal, sys
from pathlib import Path
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsFeedback, QgsRasterLayer, QgsRasterRange
sys.path.insert(0, sys.argv[1])
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.layers.export import Export
application = QgsApplication([], False)
application.initQgis()
layer = QgsRasterLayer(sys.argv[2], "a")
writing = Export(layer, Path(sys.argv[3]), extent=None, crs=layer.crs(), gsd=None)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    writing.run(QgsFeedback())
except BackendError as error:
    sys.stdout.write(error.code)
"""


def test_a_disk_that_is_full_is_said_and_nothing_is_left(export, installed, raster, tmp_path):
    pytest.importorskip("resource", reason="limits on files are known on Unix only")
    noise = [(n * 2654435761 >> 7) & 0xFF for n in range(256 * 256)]
    path = raster("a.tif", "B", [noise], 256, 256)
    (tmp_path / "out").mkdir()
    arguments = [str(installed.parent), str(path), str(tmp_path / "out" / "w.tif")]
    environment = {**os.environ, "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "profile")}
    command = [sys.executable, "-c", FULL, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert ended.stdout == "output-unwritable", ended.stderr
    assert list((tmp_path / "out").iterdir()) == []


def polygons(*kinds):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32633&field=fid:string&field=kind:string", "Möor & more", "memory")
    for number, kind in enumerate(kinds):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(["same", kind])
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(100 * number, 0, 100 * number + 50, 50)))
        layer.dataProvider().addFeature(feature)
    return QgsProject.instance().addMapLayer(layer)


def kinds(path):
    layer = QgsProject.instance().addMapLayer(QgsVectorLayer(str(path), "written", "ogr"))
    assert layer.isValid()
    found = sorted(feature["kind"] for feature in layer.getFeatures())
    QgsProject.instance().removeMapLayer(layer.id())
    return found


def test_vectors_are_written_with_filter_and_edits(export, tmp_path, qtbot):
    layer = polygons("wood", "lake", "town")
    layer.startEditing()
    layer.deleteFeature(2)
    writing = export(layer, tmp_path / "labels.gpkg", extent=None, crs=UTM, gsd=None)
    layer.rollBack()  # a later change does not matter
    path = in_task(qtbot, lambda: writing.run(QgsFeedback()))
    assert kinds(path) == ["town", "wood"]
    assert writing.pixels == 0


def test_vectors_are_written_again_only_when_their_content_changes(export, tmp_path):
    layer = polygons("wood", "lake")

    def written():
        return export(layer, tmp_path / "labels.gpkg", extent=None, crs=UTM, gsd=None).run(QgsFeedback())

    first = written().stat().st_mtime_ns
    assert written().stat().st_mtime_ns == first
    layer.dataProvider().changeAttributeValues({1: {1: "bog"}})
    assert kinds(written()) == ["bog", "lake"]


def test_only_features_of_the_area_are_written(export, tmp_path):
    layer = polygons("wood", "lake")
    writing = export(layer, tmp_path / "labels.gpkg", extent=QgsRectangle(90, 0, 200, 50), crs=UTM, gsd=None)
    assert kinds(writing.run(QgsFeedback())) == ["lake"]
