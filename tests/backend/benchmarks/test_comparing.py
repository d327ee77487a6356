"""Means, spreads and paired differences against numbers worked out by hand."""

import math

import pytest

from benchmarks.distillation.comparing import best_methods, comparisons, difference, over_sets


def row(method, seed, iou, *, name="here", regime="few-labels", validation=0.5, teacher="all"):
    return {
        "set": name,
        "regime": regime,
        "method": method,
        "seed": seed,
        "teacher": teacher,
        "parameters": 10,
        "validation": validation,
        "test": {"mean_iou": iou},
        "training_cpu_seconds": 10.0 * (1 + seed),
        "steps_done": 100,
        "peak_mb": 100 + seed,
    }


def teacher(name="here", validation=0.6, which="all"):
    return {"set": name, "teacher": which, "parameters": 200, "validation": validation, "test": {"mean_iou": 0.8}}


def test_a_difference_is_paired_by_seed():
    # 0.1 and 0.3: mean 0.2, standard deviation 0.1·√2, so 12.706 · 0.1 to each side; seed 9 has no partner.
    found = difference({0: 0.5, 1: 0.7, 9: 0.0}, {0: 0.4, 1: 0.4})
    assert found.mean == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.2 - 1.2706, 0.2 + 1.2706), abs=1e-4)
    assert not found.significant


def test_five_seeds_that_agree_are_significant():
    ours, theirs = dict(enumerate([0.51, 0.62, 0.53, 0.64, 0.55])), dict(enumerate([0.4, 0.5, 0.4, 0.5, 0.4]))
    # Differences 0.11, 0.12, 0.13, 0.14, 0.15: standard deviation √0.00025, t(0.975, 4) = 2.776.
    found = difference(ours, theirs)
    assert found.high - found.mean == pytest.approx(2.7764 * math.sqrt(0.00025 / 5), rel=1e-4)
    assert found.significant


def test_one_seed_has_no_interval_and_none_no_difference():
    assert difference({0: 0.5}, {0: 0.4}).low is None
    assert not difference({0: 0.5}, {0: 0.4}).significant
    assert difference({0: 0.5}, {1: 0.4}) is None


def test_a_comparison_gathers_what_belongs_together():
    rows = [row("alone", 0, 0.4), row("alone", 1, 0.4), row("kd", 0, 0.5), row("kd", 1, 0.6), row("dist", 0, 0.6)]
    (found,) = comparisons([*rows, row("kd", 0, 0.9, name="there")][:-1], [teacher()])
    assert [line.method for line in found.lines] == ["kd", "dist"]  # of fewer seeds: last
    assert found.alone.mean == pytest.approx(0.4)
    kd, dist = found.lines
    assert kd.mean == pytest.approx(0.55)
    assert kd.spread == pytest.approx(0.1 / math.sqrt(2))
    assert kd.against_alone.each == pytest.approx((0.1, 0.2))
    assert kd.against_kd is None
    assert dist.against_kd.each == pytest.approx((0.1,))
    assert kd.of_teacher == pytest.approx(0.55 / 0.8)
    assert (kd.step_seconds, kd.peak_mb) == (pytest.approx(0.15), 101)


def test_a_row_counts_only_where_the_teacher_leads():
    def found(validation, regime="few-labels"):
        return comparisons([row("alone", 0, 0.4, regime=regime)], [teacher(validation=validation)])[0]

    assert found(0.531).counts
    assert not found(0.529).counts
    assert found(0.529).lead == pytest.approx(0.029)
    assert found(0.529, "no-labels").counts


def test_a_teacher_of_few_labels_is_that_of_the_seed():
    rows = [row("alone", seed, 0.4, teacher=f"few-{seed}") for seed in (0, 1)]
    (found,) = comparisons(rows, [teacher(which="few-0", validation=0.6), teacher(which="few-1", validation=0.7)])
    assert found.lead == pytest.approx(0.15)


def test_without_a_teachers_line_nothing_counts():
    (found,) = comparisons([row("alone", 0, 0.4)], [])
    assert found.lead is None
    assert not found.counts


def test_gains_are_averaged_over_sets_that_count():
    rows = [row(m, 0, v, name=n) for n, m, v in [("a", "alone", 0.4), ("a", "kd", 0.5), ("b", "alone", 0.4)]]
    rows += [row("kd", 0, 0.7, name="b"), row("alone", 0, 0.4, name="c"), row("kd", 0, 0.1, name="c")]
    found = comparisons(rows, [teacher("a"), teacher("b"), teacher("c", validation=0.5)])
    assert over_sets(found, "few-labels") == {"kd": (pytest.approx(0.2), 2)}


def test_the_best_of_a_regime_go_on_with_kd():
    scores = {"alone": 0.4, "kd": 0.41, "dist": 0.6, "dkd": 0.5, "nkd": 0.45}
    found = comparisons([row(method, 0, iou) for method, iou in scores.items()], [teacher()])
    assert best_methods(found, 2) == {"few-labels": ["kd", "dist", "dkd"]}
