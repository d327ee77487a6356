from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def plan(country):
    from rskd_qgis.gui.plan_words import plan

    return lambda **changes: country.set(**changes) or plan(country)


def test_the_teacher_of_each_kind(plan):
    assert plan().startswith("A teacher is trained on your labels. It teaches swift-unet-16, together with your labels")
    assert plan(teacher={"kind": "labels", "members": 3}).startswith("3 teachers are trained on your labels.")
    assert plan(teacher={"kind": "map", "layer_id": "x"}).startswith("The map you chose is the teacher.")
    assert plan(teacher={"kind": "onnx", "path": "/a/roofs.onnx"}).startswith("“roofs.onnx” is the teacher.")
    assert plan(teacher={"kind": "torchgeo", "weights": "A_Weights.B"}).startswith("“A_Weights.B” is the teacher.")


def test_without_labels_the_teacher_teaches_alone(plan):
    assert "It teaches a small student. " in plan(teacher={"kind": "onnx", "path": "x"}, student={}, labels=None)


def test_what_is_written_first_is_told_with_size_and_time(country):
    from rskd_qgis.gui.plan_words import to_be_written

    assert to_be_written([]) == ""
    exports = [
        SimpleNamespace(name="tiles", megabytes=30.0, seconds=40.0),
        SimpleNamespace(name="drawn", megabytes=1.0, seconds=2.0),
    ]
    assert to_be_written(exports) == "First written to files: tiles, drawn (at most 31 MB, about 42 s)."
