"""A distillation over tiles that a server gives for a token: from the first tile to the map, and the token nowhere."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from rskd.events import Reporter
from rskd.jobs.disagreement import run as disagreement
from rskd.jobs.distill import run as distill
from rskd.jobs.predict import run as predict
from rskd.spec import DisagreementJob, DistillJob, PredictJob

TOKEN = "t0ken-of-the-layer"  # noqa: S105 # pragma: allowlist secret
# Six kilometres of web Mercator about 52° north.
AREA = (1_500_000.0, 6_800_000.0, 1_506_000.0, 6_806_000.0)


@pytest.fixture
def teacher_map(tmp_path):
    """Two classes in squares of two kilometres, in the tiles' own CRS."""
    path = tmp_path / "teacher.tif"
    rows, columns = np.indices((350, 350)) // 100
    profile = {"driver": "GTiff", "count": 1, "height": 350, "width": 350, "dtype": "uint8", "crs": "EPSG:3857"}
    place = Affine(20, 0, AREA[0] - 500, 0, -20, AREA[3] + 500)
    with rasterio.open(path, "w", **profile, transform=place, nodata=0) as file:
        file.write(((rows + columns) % 2 + 1).astype(np.uint8), 1)
    return path


@pytest.fixture
def job(server, teacher_map, tmp_path):
    server.token = TOKEN
    return DistillJob.model_validate(
        {
            "layers": [{"path": server.xyz(query="?token={secret:tiles}"), "name": "tiles", "gsd": 10}],
            "area": AREA,
            "teacher": {"kind": "map", "path": str(teacher_map)},
            "student": {"name": "swift-unet-16"},
            "training": {"tile": 32, "batch": 2, "steps": 4, "seed": 3},
            "threads": 1,
            "device": "cpu",
            "out": str(tmp_path / "out"),
        }
    )


def test_it_works_at_one_zoom_and_keeps_the_token_to_itself(job, server, provide, tmp_path):
    provide({"tiles": TOKEN})
    heard = []
    result = distill(job, Reporter(heard.append))
    assert server.zooms() == {14}
    assert len(set(server.asked)) <= 16  # a tile is 2446 m
    files = {Path(file).name: file for file in result["files"]}
    assert {"map.tif", "confidence.tif", "map.gpkg", "report.html"} <= set(files)
    with rasterio.open(files["map.tif"]) as written:
        assert written.crs.to_epsg() == 3857
        assert 360 < written.width < 380
        assert (written.read(1) != written.nodata).mean() > 0.98
    assert TOKEN not in json.dumps([heard, result], default=str)
    everything = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert any(path.name == "job.json" for path in everything)
    assert [path for path in everything if TOKEN.encode() in path.read_bytes()] == []
    resolved = (tmp_path / "out" / "job.json").read_text(encoding="utf-8")
    assert "{secret:tiles}" in resolved

    [(class_map, answers)] = result["answers"].items()
    differences = DisagreementJob(map=class_map, targets=answers, out=str(tmp_path / "d.tif"))
    assert 0 < disagreement(differences, Reporter())["share"] < 1

    provide({"tiles": "another", "unused": TOKEN})
    server.token = "another"  # noqa: S105
    kept = distill(job, Reporter(heard.append))
    assert any("kept from an earlier run" in event.get("message", "") for event in heard)
    assert kept["files"] == result["files"]


def test_a_student_runs_over_tiles_at_its_own_distance(job, server, provide, make_student, by_threshold, tmp_path):
    provide({"tiles": TOKEN})
    layers = [{**job.layers[0].model_dump(), "name": "", "gsd": None, "bands": [3]}]
    student = make_student(by_threshold, gsd=19.0)
    result = predict(
        PredictJob(student=str(student), layers=layers, area=AREA, out=str(tmp_path / "map.tif")), Reporter()
    )
    assert server.zooms() == {13}
    assert result["gsd"] == pytest.approx(19, rel=1e-3)
    with rasterio.open(tmp_path / "map.tif") as written:
        # The third band always is 77, below the first threshold.
        assert set(np.unique(written.read(1))) <= {10, int(written.nodata)}
