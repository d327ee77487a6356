"""Scores on the validation part, against counting by hand."""

import numpy as np
import pytest
import torch
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill import validation as room
from rskd.distill.targets import SoftTargets, write_targets
from rskd.distill.validation import Validation
from rskd.infer.engine import Strip

CPU = torch.device("cpu")


class Always(torch.nn.Module):
    """Answers class 1 where the first band is bright, else class 0; with constant confidence."""

    def forward(self, image):
        bright = (image[:, 0] > 600).float()
        return torch.stack([1 - bright, bright, torch.full_like(bright, -9)], 1)


@pytest.fixture
def targets(countryside, tmp_path):
    p = np.zeros((3, 128, 160), np.float32)
    p[1] = 1
    cards = [ClassCard(value=at, name=str(at), color="#000000") for at in range(3)]
    strip = Strip(Window(0, 0, 160, 128), p, np.ones((128, 160), bool))
    store = write_targets(tmp_path, "k", [strip], countryside.scene.grid, cards, teacher={})
    with SoftTargets(store) as opened:
        yield opened


def scored(countryside, **material):
    return Validation([countryside.material(**material)], countryside.cards, size=32, batch=3, classes=3)


def test_mean_iou_is_over_validation_pixels_alone(countryside):
    validation = scored(countryside)
    here = countryside.split.parts == 2
    truth, bright = countryside.truth[here], (countryside.scene.pixels[0] > 600)[here].astype(int)
    ious = []
    for channel in range(3):
        both, either = (truth == channel) & (bright == channel), (truth == channel) | (bright == channel)
        ious.append(both.sum() / either.sum())
    assert validation.score_name == "mean_iou"
    assert validation.score(Always(), CPU) == pytest.approx(np.mean(ious))


def test_the_teacher_is_scored_on_the_same_windows(countryside, targets):
    here = countryside.split.parts == 2
    truth = countryside.truth[here]
    assert scored(countryside, targets=targets).teacher_score() == pytest.approx((truth == 1).mean() / 3)


def test_where_the_teacher_has_no_answer_it_is_not_scored(countryside, tmp_path):
    p = np.zeros((3, 128, 160), np.float32)
    p[0] = 1
    valid = countryside.truth == 0
    cards = [ClassCard(value=at, name=str(at), color="#000000") for at in range(3)]
    strip = Strip(Window(0, 0, 160, 128), p, valid)
    store = write_targets(tmp_path, "k", [strip], countryside.scene.grid, cards, teacher={})
    with SoftTargets(store) as targets:
        assert scored(countryside, targets=targets).teacher_score() == 1


def test_without_labels_the_score_is_agreement_with_the_teacher(countryside, targets):
    validation = scored(countryside, labelled=False, targets=targets)
    bright = (countryside.scene.pixels[0] > 600)[countryside.split.parts == 2]
    log_odds = np.log(np.exp([[1, 0, -9], [0, 1, -9]]).sum(1))
    # The teacher is sure of class 1: the divergence is minus the student's log-probability of it.
    expected = np.where(bright, log_odds[1] - 1, log_odds[0] - 0).mean()
    assert validation.score_name == "agreement"
    assert validation.score(Always(), CPU) == pytest.approx(-expected, abs=1e-3)


def test_with_neither_there_is_no_score(countryside):
    assert scored(countryside, labelled=False).score_name == ""


def test_the_network_comes_back_in_the_mode_it_came_in(countryside):
    network = Always().train()
    scored(countryside).score(network, CPU)
    assert network.training


def test_much_ground_is_thinned_evenly(countryside, monkeypatch):
    monkeypatch.setattr(room, "MOST_PIXELS", 2 * 32 * 32)
    assert len(scored(countryside)._windows) == 2
