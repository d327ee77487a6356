"""The generalisation gap against the same number from plain numpy."""

import numpy as np
import pytest
import torch
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill import gap as room
from rskd.distill.gap import generalisation_gap
from rskd.distill.recipe import Recipe
from rskd.distill.targets import SoftTargets, write_targets
from rskd.infer.engine import Strip
from rskd.models.normalise import Normalised
from rskd.spec import RecipeSpec

SPEC = RecipeSpec(alpha=0.3, temperature=2.0)


class PixelByPixel(torch.nn.Module):
    """A 1 x 1 convolution: numpy can do it too."""

    multiple, receptive_field = 1, 0

    def __init__(self):
        super().__init__()
        self.mix = torch.nn.Conv2d(2, 3, 1)
        with torch.no_grad():
            self.mix.weight.copy_(torch.tensor([[1.0, -1], [0.5, 2], [-2, 0.25]])[..., None, None])
            self.mix.bias.copy_(torch.tensor([0.1, 0, -0.3]))

    def forward(self, image):
        return self.mix(image)


@pytest.fixture
def network(countryside):
    return Normalised.by_cards(PixelByPixel(), countryside.cards).eval()


@pytest.fixture
def teacher(countryside, tmp_path):
    """Eight to one to one for the true class; no answer in the upper 20 rows."""
    truth = countryside.truth
    answers = np.where(truth == np.arange(3)[:, None, None], 0.8, 0.1).astype(np.float32)
    valid = np.ones(truth.shape, bool)
    valid[:20] = False
    cards = [ClassCard(value=at, name=str(at), color="#000000") for at in range(3)]
    strip = Strip(Window(0, 0, 160, 128), answers, valid)
    with SoftTargets(write_targets(tmp_path, "k", [strip], countryside.scene.grid, cards, teacher={})) as targets:
        yield targets, valid


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(0))


def expected(countryside, answered, part, alpha=0.3, temperature=2.0):
    """alpha · mean cross entropy over labelled pixels + (1 - alpha) · T² · mean KL over answered ones."""
    here = countryside.split.parts == part
    x = countryside.scene.pixels.astype(np.float64)
    mean = np.array([card.mean for card in countryside.cards])[:, None, None]
    std = np.array([card.std for card in countryside.cards])[:, None, None]
    z = np.einsum("kc,chw->khw", [[1, -1], [0.5, 2], [-2, 0.25]], (x - mean) / std)
    z += np.array([0.1, 0, -0.3])[:, None, None]
    labelled = here & (countryside.truth != 255)
    truth = np.where(countryside.truth == 255, 0, countryside.truth)
    surprise = -np.take_along_axis(log_softmax(z), truth[None].astype(int), 0)[0]
    p = np.where(truth == np.arange(3)[:, None, None], 0.8, 0.1)
    q = np.float32(p).astype(np.float16).astype(np.float64)  # as the store keeps it
    soft = log_softmax(np.log(q / q.sum(0)) / temperature)
    nats = (np.exp(soft) * (soft - log_softmax(z / temperature))).sum(0)
    taught = here & answered
    return alpha * surprise[labelled].mean() + (1 - alpha) * temperature**2 * nats[taught].mean()


def test_it_is_the_difference_of_the_losses_over_all_pixels_of_a_part(countryside, network, teacher):
    targets, answered = teacher
    material = countryside.material(targets=targets)
    # windows of 48 pixels: 128 rows leave smaller ones at the edge, which must not weigh more
    got = generalisation_gap(network, [material], countryside.cards, Recipe.of(SPEC, labels=True), size=48)
    assert got["train"] == pytest.approx(expected(countryside, answered, 1), rel=1e-4)
    assert got["test"] == pytest.approx(expected(countryside, answered, 3), rel=1e-4)
    assert got["gap"] == pytest.approx(got["test"] - got["train"])


def test_labels_count_where_labels_are(countryside, network, teacher):
    countryside.truth[:100, 60:] = 255
    supervised = Recipe.of(RecipeSpec(alpha=1.0), labels=True)
    got = generalisation_gap(network, [countryside.material()], countryside.cards, supervised, size=32)
    for name, part in (("train", 1), ("test", 3)):
        assert got[name] == pytest.approx(expected(countryside, teacher[1], part, alpha=1.0), rel=1e-4)


def test_where_nothing_counts_there_is_no_gap(countryside, network):
    countryside.truth[:, 128:] = 255
    supervised = Recipe.of(RecipeSpec(alpha=1.0), labels=True)
    got = generalisation_gap(network, [countryside.material()], countryside.cards, supervised, size=32)
    assert got["train"] > 0
    assert (got["test"], got["gap"]) == (None, None)


def test_much_ground_is_thinned_evenly(countryside, network, monkeypatch):
    supervised = Recipe.of(RecipeSpec(alpha=1.0), labels=True)
    whole = generalisation_gap(network, [countryside.material()], countryside.cards, supervised, size=32)
    monkeypatch.setattr(room, "MOST_PIXELS", 6 * 32 * 32)
    half = generalisation_gap(network, [countryside.material()], countryside.cards, supervised, size=32)
    assert half["train"] != whole["train"]
    assert half["train"] == pytest.approx(whole["train"], rel=0.5)


def test_a_window_that_is_cut_short_counts_nothing_of_its_neighbour(countryside, network, monkeypatch):
    parted = countryside.split.windows

    def trimmed(part, size):
        if part == 1:
            return parted(part, size)
        # As `rskd.geo.parts.Split` cuts them: the first one is narrow, the next one begins where it ends.
        return [Window(128, row, 8, 32) for row in range(0, 128, 32)] + [
            Window(136, row, 24, 32) for row in range(0, 128, 32)
        ]

    recipe = Recipe.of(RecipeSpec(alpha=1.0), labels=True)
    whole = generalisation_gap(network, [countryside.material()], countryside.cards, recipe, size=32)
    monkeypatch.setattr(countryside.split, "windows", trimmed)
    cut = generalisation_gap(network, [countryside.material()], countryside.cards, recipe, size=32)
    assert cut["test"] == pytest.approx(whole["test"], rel=1e-6)
