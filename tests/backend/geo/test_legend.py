"""Names and colours from attribute tables, category names, colour tables and QGIS styles."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import rasterio
from rasterio.transform import from_origin

from rskd.geo.legend import Entry, Legend, default_palette, raster_legend, vector_legend

QML_RASTER = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.34"><pipe><rasterrenderer type="paletted" band="1"><colorPalette>
<paletteEntry value="10" label="Tree cover" color="#006400" alpha="255"/>
<paletteEntry value="20" label="" color="#ffbb22" alpha="255"/>
</colorPalette></rasterrenderer></pipe></qgis>"""

QML_VECTOR = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.34"><renderer-v2 type="categorizedSymbol" attr="use"><categories>
<category value="a" label="Arable" symbol="0" render="true"/>
<category value="w" label="Water" symbol="1" render="true"/>
<category value="" label="" symbol="1" render="true"/>
</categories><symbols>
<symbol name="0" type="fill"><layer class="SimpleFill"><Option type="Map">
<Option name="border_width_map_unit_scale" value="3x:0,0,0,0,0,0" type="QString"/>
<Option name="color" value="230,0,16,255,rgb:0.9,0,0.06,1" type="QString"/></Option></layer></symbol>
<symbol name="1" type="fill"><layer class="SimpleFill"><prop k="color" v="0,0,255,255"/></layer></symbol>
</symbols></renderer-v2></qgis>"""

PAM = """<PAMDataset><PAMRasterBand band="1">
<CategoryNames><Category></Category><Category>from categories</Category><Category>two</Category></CategoryNames>
<GDALRasterAttributeTable tableType="thematic">
<FieldDefn index="0"><Name>Count</Name><Type>0</Type><Usage>1</Usage></FieldDefn>
<FieldDefn index="1"><Name>Value</Name><Type>0</Type><Usage>5</Usage></FieldDefn>
<FieldDefn index="2"><Name>Klasse</Name><Type>2</Type><Usage>2</Usage></FieldDefn>
<FieldDefn index="3"><Name>R</Name><Type>0</Type><Usage>6</Usage></FieldDefn>
<FieldDefn index="4"><Name>G</Name><Type>0</Type><Usage>7</Usage></FieldDefn>
<FieldDefn index="5"><Name>B</Name><Type>0</Type><Usage>8</Usage></FieldDefn>
<Row index="0"><F>9</F><F>1</F><F>Wald</F><F>0</F><F>128</F><F>0</F></Row>
<Row index="1"><F>4</F><F>100</F><F>Moor</F><F>16</F><F>17</F><F>255</F></Row>
</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"""


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    path = tmp_path / "labels.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=4,
        height=4,
        count=1,
        dtype="uint8",
        crs="EPSG:32632",
        transform=from_origin(500_000, 6_000_000, 10, 10),
    ) as file:
        file.write(np.ones((1, 4, 4), np.uint8))
    return path


def legend_of(path: Path) -> Legend:
    with rasterio.open(path) as file:
        return raster_legend(file, 1)


def test_a_plain_raster_says_nothing(raster):
    assert legend_of(raster) == {}


def test_attribute_table_goes_before_category_names(raster):
    Path(f"{raster}.aux.xml").write_text(PAM, encoding="utf-8")
    legend = legend_of(raster)
    assert legend[1] == Entry("Wald", "#008000")
    assert legend[100] == Entry("Moor", "#1011ff")
    assert legend[2] == Entry("two", None)


def test_category_names_inside_a_vrt_are_found(raster, tmp_path):
    vrt = tmp_path / "named.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1">'
        "<CategoryNames><Category>sea</Category><Category>land</Category></CategoryNames>"
        f'<SimpleSource><SourceFilename relativeToVRT="1">{raster.name}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        "<SRS>EPSG:32632</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform></VRTDataset>",
        encoding="utf-8",
    )
    assert legend_of(vrt)[1] == Entry("land", None)


def test_colour_table_gives_colours_and_style_goes_first(raster):
    with rasterio.open(raster, "r+") as file:
        file.write_colormap(1, {10: (1, 2, 3, 255), 20: (4, 5, 6, 255), 30: (7, 8, 9, 255)})
    raster.with_suffix(".qml").write_text(QML_RASTER, encoding="utf-8")
    legend = legend_of(raster)
    assert legend[10] == Entry("Tree cover", "#006400")
    assert legend[20] == Entry(None, "#ffbb22")
    assert legend[30] == Entry(None, "#070809")


def test_esri_attribute_table_is_read(raster):
    pyogrio.raw.write(
        f"{raster}.vat.dbf",
        geometry=None,
        field_data=[np.array([1, 2]), np.array(["wet", "dry"], object)],
        fields=["Value", "Class_Name"],
        driver="ESRI Shapefile",
    )
    assert legend_of(raster)[2] == Entry("dry", None)


@pytest.mark.parametrize("damaged", ["<qgis><unclosed", '<!DOCTYPE q [<!ENTITY a "b">]><qgis>&a;</qgis>', ""])
def test_a_damaged_style_costs_names_only(raster, damaged):
    raster.with_suffix(".qml").write_text(damaged, encoding="utf-8")
    assert legend_of(raster) == {}


def test_vector_style_old_and_new_spelling(tmp_path):
    path = tmp_path / "fields.gpkg"
    path.with_suffix(".qml").write_text(QML_VECTOR, encoding="utf-8")
    legend = vector_legend(str(path), "use")
    assert legend["a"] == Entry("Arable", "#e60010")
    assert legend["w"] == Entry("Water", "#0000ff")
    assert vector_legend(str(path), "other") == {}
    assert vector_legend(str(tmp_path / "none.gpkg"), "use") == {}


def test_palette_colours_differ_and_are_well_formed():
    colors = default_palette(60)
    assert len(set(colors)) == 60
    assert all(len(c) == 7 and int(c[1:], 16) >= 0 for c in colors)
    assert default_palette(3) == colors[:3]


def test_a_damaged_attribute_table_does_not_fail(raster):
    raster.with_name(raster.name + ".aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable>'
        "<FieldDefn><Name>Value</Name><Usage/></FieldDefn><FieldDefn><Name>Class_Name</Name><Usage>2</Usage></FieldDefn>"
        "<Row><F>1</F><F>forest</F></Row><Row><F>2</F></Row>"
        "</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>",
        encoding="utf-8",
    )
    assert legend_of(raster)[1].name == "forest"  # the second row's name is whatever GDAL puts there
