"""What a terminal shows of events, and tables on stdout."""

import io
import json

import pytest
from rich.console import Console

from rskd.events import Reporter
from rskd.terminal import Terminal, print_event, print_json, print_table


@pytest.fixture
def shown():
    """Hears events in a terminal without a screen; gives what stands in it."""
    out = io.StringIO()

    def hear(*events):
        with Terminal(Console(file=out, soft_wrap=True, width=200)) as terminal:
            for event in events:
                terminal.hear(event)
        return out.getvalue(), terminal.result

    return hear


def test_warnings_and_errors_come_with_what_to_do(shown):
    text, _ = shown(
        {"event": "warning", "code": "scale", "message": "Values [0, 1]?", "hint": "Check the scale."},
        {"event": "error", "code": "x", "message": "No such file.", "hint": "Check the path.", "facts": {}},
        {"event": "error", "code": "x", "message": "Alone.", "hint": "", "facts": {}},
    )
    assert "! Values [0, 1]? Check the scale." in text
    assert "Error: No such file.\n       Check the path." in text
    assert text.endswith("Error: Alone.\n")


def test_a_bug_shows_its_traceback(shown):
    text, _ = shown({"event": "bug", "message": "KeyError: 'a'", "traceback": "Traceback [a]"})
    assert "Traceback [a]" in text
    assert "This is a bug in RSKD: KeyError: 'a'" in text


def test_stages_end_with_their_seconds_and_the_result_is_kept(shown):
    events = []
    reporter = Reporter(events.append)
    with reporter.stage("reading", "Reading [north]", total=2, unit="MP") as stage:
        stage.advance(2)
    reporter.info("A line.")
    text, result = shown(*events, {"event": "result", "result": {"a": 1}}, {"event": "metric", "name": "unknown here"})
    assert "✓ Reading [north] 0.0 s" in text
    assert "  A line." in text
    assert result == {"a": 1}


@pytest.mark.parametrize("screen", [False, True])
def test_a_log_file_gets_a_line_a_minute_with_step_and_loss(screen):
    out, now = io.StringIO(), 0.0
    steps = {"stage": "student", "total": 1000, "unit": "steps"}
    with Terminal(Console(file=out, width=200, force_terminal=screen), clock=lambda: now) as terminal:
        terminal.hear({"event": "stage-start", **steps})
        for done in range(1, 201):  # a step a second
            now = float(done)
            terminal.hear({"event": "progress", "done": float(done), **steps})
            if done % 50 == 0:
                loss = {"loss": 1 / done, "mean_iou": done / 1000}
                terminal.hear({"event": "metric", "name": "student", "epoch": done // 50, "step": done, **loss})
        terminal.hear({"event": "stage-start", **steps, "stage": "map", "unit": "MP"})
        now += 60
        terminal.hear({"event": "progress", "done": 0.25, **steps, "stage": "map", "total": 1.5, "unit": "MP"})
    lines = [line for line in out.getvalue().splitlines() if " of " in line]
    assert lines == (
        []
        if screen
        else [
            "  student: 60 of 1,000 steps; loss 0.020, mean IoU 0.050 at step 50",
            "  student: 120 of 1,000 steps; loss 0.010, mean IoU 0.100 at step 100",
            "  student: 180 of 1,000 steps; loss 0.007, mean IoU 0.150 at step 150",
            "  map: 0.2 of 1.5 MP",
        ]
    )


def test_json_is_one_line_an_event_and_indented_otherwise(capsys):
    print_event({"event": "log", "message": "zwölf"})
    print_json({"a": ["zwölf"]})
    first, rest = capsys.readouterr().out.split("\n", 1)
    assert json.loads(first) == {"event": "log", "message": "zwölf"}
    assert "zwölf" in first
    assert json.loads(rest) == {"a": ["zwölf"]}


def test_tables_round_as_people_do_and_do_not_wrap_in_a_pipe(capsys):
    rows = [{"name": "[a] " + "long " * 20, "iou": 0.12345, "count": 1234567}, {"name": "b", "iou": None, "count": 0}]
    print_table(rows, {"name": "Name", "iou": "IoU", "count": "Count", "absent": "Absent"})
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["Name", "IoU", "Count", "Absent"]
    assert first.startswith("[a] long")
    assert first.split()[-3:] == ["0.123", "1,234,567", "–"]
    assert second.split() == ["b", "–", "0", "–"]
