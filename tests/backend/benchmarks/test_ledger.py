"""Rows that survive: whole or not at all, once."""

from benchmarks.distillation.ledger import append, rows


def test_rows_come_back_in_their_order(tmp_path):
    path = tmp_path / "new" / "rows.jsonl"
    append(path, {"key": "a", "word": "“±”"})
    append(path, {"key": "b"})
    assert rows(path) == [{"key": "a", "word": "“±”"}, {"key": "b"}]


def test_there_is_nothing_before_the_first(tmp_path):
    assert rows(tmp_path / "rows.jsonl") == []


def test_a_line_that_was_cut_off_harms_no_other(tmp_path):
    path = tmp_path / "rows.jsonl"
    append(path, {"key": "a"})
    with path.open("a") as file:
        file.write('{"key": "hal')
    append(path, {"key": "b"})
    assert rows(path) == [{"key": "a"}, {"key": "b"}]
