import json
import shutil

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

CREATED = "2026-03-01T10:00:00+00:00"


@pytest.fixture
def library(installed, qgis_app, tmp_path):
    from rskd_qgis.students import Library

    return Library(tmp_path / "students")


@pytest.fixture
def result(tmp_path):
    """What a distillation leaves, as far as the library reads it."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "student.onnx").write_bytes(b"weights" * 1000)
    scores = {
        "mean_iou": 0.371,
        "intervals": {"mean_iou": [0.324, 0.412]},
        "megabytes": 0.794,
        "milliseconds_per_megapixel": 41.5,
    }
    bands = [{"name": "B4 nir", "layer": "s2"}, {"name": "dem 1", "layer": "dem"}]
    told = {"mlm:name": "out", "mlm:total_parameters": 195334, "gsd": 30.0, "created": CREATED}
    item = {"properties": {**told, "rskd:bands": bands, "rskd:metrics": scores}}
    (folder / "student.stac.json").write_text(json.dumps(item), encoding="utf-8")
    classes = [{"name": "forêt", "value": 5, "color": "#1b7837"}, {"name": "water", "value": 1, "color": "#4393c3"}]
    (folder / "metrics.json").write_text(json.dumps({"student": scores, "classes": classes}), encoding="utf-8")
    (folder / "job.json").write_text(json.dumps({"task": "segmentation"}), encoding="utf-8")
    return folder / "student.onnx"


def test_a_distilled_student_is_kept_with_its_facts(library, result):
    entry = library.add(result, "Gewata été")
    assert entry == library.entries()[0]
    assert entry.path.read_bytes() == result.read_bytes()
    assert entry.folder.name == "gewata-ete"
    assert (entry.folder / "student.stac.json").is_file()
    assert (entry.name, entry.task, entry.gsd) == ("Gewata été", "segmentation", 30.0)
    assert (entry.accuracy, entry.interval) == (0.371, (0.324, 0.412))
    assert (entry.megabytes, entry.parameters, entry.milliseconds) == (0.794, 195334, 41.5)
    assert [one["name"] for one in entry.classes] == ["forêt", "water"]
    assert entry.layers == ("s2", "dem")


def test_the_same_student_is_kept_once_and_another_beside_it(library, result):
    first = library.add(result, "one")
    assert library.add(result, "one") == first
    result.write_bytes(b"other")
    second = library.add(result, "one")
    assert second.folder.name == "one-2"
    assert second.name == "one (2)"
    assert len(library.entries()) == 2
    library.rename(second, "one")  # which another has
    assert sorted(entry.name for entry in library.entries()) == ["one", "one (2)"]


def test_without_the_files_beside_it_a_student_still_has_a_name_and_a_size(library, tmp_path):
    (tmp_path / "bare.onnx").write_bytes(bytes(500_000))
    entry = library.add(tmp_path / "bare.onnx", "bare")
    assert (entry.name, entry.megabytes, entry.accuracy, entry.classes) == ("bare", 0.5, None, ())


def test_newest_first(library, result):
    library.add(result, "old")
    item = result.with_name("student.stac.json")
    item.write_text(item.read_text(encoding="utf-8").replace("2026-03-01", "2026-04-01"), encoding="utf-8")
    library.add(result, "new")
    assert [one.name for one in library.entries()] == ["new", "old"]


@pytest.mark.parametrize("damage", ["", "[1, 2]", '{"name": ["x"], "bands": 3, "interval": [1, null]', '{"bands": 3}'])
def test_a_damaged_entry_is_still_shown(library, result, damage):
    entry = library.add(result, "one")
    (entry.folder / "entry.json").write_text(damage, encoding="utf-8")
    (shown,) = library.entries()
    assert shown.path == entry.path
    assert isinstance(shown.name, str)


def test_an_entry_without_its_student_and_half_copied_ones_are_left_out(library, result):
    entry = library.add(result, "one")
    shutil.copytree(entry.folder, library.folder / ".new-abc")
    entry.path.unlink()
    assert library.entries() == []


def test_a_copy_that_fails_leaves_nothing(library, result, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rskd_qgis.json_files.write", full)
    with pytest.raises(OSError, match="No space"):
        library.add(result, "one")
    assert list(library.folder.iterdir()) == []


def test_another_window_sees_what_this_one_did(library, result):
    from rskd_qgis.students import Library

    other = Library(library.folder)
    entry = library.add(result, "one")
    other.rename(other.entries()[0], "renamed elsewhere")
    assert library.entries()[0].name == "renamed elsewhere"
    library.rename(entry, "  renamed here ")
    assert other.entries()[0].name == "renamed here"
    assert other.entries()[0].accuracy == 0.371


def test_an_empty_name_changes_nothing(library, result):
    entry = library.add(result, "one")
    library.rename(entry, "   ")
    assert library.entries()[0].name == "one"


def test_export_copies_into_a_folder_of_its_own(library, result, tmp_path):
    entry = library.add(result, "One student")
    target = library.export(entry, tmp_path)
    again = library.export(entry, tmp_path)
    assert (target.name, again.name) == ("one-student", "one-student-2")
    assert sorted(one.name for one in target.iterdir()) == ["student.onnx", "student.stac.json"]


def test_removing_says_so(library, result, qtbot, monkeypatch):
    monkeypatch.setattr("rskd_qgis.students.QFile.moveToTrash", lambda _: (False, ""))  # no bin on this system
    entry = library.add(result, "one")
    with qtbot.waitSignal(library.changed):
        library.remove(entry)
    assert library.entries() == []
    assert not entry.folder.exists()


def test_import_takes_what_the_student_tells_of_itself(library, result):
    card = {
        "kind": "student",
        "name": "kampala",
        "task": "segmentation",
        "classes": [{"name": "building", "value": 1, "color": "#ff0000"}],
        "bands": [{"name": "red", "layer": "rgb"}],
        "megabytes": 0.5,
        "parameters": 1000,
        "gsd": 0.3,
        "local": False,
        "created": CREATED,
    }
    entry = library.import_file(result, card)
    assert (entry.name, entry.parameters, entry.gsd, entry.layers) == ("kampala", 1000, 0.3, ("rgb",))
    assert library.import_file(result, {**card, "local": True}).gsd is None


def test_other_models_are_refused_in_words(library, result):
    from rskd_qgis.bridge.errors import BackendError

    with pytest.raises(BackendError, match=r"student\.onnx.*ONNX model") as caught:
        library.import_file(result, {"kind": "ONNX model"})
    assert caught.value.code == "model-unusable"
    assert "Teacher" in caught.value.hint
    assert library.entries() == []
