"""Band statistics against numpy over the whole array."""

import numpy as np
import pytest

from rskd.distill import statistics
from rskd.distill.statistics import band_statistics
from rskd.errors import AreaTooSmall


def test_statistics_are_of_valid_training_pixels_alone(countryside, monkeypatch):
    monkeypatch.setattr(statistics, "_BLOCK", 48)  # several blocks to merge
    scene = countryside.scene
    scene.valid[60:, :40] = False
    scene.pixels[:, 60:, :40] = 1e30
    scene.pixels[:, :, 104:] += 5000
    training = scene.pixels[:, scene.valid & (countryside.split.parts == 1)].astype(np.float64)
    cards = band_statistics([countryside.material()], scene.bands)
    for card, values, band in zip(cards, training, scene.bands, strict=True):
        assert (card.name, card.layer, card.dtype, card.nodata) == (band.name, band.layer, band.dtype, band.nodata)
        assert card.mean == pytest.approx(values.mean(), rel=1e-12)
        assert card.std == pytest.approx(values.std(), rel=1e-12)
        assert [card.low, card.high] == pytest.approx(np.percentile(values, [0.1, 99.9]))


def test_a_small_spread_on_a_high_level_is_not_lost_to_rounding(countryside):
    rng = np.random.default_rng(0)
    countryside.scene.pixels = (60000 + rng.integers(0, 3, countryside.scene.pixels.shape)).astype(np.float32)
    values = countryside.scene.pixels[0, countryside.split.parts == 1].astype(np.float64)
    (card, _) = band_statistics([countryside.material()], countryside.scene.bands)
    assert card.std == pytest.approx(values.std(), rel=1e-9)


def test_several_scenes_are_pooled_and_large_ones_thinned(countryside, monkeypatch):
    monkeypatch.setattr(statistics, "_SAMPLE", 5000)
    values = countryside.scene.pixels[0, countryside.split.parts == 1]
    (card, _) = band_statistics([countryside.material()] * 3, countryside.scene.bands)
    assert card.mean == pytest.approx(values.astype(np.float64).mean(), rel=1e-12)
    low, high = np.percentile(values, [0.1, 99.9])
    assert card.low == pytest.approx(low, abs=60)
    assert card.high == pytest.approx(high, abs=60)


def test_a_constant_band_has_the_deviation_one(countryside):
    countryside.scene.pixels[1] = 7
    cards = band_statistics([countryside.material()], countryside.scene.bands)
    assert (cards[1].mean, cards[1].std) == (7, 1)


def test_training_ground_without_data_is_said(countryside):
    countryside.scene.valid[:, :100] = False
    with pytest.raises(AreaTooSmall):
        band_statistics([countryside.material()], countryside.scene.bands)
