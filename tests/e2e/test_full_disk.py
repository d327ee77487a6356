"""A disk that fills up half-way: said, nothing unfinished left, and the same command goes on once there is room."""

import resource
import sys
from contextlib import contextmanager

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are POSIX")]


@contextmanager
def files_limited():
    """Yields a function that limits the size of every file written from then on, in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("stage", "room", "named"),
    [
        ("Teacher’s answers, scene 1", 2_000, "targets.tif"),
        ("student", 100_000, "epoch-000001.ckpt"),
        ("Writing student.onnx", 100_000, "student.onnx"),
        ("map", 1_000, "confidence.tif"),
        ("polygons", 10_000, "map.gpkg"),
        ("Report", 20_000, "map.png"),
    ],
)
def test_it_fills_up_at_any_stage(stage, room, named, gewata, make_job, here, files_in, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "student.onnx").write_bytes(b"of an earlier run")
    job = make_job(teacher={"kind": "map", "path": str(gewata / "labels.tif"), "ignore": [0]})
    with files_limited() as limit:
        full = here(job, on=lambda event: limit(room) if event.get("stage") == stage else None)
    assert full.error["code"] == "output-unwritable"
    assert named in full.said
    left = files_in(out)
    assert left["student.onnx"] == b"of an earlier run"
    assert {name for name in left if not name.startswith((".work", "targets"))} == {"student.onnx"}
    assert not [name for name in left if ".part" in name]

    assert here(job).code == 0
    left = files_in(out)
    assert len(left["student.onnx"]) > 100_000
    assert not [name for name in left if ".part" in name or "unfinished" in name]
    assert len([name for name in left if name.endswith("targets.tif")]) == 1


def test_it_fills_up_under_a_prediction(distilled, gewata, rskd, tmp_path):
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    image, result = gewata / "image.tif", tmp_path / "map.tif"
    ran = rskd("predict", distilled / "student.onnx", image, "--out", result, before=small)
    assert ran.code == 2
    assert "map.tif" in ran.err
    assert "space" in ran.err
    assert list(tmp_path.iterdir()) == []
