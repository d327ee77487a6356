"""How a job looks in a terminal: progress bars, lines, errors on stderr; the result on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rskd.events import Event

_WIDE = 200


def print_json(data: object) -> None:
    """Indented JSON on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_event(event: Event) -> None:
    """One JSON object a line on stdout."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_table(rows: list[dict[str, Any]], columns: dict[str, str]) -> None:
    """A table on stdout; `columns` maps keys of a row to headings."""
    table = Table(*columns.values(), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key in columns))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE  # a file or a pipe has no edge to wrap at
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return escape(f"{value:,}" if isinstance(value, int) else str(value))


def _amount(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) or number >= 100 else f"{number:,.1f}"


class _Rate(ProgressColumn):
    """Units a second, in the stage's own unit."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.1f} {task.fields['unit']}/s" if speed else "", style="dim")


_SILENCE = 60.0
"""Seconds after which a log, where no bar can be drawn, gets a line about how far the work is."""


class Terminal:
    """A sink that draws; use it as a context manager so that the bar is taken down whatever happens.

    Where there is no screen (a log file, a pipe), a line a minute stands for the bar.
    """

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.console = console or Console(stderr=True, soft_wrap=True, highlight=False)
        self.result: Any = None
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), _Rate(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._task = self._progress.add_task("", total=None, visible=False, unit="")
        self._clock, self._spoke = clock, clock()
        self._measured = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def hear(self, event: Event) -> None:
        """Draws one event."""
        if event["event"] not in ("progress", "metric"):
            self._spoke = self._clock()
        draw = getattr(self, "_on_" + event["event"].replace("-", "_"), None)
        if draw is not None:
            draw(event)

    def _on_stage_start(self, event: Event) -> None:
        self._measured = ""
        self._progress.reset(
            self._task, description=event["stage"], total=event["total"], visible=True, unit=event["unit"]
        )

    def _on_stage_end(self, event: Event) -> None:
        self._progress.update(self._task, visible=False)
        self.console.print(f"[green]✓[/] {escape(event['stage'])} [dim]{event['seconds']:.1f} s[/]")

    def _on_progress(self, event: Event) -> None:
        self._progress.update(self._task, completed=event["done"], total=event["total"])
        if self.console.is_terminal or self._clock() - self._spoke < _SILENCE:
            return
        self._spoke = self._clock()
        of_all = f" of {_amount(event['total'])}" if event["total"] is not None else ""
        done = f"{_amount(event['done'])}{of_all} {event['unit']}".strip()
        self.console.print(f"  {escape(event['stage'])}: {done}{self._measured}")

    def _on_metric(self, event: Event) -> None:
        """What the next line about this stage says besides how far it is."""
        scores = {"loss": "loss", "mean_iou": "mean IoU", "agreement": "agreement"}
        said = [f"{words} {event[key]:.3f}" for key, words in scores.items() if key in event]
        self._measured = f"; {', '.join(said)} at step {event['step']:,}" if said else ""

    def _on_log(self, event: Event) -> None:
        self.console.print("  " + escape(event["message"]))

    def _on_warning(self, event: Event) -> None:
        self.console.print(f"[yellow]![/] {escape(event['message'])} [dim]{escape(event['hint'])}[/]")

    def _on_error(self, event: Event) -> None:
        self.console.print(f"[red]Error:[/] {escape(event['message'])}")
        if event["hint"]:
            self.console.print(f"       {escape(event['hint'])}")

    def _on_interrupted(self, event: Event) -> None:
        self.console.print(escape(event["message"]))

    def _on_bug(self, event: Event) -> None:
        self.console.print(escape(event["traceback"]))
        self.console.print(f"[red]This is a bug in RSKD:[/] {escape(event['message'])}")

    def _on_result(self, event: Event) -> None:
        self.result = event["result"]
