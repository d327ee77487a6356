"""What a loss says of itself."""

import json

import pytest
import torch
from pydantic import ValidationError

from rskd.distill.losses.method import METHODS, method

every_method = pytest.mark.parametrize("entered", METHODS.values(), ids=METHODS)


@every_method
def test_each_states_its_facts_in_json(entered):
    facts = json.loads(json.dumps(entered.facts()))
    assert facts["name"] == entered.loss.__name__
    for key in ("kind", "summary", "needs", "tasks", "cost", "source"):
        assert facts[key], key
    assert facts["summary"].endswith((".", "?"))


@every_method
def test_each_setting_has_a_default_in_its_range_and_a_description(entered):
    entered.options()  # all defaults are valid
    for parameter in entered.facts()["parameters"]:
        assert parameter["description"]
        if parameter["default"] is not None and not isinstance(parameter["default"], str):
            lowest, highest = parameter["minimum"], parameter["maximum"]
            assert lowest is None or parameter["default"] >= lowest
            assert highest is None or parameter["default"] <= highest
        if isinstance(parameter["default"], str):
            assert parameter["default"] in parameter["choices"]


def test_settings_out_of_range_or_unknown_are_refused():
    options = METHODS["kd"].options
    assert options(temperature=3).temperature == 3
    for wrong in ({"temperature": 0}, {"alpha": -1}, {"heat": 2}):
        with pytest.raises(ValidationError):
            options(**wrong)


@every_method
def test_what_cannot_do_with_two_classes_says_so(entered):
    refuses = entered.name == "logit_standardised_kd"
    void = entered.name in ("dkd", "nkd")
    assert entered.fewest_classes == (3 if refuses or void else 2)


def test_a_new_loss_enters_the_list_and_is_computed_without_autocast():
    @method("relation", needs=("teacher",), cost="P", source="here")
    def product(student, teacher, target=None, mask=None):
        """A product."""
        return (student @ teacher).sum()

    try:
        assert METHODS["product"].summary == "A product."
        assert not METHODS["product"].weighable
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert product(torch.ones(2, 2), torch.ones(2, 2)).dtype == torch.float32
    finally:
        del METHODS["product"]
