"""Job files that are no job files."""

import pytest

from rskd.errors import JobInvalid
from rskd.jobfile import read_job_file


def refusal(path, data):
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(JobInvalid) as caught:
        read_job_file(path)
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "the key `c` stands twice in the same block, lines 3 and 5"),
        ("a: {b: 1, b: 2}", "the key `b` stands twice in the same block, lines 1 and 1"),
        ("a: [{b: 1}, {b: 2, c: 1, b: 3}]", "the key `b` stands twice"),
        ("a: 1\nb: c: d\n", "line 2 is not valid: mapping values are not allowed here"),
        ("layers: 2026-13-45\n", "is not valid"),
        ("layers: [a.tif]\n".encode("utf-16"), "not a text file in UTF-8"),
        (b"II*\0\x08\0\0\0", "not a text file in UTF-8"),
        (None, "is a folder"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, data, said):
    assert said in refusal(tmp_path / "job.yaml", data)


@pytest.mark.parametrize(
    ("data", "said"),
    [('{"a": {"b": 1, "b": 2}}', "the key `b` stands twice"), ('{\n"a": [\n', "line 3 is not valid")],
)
def test_json_is_read_as_strictly(tmp_path, data, said):
    assert said in refusal(tmp_path / "job.json", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("job.yaml", "\ufeffa: &x {b: 1}\nc: *x\nd: [*x, *x]\n"),
        ("job.json", '\ufeff{"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}'),
    ],
)
def test_the_same_key_in_two_blocks_and_a_byte_order_mark_are_fine(tmp_path, name, data):
    (tmp_path / name).write_text(data, encoding="utf-8")
    assert read_job_file(tmp_path / name) == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(JobInvalid, match="No such file"):
        read_job_file(tmp_path / "job.yaml")
