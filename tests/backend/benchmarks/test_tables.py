"""What is written of the results, and where."""

import json
from dataclasses import replace

import pytest

from benchmarks.distillation import tables
from benchmarks.distillation.orders import ONE, orders


def rows():
    found = []
    for order in orders(replace(ONE, regimes=("few-labels", "no-labels"))):
        if order.method in ("alone", "kd", "dist") and order.set == "gewata_landsat_lulc":
            iou = {"alone": 0.3, "kd": 0.4, "dist": 0.25}[order.method] + 0.01 * order.seed
            found.append(
                {
                    "key": order.key,
                    "stage": "1",
                    "set": order.set,
                    "regime": order.regime,
                    "teacher": "all",
                    "method": order.method,
                    "seed": order.seed,
                    "steps": order.steps,
                    "parameters": 195_334,
                    "validation": 0.5,
                    "test": {"mean_iou": iou},
                    "training_cpu_seconds": 50,
                    "steps_done": 500,
                    "peak_mb": 700,
                    "machine": "a small one, one thread used",
                    "when": "2026-11-24T19:00:00+00:00",
                }
            )
    return found


def teacher(validation):
    test = {"mean_iou": 0.4}
    return {"set": "gewata_landsat_lulc", "teacher": "all", "parameters": 9, "validation": validation, "test": test}


def test_a_table_says_what_was_done_and_what_came_out():
    text = tables.evidence({"1": rows()}, [teacher(0.6)])
    assert "Stage 1" in text
    assert "500 steps of 8 tiles, 2 seeds at most, 12 rows, measured 2026-11-24 on: a small one" in text
    assert "leads the student alone by 10.0 points" in text
    assert "| alone | 0.305 ± 0.007 (n = 2) |" in text
    assert "| kd | 0.405 ± 0.007 (n = 2) | **+10.0** (10.0 to 10.0) |  | 101% | 0.100 (1.00 ×) | 700 |" in text
    assert "| dist | 0.255 ± 0.007 (n = 2) | **−5.0** (−5.0 to −5.0) | **−15.0** (−15.0 to −15.0) |" in text
    assert "do not count" not in text.partition("####")[2]


def test_it_says_where_a_teacher_does_not_lead():
    few, none = tables.evidence({"1": rows()}, [teacher(0.51)]).partition("####")[2].split("**No labels")
    assert "**These rows do not count" in few
    assert "These rows do not count" not in none


def test_only_what_lies_between_the_marks_is_written_anew(tmp_path):
    document = tmp_path / "methods.md"
    document.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n")
    assert tables.write_between_marks(document, "new")
    assert document.read_text() == f"before\n{tables.BEGIN}\n\nnew\n\n{tables.END}\nafter\n"
    assert tables.write_between_marks(document, "new")
    assert document.read_text().count("new") == 1


@pytest.mark.parametrize("text", ["no marks", f"{tables.END} {tables.BEGIN}"])
def test_a_document_without_marks_stays_as_it_is(tmp_path, text):
    document = tmp_path / "methods.md"
    document.write_text(text)
    assert not tables.write_between_marks(document, "new")
    assert document.read_text() == text
    assert not tables.write_between_marks(tmp_path / "none.md", "new")


def test_rows_of_a_recipe_that_has_changed_are_left_out_and_pictures_are_drawn(tmp_path, capsys):
    old = {**rows()[0], "key": "of yesterday", "test": {"mean_iou": 0.99}}
    (tmp_path / "stage1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows(), old]))
    (tmp_path / "teachers.jsonl").write_text(json.dumps(teacher(0.6)) + "\n")
    document = tmp_path / "methods.md"
    document.write_text(f"{tables.BEGIN}{tables.END}")
    places = ["--results", str(tmp_path), "--document", str(document), "--images", str(tmp_path / "images")]
    assert tables.main(places) == 0
    assert "0.990" not in document.read_text()
    drawn = (tmp_path / "images" / "distillation-1-few-labels.svg").read_text()
    assert "gewata_landsat_lulc" in drawn
    assert tables.main(places) == 0
    assert (tmp_path / "images" / "distillation-1-few-labels.svg").read_text() == drawn
