"""XML of others: read as data, and a bomb is not lit."""

import pytest

from rskd.geo.legend import vector_legend
from rskd.geo.markup import parse_xml

BOMB = (
    """<!DOCTYPE qgis [<!ENTITY a "lots"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
    """<qgis><renderer-v2 type="categorizedSymbol" attr="use"><categories>"""
    """<category value="w" label="&b;"/></categories></renderer-v2></qgis>"""
)


def test_a_style_with_a_document_type_is_read():
    assert parse_xml("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version='3'/>").tag == "qgis"


def test_entities_are_refused():
    with pytest.raises(ValueError, match="entities"):
        parse_xml(BOMB)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_no_encoding_hides_entities_from_the_search(tmp_path, encoding):
    (tmp_path / "fields.qml").write_bytes(BOMB.encode(encoding))
    assert vector_legend(str(tmp_path / "fields.gpkg"), "use") == {}


def test_an_encoding_that_a_document_claims_does_not_count():
    claimed = """<?xml version="1.0" encoding="cp037"?><qgis name="ä"/>"""
    assert parse_xml(claimed).get("name") == "ä"
