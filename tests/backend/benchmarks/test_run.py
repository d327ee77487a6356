"""The quick stage from end to end: one set, the student alone and kd."""

import pytest

from benchmarks.distillation import ledger
from benchmarks.distillation.run import main


@pytest.mark.slow
def test_a_stage_is_measured_once(tmp_path, capsys):
    command = ["--stage", "quick", "--work", str(tmp_path / "work"), "--results", str(tmp_path)]
    assert main(command) == 0
    alone, kd = ledger.rows(tmp_path / "stagequick.jsonl")
    (teacher,) = ledger.rows(tmp_path / "teachers.jsonl")
    assert (alone["method"], kd["method"]) == ("alone", "kd")
    assert alone["labelled"] == kd["labelled"] > 0
    # The demo's teacher, without flips: `resources/sample/gewata_teacher.json` says 0.364 with them.
    assert teacher["test"]["mean_iou"] == pytest.approx(0.364, abs=0.01)
    for row in (alone, kd):
        assert 0 < row["test"]["mean_iou"] < teacher["test"]["mean_iou"]
        assert row["steps_done"] == 12
        assert row["step_seconds"] > 0
        assert 200 < row["peak_mb"] < 5_000
    assert not list((tmp_path / "work").rglob("student.onnx"))

    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out == ""
    assert len(ledger.rows(tmp_path / "stagequick.jsonl")) == 2
    assert main([*command, "--list"]) == 0
    assert capsys.readouterr().out.count("done") == 2
