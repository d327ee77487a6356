"""Maps written by the backend arrive in QGIS with their colours, names and origin."""

import json
import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import (
    QgsColorRampShader,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

pytestmark = pytest.mark.qgis

ROOT = Path(__file__).resolve().parents[3]
RUN_PYTHON = ROOT / ".venv-run" / "bin" / "python"

# Four rows of four pixels: nodata, lake, wood, wood and so on; values beyond a byte where asked.
WRITE = """
import sys
from pathlib import Path
import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window
from rskd.card import ClassCard
from rskd.geo.grid import Grid
from rskd.geo.polygons import polygonize
from rskd.geo.writers import MapWriter
folder, first = Path(sys.argv[1]), int(sys.argv[2])
grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 500000, 0, -10, 5000000), 4, 4)
classes = [ClassCard(value=first, name="Lake & pond", color="#0072b2"),
           ClassCard(value=first + 1, name="Wälder", color="#1b7837")]
values = np.tile([-1, first, first + 1, first + 1], (4, 1))
window = Window(0, 0, 4, 4)
with MapWriter(folder / "map.tif", grid, classes=classes) as writer:
    values = np.where(values < 0, writer.nodata, values)
    writer.write(window, values)
probabilities = np.stack([np.full((4, 4), 0.25, np.float32), np.full((4, 4), 0.75, np.float32)])
with MapWriter(folder / "confidence.tif", grid, kind="confidence", classes=classes) as writer:
    writer.write_probabilities(window, probabilities, np.ones((4, 4), bool))
differences = [ClassCard(value=0, name="same", color="#f8f8f8"), ClassCard(value=1, name="different", color="#b2182b")]
with MapWriter(folder / "disagreement.tif", grid, classes=differences) as writer:
    writer.write(window, np.tile([writer.nodata, 0, 1, 0], (4, 1)))
polygonize(lambda w: values[w.row_off:w.row_off + w.height, w.col_off:w.col_off + w.width], grid, classes,
           folder / "map.gpkg")
"""


def write_maps(folder, first=1):
    if not RUN_PYTHON.exists():
        pytest.skip("needs .venv-run, made by `make setup`")
    folder.mkdir(exist_ok=True)
    environment = {"PYTHONPATH": str(ROOT / "backend"), "OMP_NUM_THREADS": "1", "PATH": os.environ["PATH"]}
    command = [str(RUN_PYTHON), "-c", WRITE, str(folder), str(first)]
    subprocess.run(command, check=True, env=environment, timeout=60)
    return folder


@pytest.fixture
def maps(tmp_path):
    """A folder of results, written by the backend."""
    return write_maps(tmp_path / "maps ü")


@pytest.fixture
def results(qgis_new_project, installed):
    from rskd_qgis.layers import results

    return results


def everything(results, folder, **more):
    files = {name: str(folder / f"{name}.tif") for name in ("map", "confidence", "disagreement")}
    return results.ResultFiles(**{**files, "vector": str(folder / "map.gpkg"), **more})


NAMES = [f"{what} – Student 1" for what in ("Differences", "Class map", "Polygons", "Confidence")]


def add(results, files, title="Student 1"):
    return results.add_results(files, QgsProject.instance(), title)


def layers(group):
    return {node.name(): node for node in group.findLayers()}


def color_at(layers, column):
    """What a map of these layers shows in the middle of a column."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(layers[0].extent())
    settings.setOutputSize(QSize(40, 40))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    picked = job.renderedImage().pixelColor(10 * column + 5, 20)
    return picked.name() if picked.alpha() else None


def test_results_come_in_a_group_at_the_top_and_nothing_else_changes(results, maps):
    project = QgsProject.instance()
    project.addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", "own", "memory"))
    before = project.crs().authid(), project.title()
    group = add(results, everything(results, maps))
    assert project.layerTreeRoot().children()[0] is group or project.layerTreeRoot().children()[0].name() == "Student 1"
    names = [node.name() for node in group.findLayers()]
    assert names == NAMES
    assert [node.itemVisibilityChecked() for node in group.findLayers()] == [True, True, True, False]
    assert not layers(group)["Confidence – Student 1"].isExpanded()
    assert (project.crs().authid(), project.title()) == before


@pytest.mark.parametrize("first", [1, 70000])  # with a colour table, and beyond what a colour table reaches
def test_the_class_map_has_the_colours_and_names_of_its_classes(results, tmp_path, first):
    folder = write_maps(tmp_path / "maps", first)
    group = add(results, results.ResultFiles(str(folder / "map.tif")))
    layer = layers(group)["Class map – Student 1"].layer()
    legend = [(one.value, one.label, one.color.name()) for one in layer.renderer().classes()]
    assert legend == [(first, "Lake & pond", "#0072b2"), (first + 1, "Wälder", "#1b7837")]
    assert [color_at([layer], column) for column in range(4)] == [None, "#0072b2", "#1b7837", "#1b7837"]


def test_polygons_have_the_same_colours_and_keep_them_in_the_file(results, maps):
    group = add(results, everything(results, maps))
    layer = layers(group)["Polygons – Student 1"].layer()
    legend = [(one.value(), one.label(), one.symbol().color().name()) for one in layer.renderer().categories()]
    assert legend == [(1, "Lake & pond", "#0072b2"), (2, "Wälder", "#1b7837")]
    assert color_at([layer], 2) == "#1b7837"
    again = QgsProject.instance().addMapLayer(QgsVectorLayer(str(maps / "map.gpkg"), "again", "ogr"))
    assert [one.label() for one in again.renderer().categories()] == ["Lake & pond", "Wälder"]


def test_confidence_runs_from_0_to_1(results, maps):
    layer = layers(add(results, everything(results, maps)))["Confidence – Student 1"].layer()
    function = layer.renderer().shader().rasterShaderFunction()
    assert (function.minimumValue(), function.maximumValue()) == (0.0, 1.0)
    assert function.colorRampType() == QgsColorRampShader.Type.Interpolated
    assert color_at([layer], 1) == "#5ec962"  # 0.75


def test_differences_are_transparent_where_there_are_none(results, maps):
    layer = layers(add(results, everything(results, maps)))["Differences – Student 1"].layer()
    assert [color_at([layer], column) for column in range(4)] == [None, None, "#b2182b", None]


def test_metadata_say_which_student_and_settings_made_the_map(results, maps):
    settings = maps / "job.json"
    settings.write_text(
        json.dumps(
            {
                "layers": [{"path": "/data/optical.tif", "name": "optical"}],
                "teacher": {"kind": "labels", "model": "unet", "encoder": "resnet34"},
                "student": {"name": "plain-unet-s"},
                "recipe": {"name": "soft-targets", "alpha": 0.3},
                "training": {"steps": 120, "seed": 7},
            }
        )
    )
    student = maps / "student.onnx"
    student.write_bytes(b"")
    files = results.ResultFiles(str(maps / "map.tif"), student=str(student), settings=str(settings))
    told = layers(add(results, files))["Class map – Student 1"].layer().metadata()
    assert told.title() == "Class map – Student 1"
    for words in (str(student), "plain-unet-s", "unet resnet34", "alpha 0.3", "steps 120", "optical"):
        assert words in told.abstract()
    assert [link.name for link in told.links()] == ["Student", "Settings"]
    assert str(student) in told.history()[0]


def test_a_second_run_into_the_same_files_is_read_anew_in_its_group(results, maps):
    project = QgsProject.instance()
    first = add(results, results.ResultFiles(str(maps / "map.tif"), vector=str(maps / "map.gpkg")))
    layer = layers(first)["Class map – Student 1"].layer()
    layers(first)["Class map – Student 1"].setItemVisibilityChecked(False)
    write_maps(maps, 11)
    second = add(results, everything(results, maps), "another title")
    assert [node.name() for node in second.findLayers()] == NAMES
    assert len(project.layerTreeRoot().children()) == 1
    assert layers(second)["Class map – Student 1"].layer() is layer
    assert not layers(second)["Class map – Student 1"].itemVisibilityChecked()  # as the user left it
    assert [one.value for one in layer.renderer().classes()] == [11, 12]
    assert color_at([layer], 1) == "#0072b2"
    polygons = layers(second)["Polygons – Student 1"].layer()
    assert sorted(polygons.uniqueValues(polygons.fields().indexOf("class"))) == [11, 12]


def test_another_map_gets_a_group_of_its_own_above(results, maps, tmp_path):
    add(results, results.ResultFiles(str(maps / "map.tif")), "first")
    add(results, results.ResultFiles(str(write_maps(tmp_path / "b") / "map.tif")), "second")
    names = [node.name() for node in QgsProject.instance().layerTreeRoot().children()]
    assert names == ["second", "first"]


def test_no_two_layers_or_groups_have_one_name(results, maps, tmp_path):
    from rskd_qgis.layers.made import made_here

    for folder in (maps, write_maps(tmp_path / "b"), write_maps(tmp_path / "c")):
        add(results, results.ResultFiles(str(folder / "map.tif"), vector=str(folder / "map.gpkg")))
    project = QgsProject.instance()
    names = [node.name() for node in project.layerTreeRoot().children()]
    assert names == ["Student 1 (3)", "Student 1 (2)", "Student 1"]
    names = sorted(layer.name() for layer in project.mapLayers().values())
    assert names[:3] == ["Class map – Student 1", "Class map – Student 1 (2)", "Class map – Student 1 (3)"]
    assert len(set(names)) == 6
    assert all(map(made_here, project.mapLayers().values()))


def test_a_missing_file_leaves_no_group(results, maps):
    from rskd_qgis.bridge.errors import BackendError

    files = everything(results, maps, confidence=str(maps / "absent.tif"))
    with pytest.raises(BackendError) as raised:
        add(results, files)
    assert raised.value.code == "layer-unreadable"
    assert "absent.tif" in raised.value.message
    assert QgsProject.instance().layerTreeRoot().children() == []
    assert QgsProject.instance().mapLayers() == {}


def test_a_map_of_another_tool_keeps_its_colour_table(results, raster):
    from osgeo import gdal

    path = raster("plain.tif", "B", [[0, 1, 2, 2]], 2, 2)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    table = gdal.ColorTable()
    table.SetColorEntry(1, (255, 0, 0, 255))
    dataset.GetRasterBand(1).SetColorTable(table)
    del dataset
    layer = layers(add(results, results.ResultFiles(str(path))))["Class map – Student 1"].layer()
    assert isinstance(layer, QgsRasterLayer)
    assert layer.type() == QgsMapLayer.LayerType.RasterLayer
    assert layer.renderer().classes()[1].color.name() == "#ff0000"
