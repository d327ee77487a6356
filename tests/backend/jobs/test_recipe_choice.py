"""A job's recipe with all that its name stands for, and what does not suit the job."""

import pytest

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.jobs.recipe_choice import with_recipe
from rskd.spec import DistillJob


def chosen(recipe, classes=4, **job):
    heard = []
    data = {"layers": ["image.tif"], "teacher": {"kind": "map", "path": "map.tif"}, "recipe": recipe, **job}
    found = with_recipe(DistillJob.model_validate(data), classes=classes, reporter=Reporter(heard.append))
    return found.recipe, heard


def test_a_name_stands_for_terms_which_the_job_then_says():
    recipe, heard = chosen({"name": "dist-kd", "temperature": 3}, labels="labels.tif")
    assert [term.loss for term in recipe.terms] == ["dist", "kd"]
    assert (recipe.alpha, recipe.temperature) == (0.5, 3)
    assert heard == []


def test_auto_says_what_it_takes_and_why():
    recipe, heard = chosen("auto")
    assert recipe.terms
    assert heard[0]["recipe"] == recipe.name
    assert recipe.name in heard[0]["message"]


def test_features_alone_are_refused_where_there_are_no_labels():
    assert chosen("graph-features", labels="labels.tif")[0].terms
    with pytest.raises(JobInvalid, match="Without labels nothing in the recipe “graph-features” teaches"):
        chosen("graph-features")


def test_a_loss_that_wants_more_classes_is_told_of():
    _, heard = chosen("dkd", classes=2)
    assert heard[0]["code"] == "few-classes-for-loss"


def test_a_loss_that_says_nothing_of_two_classes_is_refused():
    with pytest.raises(JobInvalid, match="“logit_standardised_kd” says nothing of fewer than 3 classes"):
        chosen({"name": "mine", "terms": [{"loss": "logit_standardised_kd"}]}, classes=2)
