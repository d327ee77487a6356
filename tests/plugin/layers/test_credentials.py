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


def test_words_about_a_layer_are_said_without_its_secrets(installed):
    from qgis.core import QgsRasterLayer

    from rskd_qgis.layers.credentials import Credentials

    source = "type=xyz&url=http%3A%2F%2Fjo%3Apass%2520word%40h.example%2F%7Bz%7D%3Fapikey%3Dk-1&http-header:x-key=a%20b"
    layer = QgsRasterLayer(source, "tiles", "wms")
    credentials = Credentials(layer)
    credentials.take_all(layer)
    address = "http://jo:pass%20word@h.example/3?apikey=k-1&x=2"  # pragma: allowlist secret
    heard = f"“a b” and k-1 of {address} or jo:pass word: no"
    said = credentials.concealed(heard)
    assert said == "“…” and … of http://h.example/3 or …: no"


def test_an_address_is_cut_to_what_anybody_may_see(installed):
    from rskd_qgis.layers.credentials import without_parameters

    words = "Error transferring https://u:p@h.example:80/a/1.png?t=s#f - server replied: “ftp://t@x/y” (http://z)"
    assert without_parameters(words) == (
        "Error transferring https://h.example:80/a/1.png - server replied: “ftp://x/y” (http://z)"
    )
