"""A small countryside on disk and a job over it: trained in a second, opened once for all tests that only look."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from rasterio.transform import from_origin

from rskd.events import Reporter
from rskd.jobs.maps import map_sites, opened_readers
from rskd.jobs.setting import settle
from rskd.jobs.sites import opened_sites
from rskd.jobs.student_file import write_student
from rskd.jobs.teaching import open_given, soft_targets
from rskd.jobs.training import Trainer
from rskd.spec import DistillJob

WEST, NORTH, PIXEL = 500_000, 6_000_000, 10
HEIGHT, WIDTH = 128, 192
VALUES = np.array([1, 5, 9], np.uint8)


@dataclass(frozen=True)
class Country:
    """Files and what they hold: channels (H, W) of the truth and of the teacher, which is wrong on every tenth row."""

    folder: Path
    truth: np.ndarray
    taught: np.ndarray

    @staticmethod
    def box(first_column: int, last_column: int) -> list[float]:
        """Bounds of whole columns."""
        return [WEST + PIXEL * first_column, NORTH - PIXEL * HEIGHT, WEST + PIXEL * last_column, NORTH]

    @staticmethod
    def write(path: Path, pixels: np.ndarray, pixel: float = PIXEL, nodata: float | None = None) -> str:
        """(C, H, W) as a GeoTIFF in UTM 33N, its corner that of the country."""
        count, height, width = pixels.shape
        profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": pixels.dtype}
        place = {"crs": "EPSG:32633", "transform": from_origin(WEST, NORTH, pixel, pixel)}
        with rasterio.open(path, "w", **profile, **place, nodata=nodata) as file:
            file.write(pixels)
        return str(path)

    def job(self, out: Path, **changes: object) -> DistillJob:
        """128 x 192 pixels: columns 0-111 train, 120-151 validate, 152-191 test; the teacher is a map."""
        described = {
            "layers": [str(self.folder / "image.tif")],
            "labels": {"path": str(self.folder / "labels.tif")},
            "split": {"train": self.box(0, 112), "validation": self.box(120, 152), "test": self.box(152, 192)},
            "teacher": {"kind": "map", "path": str(self.folder / "teacher.tif")},
            "student": {"name": "swift-unet-16"},
            "training": {"tile": 32, "batch": 2, "steps": 6, "seed": 3},
            "threads": 1,
            "device": "cpu",
            "out": str(out),
            **changes,
        }
        return DistillJob.model_validate(described)


@pytest.fixture(scope="session")
def country(tmp_path_factory):
    folder = tmp_path_factory.mktemp("country")
    truth = np.zeros((HEIGHT, WIDTH), np.uint8)
    truth[40:90] = 1
    truth[:, 20:32] = truth[:, 124:140] = truth[:, 160:176] = 2
    taught = truth.copy()
    taught[::10] = (taught[::10] + 1) % 3
    level = np.array([[300, 900, 1500], [2000, 800, 1400]])
    noise = np.random.default_rng(11).normal(0, 60, (2, HEIGHT, WIDTH))
    Country.write(folder / "image.tif", (level[:, truth] + noise).round().astype(np.uint16))
    Country.write(folder / "labels.tif", VALUES[truth][None], nodata=0)
    Country.write(folder / "teacher.tif", VALUES[taught][None], nodata=0)
    return Country(folder, truth, taught)


@dataclass(frozen=True)
class Opened:
    """What a distillation goes through, step by step."""

    setting: object
    teacher: object
    targets: tuple
    trainer: Trainer


@pytest.fixture(scope="session")
def enter():
    """Opens a job up to where training begins."""
    with ExitStack() as stack:

        def opened(job, reporter=None):
            reporter, cpu, folder = reporter or Reporter(), torch.device("cpu"), Path(job.out)
            sites = stack.enter_context(opened_sites(job, reporter))
            teacher = open_given(job, sites, device=cpu, reporter=reporter)
            chosen = {"teacher_classes": teacher.classes if teacher else None, "decided_student": None}
            setting = settle(job, sites, **chosen, device=cpu, reporter=reporter)
            targets = stack.enter_context(soft_targets(setting, teacher, folder / "targets")) if teacher else ()
            return Opened(setting, teacher, targets, Trainer(setting, targets, folder / "work"))

        yield opened


@pytest.fixture(scope="session")
def opened(country, enter, tmp_path_factory):
    return enter(country.job(tmp_path_factory.mktemp("out")))


@pytest.fixture(scope="session")
def outcome(opened):
    return opened.trainer.train("student", 6, taught=True)


@pytest.fixture(scope="session")
def mapped(opened, outcome, tmp_path_factory):
    path = tmp_path_factory.mktemp("student") / "student.onnx"
    write_student(path, outcome, opened.setting, opened.teacher, {})
    return map_sites(path, opened.setting, everything=True)


@pytest.fixture(scope="session")
def readers(opened, mapped):
    with opened_readers(opened.setting, opened.targets, {"student": mapped}) as found:
        yield found
