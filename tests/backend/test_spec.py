"""What a wrong description is answered with."""

from pathlib import Path

import pytest

from rskd.errors import JobInvalid
from rskd.spec import DistillJob, describe


def refusal(**keys):
    with pytest.raises(JobInvalid) as caught:
        describe(DistillJob, {"layers": ["image.tif"], **keys}, base=Path.cwd(), source="job.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"trainin": {}}, "trainin: there is no such key; did you mean “training”?"),
        ({"training": {"max_minute": 3}}, "training.max_minute: there is no such key; did you mean “max_minutes”?"),
        ({"zzz": 1}, "zzz: there is no such key"),
    ],
)
def test_a_misspelt_key_is_answered_with_the_key_that_was_meant(keys, said):
    assert refusal(**keys).message == f"“job.yaml” is not a valid job. {said}"


def test_all_wrong_fields_are_named_at_once():
    assert refusal(device="abacus", baseline="perhaps").facts["fields"] == ["device", "baseline"]
