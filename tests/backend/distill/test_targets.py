"""The soft-target store: what comes back is what was put in, it opens elsewhere, and damage is noticed."""

import json
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.targets import SoftTargets, find_targets, log_probabilities, targets_key, write_targets
from rskd.errors import LayerUnreadable, OutputUnwritable
from rskd.events import Reporter
from rskd.geo.grid import Grid
from rskd.infer.engine import Strip

UTM = Grid(CRS.from_epsg(32633), Affine(10, 0, 500000, 0, -10, 5000000), 300, 220)
TEACHER = {"kind": "map", "name": "a map", "key": "abc"}


def cards(count):
    return tuple(ClassCard(value=at + 1, name=f"class {at + 1}", color="#112233") for at in range(count))


def answers(classes, grid=UTM, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(classes, 0.4), (grid.height, grid.width)).transpose(2, 0, 1).astype(np.float32)
    return p, rng.random((grid.height, grid.width)) > 0.1


def strips(p, valid, rows=128):
    for top in range(0, valid.shape[0], rows):
        here = np.s_[top : top + rows]
        height = valid[here].shape[0]
        yield Strip(Window(0, top, valid.shape[1], height), p[:, here] * valid[here], valid[here])


def stored(folder, classes=4, grid=UTM, key="k"):
    p, valid = answers(classes, grid)
    path = write_targets(folder, key, strips(p, valid), grid, cards(classes), teacher=TEACHER, area="all")
    return path, p, valid


def test_probabilities_come_back_to_half_a_unit_in_the_last_place(tmp_path):
    path, p, valid = stored(tmp_path)
    with SoftTargets(path) as targets:
        got, where = targets.probabilities(Window(0, 0, 300, 220))
        logs, _ = targets.read(Window(0, 0, 300, 220))
    assert got.dtype == logs.dtype == np.float32
    assert (where == valid).all()
    # A half float has 11 significant bits: relative error at most 2^-11 where it is not tiny.
    assert np.allclose(got[:, valid], p[:, valid], rtol=2**-11, atol=2**-24)
    assert (got[:, ~valid] == 0.25).all()
    assert np.isfinite(logs).all()
    assert np.allclose(np.exp(logs).sum(0), 1, atol=1e-5)
    assert np.allclose(np.exp(logs)[:, valid], p[:, valid], rtol=2e-3, atol=2e-6)


def test_windows_may_reach_past_any_edge(tmp_path):
    path, _, _ = stored(tmp_path)
    with SoftTargets(path) as targets:
        whole, valid = targets.probabilities(Window(0, 0, 300, 220))
        part, where = targets.probabilities(Window(-20, 200, 64, 64))
        outside, nowhere = targets.probabilities(Window(400, 0, 8, 8))
    assert part.shape == (4, 64, 64)
    assert (part[:, :20, 20:] == whole[:, 200:, :44]).all()
    assert (where[:20, 20:] == valid[200:, :44]).all()
    assert not where[20:].any()
    assert not where[:, :20].any()
    assert not nowhere.any()
    assert (outside == 0.25).all()


def test_the_file_is_an_ordinary_georeferenced_raster(tmp_path):
    path, _, valid = stored(tmp_path)
    with rasterio.open(path / "targets.tif") as source:
        assert source.crs == UTM.crs
        assert source.transform == UTM.transform
        assert source.descriptions == ("class 1", "class 2", "class 3", "class 4")
        assert source.dtypes == ("float32",) * 4
        assert source.tags(1, ns="IMAGE_STRUCTURE")["NBITS"] == "16"
        assert source.profile["tiled"]
        assert source.nodata == -1
        assert (source.read_masks(1) > 0).tolist() == valid.tolist()
        assert np.allclose(source.read(masked=True).sum(0)[valid], 1, atol=2e-3)
        assert source.profile["compress"] == "deflate"


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="no other GDAL on this machine")
def test_another_gdal_reads_it(tmp_path):
    path, _, _ = stored(tmp_path)
    told = subprocess.run(["gdalinfo", "-json", "-checksum", path / "targets.tif"], capture_output=True)
    bands = json.loads(told.stdout)["bands"]
    assert [band["description"] for band in bands] == ["class 1", "class 2", "class 3", "class 4"]
    assert all(band["checksum"] > 0 for band in bands)


def test_the_sidecar_says_whose_answers_these_are(tmp_path):
    path, _, _ = stored(tmp_path)
    facts = json.loads((path / "targets.json").read_text(encoding="utf-8"))
    assert facts["teacher"] == TEACHER
    assert facts["key"] == "k"
    assert facts["area"] == "all"
    assert facts["top_k"] is None
    assert [card["name"] for card in facts["classes"]] == ["class 1", "class 2", "class 3", "class 4"]
    assert facts["grid"]["width"] == 300
    assert CRS.from_wkt(facts["grid"]["crs"]) == UTM.crs
    assert facts["created"].endswith("+00:00")


def test_what_no_strip_covers_has_no_answer(tmp_path):
    p, valid = answers(4)
    few = [strip for strip in strips(p, valid) if strip.window.row_off == 0]
    path = write_targets(tmp_path, "k", few, UTM, cards(4), teacher=TEACHER)
    with SoftTargets(path) as targets:
        assert not targets.probabilities(Window(0, 128, 300, 92))[1].any()
        assert targets.probabilities(Window(0, 0, 300, 128))[1].any()


@pytest.mark.parametrize("transform", [Affine.identity(), Affine(8, 6, 100, 6, -8, 200)])
def test_local_and_rotated_grids_are_kept_without_a_warning(tmp_path, transform):
    grid = Grid(None, transform, 64, 48)
    path, _, valid = stored(tmp_path, grid=grid)
    with SoftTargets(path) as targets:
        assert (targets.probabilities(Window(0, 0, 64, 48))[1] == valid).all()
        assert targets.facts["grid"]["crs"] is None
        assert targets.facts["grid"]["transform"] == list(transform)[:6]


def test_many_classes_keep_the_eight_likeliest_and_share_out_the_rest(tmp_path):
    grid = Grid(UTM.crs, UTM.transform, 40, 30)
    path, p, valid = stored(tmp_path, classes=25, grid=grid)
    with rasterio.open(path / "targets.tif") as source:
        assert source.count == 16
    with SoftTargets(path) as targets:
        got, where = targets.probabilities(Window(0, 0, 40, 30))
        logs, _ = targets.read(Window(0, 0, 40, 30))
    assert (where == valid).all()
    row, col = np.argwhere(valid)[7]
    truth, read = p[:, row, col], got[:, row, col]
    kept = np.argsort(-truth)[:8]
    assert np.allclose(read[kept], truth[kept], rtol=2**-11, atol=1e-7)
    rest = np.setdiff1d(np.arange(25), kept)
    assert np.allclose(read[rest], (1 - truth[kept].sum()) / 17, atol=1e-3)
    assert np.allclose(np.exp(logs).sum(0), 1, atol=1e-5)


def test_logarithms_are_clamped_and_normalised():
    logs = log_probabilities(np.array([[1.0], [0.0]], np.float32))
    assert logs[:, 0].tolist() == pytest.approx([-1e-6, np.log(1e-6)], abs=1e-5)


def test_keys_tell_teacher_grid_classes_area_and_sources_apart():
    base = {"teacher": "t", "grid": UTM, "classes": cards(2), "area": "", "sources": ["a"]}
    others = [
        {"teacher": "u"},
        {"grid": UTM.crop(Window(0, 0, 300, 219))},
        {"classes": cards(3)},
        {"area": "b"},
        {"sources": ["c"]},
    ]
    keys = {targets_key(**{**base, **other}) for other in [{}, *others]}
    assert len(keys) == 6
    assert targets_key(**base) == targets_key(**base)


def test_a_store_is_found_again_by_its_key_alone(tmp_path):
    stored(tmp_path)
    assert find_targets(tmp_path, "other", Reporter()) is None
    found = find_targets(tmp_path, "k", Reporter())
    assert [card.name for card in found.classes] == ["class 1", "class 2", "class 3", "class 4"]
    found.close()


@pytest.mark.parametrize("damage", ["truncated", "changed", "gone", "sidecar"])
def test_damage_is_noticed_and_the_store_is_made_again(tmp_path, damage):
    path, _, _ = stored(tmp_path)
    raster, sidecar = path / "targets.tif", path / "targets.json"
    data = bytearray(raster.read_bytes())
    if damage == "truncated":
        raster.write_bytes(data[:-1000])
    elif damage == "changed":
        data[len(data) // 2] ^= 1
        raster.write_bytes(data)
    elif damage == "gone":
        raster.unlink()
    else:
        sidecar.write_text(sidecar.read_text()[:-40])
    reporter = Reporter()
    assert find_targets(tmp_path, "k", reporter) is None
    assert [warning["code"] for warning in reporter.warnings] == ["targets-damaged"]
    with pytest.raises(LayerUnreadable):
        SoftTargets(path)
    stored(tmp_path)
    find_targets(tmp_path, "k", Reporter()).close()


def test_an_unfinished_store_is_none(tmp_path):
    p, valid = answers(4)

    def halting():
        yield next(strips(p, valid))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_targets(tmp_path, "k", halting(), UTM, cards(4), teacher=TEACHER)
    assert find_targets(tmp_path, "k", Reporter()) is None
    assert list((tmp_path / "k").iterdir()) == []


def test_a_full_disk_is_said_although_gdal_keeps_silent(tmp_path):
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited on this system")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputUnwritable):
            stored(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list((tmp_path / "k").iterdir()) == []
    stored(tmp_path)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable):
        stored(tmp_path / "file")


def test_threads_read_at_the_same_time(tmp_path):
    path, _, _ = stored(tmp_path)
    with SoftTargets(path) as targets, ThreadPoolExecutor(4) as pool:
        windows = [Window(col, row, 70, 50) for row in range(0, 200, 20) for col in range(0, 280, 20)]
        whole, _ = targets.probabilities(Window(0, 0, 400, 300))
        for window, (got, _) in zip(windows, pool.map(targets.probabilities, windows), strict=True):
            row, col = int(window.row_off), int(window.col_off)
            assert (got == whole[:, row : row + 50, col : col + 70]).all()
