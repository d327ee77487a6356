import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsProject, QgsRasterLayer

pytestmark = pytest.mark.qgis


@pytest.fixture
def tiles(installed, qgis_new_project):
    """A tile layer with a token in its address; no server is asked."""
    address = "type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png?key%3Dabcdef&zmax=12&zmin=0"
    layer = QgsRasterLayer(address, "tiles", "wms")
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_a_jobs_secrets_come_from_the_projects_layers(tiles):
    from rskd_qgis.gui.resuming import secrets_of
    from rskd_qgis.layers.sources import raster_source

    source = raster_source(tiles)
    assert list(source.secrets.values()) == ["abcdef"]
    spec = {"layers": [{"path": source.path}]}
    assert secrets_of(spec, QgsProject.instance()) == source.secrets


def test_without_its_project_the_job_says_what_to_open(tiles):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.gui.resuming import secrets_of

    layer = {"path": "https://{secret:gone}@host/x.tif"}  # pragma: allowlist secret
    with pytest.raises(BackendError, match="login of layers") as caught:
        secrets_of({"layers": [layer]}, QgsProject.instance())
    assert "Open the project" in caught.value.hint


def test_a_job_without_secrets_looks_at_no_layer(installed):
    from rskd_qgis.gui.resuming import secrets_of

    assert secrets_of({"layers": [{"path": "/a/b.tif"}]}, None) == {}


def test_a_file_that_is_gone_is_said_in_the_panels_words(installed, tmp_path):
    from rskd_qgis.bridge.errors import BackendError
    from rskd_qgis.gui.resuming import check_files

    there = tmp_path / "image.tif"
    there.touch()
    spec = {"layers": [{"path": str(there)}, {"path": "WMS:http://host/?x"}], "area": [0, 0, 1, 1]}
    check_files({**spec, "teacher": {"kind": "labels"}})
    check_files({**spec, "labels": {"path": "/vsicurl/https://host/a.tif"}})
    with pytest.raises(BackendError, match=r"map\.tif” is gone") as caught:
        check_files({**spec, "teacher": {"kind": "map", "path": str(tmp_path / "map.tif")}})
    assert "another layer" in caught.value.hint
