"""Recipes: equation (4) and what is left of it, and the list of methods."""

import json

import pytest
import torch

from rskd.distill.data import Batch
from rskd.distill.library import methods
from rskd.distill.losses import cross_entropy, kd
from rskd.distill.recipe import Recipe
from rskd.spec import RecipeSpec


def batch(labelled=True):
    draw = torch.Generator().manual_seed(0)
    target = torch.randint(0, 3, (2, 4, 4), generator=draw)
    valid = torch.ones(2, 4, 4, dtype=torch.bool)
    answered = valid.clone()
    answered[0] = False
    soft = torch.randn(2, 3, 4, 4, generator=draw).log_softmax(1)
    return Batch(torch.zeros(2, 1, 4, 4), valid, target if labelled else torch.full_like(target, 255), soft, answered)


LOGITS = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(1))


def test_the_default_is_equation_four():
    lesson = batch()
    total, parts = Recipe.of(RecipeSpec(), labels=True).loss(LOGITS, lesson)
    from_labels = cross_entropy(LOGITS, target=lesson.target)
    from_teacher = kd(LOGITS, lesson.soft, mask=lesson.answered, temperature=2.0)
    assert total.item() == pytest.approx((0.3 * from_labels + 0.7 * from_teacher).item())
    assert parts["labels"] == from_labels
    assert parts["teacher"] == from_teacher


def test_a_job_without_labels_is_pure_distillation_at_full_weight():
    recipe = Recipe.of(RecipeSpec(), labels=False)
    lesson = batch(labelled=False)
    total, parts = recipe.loss(LOGITS, lesson)
    assert set(parts) == {"teacher"}
    assert total.item() == pytest.approx(kd(LOGITS, lesson.soft, mask=lesson.answered, temperature=2.0).item())
    assert recipe.needs_teacher
    assert not recipe.needs_labels


def test_a_batch_that_happens_to_hold_no_label_keeps_the_teachers_weight():
    total, parts = Recipe.of(RecipeSpec(), labels=True).loss(LOGITS, batch(labelled=False))
    assert parts["labels"] == 0
    assert total.item() == pytest.approx(0.7 * parts["teacher"].item())


def test_alpha_one_leaves_the_labels_and_alpha_zero_the_teacher():
    assert set(Recipe.of(RecipeSpec(alpha=1), labels=True).loss(LOGITS, batch())[1]) == {"labels"}
    assert set(Recipe.of(RecipeSpec(alpha=0), labels=True).loss(LOGITS, batch())[1]) == {"teacher"}


def test_class_weights_reach_the_labels_term_and_the_facts():
    weights = torch.tensor([1.0, 2.0, 0.5])
    recipe = Recipe.supervised(weights)
    total, _ = recipe.loss(LOGITS, batch())
    assert total.item() == pytest.approx(cross_entropy(LOGITS, target=batch().target, class_weights=weights).item())
    assert recipe.facts == {"name": "supervised", "class_weights": [1.0, 2.0, 0.5]}
    assert not recipe.needs_teacher


def test_facts_are_json_and_tell_recipes_apart():
    first = Recipe.of(RecipeSpec(temperature=3), labels=True)
    assert json.loads(json.dumps(dict(first.facts))) == {"name": "soft-targets", "alpha": 0.3, "temperature": 3.0}


def test_methods_are_listed_with_the_job_files_own_defaults_and_ranges():
    listed = methods()[0]
    assert json.loads(json.dumps(listed)) == listed
    assert listed["name"] == RecipeSpec().name
    assert listed["kind"] == "scheme"
    assert listed["needs"] == ["teacher"]
    alpha, beta, temperature = listed["parameters"]
    assert (beta["name"], beta["default"]) == ("beta", None)
    assert (alpha["name"], alpha["default"], alpha["minimum"], alpha["maximum"]) == ("alpha", 0.3, 0, 1)
    assert not alpha["minimum_excluded"]
    assert (temperature["default"], temperature["minimum"], temperature["maximum"]) == (2.0, 0, None)
    assert temperature["minimum_excluded"]
    assert "arXiv:1503.02531" in listed["source"]


def test_a_named_recipe_keeps_its_terms_when_the_job_has_been_written_out():
    written = RecipeSpec.model_validate(RecipeSpec(name="soft-targets").model_dump(mode="json"))
    assert [term.method.name for term in Recipe.of(written, labels=True).terms] == ["cross_entropy", "kd"]
