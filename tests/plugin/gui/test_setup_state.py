"""What the page shows, without a window."""

from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def state(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    from rskd_qgis.gui import setup_state

    return setup_state


@pytest.fixture
def facts(state):
    """Builds a situation round an environment with these tiers."""
    from rskd_qgis.environment.environment import Environment
    from rskd_qgis.environment.probe import Report, TierState

    def build(*, ours=True, run=(), train=("torch", "torchgeo", "timm", "jinja2"), trouble="", managed=False, **others):
        python = Path("/home/ana/env/bin/python")
        tiers = {"run": TierState(**run) if isinstance(run, dict) else TierState(missing=run)}
        tiers["train"] = TierState(**train) if isinstance(train, dict) else TierState(missing=train)
        cuda, gpu = others.pop("cuda", ""), others.pop("gpu", False)
        report = Report(python, trouble, "" if trouble else "3.12.4", tiers, managed, cuda, gpu)
        return state.Situation(Environment(python, ours), report, **others)

    return build


def card():
    from rskd_qgis.environment.graphics import Card

    return Card("NVIDIA T4", "580.1")


def test_at_first_it_says_what_where_how_big_and_offers_to_begin(state, tmp_path):
    page = state.shown(state.Situation())
    assert page.phase == state.MAKE
    assert page.action == "Set up"
    assert page.order == state.Order("run")
    assert str(tmp_path) in page.text
    assert "430\u00a0MB" in page.text
    assert "QGIS's own stays as it is" in page.text


def test_the_training_parts_name_their_build_and_size(state):
    page = state.shown(state.Situation(with_training=True))
    assert "1.4\u00a0GB" in page.text
    assert "No NVIDIA graphics card" in page.text
    page = state.shown(state.Situation(with_training=True, card=card()))
    assert "6.0\u00a0GB" in page.text
    assert "NVIDIA T4" in page.text
    assert page.order == state.Order("train", cuda=True)
    page = state.shown(state.Situation(with_training=True, card=card(), processor_only=True))
    assert "stays unused" in page.text
    assert page.order == state.Order("train", cuda=False)


def test_an_interrupted_set_up_goes_on(state):
    page = state.shown(state.Situation(unfinished=True))
    assert page.action == "Go on setting up"
    assert "interrupted" in page.text


def test_while_a_probe_is_at_work_nothing_can_be_pressed(state, facts):
    now = facts()
    now.report = None
    page = state.shown(now)
    assert page.phase == state.CHECKING
    assert (page.action, page.training, page.may_repair, page.may_remove) == ("", "", False, False)


def test_ready_to_run_offers_the_training_parts_with_their_price(state, facts):
    page = state.shown(facts())
    assert page.phase == state.READY
    assert [(line.well, line.words) for line in page.tiers] == [(True, "ready"), (False, "not installed")]
    assert page.training == "Add training parts (about 970\u00a0MB)"
    assert page.training_order == state.Order("train")
    assert "downloads about 410\u00a0MB" in page.training_text
    assert page.consent == ""
    assert page.may_repair
    assert page.may_remove


def test_with_everything_there_nothing_is_next(state, facts):
    page = state.shown(facts(train=(), cuda="13.0", gpu=True))
    assert (page.action, page.training) == ("", "")
    assert page.tiers[1].words == "ready, with the graphics card"


def test_a_card_that_torch_cannot_use_is_not_kept_silent(state, facts):
    assert "cannot be used" in state.shown(facts(train=(), cuda="13.0")).tiers[1].words


def test_after_an_update_only_the_missing_is_offered(state, facts):
    page = state.shown(facts(run={"missing": ("typer",), "old": ("numpy",)}))
    assert page.phase == state.WANTING
    assert "typer, numpy" in page.text
    assert page.action == "Install what is missing"
    assert not page.order.anew


def test_a_library_that_does_not_start_asks_for_a_repair_of_what_was_there(state, facts):
    page = state.shown(facts(run={"broken": (("rasterio", "OSError: libgdal"),)}, had_training=True))
    assert "“rasterio” is installed but does not start: OSError: libgdal" in page.text
    assert page.action == "Repair"
    assert page.order == state.Order("train", anew=True)
    assert not page.may_repair, "the same button twice"


def test_a_python_that_went_away_asks_for_a_repair(state, facts):
    page = state.shown(facts(trouble="The Python at “x” is no longer there."))
    assert page.text.startswith("The Python at “x” is no longer there.")
    assert page.order == state.Order("run", anew=True)


def test_where_a_python_of_the_user_s_went_away_rskd_s_own_is_offered(state, facts):
    page = state.shown(facts(ours=False, trouble="The Python at “x” is no longer there."))
    assert page.text.startswith("The Python at “x” is no longer there.")
    assert (page.action, page.order) == ("Set up", state.Order("run"))
    assert not page.may_remove


def test_a_python_of_the_user_s_is_never_written_to_without_asking(state, facts):
    page = state.shown(facts(ours=False, run=("onnx",)))
    assert page.action == "Install the missing packages there"
    assert page.order == state.Order("run", interpreter=Path("/home/ana/env/bin/python"))
    assert "/home/ana/env" in page.consent
    assert not page.may_repair
    assert not page.may_remove
    ready = state.shown(facts(ours=False))
    assert ready.training_order.interpreter == Path("/home/ana/env/bin/python")
    assert ready.consent


def test_a_python_of_the_system_s_is_never_written_to(state, facts):
    page = state.shown(facts(ours=False, managed=True, run=("onnx",)))
    assert page.action == ""
    assert "belong to the system" in page.text
    assert state.shown(facts(ours=False, managed=True)).training == ""


def test_a_broken_python_of_the_user_s_is_left_to_the_user(state, facts):
    page = state.shown(facts(ours=False, run={"broken": (("numpy", "ImportError"),)}))
    assert page.action == ""
    assert "choose another Python" in page.text


def test_nothing_is_changed_under_running_jobs(state, facts):
    for now in (facts(at_work=True), facts(at_work=True, run=("onnx",))):
        page = state.shown(now)
        assert (page.action, page.training, page.may_repair, page.may_remove) == ("", "", False, False)
        assert "Jobs are running" in page.why_not


def test_a_step_tells_bytes_and_what_is_on_its_way(state):
    title, details = state.step_words(state.Step(3, 4, "Downloading", 41_209_036, 77_070_335, "rasterio"))
    assert title == "Step 3 of 4: Downloading"
    assert details == "41\u00a0MB of 77\u00a0MB, now: rasterio"
    assert state.step_words(state.Step(1, 4, "Looking"))[1] == ""
    assert state.step_words(state.Step(3, 4, "Downloading", 9_000_000, 9_000_000))[1].startswith("9\u00a0MB are here")


@pytest.mark.parametrize(("count", "words"), [(430e6, "430\u00a0MB"), (999e6, "1.0\u00a0GB"), (0, "0\u00a0MB")])
def test_sizes(state, count, words):
    assert state.size(count) == words
