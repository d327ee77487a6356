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
