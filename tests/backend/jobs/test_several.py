"""Several teachers: a bad one gets a low weight, each pixel its own where asked for, and one store comes of it."""

import numpy as np
import pytest
from rasterio.windows import Window

from rskd.errors import JobInvalid, LabelsUnusable
from rskd.events import Reporter
from rskd.jobs.beforehand import refuse_early

from .conftest import VALUES, Country

WHOLE = Window(0, 0, 192, 128)


@pytest.fixture(scope="module")
def maps(country, tmp_path_factory):
    """A good map (wrong on a tenth of the rows), one wrong everywhere, one that is only sure in the upper half."""
    folder = tmp_path_factory.mktemp("maps")
    wrong = Country.write(folder / "wrong.tif", VALUES[(country.truth + 1) % 3][None], nodata=0)
    sure = np.zeros((3, *country.truth.shape), np.float32)
    chosen = np.arange(3)[:, None, None] == country.truth
    sure[:, :64] = np.where(chosen, 0.98, 0.01)[:, :64]
    sure[:, 64:] = 1 / 3
    upper = Country.write(folder / "upper.tif", sure)
    good = {"kind": "map", "path": str(country.folder / "teacher.tif")}
    table = {"0": "1", "1": "5", "2": "9"}
    return {
        "good": good,
        "wrong": {"kind": "map", "path": wrong},
        "upper": {"kind": "map", "path": upper, "probabilities": True, "classes": table},
    }


def asked(country, enter, folder, maps, names, weights, **changes):
    heard = []
    teacher = {"kind": "several", "teachers": [maps[name] for name in names], "weights": weights}
    opened = enter(country.job(folder, teacher=teacher, **changes), Reporter(heard.append))
    said = [event for event in heard if "Weights of the teachers" in event.get("message", "")]
    return opened, list(said[0]["weights"].values()) if said else None


def test_equal_weights_give_the_mean(country, enter, maps, tmp_path):
    opened, _ = asked(country, enter, tmp_path, maps, ["good", "wrong"], "equal")
    answers, answered = opened.targets[0].probabilities(WHOLE)
    assert answered.all()
    right = np.take_along_axis(answers, country.truth[None].astype(np.int64), 0)[0]
    taught_right = country.taught == country.truth
    # 0.9 of one and 0.05 of the other where the good map is right
    np.testing.assert_allclose(right[taught_right], (0.9 + 0.05) / 2, atol=1e-3)


@pytest.mark.parametrize(("weights", "most"), [("validation", 0.15), ("cross-entropy", 0.1), ("learned", 0.02)])
def test_a_bad_teacher_gets_a_low_weight(country, enter, maps, tmp_path, weights, most):
    opened, shares = asked(country, enter, tmp_path, maps, ["good", "wrong"], weights)
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert shares[1] < most
    answers, _ = opened.targets[0].probabilities(WHOLE)
    np.testing.assert_array_equal(answers.argmax(0), country.taught)


def test_entropy_listens_to_the_one_that_is_sure(country, enter, maps, tmp_path):
    opened, _ = asked(country, enter, tmp_path, maps, ["wrong", "upper"], "entropy")
    answers, _ = opened.targets[0].probabilities(WHOLE)
    right = answers.argmax(0) == country.truth
    assert right[:64].all()
    assert not right[64:].any()


def test_weights_by_pixel_know_no_labels_outside_training(country, enter, maps, tmp_path):
    opened, _ = asked(country, enter, tmp_path, maps, ["good", "wrong"], "cross-entropy")
    answers, _ = opened.targets[0].probabilities(WHOLE)
    wrong_rows = country.taught != country.truth
    # In training the labels overrule the good map where it is wrong; in test nobody looks at them.
    right = answers.argmax(0) == country.truth
    assert not right[wrong_rows][np.nonzero(wrong_rows)[1] >= 152].any()


def test_where_teachers_disagree_there_is_no_answer(country, enter, maps, tmp_path):
    opened, _ = asked(country, enter, tmp_path, maps, ["good", "upper"], "agreement")
    answers, answered = opened.targets[0].probabilities(WHOLE)
    np.testing.assert_array_equal(answered[:64], (country.taught == country.truth)[:64])
    assert (answers.argmax(0) == country.truth)[answered & (np.arange(128) < 64)[:, None]].all()


def test_answers_of_each_and_of_all_are_kept(country, enter, maps, tmp_path):
    asked(country, enter, tmp_path, maps, ["good", "wrong"], "equal")
    assert len(list((tmp_path / "targets").iterdir())) == 3
    asked(country, enter, tmp_path, maps, ["good", "wrong"], "entropy")
    assert len(list((tmp_path / "targets").iterdir())) == 4


def test_a_student_learns_from_several(country, enter, maps, tmp_path):
    opened, _ = asked(country, enter, tmp_path, maps, ["good", "upper"], "learned")
    trained = opened.trainer.train("student", 6, taught=True).trained
    assert trained.steps_done == 6


def test_weights_by_labels_need_some(country, enter, maps, tmp_path):
    with pytest.raises(LabelsUnusable, match="training part holds no labels"):
        asked(country, enter, tmp_path, maps, ["good", "wrong"], "learned", labels=None)
    with pytest.raises(LabelsUnusable, match="validation blocks hold no labels"):
        asked(country, enter, tmp_path / "again", maps, ["good", "wrong"], "validation", labels=None)


def test_a_missing_file_of_one_is_named(country, maps, tmp_path):
    teachers = [maps["good"], {"kind": "map", "path": str(tmp_path / "none.tif")}]
    with pytest.raises(JobInvalid, match=r"teachers\.1\.path"):
        refuse_early(country.job(tmp_path, teacher={"kind": "several", "teachers": teachers}))
