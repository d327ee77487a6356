"""What may be done to inputs without changing a loss, on shapes and values that hypothesis draws."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rskd.distill import losses
from rskd.distill.losses.method import METHODS

from .every_method import each, inputs
from .plain import softmax

CHECKED = settings(deadline=None, derandomize=True, max_examples=15, database=None)

SHIFTED = ["kd", "cross_entropy", "logit_standardised_kd", "dml", "dkd", "nkd", "dist", "spatial_wise", "ranking"]
"""Unchanged by a constant added to all logits of a pixel."""

WHATEVER_CHANNELS = ["attention_transfer", "similarity_preserving", "rkd", "pkt", "cc", "pairwise", "cirkd", "ifvd"]
WHATEVER_CHANNELS += ["prototype_contrast"]
"""F2, G1 and the relative prototypes: student and teacher need not have the same channels."""

SIZELESS = [*WHATEVER_CHANNELS, "pkd", "channel_correlation", "logit_standardised_kd", "info_nce", "triplet"]
"""Unchanged where all values of the student are so many times larger."""

DENSE = [name for name, method in METHODS.items() if "boxes" not in method.needs]
UNTILED = {
    "mgd": "3 x 3 convolutions see what is beside",
    "adversarial": "3 x 3 convolutions see what is beside",
    "semckd": "a level is described on a grid of 4 x 4",
}
TILED = [name for name in DENSE if name not in UNTILED]
FINER_GRID = {"rkd": {"grid": 4}, "review": {"pyramid": 0}}
"""Settings within whose pooled size a tiled tile stays as fine."""

shapes = st.tuples(st.integers(2, 3), st.integers(3, 5), st.integers(1, 4), st.integers(1, 4))
seeds = st.integers(0, 2**32 - 1)
scales = st.sampled_from([0.1, 1.0, 10.0, 100.0])


def made(shape, seed, scale=1.0, channels=None):
    """Student, teacher (of these channels) and labels."""
    n, k, h, w = shape
    generator = torch.Generator().manual_seed(seed)
    student = torch.randn(n, k, h, w, generator=generator) * scale
    teacher = torch.randn(n, channels or k, h, w, generator=generator) * scale
    target = torch.randint(0, 2, (n, h, w), generator=generator)
    target[0, 0, 0], target[-1, -1, -1] = 0, 1  # both classes are there
    return student, teacher, target


def rotation(channels, seed):
    """An orthogonal matrix."""
    generator = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(channels, channels, generator=generator, dtype=torch.float64))[0].float()


def same(value, other):
    """But for float32's rounding."""
    assert value.item() == other.item() or abs(value - other) <= 2e-4 * abs(other) + 2e-5


def every(names):
    """The losses of these names."""
    return [getattr(losses, name) for name in names]


@CHECKED
@given(shapes, seeds, scales)
def test_a_constant_added_to_the_logits_of_a_pixel_changes_nothing(shape, seed, scale):
    student, teacher, target = made(shape, seed, scale)
    shift = torch.randn(student[:, :1].shape, generator=torch.Generator().manual_seed(seed)) * scale
    for loss in every(SHIFTED):
        same(loss(student + shift, teacher, target), loss(student, teacher, target))
        same(loss(student, teacher + shift, target), loss(student, teacher, target))


@CHECKED
@given(shapes, seeds, scales)
def test_a_constant_added_to_a_channel_changes_nothing_to_where_it_is_high(shape, seed, scale):
    student, teacher, _ = made(shape, seed, scale)
    shift = torch.randn(student[:, :, :1, :1].shape, generator=torch.Generator().manual_seed(seed)) * scale
    same(losses.channel_wise(student + shift, teacher), losses.channel_wise(student, teacher))


@CHECKED
@given(shapes, seeds, st.integers(1, 7))
def test_relations_and_attention_need_no_equal_channels(shape, seed, channels):
    student, teacher, target = made(shape, seed, channels=channels)
    for loss in every(WHATEVER_CHANNELS):
        value = loss(student, teacher, target)
        assert value.isfinite()
        assert value >= 0
        # Nor does a channel of zeros matter, on either side.
        padded = [torch.cat([side, torch.zeros_like(side[:, :1])], 1) for side in (student, teacher)]
        same(loss(padded[0], teacher, target), value)
        same(loss(student, padded[1], target), value)


@CHECKED
@given(shapes, seeds, st.integers(3, 7))
def test_relations_are_unchanged_by_a_rotation_of_features(shape, seed, channels):
    student, teacher, target = made(shape, seed, channels=channels)
    for loss in every(WHATEVER_CHANNELS):
        value = loss(student, teacher, target)
        own, other = (torch.einsum("nchw,dc->ndhw", side, rotation(side.shape[1], seed)) for side in (student, teacher))
        same(loss(own, teacher, target), value)
        same(loss(student, other, target), value)


@CHECKED
@given(shapes, seeds, st.sampled_from([0.01, 3.0, 1000.0]))
def test_how_large_features_are_is_of_no_matter_where_only_their_pattern_is_compared(shape, seed, times):
    student, teacher, target = made(shape, seed)
    for loss in every(SIZELESS):
        same(loss(student * times, teacher, target), loss(student, teacher, target))


@CHECKED
@given(shapes, seeds, st.sampled_from([0.1, 30.0]))
def test_distances_are_unchanged_by_a_shift_and_pkd_by_another_scale_for_each_channel(shape, seed, times):
    student, teacher, _ = made(shape, seed)
    generator = torch.Generator().manual_seed(seed)
    of_channel = torch.rand(student.shape[1], 1, 1, generator=generator) * times + 0.1
    shift = torch.randn(student.shape[1], 1, 1, generator=generator)
    same(losses.rkd(student + shift, teacher), losses.rkd(student, teacher))
    same(losses.pkd(student * of_channel + shift, teacher), losses.pkd(student, teacher))
    same(losses.channel_correlation(student * of_channel, teacher), losses.channel_correlation(student, teacher))


@CHECKED
@given(st.integers(1, 3), st.integers(1, 4), st.sampled_from([1.0, 10.0]))
def test_a_doubled_batch_changes_nothing(tiles, size, scale):
    for name in DENSE:
        once = inputs(name, tiles=tiles, size=size, scale=scale)
        twice = each(lambda x: torch.cat([x, x]), once.student), each(lambda x: torch.cat([x, x]), once.teacher)
        same(once(student=twice[0], teacher=twice[1], target=torch.cat([once.target] * 2)), once())


@CHECKED
@given(st.integers(1, 2), st.integers(1, 2), st.sampled_from([(1, 2), (2, 1), (2, 2)]))
def test_a_tiled_tile_changes_nothing_within_the_pooled_size(tiles, size, times):
    for name in TILED:
        if times[0] != times[1] and "grid" in METHODS[name].options.model_fields:
            continue  # a tile has as many cells down as across
        once = inputs(name, tiles=tiles, size=size, learned=False)
        once.options.update(FINER_GRID.get(name, {}))
        tiled = [each(lambda x: x.tile(1, 1, *times), side) for side in (once.student, once.teacher)]
        same(once(student=tiled[0], teacher=tiled[1], target=once.target.tile(1, *times)), once())


@CHECKED
@given(shapes, seeds)
def test_the_order_of_tiles_and_of_pixels_is_of_no_matter(shape, seed):
    student, teacher, target = made(shape, seed)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(student), generator=generator)
    for name in TILED:
        if "levels" not in METHODS[name].needs:
            loss = METHODS[name].loss
            same(loss(student[order], teacher[order], target[order]), loss(student, teacher, target))
            same(loss(student.mT, teacher.mT, target.mT), loss(student, teacher, target))


@CHECKED
@given(st.integers(2, 6), seeds, st.sampled_from([1.0, 2.0, 4.0]), scales)
def test_decoupled_kd_with_the_teachers_own_weight_is_kd(classes, seed, temperature, scale):
    rng = np.random.default_rng(seed)
    student, teacher = (torch.from_numpy(rng.normal(size=(1, classes)) * scale) for _ in range(2))
    target = torch.from_numpy(rng.integers(0, classes, 1))
    p = softmax(teacher.numpy()[0] / temperature)
    beta = float(np.delete(p, target.item()).sum())
    value = losses.dkd(student, teacher, target, temperature=temperature, alpha=1.0, beta=beta)
    same(value, losses.kd(student, teacher, temperature=temperature))


@CHECKED
@given(shapes, seeds)
def test_temperature_squared_keeps_the_slope_of_kd(shape, seed):
    # For large T it tends to that of half the mean squared difference of centred logits.
    student, teacher, _ = made(shape, seed)
    slopes = []
    for temperature in (50.0, 200.0):
        leaf = student.clone().requires_grad_()
        losses.kd(leaf, teacher, temperature=temperature).backward()
        slopes.append(leaf.grad)
    centred = (student - student.mean(1, keepdim=True)) - (teacher - teacher.mean(1, keepdim=True))
    expected = centred / student.shape[1] / student[:, 0].numel()
    largest = expected.abs().max()
    assert all((slope - expected).abs().max() < 0.1 * largest for slope in slopes)


@CHECKED
@given(shapes, seeds)
def test_losses_by_tile_are_the_mean_over_a_split_batch(shape, seed):
    student, teacher, target = made(shape, seed)
    for loss in every(["kd", "dkd", "nkd", "hint", "channel_wise", "spatial_wise", "attention_transfer", "pairwise"]):
        by_tile = [loss(student[i : i + 1], teacher[i : i + 1], target[i : i + 1]) for i in range(len(student))]
        same(torch.stack(by_tile).mean(), loss(student, teacher, target))


def test_the_tables_name_losses_of_the_list():
    named = {*SHIFTED, *WHATEVER_CHANNELS, *SIZELESS, *UNTILED, *FINER_GRID}
    assert named <= set(METHODS)
