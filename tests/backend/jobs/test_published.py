"""The list of published weights that a teacher can be made of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rskd.errors import ExtraMissing
from rskd.jobs.published import run
from rskd.models.teachers.torchgeo import encoder_of, is_segmenter

ROWS = [{"name": "A_Weights.B", "kind": "encoder", "sensor": "Other", "file": "b-1234.pth"}]
TOLD = [{**ROWS[0], "cached": False}]
BACKEND = Path(__file__).resolve().parents[3] / "backend"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def rows(home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RSKD_HOME", str(home))
        return run()


def test_every_row_can_be_a_teacher_and_is_plain_json(rows):
    assert json.loads(json.dumps(rows)) == rows
    assert len({row["name"] for row in rows}) == len(rows) > 20
    for row in rows:
        assert is_segmenter(row["name"]) == (row["kind"] == "segmenter")
        assert row["kind"] == "segmenter" or encoder_of(row["name"]).startswith("resnet")
        assert (row["classes"] or 0) >= 2 or row["kind"] == "encoder"
        assert row["megabytes"] > 10
        assert not row["bands"] or len(row["bands"]) == row["band_count"]


def test_what_is_known_of_some_weights(rows):
    named = {row["name"]: row for row in rows}
    fields = named["Unet_Weights.SENTINEL2_3CLASS_FTW"]
    assert (fields["kind"], fields["sensor"], fields["classes"], fields["band_count"]) == (
        "segmenter", "Sentinel-2", 3, 8,
    )  # fmt: skip
    assert fields["licence"] == "CC-BY-4.0"
    encoder = named["ResNet18_Weights.LANDSAT_ETM_SR_MOCO"]
    assert (encoder["kind"], encoder["sensor"], encoder["classes"]) == ("encoder", "Landsat 7 ETM+", None)
    assert encoder["bands"] == ["SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"]
    assert encoder["megabytes"] == pytest.approx(45, abs=1)  # 11.2 million weights
    # Satlas describes its ResNet-152 as a ResNet-50.
    assert named["ResNet152_Weights.SENTINEL2_MI_MS_SATLAS"]["megabytes"] == pytest.approx(232, abs=2)
    assert {row["sensor"] for row in rows} >= {"Sentinel-1", "Sentinel-2", "Landsat 8–9 OLI"}


def test_segmenters_come_first(rows):
    kinds = [row["kind"] for row in rows]
    assert kinds == sorted(kinds, reverse=True)


def test_the_list_is_kept_and_the_next_process_does_without_torchgeo(rows, home):
    code = """
import json, sys
from rskd.jobs.published import run
rows = run()
print(json.dumps([rows, [name for name in ("torch", "torchgeo") if name in sys.modules]]))
"""
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, cwd=BACKEND, env={**os.environ, "RSKD_HOME": str(home)},
    ).stdout  # fmt: skip
    assert json.loads(said) == [rows, []]


def test_weights_that_were_downloaded_are_told_each_time(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("rskd.models.teachers.published.published_weights", lambda: ROWS)
    assert run() == TOLD
    place = Path(torch.hub.get_dir()) / "checkpoints" / "b-1234.pth"
    place.parent.mkdir(parents=True)
    place.touch()
    assert run() == [{**ROWS[0], "cached": True}]
    (kept,) = (tmp_path / "home" / "cache").iterdir()
    assert "cached" not in kept.read_text()


@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_downloads_are_looked_for_where_torch_puts_them(variable, tmp_path, monkeypatch):
    from rskd.jobs.published import _downloads

    torch = pytest.importorskip("torch")
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert _downloads() == Path(torch.hub.get_dir()) / "checkpoints"


@pytest.mark.parametrize("damage", ["[{", "[]", '{"name": 1}', '[{"name": "half a row"}]'])
def test_a_damaged_list_is_made_again(damage, tmp_path, monkeypatch):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    monkeypatch.setattr("rskd.models.teachers.published.published_weights", lambda: ROWS)
    assert run() == TOLD
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text(damage)
    assert run() == TOLD
    assert json.loads(kept.read_text()) == ROWS


def test_another_torchgeo_has_a_list_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    monkeypatch.setattr("rskd.models.teachers.published.published_weights", lambda: ROWS)
    run()
    monkeypatch.setattr("rskd.jobs.published.metadata.version", lambda name: "99.0")
    monkeypatch.setattr("rskd.models.teachers.published.published_weights", lambda: [{**ROWS[0], "name": "New"}])
    assert [row["name"] for row in run()] == ["New"]


def test_where_nothing_can_be_kept_the_list_is_made_each_time(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("rskd.models.teachers.published.published_weights", lambda: ROWS)
    assert run() == run() == TOLD


def test_without_torchgeo_the_training_parts_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    monkeypatch.delitem(sys.modules, "rskd.models.teachers.published", raising=False)
    monkeypatch.setitem(sys.modules, "torchgeo.models", None)
    with pytest.raises(ExtraMissing, match="torchgeo"):
        run()
