"""A small made-up countryside to learn from: two bands, three classes, a training, a validation and a test part."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from affine import Affine
from rasterio.windows import Window

from rskd.card import BandCard, ClassCard
from rskd.distill.data import Batch, TileSource
from rskd.distill.material import SceneMaterial
from rskd.geo.grid import Grid
from rskd.geo.labels import IGNORE, LabelClass, Labels
from rskd.geo.scene import Band
from rskd.models.normalise import Normalised
from rskd.models.students import entry
from rskd.models.teachers.live import LiveTeacher

CLASSES = (
    ClassCard(value=1, name="forest", color="#117733"),
    ClassCard(value=5, name="water", color="#3377aa"),
    ClassCard(value=9, name="road", color="#aa4444"),
)


def cut(array, window, outside):
    """A window of (..., H, W) that may reach past any edge."""
    height, width = array.shape[-2:]
    rows = np.arange(window.row_off, window.row_off + window.height)
    cols = np.arange(window.col_off, window.col_off + window.width)
    inside = ((rows >= 0) & (rows < height))[:, None] & ((cols >= 0) & (cols < width))[None]
    return np.where(inside, array[..., rows.clip(0, height - 1)[:, None], cols.clip(0, width - 1)], outside)


@dataclass
class MemoryScene:
    """What the scene's contract promises, from arrays."""

    pixels: np.ndarray
    valid: np.ndarray
    name: str = "memory"
    grid: Grid = field(init=False)
    bands: tuple = field(init=False)

    def __post_init__(self):
        self.grid = Grid(None, Affine.scale(10, -10), self.pixels.shape[2], self.pixels.shape[1])
        self.bands = tuple(Band("memory", at + 1, f"B{at + 1}", "uint16", None) for at in range(len(self.pixels)))

    def extent(self):
        return Window(0, 0, self.grid.width, self.grid.height)

    def read(self, window, bands=None):
        chosen = list(range(len(self.pixels)) if bands is None else bands)
        valid = cut(self.valid, window, False)
        return np.where(valid, cut(self.pixels[chosen], window, 0), 0).astype(np.float32), valid


@dataclass
class MemorySplit:
    """What the split's contract promises, from an array of parts."""

    parts: np.ndarray
    gap: int = 0

    def read(self, window):
        return cut(self.parts, window, 0).astype(np.uint8)

    def train_origins(self, tile):
        height, width = self.parts.shape
        lattice = [
            (row, col)
            for row in range(0, max(height - tile, 0) + 1, tile // 4)
            for col in range(0, max(width - tile, 0) + 1, tile // 4)
        ]
        fits = [set(np.unique(self.parts[row : row + tile, col : col + tile])) in ({1}, {0, 1}) for row, col in lattice]
        return np.array([place for place, fit in zip(lattice, fits, strict=True) if fit], np.int64).reshape(-1, 2)

    def windows(self, part, size):
        height, width = self.parts.shape
        found = []
        for row in range(0, height, size):
            for col in range(0, width, size):
                if (self.parts[row : row + size, col : col + size] == part).any():
                    found.append(Window(col, row, min(size, width - col), min(size, height - row)))
        return found


@dataclass
class Countryside:
    """Everything of one scene, for tests to change before use."""

    scene: MemoryScene
    split: MemorySplit
    truth: np.ndarray
    cards: tuple
    classes: tuple = CLASSES

    def labels(self, truth=None):
        truth = self.truth if truth is None else truth
        counts = tuple(int((truth == channel).sum()) for channel in range(len(CLASSES)))
        classes = tuple(LabelClass(card.value, card.name, card.color) for card in CLASSES)
        return Labels(classes, lambda window: cut(truth, window, IGNORE).astype(np.uint8), counts=counts)

    def material(self, *, truth=None, targets=None, labelled=True):
        reference = self.labels(truth) if labelled else None
        return SceneMaterial(self.scene, tuple(range(len(self.scene.bands))), self.split, reference, targets)

    def source(self, *, seed=3, tile=32, **options):
        material = {name: options.pop(name) for name in ("truth", "targets", "labelled") if name in options}
        return TileSource([self.material(**material)], self.cards, tile=tile, seed=seed, classes=3, **options)


@pytest.fixture
def countryside():
    """128 x 160 pixels; columns 0-95 train, 96-127 a gap and validation, 128-159 test; classes told by brightness."""
    rng = np.random.default_rng(11)
    truth = np.zeros((128, 160), np.uint8)
    truth[40:90] = 1
    truth[:, 20:32] = 2
    truth[:, 112:124] = 2
    level = np.array([[300, 900, 1500], [2000, 800, 1400]])
    pixels = (level[:, truth] + rng.normal(0, 60, (2, 128, 160))).round().astype(np.float32)
    parts = np.ones_like(truth)
    parts[:, 96:104], parts[:, 104:128], parts[:, 128:] = 0, 2, 3
    cards = tuple(
        BandCard(name=f"B{at + 1}", layer="memory", dtype="uint16", mean=mean, std=std, low=0, high=2500)
        for at, (mean, std) in enumerate([(600.0, 350.0), (1500.0, 600.0)])
    )
    scene = MemoryScene(pixels, np.ones(truth.shape, bool))
    return Countryside(scene, MemorySplit(parts), truth, cards)


class Schoolroom:
    """Small networks of the catalogue, and a batch of three made-up bands for them to learn from."""

    bands = tuple(
        BandCard(layer="made", low=40.0, high=160.0, name=f"B{at}", mean=100.0, std=20.0, dtype="uint16")
        for at in range(3)
    )

    def network(self, name, classes, seed=0):
        torch.manual_seed(seed)
        return Normalised(entry(name).build(3, classes), [100.0] * 3, [20.0] * 3)

    def teacher(self, name, classes):
        return LiveTeacher(self.network(name, classes, seed=1).eval(), (0, 1, 2), "live")

    def batch(self, classes, n=2, size=32):
        draw = torch.Generator().manual_seed(5)
        image = 100 + 20 * torch.randn(n, 3, size, size, generator=draw)
        target = torch.randint(0, classes, (n, size, size), generator=draw)
        target[:, : size // 4] = IGNORE
        valid = torch.ones(n, size, size, dtype=torch.bool)
        valid[:, :, -4:] = False
        soft = (3 * torch.randn(n, classes, size, size, generator=draw)).log_softmax(1)
        return Batch(image, valid, target, soft, valid.clone(), image.clone())


@pytest.fixture
def schoolroom():
    return Schoolroom()
