import hashlib
import json
import re
from datetime import datetime

import pytest

from rskd.card import BandCard, ClassCard, StudentCard, Tiling
from rskd.distill.stac import write_stac

FOOTPRINT = {"type": "Polygon", "coordinates": [[[9.0, 50.0], [9.2, 50.0], [9.2, 50.1], [9.0, 50.1], [9.0, 50.0]]]}


def card(**changes):
    values = {
        "name": "tiny-unet-16",
        "task": "land-cover",
        "architecture": "plain U-Net",
        "parameters": 439893,
        "bands": tuple(
            BandCard(name=name, layer=layer, dtype="uint16", mean=1.0, std=2.0, low=0, high=9)
            for layer, name in (("s2", "B4"), ("s2", "B8"), ("dem", "B4"))
        ),
        "classes": (
            ClassCard(value=10, name="Wald & Forst", color="#00aa00"),
            ClassCard(value=20, name="森林", color="#0000ff"),
        ),
        "gsd": 10.0,
        "tiling": Tiling(multiple=8),
        "teacher": {"kind": "checkpoint", "name": "unet resnet34, 2 members", "key": "ab12"},
        "settings": {"alpha": 0.3},
        "footprint": FOOTPRINT,
        "created": "2026-01-02T03:04:05+00:00",
        "rskd_version": "0.1.0",
    }
    return StudentCard(**{**values, **changes})


@pytest.fixture
def written(tmp_path):
    def write(said, metrics=None):
        (tmp_path / "student.onnx").write_bytes(b"not really a model")
        write_stac(tmp_path / "student.stac.json", said, tmp_path / "student.onnx", metrics)
        return json.loads((tmp_path / "student.stac.json").read_text(encoding="utf-8"))

    return write


def check_item(item):
    """The rules of a STAC 1.1 item (item.json of the specification)."""
    assert item["type"] == "Feature"
    assert item["stac_version"] == "1.1.0"
    assert item["id"]
    assert "/" not in item["id"]
    assert {"links", "assets", "properties", "geometry"} <= set(item)
    assert (item["geometry"] is None) == ("bbox" not in item)
    for name in ("datetime", "created"):
        assert re.search(r"T.*(Z|[+-]\d\d:\d\d)$", item["properties"][name])
        assert datetime.fromisoformat(item["properties"][name])
    for link in item["links"]:
        assert link["href"]
        assert link["rel"]
    for asset in item["assets"].values():
        assert asset["href"]
    # Bands of the item summarise those of its assets.
    if "bands" in item["properties"]:
        assert any(asset.get("bands") for asset in item["assets"].values())


def check_mlm(item):
    """The rules of the Machine Learning Model extension 1.5 (its json-schema, read and written down here)."""
    properties = item["properties"]
    assert "https://stac-extensions.github.io/mlm/v1.5.2/schema.json" in item["stac_extensions"]
    assert {"mlm:name", "mlm:architecture", "mlm:tasks", "mlm:input", "mlm:output"} <= set(properties)
    assert not {"mlm:artifact_type", "mlm:compile_method", "mlm:entrypoint"} & set(properties)
    for name in (properties["mlm:name"], *(link["mlm:name"] for link in item["links"])):
        assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_.\-\s]+[a-zA-Z0-9]", name)
    assert set(properties["mlm:tasks"]) <= {"semantic-segmentation"}
    assert properties["mlm:framework"] == "ONNX"
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["mlm:framework_version"])
    assert all(re.fullmatch(r"[0-9a-zA-Z_.-]+", key) for key in properties["mlm:hyperparameters"])
    models = [asset for asset in item["assets"].values() if "mlm:model" in asset["roles"]]
    assert models
    assert all(asset["mlm:artifact_type"] for asset in models)
    described = {band["name"] for band in properties["bands"]}
    for entry in properties["mlm:input"]:
        check_structure(entry["input"])
        assert "bands" in entry["input"]["dim_order"]
        assert set(entry["bands"]) <= described
        assert len(entry["bands"]) == entry["input"]["shape"][1]
    for entry in properties["mlm:output"]:
        check_structure(entry["result"])
        assert "bands" not in entry["result"]["dim_order"]
        assert entry["tasks"]
        for known in entry["classification:classes"]:
            assert isinstance(known["value"], int)
            assert re.fullmatch(r"[0-9A-Za-z_-]+", known["name"])
            assert re.fullmatch(r"[0-9A-F]{6}", known["color_hint"])


def check_structure(tensor):
    assert len(tensor["shape"]) == len(tensor["dim_order"]) == len(set(tensor["dim_order"]))
    assert all(isinstance(size, int) and size >= -1 for size in tensor["shape"])
    assert all(re.fullmatch(r"[a-z_-]+", name) for name in tensor["dim_order"])
    assert tensor["data_type"] == "float32"


def test_the_item_keeps_the_rules(written):
    item = written(card(), {"mean_iou": 0.5})
    check_item(item)
    check_mlm(item)
    assert item["bbox"] == [9.0, 50.0, 9.2, 50.1]
    assert item["properties"]["gsd"] == 10
    assert item["properties"]["rskd:metrics"] == {"mean_iou": 0.5}


def test_the_file_is_described_as_it_is(written):
    asset = written(card())["assets"]["model"]
    content = b"not really a model"
    assert asset["href"] == "./student.onnx"
    assert asset["file:size"] == len(content)
    # Multihash: 12 is SHA-256, 20 its length of 32 bytes.
    assert asset["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest()


def test_bands_of_the_same_name_are_told_apart(written):
    assert written(card())["properties"]["mlm:input"][0]["bands"] == ["s2:B4", "B8", "dem:B4"]


def test_the_teacher_is_where_it_comes_from(written):
    (link,) = written(card())["links"]
    assert (link["rel"], link["href"]) == ("derived_from", "urn:rskd:teacher:ab12")
    assert link["mlm:name"] == "unet resnet34 2 members"
    assert written(card(teacher={}))["links"] == []


def test_class_names_keep_their_letters_in_the_description(written):
    first, second = written(card())["properties"]["mlm:output"][0]["classification:classes"]
    assert (first["name"], first["color_hint"]) == ("Wald_Forst", "00AA00")
    assert second["name"] == "class_20"
    assert "森林" in second["description"]


def test_a_student_without_a_place_has_none(written):
    item = written(card(footprint=None, local=True))
    check_item(item)
    check_mlm(item)
    assert item["geometry"] is None
    assert "gsd" not in item["properties"]


def test_a_footprint_across_the_antimeridian_has_its_west_in_the_east(written):
    boxes = [[[[w, -1], [e, -1], [e, 1], [w, 1], [w, -1]]] for w, e in ((179, 180), (-180, -178))]
    item = written(card(footprint={"type": "MultiPolygon", "coordinates": boxes}))
    assert item["bbox"] == [179, -1, -178, 1]


@pytest.mark.parametrize("name", ["森林", "9", "a", "tiny, unet!", "x" * 50])
def test_any_name_becomes_one_that_is_allowed(written, name):
    check_mlm(written(card(name=name)))
