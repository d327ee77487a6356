"""What was chosen is in the project file; what cannot be used of it is left out."""

import json
from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)

pytestmark = pytest.mark.qgis


@pytest.fixture
def draft(installed, qgis_new_project, tmp_path, monkeypatch):
    from rskd_qgis.draft import Draft
    from rskd_qgis.draft.keeping import Keeping

    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    draft = Draft()
    Keeping(draft)
    return draft


@pytest.fixture
def logged(installed, monkeypatch):
    said = []
    monkeypatch.setattr("rskd_qgis.draft.keeping._log", said.append)
    return said


@pytest.fixture
def services(qgis_iface):
    return SimpleNamespace(iface=qgis_iface)


def raster(path, bands=3):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 40, 30, bands)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32636)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
    dataset.FlushCache()
    del dataset
    layer = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


def fill(draft, tmp_path):
    """Everything that can be chosen, chosen."""
    from rskd_qgis.draft import DraftArea, DraftClass, DraftLabels, DraftLayer

    image, dem, labels = (raster(tmp_path / f"{name}.tif") for name in ("image", "dem", "labels"))
    crs = QgsCoordinateReferenceSystem("EPSG:32636")
    chosen = {
        "task": "segmentation",
        "layers": [DraftLayer(image.id(), "image", [1, 3]), DraftLayer(dem.id(), "dem", None, True, False)],
        "area": DraftArea("rectangle", QgsReferencedRectangle(QgsRectangle(500000, 3999800, 500200, 4000000), crs)),
        "gsd": 5.0,
        "labels": DraftLabels(
            labels.id(),
            ignore=[0, "x"],
            classes=[DraftClass("wood ü", "#00ff00", [1, 2])],
            own=[DraftClass("1", "", [1]), DraftClass("2", "", [2])],
        ),
        "teacher": {"kind": "checkpoint", "path": "/somewhere/teacher.safetensors"},
        "student": {"name": "swift-unet-16", "max_megabytes": 2.5},
        "recipe": {"name": "auto"},
        "training": {"max_minutes": 7, "tile": 96},
        "baseline": True,
        "out": str(tmp_path / "out"),
        "extra": {"labels": {"share": 0.11}},
    }
    draft.set(**chosen)
    return chosen


def save(tmp_path):
    file = str(tmp_path / "p.qgz")
    assert QgsProject.instance().write(file)
    return file


def test_all_that_was_chosen_is_there_again(draft, tmp_path):
    chosen = fill(draft, tmp_path)
    file = save(tmp_path)
    QgsProject.instance().clear()
    assert draft.layers == []
    assert QgsProject.instance().read(file)
    for name, value in chosen.items():
        assert getattr(draft, name) == value, name
    assert draft.area.rectangle.crs().authid() == "EPSG:32636"
    assert not QgsProject.instance().isDirty()


def test_a_panel_that_is_opened_later_finds_it_too(draft, tmp_path):
    from rskd_qgis.draft import Draft
    from rskd_qgis.draft.keeping import Keeping

    chosen = fill(draft, tmp_path)
    file = save(tmp_path)
    QgsProject.instance().clear()
    draft.deleteLater()
    QgsProject.instance().read(file)
    later = Draft()
    Keeping(later)
    assert later.layers == chosen["layers"]
    assert later.extra == chosen["extra"]


def test_what_has_left_the_project_is_left_out_and_logged(draft, tmp_path, logged):
    fill(draft, tmp_path)
    file = save(tmp_path)
    text = QgsProject.instance().readEntry("RSKD", "/draft")[0]
    QgsProject.instance().removeMapLayers([draft.layers[1].layer_id, draft.labels.layer_id])
    QgsProject.instance().writeEntry("RSKD", "/draft", text)
    from rskd_qgis.draft.keeping import changes_of

    changes = changes_of(text, QgsProject.instance())
    assert [each.name for each in changes["layers"]] == ["image"]
    assert changes["labels"] is None
    assert "extra" not in changes  # it belonged to the others
    assert any("“dem”" in words for words in logged)
    assert any("label layer" in words for words in logged)
    assert file


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"layers": 3}', '{"layers": [{"layer_id": []}]}'])
def test_a_damaged_entry_changes_nothing(draft, logged, text):
    from rskd_qgis.draft.keeping import changes_of

    assert changes_of(text, QgsProject.instance()) == {}
    assert logged


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("task", ["x"]),
        ("area", {"kind": "moon", "layer_id": ""}),
        ("area", {"kind": "rectangle", "layer_id": "", "rectangle": [1, 2], "crs": ""}),
        ("gsd", {}),
        ("labels", {"layer_id": 3}),
        ("teacher", {"kind": "guru"}),
        ("teacher", 5),
        ("student", []),
        ("recipe", {"name": 3}),
        ("training", None),
        ("baseline", "yes"),
        ("out", 1),
        ("colour", "red"),
    ],
)
def test_a_damaged_or_unknown_part_is_left_out_and_the_rest_taken(draft, tmp_path, logged, name, damaged):
    from rskd_qgis.draft.keeping import changes_of, text_of

    fill(draft, tmp_path)
    kept = {**json.loads(text_of(draft)), name: damaged}
    changes = changes_of(json.dumps(kept), QgsProject.instance())
    assert name not in changes
    assert changes["layers"] == draft.layers
    assert any(f"“{name}”" in words for words in logged)


def test_results_of_rskd_are_never_taken_by_themselves(draft, services, qtbot, tmp_path):
    from rskd_qgis.gui.layers import LayersSection
    from rskd_qgis.layers.made import mark

    section = LayersSection(draft, services)
    qtbot.addWidget(section)
    raster(tmp_path / "map.tif", 1)
    QgsProject.instance().clear()
    made = QgsRasterLayer(str(tmp_path / "map.tif"), "Class map")
    mark(made)
    QgsProject.instance().addMapLayer(made)
    assert draft.layers == []
    file = save(tmp_path)
    QgsProject.instance().clear()
    QgsProject.instance().read(file)
    assert draft.layers == []
    image = raster(tmp_path / "image.tif")
    assert [each.layer_id for each in draft.layers] == [image.id()]


def test_of_a_project_with_several_images_none_is_taken(draft, services, qtbot, tmp_path):
    from rskd_qgis.gui.layers import LayersSection

    for name in "ab":
        raster(tmp_path / f"{name}.tif")
    file = save(tmp_path)
    section = LayersSection(draft, services)
    qtbot.addWidget(section)
    QgsProject.instance().clear()
    QgsProject.instance().read(file)
    assert draft.layers == []
