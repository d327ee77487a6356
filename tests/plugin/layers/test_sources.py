"""What the plugin says of a layer is what GDAL, QGIS's and the backend's, opens: the pixels are the same."""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QUrl

pytestmark = pytest.mark.qgis

SIDE = 20037508.342789244
PICTURE = QgsRectangle(0, 0, SIDE / 2, SIDE / 2)  # 512 x 512 pixels on the map server


def encoded(address):
    return bytes(QUrl.toPercentEncoding(address)).decode()


def drawn_by_qgis(layer):
    """Red of the picture, as QGIS draws it."""
    block = layer.dataProvider().block(1, PICTURE, 512, 512)
    return list(block.data().data()[2::4])  # blue, green, red, alpha


def read_by_gdal(path, window, band=1):
    dataset = gdal.Open(path)
    return list(dataset.GetRasterBand(band).ReadRaster(*window))


@pytest.fixture
def qgis(qgis_new_project, installed, home):
    """A project of its own and RSKD's folder of its own."""


def connected(kind, **entries):
    uri = "&".join(f"{key}={value}" for key, value in entries.items())
    layer = QgsRasterLayer(uri, "connected", kind)
    assert layer.isValid()
    return layer


def xyz(server, name="{z}/{x}/{y}.png", **entries):
    entries = {"zmin": 0, "zmax": 3, **entries}
    return connected("wms", type="xyz", url=encoded(f"{server.address}/tiles/{name}"), **entries)


def wms(server, **entries):
    entries = {"crs": "EPSG:3857", "format": "image/png", "layers": "picture", "styles": "plain", **entries}
    return connected("wms", url=encoded(f"{server.address}/wms"), **entries)


def wmts(server, **entries):
    address = encoded(f"{server.address}/wmts/WMTSCapabilities.xml")
    entries = {"crs": "EPSG:3857", "format": "image/png", "layers": "picture", "styles": "plain", **entries}
    return connected("wms", tileMatrixSet="mercator", url=address, **entries)


def test_a_file_is_its_path(qgis, raster, sources, backend_reads):
    path = raster("with space ü 'quoted'.tif", "h", [range(12), range(12, 24)], 4, 3)
    source = sources.raster_source(QgsRasterLayer(str(path), "image"))
    assert source == sources.Source(str(path))
    assert backend_reads(source.path, [0, 0, 4, 3])["pixels"][1] == list(range(12, 24))


def test_a_raster_inside_a_container_or_an_archive_keeps_its_name(qgis, raster, sources, tmp_path, backend_reads):
    import zipfile

    path = raster("image.tif", "B", [range(12)], 4, 3)
    with zipfile.ZipFile(tmp_path / "image.zip", "w") as archive:
        archive.write(path, "image.tif")
    package = str(tmp_path / "container.gpkg")
    gdal.Translate(package, str(path), format="GPKG", creationOptions=["RASTER_TABLE=first"])
    gdal.Translate(package, str(path), format="GPKG", creationOptions=["RASTER_TABLE=second", "APPEND_SUBDATASET=YES"])
    for uri in (f"/vsizip/{tmp_path}/image.zip/image.tif", f"GPKG:{package}:second"):
        layer = QgsRasterLayer(uri, "image")
        source = sources.raster_source(layer)
        assert source.path == uri
        assert backend_reads(source.path, [0, 0, 4, 3])["pixels"][0] == list(range(12))


def test_xyz_tiles_are_read_by_gdal_as_qgis_draws_them(qgis, serve, sources, backend_reads):
    server = serve()
    layer = xyz(server, "{z}/{x}/{y}.png?style=a&size=1")
    source = sources.raster_source(layer)
    shown = drawn_by_qgis(layer)
    assert not source.must_be_written
    assert shown[:3] == [0, 0, 1]
    window = (1024, 512, 512, 512)
    assert read_by_gdal(source.path, window) == shown
    seen = backend_reads(source.path, window)
    assert seen["pixels"][0] == shown
    assert len(seen["pixels"]) == 3  # the alpha band says where there is data
    assert any(line.startswith("/tiles/3/4/2.png?style=a&size=1") for line in server.requests)


def test_tiles_that_are_not_there_are_gaps(qgis, serve, sources, backend_reads):
    source = sources.raster_source(xyz(serve()))
    assert backend_reads(source.path, [0, 0, 2, 1])["pixels"] == [[None, None]] * 3


def test_tiles_counted_from_below_are_read_too(qgis, serve, sources):
    server = serve()
    layer = xyz(server, "{z}/{x}/{-y}.png")
    dataset = gdal.Open(sources.raster_source(layer).path)
    dataset.GetRasterBand(1).ReadRaster(1024, 1280, 1, 1)
    assert server.requests[-1].startswith("/tiles/3/4/2.png")  # row 5 from above


def test_the_level_of_tiles_follows_the_ground_sampling_distance(qgis, serve, sources):
    layer = xyz(serve(), zmax=19)
    equator = QgsReferencedRectangle(QgsRectangle(0, -1, 2, 1), QgsCoordinateReferenceSystem("EPSG:4326"))
    north = QgsReferencedRectangle(QgsRectangle(0, 59, 2, 61), QgsCoordinateReferenceSystem("EPSG:4326"))

    def width(**wanted):
        return gdal.Open(sources.raster_source(layer, **wanted).path).RasterXSize

    assert width() == 256 * 2**19
    assert width(gsd_m=10, around=equator) == 256 * 2**14  # 9.55 m
    assert width(gsd_m=10, around=north) == 256 * 2**13  # 9.55 m too: half the ground at 60 degrees


def test_wms_is_drawn_by_gdal_as_by_qgis(qgis, serve, sources, backend_reads):
    server = serve()
    layer = wms(server)
    from rskd_qgis.layers.ground import metres_per_unit

    source = sources.raster_source(layer, gsd_m=SIDE / 1024 * metres_per_unit(layer.crs(), layer.extent()))
    shown = drawn_by_qgis(layer)
    assert read_by_gdal(source.path, (0, 0, 512, 512)) == shown
    assert backend_reads(source.path, [0, 0, 512, 512])["pixels"][0] == shown
    asked = [line for line in server.requests if "GetMap" in line][-1].lower()
    assert "version=1.3.0" in asked
    assert "layers=picture" in asked
    assert "styles=plain" in asked


def test_wms_without_a_wish_has_pixels_of_a_metre(qgis, serve, sources):
    dataset = gdal.Open(sources.raster_source(wms(serve())).path)
    assert dataset.GetGeoTransform()[1] == pytest.approx(1.0 / 0.7547, rel=1e-3)  # cos 41 degrees


def test_wmts_is_read_by_gdal_as_by_qgis(qgis, serve, sources, backend_reads):
    layer = wmts(serve())
    source = sources.raster_source(layer)
    shown = drawn_by_qgis(layer)
    assert read_by_gdal(source.path, (0, 0, 512, 512)) == shown
    assert backend_reads(source.path, [0, 0, 512, 512])["pixels"][0] == shown
    assert backend_reads(sources.raster_source(layer, gsd_m=40000).path, [0, 0, 1, 1])["size"] == [256, 256]


def test_wcs_hands_over_raw_values(qgis, serve, sources, backend_reads):
    server = serve()
    address = encoded(f"{server.address}/wcs")
    layer = connected("wcs", crs="EPSG:32633", format="GeoTIFF", identifier="elevation", url=address, version="1.0.0")
    source = sources.raster_source(layer)
    seen = backend_reads(source.path, [0, 0, 80, 60])
    assert seen["pixels"][0] == [n * 0.25 for n in range(4800)]
    assert seen["transform"] == [10, 0, 500000, 0, -10, 5000000]
    assert layer.dataProvider().block(1, layer.extent(), 80, 60).value(1, 0) == 20.0


def test_a_login_is_no_part_of_the_path(qgis, serve, sources, backend_reads):
    server = serve("anna:p&<ä")
    for layer in (
        xyz(server, username="anna", password=encoded("p&<ä")),
        xyz(server, "{z}/{x}/{y}.png?api_key=s%C3%A4cret&a=1", username="anna", password=encoded("p&<ä")),
    ):
        source = sources.raster_source(layer)
        assert "anna" not in source.path
        assert "cret&" not in source.path
        assert "anna:p&<ä" in source.secrets.values()
        assert backend_reads(source.path, [1024, 512, 3, 1], source.secrets)["pixels"][0] == [0, 0, 1]
    assert "api_key=s%C3%A4cret&a=1" in server.requests[-1]


CONFIGURED = """
import json, sys
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsRasterLayer
sys.path.insert(0, sys.argv[1])
from rskd_qgis.layers.sources import raster_source
application = QgsApplication([], False)
application.initQgis()
manager = QgsApplication.authManager()
manager.setMasterPassword("master", True)
sources = []
login_of_anna = {"username": "anna", "password": "p&<"}  # pragma: allowlist secret
for method, entries in (("Basic", login_of_anna), ("EsriToken", {"token": "t"})):
    login = QgsAuthMethodConfig(method)
    login.setName(method)
    for key, value in entries.items():
        login.setConfig(key, value)
    manager.storeAuthenticationConfig(login)
    uri = f"type=xyz&url={sys.argv[2]}&zmax=3&zmin=0&authcfg={login.id()}"
    source = raster_source(QgsRasterLayer(uri, "tiles", "wms"))
    sources.append([source.path, source.secrets, source.must_be_written])
sys.stdout.write("ANSWER" + json.dumps(sources))
"""


def test_a_login_of_an_authentication_configuration_is_carried_and_others_are_written(
    serve, installed, tmp_path, backend_reads
):
    server = serve("anna:p&<")
    address = encoded(f"{server.address}/tiles/{{z}}/{{x}}/{{y}}.png")
    own = {"QGIS_AUTH_DB_DIR_PATH": str(tmp_path), "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path)}
    environment = {**os.environ, **own, "RSKD_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", CONFIGURED, str(installed.parent), address]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert "ANSWER" in ended.stdout, ended.stderr
    (path, secrets, written), other = json.loads(ended.stdout.split("ANSWER")[1])
    assert not written
    assert list(secrets.values()) == ["anna:p&<"]
    assert "anna" not in path
    assert backend_reads(path, [1024, 512, 3, 1], secrets)["pixels"][0] == [0, 0, 1]
    assert other == ["", {}, True]


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"http-header:x-token": "secret"}, "GDAL has no word for other headers"),
        ({"authcfg": "unknown"}, "an authentication that is not a login"),
        ({"interpretation": "maptilerterrain"}, "heights, drawn as colours"),
    ],
)
def test_what_gdal_cannot_ask_for_must_be_written(qgis, sources, entries, why):
    address = encoded("http://127.0.0.1:9/{z}/{x}/{y}.png")
    layer = connected("wms", type="xyz", url=address, zmax=3, zmin=0, **entries)
    assert sources.raster_source(layer) == sources.Source("", must_be_written=True), why


def test_a_nodata_value_of_the_users_own_is_told(qgis, raster, sources):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(12), range(12)], 4, 3)), "a")
    for band in (1, 2):
        layer.dataProvider().setUserNoDataValue(band, [QgsRasterRange(7, 7)])
    assert sources.raster_source(layer).nodata == 7
    layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(7, 9)])
    with pytest.raises(sources.LayerUnusable, match="more than one nodata value"):
        sources.raster_source(layer)


def test_a_nodata_value_beside_the_files_own_must_be_written(qgis, raster, sources):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(12)], 4, 3, nodata=0)), "a")
    assert sources.raster_source(layer).nodata is None
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(7, 7)])
    assert sources.raster_source(layer).must_be_written
    layer.dataProvider().setUseSourceNoDataValue(1, False)
    assert sources.raster_source(layer).nodata == 7


def test_a_nodata_value_that_is_switched_off_counts(qgis, raster, sources, backend_reads):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(12)], 4, 3, nodata=0)), "a")
    layer.dataProvider().setUseSourceNoDataValue(1, False)
    source = sources.raster_source(layer)
    assert backend_reads(source.path, [0, 0, 4, 3])["pixels"][0][:2] == [None, 1]
    assert backend_reads(source.path, [0, 0, 4, 3], nodata=source.nodata)["pixels"][0][:2] == [0, 1]


def test_a_crs_of_the_users_own_is_told(qgis, raster, sources):
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(12)], 4, 3, epsg=None)), "a")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32635"))
    assert sources.raster_source(layer).crs == "EPSG:32635"


def test_what_cannot_take_part_says_why(qgis, raster, sources, tmp_path):
    project = QgsProject.instance()
    layer = QgsRasterLayer(str(raster("a.tif", "B", [range(12)], 4, 3)), "a")
    project.addMapLayer(layer)
    project.removeMapLayer(layer.id())
    vector = QgsVectorLayer("Polygon?crs=EPSG:4326", "v", "memory")
    table = QgsVectorLayer("None", "t", "memory")
    broken = QgsRasterLayer(str(tmp_path / "absent.tif"), "b")
    for unusable, words in (
        (None, "removed"),
        (layer, "removed"),
        (broken, "“b” cannot be opened"),
        (vector, "another kind"),
    ):
        with pytest.raises(sources.LayerUnusable, match=words) as raised:
            sources.raster_source(unusable)
        assert raised.value.code == "layer-unusable"
        assert raised.value.hint
    with pytest.raises(sources.LayerUnusable, match="without shapes"):
        sources.vector_source(table)


def test_bands_have_their_own_names(qgis, raster, sources, serve):
    named = QgsRasterLayer(str(raster("a.tif", "B", [range(12)] * 2, 4, 3, names=("B3 green", "B4: red"))), "a")
    plain = QgsRasterLayer(str(raster("b.tif", "B", [range(12)] * 2, 4, 3)), "b")
    dataset = gdal.Open(str(raster("c.tif", "B", [range(12)] * 4, 4, 3)), gdal.GA_Update)
    dataset.GetRasterBand(4).SetColorInterpretation(gdal.GCI_AlphaBand)
    del dataset
    assert sources.band_names(named) == ["B3 green", "B4: red"]
    assert sources.band_names(plain) == ["Band 1", "Band 2"]
    assert len(sources.band_names(QgsRasterLayer(str(raster("c.tif", "B", [range(12)] * 4, 4, 3)), "c"))) in (3, 4)
    assert sources.band_names(xyz(serve())) == ["Red", "Green", "Blue"]


@pytest.fixture
def parcels(tmp_path, qgis):
    """A GeoPackage with two layers; the second one has two squares."""
    path = str(tmp_path / "parcels.gpkg")
    for name in ("other", "parcels"):
        layer = QgsVectorLayer("Polygon?crs=EPSG:32633&field=kind:string", name, "memory")
        for kind, left in (("wood", 0), ("lake", 100)):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([kind])
            feature.setGeometry(square(left))
            layer.dataProvider().addFeature(feature)
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.layerName = name
        if name == "parcels":
            options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsProject.instance().transformContext(), options)
    return QgsProject.instance().addMapLayer(QgsVectorLayer(f"{path}|layername=parcels", "Parcels", "ogr"))


def square(left):
    from qgis.core import QgsGeometry

    return QgsGeometry.fromRect(QgsRectangle(500000 + left, 4999900, 500050 + left, 5000000))


def test_a_vector_layer_is_its_file_and_name(parcels, sources, tmp_path):
    assert sources.vector_source(parcels) == sources.Source(str(tmp_path / "parcels.gpkg"), layer="parcels")


def test_filters_edits_and_layers_without_a_file_must_be_written(parcels, sources):
    memory = QgsVectorLayer("Polygon?crs=EPSG:32633&field=kind:string", "m", "memory")
    assert sources.vector_source(memory).must_be_written
    parcels.setSubsetString("kind = 'wood'")
    assert sources.vector_source(parcels).must_be_written
    parcels.setSubsetString("")
    parcels.startEditing()
    assert not sources.vector_source(parcels).must_be_written
    parcels.deleteFeature(1)
    assert sources.vector_source(parcels).must_be_written
    parcels.rollBack()
    assert not sources.vector_source(parcels).must_be_written
