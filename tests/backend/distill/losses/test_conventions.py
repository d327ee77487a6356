"""What every loss keeps, whatever it computes. A new loss is checked as soon as it is in the list."""

from dataclasses import replace

import pytest
import torch

from rskd.distill import losses
from rskd.distill.losses.method import METHODS

from .every_method import each, hidden, inputs, listed, places

LEARNED = "what is learned stands between the two sides"
NOT_ZERO = {
    "cross_entropy": "compares with labels",
    "kd": "with an alpha it compares with labels",
    "nkd": "a cross entropy: its least value is the teacher's entropy",
    "mgd": LEARNED,
    "adversarial": "3 ln 2 where the discriminator cannot tell",
    "deep_to_shallow": LEARNED,
    "semckd": LEARNED,
    "review": LEARNED,
    "info_nce": "classes that are not wholly apart",
    "triplet": "classes that are not wholly apart",
}
BESIDE = "3 x 3 convolutions see pixels beside"
POOLED = "averaged to a grid of cells first"
NOT_BY_PIXEL = {
    "mgd": BESIDE,
    "adversarial": BESIDE,
    "review": BESIDE,
    "semckd": POOLED,
    "similarity_preserving": POOLED,
    "rkd": POOLED,
    "pkt": POOLED,
    "cc": POOLED,
    "pairwise": POOLED,
    "cirkd": POOLED,
}
FOURTH_POWER = ["fsp"]
"""Its slope is in units of the features to the third: large ones are more than float16 holds, as documented."""
BOXES = [name for name, method in METHODS.items() if "boxes" in method.needs]
DENSE = [name for name in METHODS if name not in BOXES]

every_loss = pytest.mark.parametrize("name", METHODS)
every_dense_loss = pytest.mark.parametrize("name", DENSE)


def only(*left_out):
    """The losses but these."""
    return pytest.mark.parametrize("name", [name for name in METHODS if not any(name in names for names in left_out)])


def part(made):
    """A mask of some places."""
    return torch.rand(places(made), generator=torch.Generator().manual_seed(3)) > 0.35


def test_every_loss_of_the_list_is_exported():
    assert set(METHODS) <= set(losses.__all__)
    assert all(getattr(losses, name) is method.loss for name, method in METHODS.items())


@only(["adversarial"])  # two players, one value: its gradients are checked in test_generative
def test_gradients_agree_with_finite_differences(name):
    made = inputs(name, size=3).asking()
    if name == "semckd":  # the attention takes features without gradient: let it be even
        torch.nn.init.zeros_(made.options["learned"].query.weight)
    made().backward()
    torch.manual_seed(5)
    length = sum(grad.square().sum() for grad in made.gradients).sqrt()
    for ways in ([grad / length for grad in made.gradients], [torch.randn_like(grad) for grad in made.gradients]):
        slope = sum((grad * way).sum() for grad, way in zip(made.gradients, ways, strict=True))
        with torch.no_grad():
            difference = made(student=moved(made, ways, 2e-3)) - made(student=moved(made, ways, -2e-3))
        assert difference.item() / 4e-3 == pytest.approx(slope.item(), rel=0.01, abs=2e-3)


def moved(made, ways, step):
    sides = [x + step * way for x, way in zip(listed(made.student), ways, strict=True)]
    return sides if isinstance(made.student, list) else sides[0]


@only(NOT_ZERO)
def test_agreement_is_zero_without_a_slope(name):
    made = inputs(name)
    made = replace(made, student=made.teacher).asking()
    value = made()
    value.backward()
    assert value.item() == pytest.approx(0, abs=2e-6)
    assert all(grad.abs().max() < 1e-5 for grad in made.gradients)


def test_agreement_is_zero_to_kd_and_review_where_nothing_stands_between():
    assert losses.kd(*[inputs("kd").teacher] * 2) == 0
    made = inputs("review", learned=False)
    assert made(student=made.teacher) == 0


@every_loss
def test_gradients_reach_the_student_and_never_the_teacher(name):
    made = inputs(name).asking()
    made().backward()
    assert all(level.grad is None for level in listed(made.teacher))
    assert all(grad.abs().sum() > 0 for grad in made.gradients)


@every_loss
def test_where_nothing_counts_the_value_and_all_gradients_are_zero(name):
    made = inputs(name)
    nothing = torch.zeros(places(made), dtype=torch.bool)
    made = replace(made, student=hidden(nothing, made.student), teacher=hidden(nothing, made.teacher)).asking()
    value = made(mask=nothing)
    value.backward()
    assert value.item() == 0
    assert all((grad == 0).all() for grad in made.gradients)
    for weights in getattr(made.options.get("learned"), "parameters", list)():
        assert weights.grad is None or (weights.grad == 0).all()


@every_loss
@pytest.mark.parametrize("junk", [float("nan"), float("inf"), 1e30])
def test_what_is_masked_reaches_neither_value_nor_gradient(name, junk):
    clean = inputs(name)
    mask = part(clean)
    made = replace(
        clean, mask=mask, student=hidden(mask, clean.student, junk), teacher=hidden(mask, clean.teacher, junk)
    )
    made = made.asking()
    value = made()
    value.backward()
    assert torch.isclose(value, clean(mask=mask), rtol=1e-6)
    for grad in made.gradients:
        assert grad.isfinite().all()
        assert (grad == hidden(mask, grad, 0.0)).all()


@only(NOT_BY_PIXEL, BOXES)
def test_masking_pixels_is_dropping_them(name):
    made = inputs(name, size=6)
    mask = torch.ones(places(made), dtype=torch.bool)
    mask[:, 4:] = False
    dropped = made(
        student=each(lambda x: x[:, :, :4], made.student),
        teacher=each(lambda x: x[:, :, :4], made.teacher),
        target=made.target[:, :4],
    )
    assert torch.isclose(made(mask=mask), dropped, rtol=1e-5)


@every_loss
def test_masking_a_tile_is_dropping_it(name):
    made = inputs(name, tiles=3)
    mask = torch.ones(places(made), dtype=torch.bool)
    mask[-1] = False
    dropped = made(
        student=each(lambda x: x[:-1], made.student),
        teacher=each(lambda x: x[:-1], made.teacher),
        target=made.target[:-1],
    )
    assert torch.isclose(made(mask=mask), dropped, rtol=1e-5)


@every_loss
def test_autocast_does_not_change_the_value(name):
    made = inputs(name)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = made()
    assert value.dtype == torch.float32
    assert value == made()


@every_loss
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(name, dtype):
    made = inputs(name, dtype=dtype)
    value = made()
    assert value.dtype == torch.float32
    assert value == made(student=each(torch.Tensor.float, made.student), teacher=each(torch.Tensor.float, made.teacher))


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_features_of_size_300_stay_finite(name, dtype):
    made = inputs(name, scale=300, dtype=dtype).asking()
    value = made()
    value.backward()
    assert value.isfinite()
    assert slope_is_finite(made, dtype)


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_values_of_1000_and_minus_1000_alone_stay_finite(name, dtype):
    made = inputs(name, dtype=dtype)
    made = replace(made, student=each(extreme, made.student), teacher=each(extreme, made.teacher)).asking()
    value = made()
    value.backward()
    assert value.isfinite()
    assert value >= -1e-6
    assert slope_is_finite(made, dtype)


def slope_is_finite(made, dtype):
    if made.name in FOURTH_POWER and dtype == torch.float16:
        return True
    return all(grad.isfinite().all() for grad in made.gradients)


def extreme(values):
    return values.sign() * 1000


@every_loss
def test_zeros_on_either_side_stay_finite(name):
    made = inputs(name)
    zeros = each(torch.zeros_like, made.student)
    for student, teacher in ((zeros, made.teacher), (made.student, zeros), (zeros, zeros)):
        tried = replace(made, student=student, teacher=teacher).asking()
        value = tried()
        value.backward()
        assert value.isfinite()
        assert all(grad.isfinite().all() for grad in tried.gradients)


@pytest.mark.parametrize("name", [name for name in DENSE if METHODS[name].fewest_classes == 2])
def test_two_classes_are_borne(name):
    made = inputs(name, classes=2).asking()
    value = made()
    value.backward()
    assert value.isfinite()
    assert value > 0


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.weighable])
class TestWeights:
    def test_of_zero_and_one_are_a_mask_even_over_nodata(self, name):
        made = inputs(name)
        mask = part(made)
        weighed = made(options=made.options | {"weights": mask.float()})
        assert torch.isclose(weighed, made(mask=mask), rtol=1e-5)
        nowhere = torch.full(mask.shape, float("nan")).where(~mask, 1)
        assert torch.isclose(made(mask=mask, options=made.options | {"weights": nowhere}), weighed, rtol=1e-5)

    def test_only_their_ratio_matters_and_two_is_twice(self, name):
        made = inputs(name, tiles=1)
        weights = torch.rand(places(made), generator=torch.Generator().manual_seed(1)) + 0.5
        once, seven = (made(options=made.options | {"weights": weights * size}) for size in (1, 7))
        assert torch.isclose(once, seven, rtol=1e-5)

        weights = torch.ones(places(made))
        weights[:, 2:] = 2
        repeated = torch.tensor([0, 1, 2, 2, 3, 3])
        twice = made(
            student=made.student[:, :, repeated], teacher=made.teacher[:, :, repeated], target=made.target[:, repeated]
        )
        assert torch.isclose(made(options=made.options | {"weights": weights}), twice, rtol=1e-5)

    def test_of_zero_alone_are_zero(self, name):
        made = inputs(name).asking()
        value = made(options=made.options | {"weights": torch.zeros(places(made))})
        value.backward()
        assert value == 0
        assert all((grad == 0).all() for grad in made.gradients)
