import ast
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer

pytestmark = pytest.mark.qgis

BACKEND = Path(__file__).resolve().parents[3] / "backend" / "rskd" / "models" / "teachers" / "index.py"


@pytest.fixture
def draft(installed, qgis_new_project):
    from rskd_qgis.draft import Draft

    return Draft()


def layer(path, descriptions):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 4, len(descriptions), gdal.GDT_Int16)
    dataset.SetGeoTransform((500_000, 10, 0, 6_000_000, 0, -10))
    for number, words in enumerate(descriptions, 1):
        if words:
            dataset.GetRasterBand(number).SetDescription(words)
    dataset.FlushCache()
    del dataset
    made = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(made)
    return made


def choose(draft, *layers, **index):
    from rskd_qgis.draft import DraftLayer

    draft.set(
        layers=[DraftLayer(each.id(), each.name(), bands) for each, bands in layers],
        teacher={"kind": "index", "index": "ndvi", "thresholds": [0.3], "names": ["other", "green"], **index},
    )


def teacher_problems(draft):
    return [problem.message for problem in draft.problems() if problem.section == "teacher"]


def constant(name):
    for node in ast.parse(BACKEND.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise LookupError(name)


def test_indices_and_names_of_bands_are_the_backend_s(installed):
    from rskd_qgis.draft import index_bands

    assert {**constant("_BANDS"), "difference": ("", "")} == index_bands.INDICES
    assert constant("_NAMES") == index_bands._CALLED


@pytest.mark.parametrize(
    ("descriptions", "found"),
    [
        (["B2", "B3", "B4", "B8"], ("s2:B8", "s2:B4")),
        (["B1 blue", "B2 green", "B3 red", "B4 nir"], ("s2:B4 nir", "s2:B3 red")),
        (["Red", "Near Infrared"], ("s2:Near Infrared", "s2:Red")),
        (["", "", ""], ("", "")),
        (["infrared", "blue"], ("", "")),
    ],
)
def test_bands_are_guessed_by_their_names(draft, tmp_path, descriptions, found):
    from rskd_qgis.draft.index_bands import bands_of

    choose(draft, (layer(tmp_path / "s2.tif", descriptions), None))
    assert bands_of(draft) == found
    words = "Choose the two bands of the index: the layers do not say by name which they are."
    assert teacher_problems(draft) == ([] if all(found) else [words])


def test_bands_are_offered_as_the_backend_will_call_them(draft, tmp_path):
    from rskd_qgis.draft import DraftLayer
    from rskd_qgis.draft.index_bands import offered_bands

    named, bare = layer(tmp_path / "s2.tif", ["a", "twice", "twice", ""]), layer(tmp_path / "dem.tif", ["", ""])
    choose(draft, (named, None), (bare, [2]))
    assert [band.name for band in offered_bands(draft)] == ["s2:a", "s2:twice 2", "s2:twice 3", "s2 4", "dem 2"]
    draft.set(layers=[DraftLayer(named.id(), "s2", teacher=False), DraftLayer(bare.id(), "dem")])
    assert [band.name for band in offered_bands(draft)] == ["dem 1", "dem 2"]


def test_what_an_index_lacks_is_said(draft, tmp_path):
    image = layer(tmp_path / "s2.tif", ["red", "nir"])
    choose(draft, (image, None), bands=["s2:red", "S2:Red"])
    assert teacher_problems(draft) == ["The two bands of the index are the same. Choose two that differ."]
    choose(draft, (image, [1]), bands=["s2:nir", "s2:red"])
    assert teacher_problems(draft) == ["The teacher does not see the band “s2:nir” any more. Choose another."]
    choose(draft, (image, None), names=["x", "y", ""], thresholds=[0.5, 0.2])
    assert teacher_problems(draft) == [
        "Give every class of the index a name.",
        "The values of the index must rise from class to class.",
    ]
    choose(draft, (image, None), names=["x", "X"])
    assert teacher_problems(draft) == ["The index maps one class only. Give its classes two names at least."]


def test_its_classes_are_those_of_the_labels(draft, tmp_path):
    from rskd_qgis.draft import DraftClass, DraftLabels

    image = layer(tmp_path / "s2.tif", ["red", "nir"])
    choose(draft, (image, None))
    assert draft.class_count() == 2
    own = [DraftClass("forest", "", [1]), DraftClass("other", "", [2])]
    draft.set(labels=DraftLabels(image.id(), own=own, classes=own))
    assert teacher_problems(draft) == []  # one is known: the other is learned from the labels
    own = [DraftClass("forest", "", [1]), DraftClass("water", "", [2])]
    draft.set(labels=DraftLabels(image.id(), own=own, classes=own))
    assert teacher_problems(draft) == ["Knows none of your labels' classes. It knows other, green."]


def test_the_job_names_the_bands_also_where_they_were_guessed(draft, tmp_path):
    choose(draft, (layer(tmp_path / "s2.tif", ["red", "nir"]), None), softness=0.1)
    assert draft.request().spec["teacher"] == {
        "kind": "index",
        "index": "ndvi",
        "thresholds": [0.3],
        "names": ["other", "green"],
        "softness": 0.1,
        "bands": ["s2:nir", "s2:red"],
    }
