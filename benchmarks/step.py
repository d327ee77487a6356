"""What a distillation step costs with the teacher's answers read from their store, and with the teacher asked anew."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from _made_up import BANDS, CLASSES, cards, classes, image
from rasterio.windows import Window
from torch import Tensor, nn

from rskd.distill.data import TileSource
from rskd.distill.material import SceneMaterial
from rskd.distill.pace import measure_step
from rskd.distill.recipe import Recipe
from rskd.distill.targets import SoftTargets, write_targets
from rskd.geo.scene import Scene, open_scene
from rskd.geo.splits import auto_split
from rskd.infer.engine import Strip
from rskd.models.architectures import build_network
from rskd.models.normalise import Normalised
from rskd.models.students import entry
from rskd.spec import LayerSpec, RecipeSpec
from rskd.terminal import print_table

SIDE, TILE, BATCH, THREADS = 1_024, 128, 8, os.cpu_count() or 1
TEACHER = (32, 64, 128, 256)
STUDENTS = ("swift-unet-16", "tiny-unet-16")


class AskedAnew(nn.Module):
    """A student that has its teacher look at the same tiles first."""

    def __init__(self, student: nn.Module, teacher: nn.Module) -> None:
        super().__init__()
        self.student, self.teacher = student, teacher.requires_grad_(False)

    def forward(self, tiles: Tensor) -> Tensor:
        with torch.no_grad():
            self.teacher(tiles)
        return self.student(tiles)


def answers() -> Iterator[Strip]:
    draw = np.random.default_rng(0)
    for top in range(0, SIDE, 256):
        belief = draw.random((CLASSES, 256, SIDE), np.float32)
        yield Strip(Window(0, top, SIDE, 256), belief / belief.sum(0), np.ones((256, SIDE), bool))


def row(name: str, scene: Scene, targets: SoftTargets) -> dict[str, object]:
    material = SceneMaterial(
        scene, tuple(range(BANDS)), auto_split(scene, None, tile=TILE, radius=64, seed=0), None, targets
    )
    source = TileSource([material], cards(), tile=TILE, seed=0, classes=CLASSES)
    recipe = Recipe.of(RecipeSpec(), labels=False)
    student = Normalised.by_cards(entry(name).build(BANDS, CLASSES), cards())
    teacher = Normalised.by_cards(build_network("plain-unet", "", TEACHER, BANDS, CLASSES), cards())
    how = {"batch": BATCH, "learning_rate": 1e-3, "device": torch.device("cpu"), "threads": THREADS}
    kept = measure_step(student, source, recipe, **how)
    live = measure_step(AskedAnew(student, teacher), source, recipe, **how)
    return {"name": name, "kept": kept * 1000, "live": live * 1000, "ratio": live / kept}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_scene([LayerSpec(path=str(image(folder / "image.tif", SIDE, SIDE)))]) as scene:
            store = write_targets(folder, "store", answers(), scene.grid, classes(), teacher={})
            with SoftTargets(store) as targets:
                rows = [row(name, scene, targets) for name in STUDENTS]
    columns = {
        "name": "Student",
        "kept": "kept answers, ms a step",
        "live": "live teacher, ms a step",
        "ratio": "Ratio",
    }
    print_table(rows, columns)
