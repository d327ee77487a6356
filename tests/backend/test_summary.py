"""The few numbers and files that a finished job tells."""

import pytest

from rskd.summary import print_summary


@pytest.fixture
def told(capsys):
    def tell(name, result):
        print_summary(name, result)
        return capsys.readouterr().out.splitlines()

    return tell


def test_a_distillation_names_models_classes_judgement_and_files(told):
    model = {"mean_iou": 0.5, "overall_accuracy": 0.75, "parameters": 1234, "milliseconds_per_megapixel": 99.5}
    metrics = {"teacher": {**model, "parameters": None}, "student": model, "counted": ["forest", "water"]}
    lines = told("distill", {"metrics": {**metrics, "judgement": ["Good."]}, "files": ["/out/student.onnx"]})
    assert [line.split()[0] for line in lines[1:3]] == ["teacher", "student"]
    assert lines[2].split()[1:] == ["0.5", "0.75", "1,234", "99.5"]
    assert lines[3:] == ["Mean IoU over forest, water, on the test blocks.", "Good.", "/out/student.onnx"]


def test_without_test_labels_no_classes_are_named(told):
    model = {"mean_iou": None, "overall_accuracy": None, "parameters": 1, "milliseconds_per_megapixel": 1.0}
    metrics = {"teacher": model, "student": model, "counted": [], "judgement": []}
    assert not any("Mean IoU over" in line for line in told("distill", {"metrics": metrics, "files": []}))


def test_a_prediction_names_shares_and_its_files(told):
    classes = [{"name": "forest", "value": 1, "share": 0.25, "area_m2": 900.0}]
    lines = told("predict", {"classes": classes, "map": "/out/map.tif", "confidence": "/out/c.tif", "gsd": 30})
    assert lines[1].split() == ["forest", "1", "0.25", "900"]
    assert lines[2:] == ["/out/map.tif", "/out/c.tif"]


@pytest.fixture
def evaluated():
    row = {
        "name": "forest", "iou": 0.5, "iou_interval": [0.4, 0.6], "f1": 0.65, "users": 0.7, "users_interval": None,
        "producers": None, "producers_interval": None, "reference_pixels": 1000, "counted": True,
    }  # fmt: skip
    ice = {**row, "name": "ice", "iou": None, "iou_interval": None, "reference_pixels": 0, "counted": False}
    whole = {"mean_iou": 0.5, "overall_accuracy": 0.75, "kappa": 0.25, "pixels": 1234}
    return {**whole, "intervals": {"mean_iou": [0.4, 0.6]}, "classes": [row, ice]}


@pytest.mark.parametrize("kappa", [0.25, None])
def test_an_evaluation_names_accuracies_with_intervals_and_what_they_are_over(told, evaluated, kappa):
    lines = told("evaluate", {**evaluated, "kappa": kappa})
    assert lines[1].split() == ["forest", "0.5", "0.400–0.600", "0.7", "–", "–", "–", "0.65", "1,000"]
    # kappa says nothing of a map and labels of one class
    said = "0.250" if kappa else "–"
    assert lines[3] == f"Mean IoU 0.500 (95 % interval 0.400 to 0.600), accuracy 0.750, kappa {said}, on 1,234 pixels."
    assert lines[4] == "Mean IoU over forest: the classes that the labels show."
    assert "too good" in lines[5]
    assert len(lines) == 6


def test_an_evaluation_without_intervals_says_why(told, evaluated):
    lines = told("evaluate", {**evaluated, "intervals": {}})
    assert lines[3].startswith("Mean IoU 0.500, accuracy")
    assert "too close together" in lines[5]
