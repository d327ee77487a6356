import math
from array import array

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import Qgis, QgsRasterLayer

pytestmark = pytest.mark.qgis

SIDE = 100


@pytest.fixture
def survey(installed, qgis_app, tmp_path):
    """What is found in a raster of these pixels, row by row."""
    from rskd_qgis.draft.classes import ClassSurvey

    def survey(code, kind, values, nodata=None):
        path = tmp_path / "labels.tif"
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), SIDE, SIDE, 1, kind)
        band = dataset.GetRasterBand(1)
        if nodata is not None:
            band.SetNoDataValue(nodata)
        band.WriteRaster(0, 0, SIDE, SIDE, array(code, values).tobytes())
        dataset.FlushCache()
        del band, dataset
        layer = QgsRasterLayer(str(path), "labels")
        task = ClassSurvey(layer)
        assert task.run()
        task.finished(True)
        return task

    return survey


@pytest.mark.parametrize("nodata", [None, math.nan])
def test_nan_around_the_labels_is_no_class(survey, nodata):
    values = [float(1 + place % 3) if place < SIDE * SIDE // 2 else math.nan for place in range(SIDE * SIDE)]
    found = survey("f", gdal.GDT_Float32, values, nodata)
    assert not found.too_many
    assert [each.values for each in found.classes] == [[1], [2], [3]]
    assert found.shares["1"] == pytest.approx(1 / 3, abs=1e-3)


def test_fractions_and_infinity_are_no_classes(survey):
    found = survey("d", gdal.GDT_Float64, [[2.0, 2.5, math.inf, 7.0][place % 4] for place in range(SIDE * SIDE)])
    assert [each.values for each in found.classes] == [[2], [7]]


def test_the_value_for_nothing_is_no_class(survey):
    found = survey("f", gdal.GDT_Float32, [[-9999.0, 4.0][place % 2] for place in range(SIDE * SIDE)], -9999)
    assert [each.values for each in found.classes] == [[4]]


def test_a_continuous_layer_has_too_many_values(survey):
    assert survey("f", gdal.GDT_Float32, [float(place) for place in range(SIDE * SIDE)]).too_many


@pytest.mark.skipif(not hasattr(Qgis.DataType, "Int8"), reason="this QGIS knows no signed bytes")
def test_signed_bytes_are_read(survey):
    found = survey("b", gdal.GDT_Int8, [[-1, 5][place % 2] for place in range(SIDE * SIDE)])
    assert [each.values for each in found.classes] == [[-1], [5]]
