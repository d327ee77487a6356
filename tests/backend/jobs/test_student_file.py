"""The card inside a student file says what it was made from."""

import pytest

from rskd.infer.session import open_student
from rskd.jobs.student_file import write_student


@pytest.fixture
def card(opened, outcome, tmp_path):
    write_student(tmp_path / "student.onnx", outcome, opened.setting, opened.teacher, {"recipe": {"alpha": 0.3}})
    return open_student(tmp_path / "student.onnx", threads=1, device="cpu").card


def test_it_says_what_it_was_made_from(card, opened, outcome):
    assert card.architecture == "swift-unet-16"
    assert card.parameters == sum(weights.numel() for weights in outcome.network.parameters() if weights.requires_grad)
    assert card.bands == opened.setting.cards
    assert [known.value for known in card.classes] == [1, 5, 9]
    assert card.gsd == pytest.approx(10, rel=1e-3)
    assert (card.teacher["kind"], card.teacher["key"]) == ("map", opened.teacher.key)
    assert card.settings == {"recipe": {"alpha": 0.3}}
    assert card.background is None


def test_its_footprint_is_the_country(card):
    (ring,) = card.footprint["coordinates"]
    longitudes, latitudes = zip(*ring, strict=True)
    # UTM 33N, easting 500 km is 15 degrees east; 192 pixels of 10 m are 0.03 degrees at 54 degrees north
    assert min(longitudes) == pytest.approx(15.0, abs=1e-4)
    assert max(longitudes) == pytest.approx(15.0295, abs=1e-3)
    assert all(54.1 < latitude < 54.2 for latitude in latitudes)
