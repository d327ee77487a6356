import pytest
import torch

from rskd.errors import JobInvalid
from rskd.models.students import CATALOGUE, DEFAULT, choose, entry
from rskd.spec import StudentSpec


def never(_):
    raise AssertionError("no limit on time: nothing is to be measured")


def test_the_catalogue_spans_a_tenth_of_a_million_to_fifteen_million_parameters():
    sizes = [student.parameters(6, 5) for student in CATALOGUE]
    assert 0.1e6 < min(sizes) < 0.15e6
    assert 13e6 < max(sizes) < 15e6


@pytest.mark.parametrize("student", CATALOGUE, ids=lambda student: student.name)
@pytest.mark.parametrize(("bands", "classes"), [(1, 2), (13, 11)])
def test_every_student_takes_any_bands_and_classes(student, bands, classes):
    network = student.build(bands, classes).eval()
    side = 2 * network.multiple
    with torch.inference_mode():
        assert network(torch.zeros(1, bands, side, side)).shape == (1, classes, side, side)
    assert (network.receptive_field is not None) == (student.family == "plain")


def test_counting_parameters_leaves_the_random_state_alone():
    torch.manual_seed(3)
    first = torch.rand(4)
    torch.manual_seed(3)
    entry("mobile-unet").parameters(7, 9)
    assert torch.equal(torch.rand(4), first)


def test_auto_without_limits_is_the_default():
    assert choose(StudentSpec(), 6, 5, milliseconds=never).name == DEFAULT


def test_auto_takes_the_largest_plain_net_within_the_limit():
    assert choose(StudentSpec(max_parameters=1e6), 6, 5, milliseconds=never).name == "tiny-unet-24"
    assert choose(StudentSpec(max_parameters=1.5e5), 6, 5, milliseconds=never).name == "tiny-unet-8"


def test_a_limit_on_megabytes_counts_four_bytes_a_weight_and_the_graph():
    # tiny-unet-16 with 6 bands and 5 classes: 439,893 weights = 1.760 MB, and 0.022 MB at most of graph.
    assert choose(StudentSpec(max_megabytes=1.79), 6, 5, milliseconds=never).name == "tiny-unet-16"
    assert choose(StudentSpec(max_megabytes=1.77), 6, 5, milliseconds=never).name != "tiny-unet-16"


def test_time_is_measured_only_for_students_within_the_other_limits():
    measured = []

    def milliseconds(student):
        measured.append(student.name)
        return 100.0 if student.name.startswith("swift") else 900.0

    spec = StudentSpec(max_parameters=1e6, max_milliseconds=200)
    assert choose(spec, 6, 5, milliseconds=milliseconds).name == "swift-unet-32"
    assert measured == ["tiny-unet-24", "swift-unet-32"]


def test_where_no_plain_net_is_quick_enough_another_family_steps_in():
    spec = StudentSpec(max_milliseconds=50)
    chosen = choose(spec, 6, 5, milliseconds=lambda student: 10.0 if student.family == "mobile" else 90.0)
    assert chosen.name == "mobile-unet"


def test_where_none_fits_the_error_says_what_the_smallest_has():
    with pytest.raises(JobInvalid, match=r"tiny-unet-8.* has 110,509 parameters"):
        choose(StudentSpec(max_parameters=1e5), 6, 5, milliseconds=never)


def test_a_named_student_beyond_the_limits_is_an_error():
    with pytest.raises(JobInvalid, match="more than the job allows"):
        choose(StudentSpec(name="resnet18-unet", max_parameters=1e6), 6, 5, milliseconds=never)


def test_an_unknown_name_is_answered_with_the_list():
    with pytest.raises(JobInvalid) as caught:
        choose(StudentSpec(name="huge"), 6, 5, milliseconds=never)
    assert all(student.name in caught.value.hint for student in CATALOGUE)
