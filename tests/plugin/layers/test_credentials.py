"""Names of secrets: the same for a copy of a layer, others for other connections, and nothing of the secret in them."""

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsRasterLayer

pytestmark = pytest.mark.qgis

TILES = "type=xyz&url=http://127.0.0.1:9/{{z}}/{{x}}/{{y}}.png?{}&zmin=0&zmax=12"


def tiles(end, more=""):
    layer = QgsRasterLayer(TILES.format(end) + more, "tiles", "wms")
    assert layer.isValid()
    return layer


def named(layer):
    from rskd_qgis.layers.sources import raster_source

    return raster_source(layer).secrets


def test_a_copy_of_a_layer_has_the_same_names(qgis_new_project, installed, home):
    layer = tiles("key%3Dabc")
    assert list(named(layer).values()) == ["abc"]
    assert named(layer.clone()) == named(layer)


def test_other_connections_have_other_names(qgis_new_project, installed, home):
    layers = [tiles("key%3Dabc"), tiles("token%3Dabc"), tiles("a%3D1%26key%3Dabc"), tiles("", "&username=a&password=b")]
    names = [name for layer in layers for name in named(layer)]
    assert len(set(names)) == len(layers)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("key%3Dabc", ""), ("key%3Dother", "")),
        (("", "&username=a&password=b%26c"), ("", "&username=a&password=d%26e")),
    ],
)
def test_a_name_tells_nothing_of_the_secret(qgis_new_project, installed, home, one, other):
    first, second = named(tiles(*one)), named(tiles(*other))
    assert first.keys() == second.keys()
    assert list(first.values()) != list(second.values())
