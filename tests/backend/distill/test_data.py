"""Training tiles: pure, turned together, drawn so that rare classes and all imagery are met."""

import numpy as np
import pytest
import torch
from rasterio.windows import Window

from rskd.card import ClassCard
from rskd.distill.data import BALANCED_EVERY, Batch, TileSource, collate, turned
from rskd.distill.material import Patch, resident
from rskd.distill.targets import SoftTargets, write_targets
from rskd.errors import AreaTooSmall, LabelsUnusable
from rskd.infer.engine import Strip


@pytest.fixture
def targets(countryside, tmp_path):
    """A teacher whose answer is as bright as its pixel, so that a turn of one alone would show."""
    first = countryside.scene.pixels[0] / 3000
    p = np.stack([first, 0.3 * (1 - first), 0.7 * (1 - first)]).astype(np.float32)
    valid = np.ones(first.shape, bool)
    valid[:10] = False
    cards = [ClassCard(value=at, name=str(at), color="#000000") for at in range(3)]
    strip = Strip(Window(0, 0, 160, 128), p, valid)
    store = write_targets(tmp_path, "k", [strip], countryside.scene.grid, cards, teacher={})
    with SoftTargets(store) as opened:
        yield opened


def same(first: Batch, second: Batch):
    pairs = zip(vars(first).values(), vars(second).values(), strict=True)
    return all((a is b is None) or torch.equal(a, b) for a, b in pairs)


def test_a_tile_is_a_function_of_seed_and_number_alone(countryside, targets):
    first, second = (countryside.source(targets=targets) for _ in range(2))
    first.batch(range(50))
    assert same(first.batch([7, 31]), second.batch([7, 31]))
    assert not torch.equal(first.batch([7]).image, first.batch([8]).image)
    assert not torch.equal(first.batch([7]).image, countryside.source(targets=targets, seed=4).batch([7]).image)


def test_shapes_and_types_are_what_a_network_takes(countryside, targets):
    batch = countryside.source(targets=targets).batch(range(3))
    assert (batch.image.shape, batch.image.dtype) == ((3, 2, 32, 32), torch.float32)
    assert (batch.target.shape, batch.target.dtype) == ((3, 32, 32), torch.int64)
    assert (batch.soft.shape, batch.soft.dtype) == ((3, 3, 32, 32), torch.float32)
    assert batch.valid.dtype == batch.answered.dtype == torch.bool


def test_flips_and_turns_reach_image_labels_answers_and_masks_alike(countryside, targets):
    source = countryside.source(targets=targets, jitter=False)
    seen = set()
    for number in range(40):
        batch = source.batch([number])
        _, window = source.place(number)
        raw = countryside.material(targets=targets).read(window)
        ways = [way for way in range(8) if np.array_equal(turned(raw.pixels, way), batch.image[0].numpy())]
        assert len(ways) == 1
        seen |= set(ways)
        labels = np.where(raw.part == 1, raw.target, 255)
        assert np.array_equal(turned(labels, ways[0]), batch.target[0].numpy())
        assert np.array_equal(turned(raw.answered & (raw.part == 1), ways[0]), batch.answered[0].numpy())
        # The teacher's first probability is the pixel's own brightness, wherever it was turned to.
        brightness = batch.image[0, 0] / 3000
        off = (batch.soft[0, 0].exp() - brightness)[batch.answered[0]]
        assert off.abs().max() < 1e-3
    assert seen == set(range(8))


def test_the_eight_ways_are_all_ways_to_lay_a_square():
    square = np.arange(4).reshape(2, 2)
    ways = {turned(square, way).tobytes() for way in range(8)}
    assert len(ways) == 8
    assert turned(square, 1).tolist() == [[1, 3], [0, 2]]
    assert turned(square, 4).tolist() == [[1, 0], [3, 2]]


def test_jitter_changes_the_image_by_one_gain_and_offset_a_band_and_nothing_else(countryside, targets):
    plain = countryside.source(targets=targets, jitter=False).batch([5])
    source = countryside.source(targets=targets)
    bright = source.batch([5])
    for band, card in enumerate(countryside.cards):
        x = (plain.image[0, band].flatten().double() - card.mean) / card.std
        y = (bright.image[0, band].flatten().double() - card.mean) / card.std
        gain, offset = np.polyfit(x, y, 1)
        assert 0.7 < gain < 1.3
        assert abs(offset) < 0.3
        assert np.allclose(gain * x + offset, y, atol=1e-3)
        assert not np.allclose(x, y)
    assert torch.equal(plain.target, bright.target)
    assert torch.equal(plain.soft, bright.soft)


def test_missing_data_is_the_bands_mean_and_counts_nowhere(countryside, targets):
    countryside.scene.valid[:, ::3] = False
    batch = countryside.source(targets=targets).batch(range(4))
    assert not batch.valid.all()
    for band, card in enumerate(countryside.cards):
        assert (batch.image[:, band][~batch.valid] == card.mean).all()
    assert (batch.target[~batch.valid] == 255).all()
    assert not (batch.answered & ~batch.valid).any()


def test_only_training_pixels_count(countryside, targets):
    source = countryside.source(targets=targets)
    for number in range(60):
        _, window = source.place(number)
        assert not (countryside.split.read(window) > 1).any()
        assert source.batch([number]).valid.sum() == (countryside.split.read(window) == 1).sum()


def test_with_few_labels_all_imagery_is_visited_and_labels_are_met_often(countryside):
    truth = np.full_like(countryside.truth, 255)
    truth[0:12, 0:12] = 0
    source = countryside.source(truth=truth)
    places = countryside.split.train_origins(32)
    lap = len(places) * BALANCED_EVERY // (BALANCED_EVERY - 1) + 1
    visited = {(w.row_off, w.col_off) for _, w in (source.place(number) for number in range(lap))}
    assert visited == {tuple(place) for place in places.tolist()}
    labelled = [(source.batch([number]).target != 255).any().item() for number in range(200)]
    assert np.mean(labelled) > 0.25


def test_a_rare_class_is_met_as_often_as_a_common_one_in_balanced_tiles(countryside):
    truth = np.zeros_like(countryside.truth)
    truth[3:5, 3:5] = 2  # held by one place of over a hundred
    source = countryside.source(truth=truth)
    balanced = range(BALANCED_EVERY - 1, 400, BALANCED_EVERY)
    share = np.mean([(source.batch([number]).target == 2).any().item() for number in balanced])
    assert share == pytest.approx(0.5, abs=0.15)


def test_without_a_teacher_every_tile_holds_a_label(countryside):
    truth = np.full_like(countryside.truth, 255)
    truth[60:70, 40:50] = 1
    source = countryside.source(truth=truth, teacher=False)
    batch = source.batch(range(30))
    assert (batch.target != 255).flatten(1).any(1).all()
    assert batch.soft is None
    assert batch.answered is None


def test_labels_in_the_test_part_alone_teach_nobody(countryside):
    truth = np.full_like(countryside.truth, 255)
    truth[:, 130:] = 1
    with pytest.raises(LabelsUnusable):
        countryside.source(truth=truth, teacher=False)


def test_no_room_for_a_tile_is_said(countryside):
    with pytest.raises(AreaTooSmall) as told:
        countryside.source(tile=128)
    assert "training.tile" in told.value.hint


def test_a_scene_smaller_than_a_tile_is_read_past_its_edges(countryside):
    countryside.split.parts = np.ones((20, 24), np.uint8)
    countryside.scene.pixels = countryside.scene.pixels[:, :20, :24]
    countryside.scene.valid = countryside.scene.valid[:20, :24]
    countryside.scene.__post_init__()
    batch = countryside.source(truth=countryside.truth[:20, :24]).batch([0])
    assert batch.image.shape == (1, 2, 32, 32)
    assert batch.valid.sum() == 20 * 24


def test_scenes_in_memory_give_the_same_tiles_as_scenes_on_disk(countryside, targets):
    on_disk = countryside.material(targets=targets)
    (in_memory,) = resident([on_disk], memory_gb=0.1)
    assert in_memory is not on_disk
    sources = [TileSource([m], countryside.cards, tile=32, seed=1, classes=3) for m in (on_disk, in_memory)]
    assert same(sources[0].batch(range(20)), sources[1].batch(range(20)))


def test_several_scenes_are_all_visited(countryside):
    pair = [countryside.material(), countryside.material(labelled=False)]
    source = TileSource(pair, countryside.cards, tile=32, seed=1, classes=3)
    assert {source.place(number)[0] for number in range(40)} == {0, 1}


def test_counts_tells_labels_from_answers_and_a_batch_moves_whole(countryside, targets):
    batch = countryside.source(targets=targets).batch([0]).to(torch.device("cpu"))
    assert batch.counts("labels") is not None
    assert torch.equal(batch.counts("labels"), batch.valid)
    assert torch.equal(batch.counts("teacher"), batch.answered)


def test_collate_counts_the_asked_part_alone():
    part = np.array([[1, 2], [3, 0]], np.uint8)
    zeros = np.zeros((2, 2), np.uint8)
    patch = Patch(np.ones((1, 2, 2), np.float32), np.ones((2, 2), bool), part, zeros, None, None)
    batch = collate([patch], np.zeros(1, np.float32), 2)
    assert batch.valid[0].tolist() == [[False, True], [False, False]]
    assert batch.target[0].tolist() == [[255, 0], [255, 255]]
