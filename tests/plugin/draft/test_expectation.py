import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer

pytestmark = pytest.mark.qgis


@pytest.fixture
def draft(installed, qgis_new_project):
    from rskd_qgis.draft import Draft

    return Draft()


def layer(path, descriptions, categories=()):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 4, len(descriptions), gdal.GDT_Byte)
    dataset.SetGeoTransform((500_000, 10, 0, 6_000_000, 0, -10))
    for number, words in enumerate(descriptions, 1):
        if words:
            dataset.GetRasterBand(number).SetDescription(words)
    if categories:
        band, colors = dataset.GetRasterBand(1), gdal.ColorTable()
        for value in range(len(categories)):
            colors.SetColorEntry(value, (10 * value, 200, 0, 255))
        band.SetColorTable(colors)
        band.SetCategoryNames(list(categories))
        del band
    dataset.FlushCache()
    del dataset
    made = QgsRasterLayer(str(path), path.stem)
    QgsProject.instance().addMapLayer(made)
    return made


def give(draft, *layers, **hidden):
    from rskd_qgis.draft import DraftLayer

    draft.set(layers=[DraftLayer(each.id(), each.name(), **hidden) for each in layers])


def told(draft):
    """Words, whether it is met, whether that is sure."""
    from rskd_qgis.draft.expectation import expectations

    return [(each.words, each.met, each.sure) for each in expectations(draft)]


def published(draft, *names):
    facts = {"bands": len(names), "band_names": list(names), "classes": []}
    draft.set(teacher={"kind": "torchgeo", "weights": "X"}, teacher_facts=facts)


def described(draft, *bands):
    """A teacher that RSKD has written: (layer, name) of its bands."""
    from rskd_qgis.draft.expectation import facts_of

    bands = [{"layer": layer, "name": name} for layer, name in bands]
    facts = facts_of({"kind": "teacher", "bands": bands, "classes": []})
    draft.set(teacher={"kind": "checkpoint", "path": __file__}, teacher_facts=facts)


def test_published_weights_take_bands_in_their_order(draft, tmp_path):
    give(draft, layer(tmp_path / "image.tif", ["nir", "SWIR"]))
    published(draft, "NIR", "swir")
    assert told(draft) == [("Expects 2 bands – you have 2.", True, True)]
    published(draft, "swir", "nir")
    assert told(draft) == [("Expects the bands in this order: swir, nir – yours come as nir, SWIR.", False, True)]
    published(draft, "swir", "nir", "red")
    assert told(draft) == [("Expects 3 bands – you have 2.", False, True)]


@pytest.mark.parametrize("names", [["", ""], ["red", "green"], ["nir", "green"]])
def test_under_other_names_nobody_can_say_whether_they_are_right(draft, tmp_path, names):
    give(draft, layer(tmp_path / "image.tif", names))
    published(draft, "nir", "swir")
    assert told(draft) == [
        ("Expects the bands nir, swir. Yours have other names and are taken in this order: check that it is so.",
         True, False)
    ]  # fmt: skip


def test_where_the_weights_name_no_bands_their_number_is_compared(draft, tmp_path):
    give(draft, layer(tmp_path / "image.tif", ["nir", "swir"]))
    draft.set(teacher={"kind": "torchgeo", "weights": "X"}, teacher_facts={"bands": 2, "band_names": []})
    assert told(draft) == [("Expects 2 bands – you have 2.", True, True)]


CASES = [
    # the layers' bands; the teacher's; what is said, None: that they are taken in their order
    ([["B1", "B2"]], ["0:b2", "0:b1"], ("Expects 2 bands – you have 2.", True, True)),
    ([["B1", "B2", "B3"]], ["0:B3", "0:B1"], ("Expects 2 bands – found by name among your 3.", True, True)),
    ([["B1", "B2", "B3"]], ["0:B1", "0:B9"], ("Expects 2 bands – of these, yours lack B9.", False, True)),
    ([["B1", "B2"]], ["0:B1", "0:B9"], ("Expects 2 bands – of these, yours lack B9.", False, True)),
    ([["B1"]], ["0:B1", "0:B2"], ("Expects 2 bands – you have 1.", False, True)),
    ([["red", "nir"]], ["0:B1", "0:B2"], None),
    ([["red", "nir"], ["VV"]], ["0:red", "0:nir", "1:height"], None),
]


@pytest.mark.parametrize(("layers", "needed", "said"), CASES)
def test_a_teacher_that_knows_its_bands_finds_them_by_name(draft, tmp_path, layers, needed, said):
    give(draft, *(layer(tmp_path / f"image{n}.tif", names) for n, names in enumerate(layers)))
    bands = [(f"old{n}", name) for n, _, name in (band.partition(":") for band in needed)]
    described(draft, *bands)
    ((words, met, sure),) = told(draft)
    if said is None:
        assert (met, sure) == (True, False)
        assert words.startswith(f"Expects the bands {', '.join(name for _, name in bands)}. Yours have other names")
    else:
        assert (words, met, sure) == said


def test_bands_that_had_no_name_are_found_by_number(draft, tmp_path):
    give(draft, layer(tmp_path / "image.tif", ["", "", ""]))
    described(draft, ("image", "image 3"), ("image", "image 1"))
    assert told(draft) == [("Expects 2 bands – found by name among your 3.", True, True)]
    described(draft, ("image", "image 3"), ("image", "image 4"))
    assert told(draft) == [("Expects 2 bands – of these, yours lack image 4.", False, True)]


def test_with_fewer_layers_than_in_training_numbers_are_said(draft, tmp_path):
    give(draft, layer(tmp_path / "image.tif", ["red"]))
    described(draft, ("a", "red"), ("b", "VV"))
    assert told(draft) == [("Expects 2 bands – you have 1.", False, True)]


def labelled(draft, *names):
    from rskd_qgis.draft import DraftClass, DraftLabels

    classes = [DraftClass(name, "", [value]) for value, name in enumerate(names, 1)]
    draft.set(labels=DraftLabels("labels", classes=classes, own=classes))


def test_classes_of_a_map_are_held_against_the_labels(draft, tmp_path):
    known = layer(tmp_path / "map.tif", [""], ["", "Forest", "water", "bog"])
    labelled(draft, "forest", "water")
    draft.set(teacher={"kind": "map", "layer_id": known.id()})
    assert told(draft) == [("Knows all of your labels' classes: forest, water.", True, True)]
    labelled(draft, "forest", "street")
    ((words, met, sure),) = told(draft)
    assert words.startswith("Does not know street. Where these lie in the area")
    assert (met, sure) == (True, False)  # the backend refuses it, but only where there is a street in the area
    labelled(draft, "street", "house")
    ((words, met, _),) = told(draft)
    assert words.startswith("Knows none of your labels' classes.")
    assert not met
    unknown = layer(tmp_path / "plain.tif", [""], ["", "", "", ""])  # colours only
    draft.set(teacher={"kind": "map", "layer_id": unknown.id()})
    assert told(draft) == []


def test_bands_of_probabilities_are_classes_by_their_names(draft, tmp_path):
    known = layer(tmp_path / "map.tif", ["forest", "water"])
    labelled(draft, "forest", "water")
    draft.set(teacher={"kind": "map", "layer_id": known.id(), "probabilities": True})
    assert told(draft) == [("Knows all of your labels' classes: forest, water.", True, True)]
