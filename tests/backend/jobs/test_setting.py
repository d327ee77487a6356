"""What is settled before a teacher is asked."""

import numpy as np
import pytest
import torch

from rskd.errors import BandsMissing, JobInvalid
from rskd.events import Reporter


def test_classes_bands_and_student_are_the_jobs(opened):
    setting = opened.setting
    assert [known.value for known in setting.classes] == [1, 5, 9]
    assert setting.bands == (0, 1)
    assert setting.entry.name == "swift-unet-16"
    assert setting.labelled


def test_the_cards_hold_what_the_training_columns_hold(opened, country):
    import rasterio

    with rasterio.open(country.folder / "image.tif") as file:
        train = file.read()[:, :, :112].astype(np.float64)
    for card, band in zip(opened.setting.cards, train, strict=True):
        assert (card.mean, card.std) == (pytest.approx(band.mean()), pytest.approx(band.std()))


def test_a_fresh_student_is_the_same_each_time_and_leaves_torchs_own_draws_alone(opened):
    before = torch.random.get_rng_state()
    first, second = (opened.setting.fresh_student().state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(before, torch.random.get_rng_state())


def test_without_labels_the_classes_are_the_teachers(country, enter, tmp_path):
    setting = enter(country.job(tmp_path, labels=None)).setting
    assert [known.value for known in setting.classes] == [1, 5, 9]
    assert not setting.labelled
    assert setting.labels == (None,)


def test_classes_that_no_training_label_shows_are_known(country, enter, opened, tmp_path):
    assert opened.setting.untrained == ()
    # class 9 stands in columns 20 to 31, 124 to 139 and 160 to 175
    split = {"train": country.box(40, 112), "validation": country.box(120, 152), "test": country.box(152, 192)}
    assert enter(country.job(tmp_path / "a", split=split)).setting.untrained == ("9",)
    assert enter(country.job(tmp_path / "b", labels=None)).setting.untrained == ()


def test_a_share_of_the_labels_is_what_the_setting_hands_out(country, enter, tmp_path):
    labels = {"path": str(country.folder / "labels.tif"), "share": 0.3}
    setting = enter(country.job(tmp_path, labels=labels)).setting
    # validation and test keep theirs, columns 112 to 119 are in no part and keep theirs too
    kept = sum(setting.labels[0].counts) - 128 * (192 - 112)
    assert 0.15 * 128 * 112 < kept < 0.5 * 128 * 112


def test_a_student_decided_before_is_kept(country, tmp_path):
    from rskd.jobs.setting import settle
    from rskd.jobs.sites import opened_sites

    job = country.job(tmp_path, student={"max_parameters": 1})
    with opened_sites(job, Reporter()) as sites:
        known = {"teacher_classes": None, "device": torch.device("cpu"), "reporter": Reporter()}
        assert settle(job, sites, decided_student="tiny-unet-8", **known).entry.name == "tiny-unet-8"
        with pytest.raises(JobInvalid, match="No student fits"):
            settle(job, sites, decided_student=None, **known)


def test_a_band_that_is_not_there_is_named(country, enter, tmp_path):
    with pytest.raises(BandsMissing, match="nir"):
        enter(country.job(tmp_path, student={"name": "swift-unet-16", "bands": ["nir"]}))
