"""One write fails, as on a disk that is full for a moment: the result is whole, or refused and absent."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("failing_write.c")

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="replaces write() by preloading, as Linux can"),
    pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler"),
]

SCRIPT = """
import ctypes, json, sys
from pathlib import Path
import numpy as np, pyogrio, rasterio
from affine import Affine
from rasterio.crs import CRS
from rskd.card import ClassCard
from rskd.errors import OutputUnwritable
from rskd.geo.grid import Grid
from rskd.geo.polygons import polygonize
from rskd.geo.writers import MapWriter

kind, folder = sys.argv[1], Path(sys.argv[2])
classes = [ClassCard(value=v, name=f"class {v}", color="#102030") for v in (1, 2, 3)]
grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_000_000), 600, 520)
pixels = np.random.default_rng(0).integers(1, 4, (520, 600)).astype(np.uint8)

def write_map():
    with MapWriter(folder / "a.tif", grid, classes=classes, kind="confidence" if kind == "confidence" else "classes",
                   cog=kind == "cog") as writer:
        for window in grid.blocks(512):
            writer.write(window, pixels[window.toslices()])

def seen_map():
    answers = []
    for level in ({}, {"overview_level": 0}):
        with rasterio.open(folder / "a.tif", **level) as dataset:
            answers += [dataset.read(), sorted((k, str(v)) for k, v in dataset.profile.items()), dataset.descriptions,
                        dataset.tags(), dataset.colorinterp]
    return answers

def write_polygons():
    small = np.kron(pixels[:20, :20], np.ones((3, 3), np.uint8))
    polygonize(lambda w: small[w.toslices()], grid.crop(rasterio.windows.Window(0, 0, 60, 60)), classes,
               folder / "a.gpkg", strip=13)

def seen_polygons():
    information, _, shapes, fields = pyogrio.raw.read(folder / "a.gpkg")
    facts = pyogrio.read_info(folder / "a.gpkg")
    return [information["crs"], shapes.tolist(), [field.tolist() for field in fields], sorted(map(str, facts.items()))]

write, seen = (write_polygons, seen_polygons) if kind == "polygons" else (write_map, seen_map)
write()
right = repr(seen())
library = ctypes.CDLL(None)
library.fail_write(0)
write()
writes = library.writes_seen()
outcomes = {"whole": 0, "refused": 0}
for number in range(1, writes + 1, max(1, writes // 15)):
    for old in folder.iterdir():
        old.unlink()
    library.fail_write(number)
    try:
        write()
    except OutputUnwritable:
        outcomes["refused"] += 1
        assert list(folder.iterdir()) == [], number
    else:
        outcomes["whole"] += 1
        assert repr(seen()) == right, number
        assert not [path for path in folder.iterdir() if ".part" in path.name], number
print(json.dumps({"writes": writes, **outcomes}))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    built = tmp_path_factory.mktemp("preload") / "failing_write.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", built, SOURCE, "-ldl"], check=True)
    return built


@pytest.mark.parametrize("kind", ["classes", "confidence", "cog", "polygons"])
def test_a_failing_write_never_leaves_a_damaged_result(tmp_path, library, kind):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, tmp_path],
        env={**os.environ, "LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    outcome = json.loads(run.stdout.splitlines()[-1])
    assert outcome["writes"] > 10
    assert outcome["refused"] > 5
