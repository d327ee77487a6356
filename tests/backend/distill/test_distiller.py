"""One step of learning with a teacher that is looked inside, and with terms that are scheduled, weighed, balanced."""

import pytest
import torch

from rskd.card import BandCard
from rskd.distill.data import Batch
from rskd.distill.distiller import Distiller
from rskd.distill.library import losses
from rskd.distill.recipe import Recipe
from rskd.errors import JobInvalid
from rskd.models.normalise import Normalised
from rskd.models.students import entry
from rskd.models.teachers.live import LiveTeacher
from rskd.spec import RecipeSpec

BANDS = tuple(
    BandCard(layer="made", low=40.0, high=160.0, name=f"B{at}", mean=100.0, std=20.0, dtype="uint16") for at in range(3)
)


def network(name, classes=4, bands=3, seed=0):
    torch.manual_seed(seed)
    return Normalised(entry(name).build(bands, classes), [100.0] * bands, [20.0] * bands)


def batch(n=2, classes=4, size=64):
    draw = torch.Generator().manual_seed(5)
    image = 100 + 20 * torch.randn(n, 3, size, size, generator=draw)
    target = torch.randint(0, classes, (n, size, size), generator=draw)
    target[:, : size // 4] = 255
    valid = torch.ones(n, size, size, dtype=torch.bool)
    valid[:, :, -8:] = False
    soft = (3 * torch.randn(n, classes, size, size, generator=draw)).log_softmax(1)
    return Batch(image, valid, target, soft, valid.clone(), image.clone())


def distiller(spec, student="tiny-unet-8", teacher="mobile-unet", **more):
    recipe = Recipe.of(RecipeSpec.model_validate(spec), labels=True)
    own = network(student)
    looked_at = LiveTeacher(network(teacher, seed=1).eval(), (0, 1, 2), "t") if recipe.needs_live_teacher else None
    return own, Distiller(own, recipe, bands=BANDS, teacher=looked_at, **{"tile": 64, **more}), looked_at


TAKEN = [name for name, method in losses().items() if "regression" not in method.tasks and "boxes" not in method.needs]


@pytest.mark.parametrize("loss", [name for name in TAKEN if name != "cross_entropy"])
@pytest.mark.parametrize(
    ("student", "teacher"),
    [("tiny-unet-8", "segformer-b0"), ("segformer-b0", "tiny-unet-12")],
    ids=["cnn", "transformer"],
)
def test_every_loss_teaches_across_architectures(loss, student, teacher):
    own, step, looked_at = distiller({"terms": [{"loss": loss}]}, student, teacher)
    before = [weights.clone() for weights in looked_at.network.parameters()] if looked_at else []
    value, parts = step.loss(batch())
    value.backward()
    assert torch.isfinite(value)
    assert set(parts) == {"labels", "teacher" if loss == "kd" else loss}
    slopes = [weights.grad for weights in own.parameters() if weights.grad is not None]
    assert slopes
    assert all(torch.isfinite(slope).all() for slope in slopes)
    if looked_at:
        assert all(weights.grad is None for weights in looked_at.network.parameters())
        assert all(torch.equal(one, two) for one, two in zip(before, looked_at.network.parameters(), strict=True))


def test_what_learns_beside_the_student_is_no_part_of_it():
    own, step, _ = distiller({"terms": [{"loss": "hint", "student": "decoder", "teacher": "decoder"}]})
    names = set(own.state_dict())
    assert list(step.beside.parameters())
    step.loss(batch())[0].backward()
    assert set(own.state_dict()) == names
    assert not [hook for module in own.modules() for hook in module._forward_hooks]


def test_adapters_are_the_same_for_the_same_seed():
    spec = {"terms": [{"loss": "hint"}]}
    first, again, other = (distiller(spec, seed=seed)[1].beside for seed in (3, 3, 4))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))


def test_level_weights_choose_among_levels():
    whole = {"loss": "hint", "student": "encoder.-1", "teacher": "encoder.-1"}
    by_weight = {"loss": "hint", "student": "encoder", "teacher": "encoder", "levels": [0, 0, 0, 1]}
    values = []
    for term in (whole, by_weight):
        _, step, _ = distiller({"alpha": 0, "terms": [term]}, teacher="tiny-unet-8")
        values.append(step.loss(batch())[0].item())
    assert values[0] == pytest.approx(values[1])


def test_a_schedule_moves_the_weight_of_its_term():
    schedule = {"start": 1, "end": 0, "until": 0.5}
    _, step, _ = distiller({"alpha": 0.5, "terms": [{"loss": "kd", "schedule": schedule}]})
    step._network.eval()
    lesson = batch()
    (start, parts), (half, _), (quarter, _) = (step.loss(lesson, share) for share in (0, 0.5, 0.25))
    assert half.item() == pytest.approx(0.5 * parts["labels"].item(), rel=1e-5)
    assert quarter.item() == pytest.approx((start.item() + half.item()) / 2, rel=1e-5)


def test_free_alpha_and_beta_are_those_of_algorithm_1():
    _, step, _ = distiller({"alpha": 0.6, "beta": 0.7, "terms": [{"loss": "kd"}]})
    value, parts = step.loss(batch())
    assert value.item() == pytest.approx(0.6 * parts["labels"].item() + 0.7 * parts["teacher"].item(), rel=1e-5)


def test_pixels_of_which_the_teacher_is_sure_count_most():
    lesson = batch()
    lesson.soft[:, :, :32] = torch.log(torch.tensor([0.97, 0.01, 0.01, 0.01])).view(1, -1, 1, 1)
    lesson.soft[:, :, 32:] = -torch.log(torch.tensor(4.0))  # no idea at all
    whole, sure = (
        Recipe.of(RecipeSpec(alpha=0, pixel_weights=way), labels=True).loss(torch.zeros(2, 4, 64, 64), lesson)[0]
        for way in ("even", "certainty")
    )
    # A uniform student is perfect on the lower half: with its weight gone, the loss is that of the upper half alone.
    assert sure.item() == pytest.approx(2 * whole.item(), rel=1e-4)


def test_balanced_terms_pull_by_their_weights():
    own, step, _ = distiller({"alpha": 0.5, "terms": [{"loss": "regression_mse"}], "balance": "gradients"})
    own.train()
    lesson = batch()
    values = step.recipe.values(own(lesson.image), lesson)
    scaled = step._balanced(values)
    pulls = [
        torch.stack([g.norm() for g in torch.autograd.grad(v, list(own.parameters()), retain_graph=True)]).norm()
        for v in scaled.values()
    ]
    assert pulls[0].item() == pytest.approx(pulls[1].item(), rel=1e-3)


@pytest.mark.parametrize("kind", ["blur", "noise", "cloud", "band-drop", "mix"])
def test_a_degraded_picture_is_the_students_alone(kind):
    _, step, _ = distiller({"terms": [{"loss": "hint"}], "degrade": [{"kind": kind, "share": 1}]})
    lesson = batch()
    shown, image = lesson.shown.clone(), lesson.image.clone()
    torch.manual_seed(0)
    value, _ = step.loss(lesson)
    assert torch.isfinite(value)
    assert torch.equal(lesson.shown, shown)
    assert torch.equal(lesson.image, image)
    torch.manual_seed(0)
    assert not torch.equal(step._degrade(lesson).image, image)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"name": "soft-target"}, "Did you mean “soft-targets”"),
        ({"terms": [{"loss": "kdd"}]}, "no loss “kdd”"),
        ({"terms": [{"loss": "kd", "options": {"temperature": 0}}]}, "greater than 0"),
        ({"terms": [{"loss": "kd", "options": {"heat": 2}}]}, "heat"),
        ({"terms": [{"loss": "rkd", "where": "boundary"}]}, "cannot weigh pixels"),
        ({"terms": [{"loss": "hint", "student": "decoder.9"}]}, "no inner feature “decoder.9”"),
        ({"terms": [{"loss": "hint", "student": "encoder", "levels": [1, 2]}]}, "2 weights for 4 levels"),
    ],
)
def test_a_mistaken_recipe_is_refused_in_words(spec, words):
    with pytest.raises(JobInvalid) as refused:
        distiller(spec)[1].loss(batch())
    assert words in refused.value.message + refused.value.hint


def test_a_level_of_one_cell_is_found_too():
    # Norms over groups refuse one cell of one image, so the dry run shows two.
    _, step, _ = distiller({"terms": [{"loss": "hint", "student": "encoder"}]}, "mobile-fpn", tile=32)
    assert torch.isfinite(step.loss(batch(size=32))[0])


def test_deep_features_teach_shallow_ones_and_learn_nothing_by_it():
    term = {"loss": "attention_transfer", "by": "self", "student": "encoder.0", "teacher": "encoder.-1"}
    own, step, _ = distiller({"alpha": 0, "terms": [term]})
    value, _ = step.loss(batch())
    value.backward()
    inside = own.network
    assert any(w.grad is not None and w.grad.abs().sum() > 0 for w in inside.encoder[0].parameters())
    assert all(w.grad is None or not w.grad.abs().sum() for w in inside.encoder[3].parameters())


def test_the_running_mean_follows_the_student_and_teaches_it():
    own, step, _ = distiller({"alpha": 0, "terms": [{"loss": "kd", "by": "average"}]})
    own.train()
    step.loss(batch())  # the mean has seen the first weights
    with torch.no_grad():
        for weights in own.parameters():
            weights.add_(0.1)
    moved = [w.clone() for w in own.parameters()]
    before = [w.clone() for w in step.beside["average"].network.parameters()]
    value, _ = step.loss(batch())
    after = list(step.beside["average"].network.parameters())
    # the second step keeps (1 + 1) / (10 + 1)
    for was, now, student in zip(before, after, moved, strict=True):
        assert torch.allclose(now, was + (1 - 2 / 11) * (student - was), atol=1e-5)
    assert value.item() > 0


def test_the_previous_epoch_teaches_from_the_second_on():
    own, step, _ = distiller({"alpha": 0, "terms": [{"loss": "kd", "by": "previous"}]})
    own.train()
    step.new_epoch()
    with torch.no_grad():
        own.network.head.weight.mul_(2)
    assert step.loss(batch())[0].item() == 0
    step.new_epoch()
    with torch.no_grad():
        own.network.head.weight.mul_(2)
    assert step.loss(batch())[0].item() > 0


def test_peers_teach_each_other_without_a_teacher():
    recipe = Recipe.of(RecipeSpec(alpha=1, terms=[], peers=["tiny-unet-12"]), labels=True)
    own, peer = network("tiny-unet-8"), network("tiny-unet-12", seed=2)
    step = Distiller(own, recipe, bands=BANDS, tile=64, peers=[peer])
    lesson = batch()
    value, parts = step.loss(lesson)
    value.backward()
    answers = [own.train()(lesson.image), peer.train()(lesson.image)]
    expected = (
        torch.nn.functional.kl_div(
            answers[0].log_softmax(1), answers[1].log_softmax(1), reduction="none", log_target=True
        )
        .sum(1)[lesson.valid]
        .mean()
    )
    assert parts["peers"].item() == pytest.approx(expected.item(), rel=1e-3)
    assert all(w.grad is not None for w in peer.parameters())
    assert set(own.state_dict()) == set(network("tiny-unet-8").state_dict())


def test_a_stage_ends_at_its_share_of_the_steps():
    first = {"loss": "hint", "schedule": {"start": 1, "end": 0, "until": 0.5, "shape": "step"}}
    second = {"loss": "kd", "schedule": {"start": 0, "end": 1, "until": 0.5, "shape": "step"}}
    _, step, _ = distiller({"alpha": 0, "terms": [first, second]})
    step._network.eval()
    (early, parts), (late, _) = (step.loss(batch(), share) for share in (0.49, 0.5))
    assert early.item() == pytest.approx(parts["hint"].item())
    assert late.item() == pytest.approx(parts["teacher"].item())
