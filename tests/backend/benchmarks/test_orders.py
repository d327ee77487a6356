"""What is measured: every loss, in every regime that it is for."""

from dataclasses import replace

import pytest

from benchmarks.distillation.datasets import SETS
from benchmarks.distillation.methods import ALONE, methods
from benchmarks.distillation.orders import ONE, QUICK, TWO, Order, Stage, orders
from rskd.distill.library import losses
from rskd.distill.recipe import Recipe
from rskd.spec import DistillJob, RecipeSpec, describe

NOT_COMPARED = {
    "cross_entropy": "what the student alone learns by",
    "regression_mse": "for continuous maps",
    "regression_l1": "for continuous maps",
    "dml": "of students that learn together, which `two students` uses",
}


@pytest.mark.parametrize("name", list(methods()))
def test_each_method_is_a_recipe(name):
    assert Recipe.of(RecipeSpec.model_validate(methods()[name].recipe), labels=True).terms


def test_every_loss_for_maps_is_compared():
    compared = {term.loss for method in methods().values() for term in method.terms}
    for_maps = {name for name, loss in losses().items() if "land-cover" in loss.tasks}
    assert for_maps - compared - set(NOT_COMPARED) == set()


def test_a_loss_is_not_asked_for_fewer_classes_than_it_needs():
    asked = {(order.set, order.method) for order in orders(ONE)}
    assert ("gewata_landsat_lulc", "dkd") in asked
    assert ("kampala_buildings", "dkd") not in asked
    assert ("kampala_buildings", "kd") in asked


def test_the_student_alone_goes_first_and_every_row_is_another():
    wanted = list(orders(ONE))
    assert wanted[0].method == ALONE
    assert len({order.key for order in wanted}) == len(wanted)


def test_another_budget_is_another_row():
    order = next(iter(orders(ONE)))
    assert order.key == replace(order).key
    assert order.key != replace(order, steps=order.steps + 1).key


def test_a_stage_may_choose_methods():
    stage = Stage("x", 1, (0,), ("kampala_buildings",), ("few-labels",), ("dist",))
    assert [order.method for order in orders(stage)] == [ALONE, "dist"]


def order(regime, method="kd", name="gewata_landsat_lulc", seed=1):
    return Order("1", name, regime, method, seed, 10)


def described(one: Order) -> DistillJob:
    return describe(DistillJob, one.job(), base=SETS[one.set].ready.parent if SETS[one.set].ready else None)


def test_few_labels_are_few_for_both():
    assert described(order("few-labels")).labels.share == described(order("few-labels", ALONE)).labels.share == 0.08
    assert order("few-labels").teacher == "all"
    assert order("few-labels-own").teacher == "few-1"
    assert order("few-labels-own").teacher_job(5)["labels"]["share"] == 0.08
    # The same blocks, as the seed draws them.
    assert order("few-labels-own").teacher_job(5)["training"]["seed"] == 1


def test_with_the_same_labels_the_student_may_see_fewer_bands():
    assert described(order("same-labels")).student.bands == ["B3 red", "B2 green", "B1 blue"]
    assert described(order("same-labels", ALONE)).student.bands == ["B3 red", "B2 green", "B1 blue"]
    assert described(order("few-labels")).student.bands is None


def test_without_labels_only_the_student_alone_has_them():
    assert described(order("no-labels")).labels is None
    assert described(order("no-labels", ALONE)).labels.share == 1


def test_of_many_scenes_a_few_keep_their_labels(shared_data):
    ground = SETS["water_multispectral_tiles"].job(share=0.06, seed=3)
    train = [scene for scene in ground["scenes"] if scene["group"] in ground["split"]["train"]]
    kept = [scene for scene in train if "labels" in scene]
    assert len(kept) == round(0.06 * len(train))
    assert all("labels" in scene for scene in ground["scenes"] if scene not in train)
    assert ground == SETS["water_multispectral_tiles"].job(share=0.06, seed=3)
    assert ground != SETS["water_multispectral_tiles"].job(share=0.06, seed=4)


@pytest.mark.parametrize("name", list(SETS))
def test_each_set_describes_a_job(name, shared_data):
    assert describe(DistillJob, order("few-labels", name=name).job(), base=shared_data).scene_specs()


def test_the_quick_look_needs_nothing_but_the_repository():
    assert [one.method for one in orders(QUICK)] == [ALONE, "kd"]
    assert not SETS[QUICK.sets[0]].missing


def test_the_second_stage_goes_seed_by_seed():
    wanted = list(orders(TWO, {"few-labels": ["kd", "dkd"]}))
    few = [(one.seed, one.set, one.method) for one in wanted if one.regime == "few-labels"]
    assert few[:3] == [(0, "gewata_landsat_lulc", "alone"), (0, "gewata_landsat_lulc", "kd"), (0, few[2][1], "dkd")]
    assert (0, "kampala_buildings", "dkd") not in few
    assert [seed for seed, _, _ in few] == sorted(seed for seed, _, _ in few)
    assert {one.set for one in wanted} == set(SETS)
