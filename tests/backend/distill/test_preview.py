"""Pictures of a training under way: what they show, how often, and that they change nothing."""

import numpy as np
import pytest
import torch
from affine import Affine
from matplotlib.image import imread
from rasterio.crs import CRS
from rasterio.windows import Window
from torch import nn

from rskd.distill import preview as module
from rskd.distill.preview import SIDE, Preview
from rskd.distill.recipe import Recipe
from rskd.distill.targets import SoftTargets, write_targets
from rskd.distill.trainer import Course, train
from rskd.distill.validation import Validation
from rskd.events import Reporter
from rskd.geo.grid import Grid
from rskd.infer.engine import Strip
from rskd.models.normalise import Normalised
from rskd.models.plain_unet import PlainUNet

CPU = torch.device("cpu")


class Always(nn.Module):
    """Answers with the same class everywhere."""

    def __init__(self, channel):
        super().__init__()
        self.channel = channel
        self.modes = []

    def forward(self, image):
        self.modes.append(self.training)
        logits = torch.zeros(len(image), 3, *image.shape[2:])
        logits[:, self.channel] = 1
        return logits


@pytest.fixture
def targets(countryside, tmp_path):
    """The truth as the teacher's answers, none in the first ten rows."""
    height, width = countryside.truth.shape
    answered = np.arange(height)[:, None] >= np.zeros(width) + 10
    chosen = countryside.truth == np.arange(3)[:, None, None]
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 5e5, 0, -10, 6e6), width, height)
    strip = Strip(grid.window, np.where(chosen, 0.8, 0.1).astype(np.float32), answered)
    place = write_targets(tmp_path / "targets", "a" * 32, [strip], grid, countryside.classes, teacher={})
    with SoftTargets(place) as found:
        yield found


@pytest.fixture
def made(countryside, targets, tmp_path):
    """A preview of the countryside, and the list of what it says."""
    said = []
    path = tmp_path / "work" / "preview.png"
    material = countryside.material(targets=targets)
    return Preview(material, countryside.cards, countryside.classes, path=path, say=said.append), said


def rgb(color):
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def test_three_panels_show_image_teacher_and_student(countryside, made):
    preview, said = made
    preview.show(Always(1), CPU)
    picture = (imread(said[0])[..., :3] * 255).round().astype(np.uint8)
    assert picture.shape == (SIDE, 3 * SIDE + 2 * 4, 3)
    image, teacher, student = (picture[:, at * (SIDE + 4) : at * (SIDE + 4) + SIDE] for at in range(3))
    # The scene is 128 x 160 pixels: the middle window of 160 x 160 reaches 16 rows past it, above and below.
    rows = slice(16, 144)
    colors = np.array([rgb(card.color) for card in countryside.classes])
    np.testing.assert_array_equal(teacher[rows][10:], colors[countryside.truth][10:])
    assert (teacher[:26] == 235).all()
    assert (student[rows] == colors[1]).all()
    assert (student[:16] == 235).all()
    assert (image[:16] == 255).all()
    assert len(np.unique(image[rows])) > 50


def test_pictures_come_no_more_often_than_every_few_seconds(made, monkeypatch):
    preview, said = made
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    for second in (0, 1, 4.9, 5.1, 6, 10, 10.3):
        now[0] = 1000.0 + second
        preview.show(Always(0), CPU)
    assert len(said) == 3  # at 0, 5.1 and 10.3 seconds


def test_slow_pictures_are_drawn_seldom(made, monkeypatch):
    preview, said = made
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    class Slow(Always):
        def forward(self, image):
            now[0] += 2
            return super().forward(image)

    for _ in range(400):
        preview.show(Slow(0), CPU)
        now[0] += 1
    # Two seconds each: a hundredth of the time allows one in 200 seconds, the first one apart.
    assert len(said) in (3, 4)


def test_the_window_is_where_the_teacher_sees_most_classes(countryside, targets):
    class Wide:
        """Three classes a window to the right of the middle, one elsewhere."""

        extent = Window(0, 0, 5 * SIDE, SIDE)

        def read(self, window):
            patch = countryside.material(targets=targets).read(Window(0, 0, SIDE, SIDE))
            varied = window.col_off >= 3 * SIDE
            one_class = np.full_like(patch.answers, 0.1)
            one_class[0] = 0.8
            answers = patch.answers if varied else one_class
            return type(patch)(patch.pixels, patch.valid, patch.part, patch.target, answers, patch.answered)

    assert module._window_to_show(Wide()).col_off == 3 * SIDE


def test_the_network_comes_back_in_the_mode_that_it_came_in(made):
    preview, _ = made
    network = Always(0).train()
    preview.show(network, CPU)
    assert network.modes == [False]
    assert network.training


def test_a_picture_that_cannot_be_written_stops_nothing(countryside, targets, tmp_path):
    (tmp_path / "file").write_text("no folder")
    said = []
    material = countryside.material(targets=targets)
    place = {"path": tmp_path / "file" / "preview.png", "say": said.append}
    Preview(material, countryside.cards, countryside.classes, **place).show(Always(0), CPU)
    assert said == []


def test_a_training_gives_the_same_weights_to_the_bit_with_pictures(countryside, targets, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LEAST_S", 0.0)
    monkeypatch.setattr(module, "_SHARE", 1e9)
    course = Course(steps=12, epoch_steps=3, batch=2, learning_rate=5e-3, seed=1)
    material = countryside.material(targets=targets)
    weights, said, curves = [], [], []
    for show in (False, True):
        torch.manual_seed(0)
        network = Normalised.by_cards(PlainUNet(2, 3, (8, 8)), countryside.cards)
        place = {"path": tmp_path / "preview.png", "say": said.append}
        drawing = Preview(material, countryside.cards, countryside.classes, **place)
        trained = train(
            network,
            countryside.source(targets=targets),
            Validation([material], countryside.cards, size=32, batch=4, classes=3),
            Recipe.supervised(),
            course,
            folder=tmp_path / str(show),
            device=CPU,
            threads=1,
            reporter=Reporter(),
            show=drawing.show if show else None,
        )
        weights.append(network.state_dict())
        curves.append([(row["loss"], row["mean_iou"]) for row in trained.curves])
    assert len(said) == 4
    assert curves[0] == curves[1]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())
