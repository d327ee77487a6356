"""Runs a stage of the comparison, and goes on where it stopped.

    python -m benchmarks.distillation --stage 1

Each row is a process of its own, one after the other.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.distillation import ledger, teachers
from benchmarks.distillation.comparing import best_methods, comparisons
from benchmarks.distillation.orders import ALONE, ONE, STAGES, Order, Stage, orders

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distillation", description=__doc__)
    parser.add_argument("--stage", choices=list(STAGES), default="1")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "out" / "bench", help="folder of teachers and their answers"
    )
    parser.add_argument("--results", type=Path, default=ledger.RESULTS)
    parser.add_argument("--regime", help="only this one")
    parser.add_argument("--set", help="only this one")
    parser.add_argument("--method", action="append", help="only this one, and the student alone")
    parser.add_argument("--list", action="store_true", help="say what is to be done, and what is done")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        return _one(json.loads(given.one), given.work)
    return _stage(given)


def _stage(given: argparse.Namespace) -> int:
    given.work.mkdir(parents=True, exist_ok=True)
    wanted = [order for order in _orders(STAGES[given.stage], given.results) if _asked(order, given)]
    path = ledger.file_of(given.stage, given.results)
    done = {row["key"] for row in ledger.rows(path)}
    if given.list:
        for order in wanted:
            print("done" if order.key in done else "    ", order.regime, order.set, order.method, order.seed)
        return 0
    failed = 0
    with (given.work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one training at a time
        done |= {row["key"] for row in ledger.rows(path)}
        for number, order in enumerate(wanted, start=1):
            if order.key in done:
                continue
            said = f"[{number}/{len(wanted)}] {order.regime} | {order.set} | {order.method} | seed {order.seed}"
            if order.data.missing:
                print(f"{said}: left out, {order.data.missing}", flush=True)
                continue
            teacher = _teacher(order, given)
            started = time.monotonic()
            row = _in_a_process("row", order, given.work) if teacher else None
            if row is None:
                failed += 1
                print(f"{said}: FAILED", flush=True)
                continue
            ledger.append(path, row)
            print(
                f"{said}: {row['test']['mean_iou']:.4f} (validation {row['validation']:.4f}), "
                f"{row['step_seconds']:.3f} s a step, {row['peak_mb']} MB, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    return 1 if failed else 0


def _orders(stage: Stage, results: Path) -> Iterator[Order]:
    if not stage.best:
        return orders(stage)
    found = comparisons(ledger.current(ONE, results), ledger.rows(results / "teachers.jsonl"))
    return orders(stage, best_methods(found, stage.best))


def _asked(order: Order, given: argparse.Namespace) -> bool:
    if given.method and order.method not in (*given.method, ALONE):
        return False
    return given.regime in (None, order.regime) and given.set in (None, order.set)


def _teacher(order: Order, given: argparse.Namespace) -> dict[str, Any] | None:
    """Makes the teacher of a row and writes its line, unless that was done."""
    kept, listed = teachers.facts_of(order, given.work), given.results / "teachers.jsonl"
    if kept.exists() and teachers.file_of(order, given.work).exists():
        facts = dict(json.loads(kept.read_text("utf-8")))
    elif (made := _in_a_process("teacher", order, given.work)) is not None:
        facts = made
        print(
            f"teacher “{order.teacher}” of {order.set}: {facts['test']['mean_iou']:.4f} "
            f"(validation {facts['validation']:.4f}), {facts['parameters']:,} parameters",
            flush=True,
        )
    else:
        return None
    if facts not in ledger.rows(listed):
        ledger.append(listed, facts)
    return facts


def _in_a_process(what: str, order: Order, work: Path) -> dict[str, Any] | None:
    asked = json.dumps({"what": what, **asdict(order)})
    command = [sys.executable, "-m", "benchmarks.distillation", "--work", str(work), "--one", asked]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _one(asked: dict[str, Any], work: Path) -> int:
    from rskd.events import Reporter

    what, order = asked.pop("what"), Order(**asked)
    reporter = Reporter(_said)
    if what == "teacher":
        answer = teachers.made(order, work, reporter)
    else:
        from benchmarks.distillation.row import measured

        answer = measured(order, work, reporter)
    print(json.dumps(answer, allow_nan=False))
    return 0


def _said(event: dict[str, Any]) -> None:
    """Warnings and the curves go to the log."""
    if event["event"] == "warning" and event["code"] != "values-out-of-range":  # of every tile on flat ground
        print(f"  {event['code']}: {event['message']}", file=sys.stderr, flush=True)
    elif event["event"] == "metric" and "step" in event:
        numbers = {
            k: round(v, 4) if isinstance(v, float) else v for k, v in event.items() if k not in ("event", "name")
        }
        print(f"  {numbers}", file=sys.stderr, flush=True)
