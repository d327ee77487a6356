"""From rasters on disk to a student that has learned from its teacher, through the real rooms."""

import numpy as np
import pytest
import rasterio
import torch
from affine import Affine
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.data import TileSource
from rskd.distill.labelled import class_weights, label_counts
from rskd.distill.material import SceneMaterial, resident
from rskd.distill.recipe import Recipe
from rskd.distill.statistics import band_statistics
from rskd.distill.targets import SoftTargets, write_targets
from rskd.distill.teach import train_teacher
from rskd.distill.trainer import Course, train
from rskd.distill.validation import Validation
from rskd.events import Reporter
from rskd.geo.labels import open_labels
from rskd.geo.scene import open_scene
from rskd.geo.splits import TRAIN, auto_split
from rskd.models.normalise import Normalised
from rskd.models.plain_unet import PlainUNet
from rskd.models.teachers.checkpoint import open_checkpoint
from rskd.spec import CheckpointTeacher, LabelSpec, LabelsTeacher, LayerSpec, RecipeSpec

CPU = torch.device("cpu")
SIZE = 320


@pytest.fixture
def files(tmp_path):
    """A two-band image with a patch without data, and labels of three classes with gaps."""
    rng = np.random.default_rng(5)
    truth = rng.integers(1, 4, (SIZE // 20, SIZE // 20)).repeat(20, 0).repeat(20, 1).astype(np.uint8)
    level = np.array([[0, 300, 900, 1500], [0, 2000, 800, 1400]])
    pixels = (level[:, truth] + rng.normal(0, 40, (2, SIZE, SIZE))).round().astype(np.uint16)
    pixels[:, :9, :50] = 0
    truth[:, ::7] = 0
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "crs": "EPSG:32633"}
    profile |= {"transform": Affine(10, 0, 500000, 0, -10, 5000000), "nodata": 0}
    with rasterio.open(tmp_path / "image.tif", "w", count=2, dtype="uint16", **profile) as image:
        image.write(pixels)
    with rasterio.open(tmp_path / "labels.tif", "w", count=1, dtype="uint8", **profile) as labels:
        labels.write(truth, 1)
    return tmp_path


def test_a_student_learns_from_a_teacher_without_seeing_a_label(files):
    reporter, work = Reporter(), files / "work"
    with open_scene([LayerSpec(path=str(files / "image.tif"))]) as scene:
        reference = open_labels(LabelSpec(path=str(files / "labels.tif")), scene.grid, task="land-cover")
        split = auto_split(scene, reference, tile=32, radius=8, seed=1)
        on_disk = SceneMaterial(scene, (0, 1), split, reference)
        cards = band_statistics([on_disk], scene.bands)
        counts = label_counts([on_disk], 3, TRAIN)
        assert counts.tolist() == pytest.approx(split.labelled(TRAIN), rel=0.03)  # that leaves out labels without data
        said = tuple(ClassCard(value=known.value, name=known.name, color=known.color) for known in reference.classes)
        path = train_teacher(
            LabelsTeacher(model="plain-unet", widths=[16, 16]), resident([on_disk], 0.1), cards, said,
            path=work / "teacher.safetensors", tile=32, gsd=10.0, local=False, class_weights=class_weights(counts),
            course=Course(steps=60, epoch_steps=30, batch=4, learning_rate=1e-2, seed=1),
            folder=work / "teacher", device=CPU, threads=1, reporter=reporter,
        )  # fmt: skip
        teacher = open_checkpoint(
            CheckpointTeacher(kind="checkpoint", path=str(path), flips=False),
            reference.classes,
            device=CPU,
            reporter=reporter,
        )
        store = write_targets(work, "k", teacher.answers(scene), scene.grid, said, teacher={"name": teacher.name})
        with SoftTargets(store) as targets:
            _, answered = targets.read(Window(0, 0, SIZE, SIZE))
            assert not answered[:9, :50].any()
            assert answered[9:].all()
            unlabelled = SceneMaterial(scene, (0, 1), split, None, targets)
            torch.manual_seed(0)
            student = Normalised.by_cards(PlainUNet(2, 3, (8, 8)), cards)
            trained = train(
                student,
                TileSource([unlabelled], cards, tile=32, seed=2, classes=3),
                Validation([unlabelled], cards, size=32, batch=4, classes=3),
                Recipe.of(RecipeSpec(), labels=False),
                Course(steps=60, epoch_steps=30, batch=4, learning_rate=1e-2, seed=1),
                folder=work / "student", device=CPU, threads=1, reporter=reporter,
            )  # fmt: skip
            judge = Validation(
                [SceneMaterial(scene, (0, 1), split, reference, targets)], cards, size=32, batch=4, classes=3
            )
            assert trained.score_name == "agreement"
            assert judge.teacher_score() > 0.9
            assert judge.score(student, CPU) > 0.85
    assert reporter.warnings == []
