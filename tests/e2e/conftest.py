"""Small real crops, job files over them, and two ways to run RSKD: as a user does, and within this process.

A process of its own spends more than ten seconds on importing the training libraries. So what users type runs once for
each face of the program; variants of jobs run here, through the same function that the worker calls.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
import rasterio
import yaml
from onnx import numpy_helper
from rasterio.windows import Window
from typer.testing import CliRunner

from rskd.cli import app
from rskd.events import Reporter
from rskd.spec import load_job
from rskd.worker import answer, perform

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    events: list[dict[str, Any]]
    out: str = ""
    err: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """Of a run that worked."""
        assert self.code == 0, self.err or self.events[-1]
        return self.events[-1]["result"]

    @property
    def error(self) -> dict[str, Any]:
        """What a user is told who can mend it."""
        assert self.code == 2, self.err or self.events[-1]
        return self.events[-1]

    @property
    def said(self) -> str:
        """Message and hint of the error."""
        return f"{self.error['message']} {self.error['hint']}"

    @property
    def warnings(self) -> list[str]:
        """Codes of all warnings."""
        return [event["code"] for event in self.events if event["event"] == "warning"]


COMMAND = [str(Path(sys.executable).with_name("rskd"))]


def rskd(*words: object, cwd: Path | None = None, before: Any = None) -> Ran:
    """Runs the command line in a process of its own; `before` runs in the child first (limits)."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        encoding="utf-8",
        preexec_fn=before,
        timeout=300,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()] if "--events" in words else []
    return Ran(done.returncode, events, done.stdout, done.stderr)


def ask(*words: object) -> Ran:
    """Runs the command line in this process: for short questions, which need no worker."""
    done = CliRunner().invoke(app, [*map(str, words)])
    return Ran(done.exit_code, [], done.stdout, done.stderr)


def here(job: Path, on: Callable[[dict[str, Any]], None] = lambda _: None) -> Ran:
    """Distils in this process, as the worker does: the job is read, handed over as JSON, answered in events.

    `on` hears each event as it happens.
    """
    events: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> None:
        events.append(event)
        on(event)

    def work() -> dict[str, Any]:
        return perform("distill", load_job(job).model_dump(mode="json", exclude_unset=True), Reporter(hear))

    return Ran(answer(work, hear), events)


class Running:
    """`rskd distill JOB --events` under way."""

    def __init__(self, job: Path) -> None:
        self.parent = subprocess.Popen(
            [*COMMAND, "distill", str(job), "--events"],
            env={**os.environ, **ONE_THREAD},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.events: list[dict[str, Any]] = []

    def until(self, event: str, **facts: object) -> psutil.Process:
        """Waits for an event with these facts; returns the worker."""
        for line in self.parent.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == event and facts.items() <= self.events[-1].items():
                return self.worker
        raise AssertionError(f"it ended before {event} {facts}: {self.events[-1:]}, {self.parent.stderr.read()}")

    @property
    def worker(self) -> psutil.Process:
        [child] = psutil.Process(self.parent.pid).children()
        return child

    def kill(self) -> None:
        """Ends parent and worker, if they still run."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.parent.pid).children():
                child.kill()
        self.parent.kill()
        self.parent.communicate()

    def ended(self) -> Ran:
        """Waits for the end."""
        out, err = self.parent.communicate(timeout=120)
        self.events += [json.loads(line) for line in out.splitlines()]
        return Ran(self.parent.returncode, self.events, err=err.decode())


def crop(source: Path, to: Path, window: Window, **changes: Any) -> Path:
    """A window of a raster as a GeoTIFF of its own, band names kept."""
    with rasterio.open(source) as whole:
        profile = {
            "driver": "GTiff",
            "count": whole.count,
            "dtype": whole.dtypes[0],
            "width": window.width,
            "height": window.height,
            "crs": whole.crs,
            "transform": whole.window_transform(window),
            "nodata": whole.nodata,
            **changes,
        }
        with rasterio.open(to, "w", **profile) as part:
            part.write(whole.read(window=window))
            part.descriptions = whole.descriptions
    return to


def rewrite(raster: Path, to: Path, change: Any = lambda pixels: pixels, **profile: Any) -> Path:
    """A raster with other pixels or another profile."""
    with rasterio.open(raster) as source:
        pixels = change(source.read())
        new = {**source.profile, "count": len(pixels), "dtype": pixels.dtype, **profile}
        names = source.descriptions[: len(pixels)]
    with rasterio.open(to, "w", **new) as target:
        target.descriptions = names  # before the pixels: the file's table of contents then stands in front of them
        target.write(pixels)
    return to


def cut_short(raster: Path, to: Path) -> Path:
    """A raster whose header is whole and whose last tiles are missing."""
    rewrite(raster, to, tiled=True, blockxsize=64, blockysize=64, compress="none")
    with to.open("rb+") as file:
        file.truncate(to.stat().st_size * 2 // 3)
    with rasterio.open(to) as header:
        assert header.width > 0
    return to


def weights_of(student: Path) -> dict[str, np.ndarray]:
    """The numbers inside a student file."""
    return {one.name: numpy_helper.to_array(one) for one in onnx.load(student).graph.initializer}


def assert_same_weights(first: Path, second: Path) -> None:
    """Bit for bit."""
    ours, theirs = weights_of(first), weights_of(second)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(values, theirs[name]) for name, values in ours.items())


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(name="rskd", scope="session")
def _rskd():
    return rskd


@pytest.fixture(name="ask", scope="session")
def _ask():
    return ask


@pytest.fixture(name="here", scope="session")
def _here():
    return here


@pytest.fixture(name="start")
def _start():
    """Starts jobs in the background; none outlives its test."""
    running: list[Running] = []

    def start(job: Path) -> Running:
        running.append(Running(job))
        return running[-1]

    yield start
    for one in running:
        one.kill()


@pytest.fixture(name="crop", scope="session")
def _crop():
    return crop


@pytest.fixture(name="rewrite", scope="session")
def _rewrite():
    return rewrite


@pytest.fixture(name="cut_short", scope="session")
def _cut_short():
    return cut_short


@pytest.fixture(name="assert_same_weights", scope="session")
def _assert_same_weights():
    return assert_same_weights


@pytest.fixture(name="files_in", scope="session")
def _files_in():
    return files_in


TILES = {"tile": 32, "batch": 2, "steps": 2, "seed": 7}
PLAIN_TEACHER = {"kind": "labels", "model": "plain-unet", "widths": [8, 8], "flips": False}


@pytest.fixture(scope="session")
def gewata(shared_data, tmp_path_factory) -> Path:
    """A folder with `image.tif` (6 bands, 320 x 192) and `labels.tif` (0 means not labelled); read it, leave it."""
    folder, source = tmp_path_factory.mktemp("gewata"), shared_data / "gewata_landsat_lulc"
    window = Window(600, 200, 320, 192)
    crop(source / "gewata_north_landsat7_2001.tif", folder / "image.tif", window)
    crop(source / "gewata_north_lulc.tif", folder / "labels.tif", window)
    return folder


def write_job(path: Path, **keys: Any) -> Path:
    """A job file; keys that are None are left out."""
    path.write_text(yaml.safe_dump({key: value for key, value in keys.items() if value is not None}), encoding="utf-8")
    return path


@pytest.fixture
def make_job(tmp_path, gewata):
    """Writes a job over the crop with a very small teacher and student; takes changes, None leaves a key out."""

    def make(name="job.yaml", **changes):
        keys = {
            "layers": [{"path": str(gewata / "image.tif"), "name": "landsat"}],
            "labels": {"path": str(gewata / "labels.tif"), "ignore": [0]},
            "teacher": PLAIN_TEACHER,
            "student": {"name": "swift-unet-16"},
            "training": TILES,
            "threads": 1,
            "out": "out",
        }
        return write_job(tmp_path / name, **{**keys, **changes})

    return make


@pytest.fixture(scope="session")
def distilled(gewata, tmp_path_factory) -> Path:
    """The folder of a finished distillation, run as users run it; read it, leave it."""
    folder = tmp_path_factory.mktemp("distilled")
    job = write_job(
        folder / "job.yaml",
        task="land-cover",
        layers=[{"path": os.path.relpath(gewata / "image.tif", folder), "name": "landsat"}],
        labels={"path": str(gewata / "labels.tif"), "ignore": [0], "share": 0.5},
        area=None,
        split="auto",
        teacher={**PLAIN_TEACHER, "members": 2},
        student={"name": "auto", "max_parameters": 2.0e5},
        recipe="soft-targets",
        training={"tile": 32, "batch": 2, "epochs": 1, "max_minutes": 0.5, "seed": 7},
        device="cpu",
        threads=1,
        memory_gb=4,
        baseline=True,
        out="out/gewata",
    )
    ran = rskd("distill", job, "--events")
    assert ran.code == 0, ran.err
    (folder / "events.json").write_text(json.dumps(ran.events))
    (folder / "stderr.txt").write_text(ran.err)
    return folder / "out" / "gewata"
