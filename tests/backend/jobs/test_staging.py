import pytest

from rskd.errors import OutputUnwritable
from rskd.jobs.staging import staged


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_all_results_move_to_their_names_with_what_belongs_to_them(tmp_path):
    outputs = {"a": tmp_path / "a.tif", "b": tmp_path / "deep" / "er" / "b.gpkg"}
    with staged(outputs) as places:
        places["a"].write_text("a")
        places["a"].with_name("a.tif.aux.xml").write_text("names")
        places["b"].write_text("b")
        assert not outputs["a"].exists()
    assert names(tmp_path) == {"a.tif", "a.tif.aux.xml", "deep"}
    assert names(tmp_path / "deep" / "er") == {"b.gpkg"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_none_appears_when_the_last_one_fails(tmp_path, error):
    (tmp_path / "a.tif").write_text("old")

    def fail():
        with staged({"a": tmp_path / "a.tif", "b": tmp_path / "b.tif"}) as places:
            places["a"].write_text("new")
            raise error

    with pytest.raises(error):
        fail()
    assert names(tmp_path) == {"a.tif"}
    assert (tmp_path / "a.tif").read_text() == "old"


def test_a_failed_write_is_told_with_the_final_name(tmp_path):
    def fail(place_of):
        with staged({"a": tmp_path / "a.tif"}) as places:
            raise OutputUnwritable(place_of(places), "the disk is full")

    with pytest.raises(OutputUnwritable) as caught:
        fail(lambda places: str(places["a"]))
    assert caught.value.facts == {"path": str(tmp_path / "a.tif"), "reason": "the disk is full"}
    with pytest.raises(OutputUnwritable) as caught:
        fail(lambda places: "elsewhere.txt")
    assert caught.value.facts["path"] == "elsewhere.txt"


def test_what_a_killed_run_left_is_swept(tmp_path):
    (tmp_path / ".a.tif.unfinished").mkdir()
    (tmp_path / ".a.tif.unfinished" / "half").write_text("")
    with staged({"a": tmp_path / "a.tif"}) as places:
        places["a"].write_text("whole")
    assert names(tmp_path) == {"a.tif"}
