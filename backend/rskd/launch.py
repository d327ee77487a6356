"""Starts a job in a worker process, hears it out, and explains it when the system stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess  # nosec B404 # this Python on our own module, no shell
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from rskd.events import Event, Sink
from rskd.spec import Spec
from rskd.worker import BUG, MENDABLE, less_memory


def launch(name: str, job: Spec, sink: Sink, *, started: Callable[[int], None] = lambda _: None) -> int:
    """Runs `job` in a process of its own; every event goes to `sink`, `result` and `error` among them.

    Interrupting this process (Ctrl-C, SIGTERM) asks the worker to stop and waits until it has put its work away.

    Args:
        name: distill, predict or evaluate.
        job: the checked description.
        sink: hears each event.
        started: is told the worker's process id.

    Returns:
        The worker's exit code: 0 done, 2 the user can mend it, 130 interrupted, 1 a bug.
    """
    # A session of its own: the terminal's Ctrl-C reaches the parent alone, which passes it on once.
    worker = subprocess.Popen(  # nosec B603 # this Python on our own module, no shell
        # -P: a file in the user's folder that bears a library's name (numpy.py) is not what is imported.
        [sys.executable, "-P", "-m", "rskd.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1"},
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    started(worker.pid)
    if worker.stdin is None or worker.stdout is None:  # pragma: no cover - both were asked for
        raise RuntimeError("the worker has no pipes")
    requests, replies = worker.stdin, worker.stdout

    def stop(_number: int, _frame: FrameType | None) -> None:
        requests.close()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    ended = False
    try:
        with suppress(BrokenPipeError):  # it died before it listened: its silence is explained below
            # What is not given is left out: a recipe's own settings hold where the job says nothing.
            spec = job.model_dump(mode="json", exclude_unset=True)
            requests.write(json.dumps({"job": name, "spec": spec}).encode() + b"\n")
            requests.flush()
        for line in replies:
            event: Event = json.loads(line)
            if event["event"] in ("hello", "heartbeat"):  # between the processes, not for users
                continue
            ended = ended or event["event"] in ("result", "error", "bug", "interrupted")
            sink(event)
        code = worker.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        with suppress(BrokenPipeError):
            requests.close()
        replies.close()
    if not ended:
        sink(_explained(code, name))
        return MENDABLE if _was_killed(code) else BUG
    return code


def _was_killed(code: int) -> bool:
    return code in (-9, -int(getattr(signal, "SIGXFSZ", 25)), 137)


def _explained(code: int, job: str) -> Event:
    """What to say of a worker that fell silent."""
    resumed = "Then run the same command: it goes on from what has been kept."
    if code in (-9, 137):
        return {
            "event": "error",
            "code": "memory-short",
            "message": "The system stopped the job, most likely because memory ran out.",
            "hint": f"{less_memory(job)}. {resumed if job == 'distill' else ''}".strip(),
            "facts": {"exit_code": code, "job": job},
        }
    if _was_killed(code):
        return {
            "event": "error",
            "code": "output-unwritable",
            "message": "The system stopped the job: a file grew larger than allowed here.",
            "hint": "Raise the limit on file size or choose another place, then run the same command.",
            "facts": {"exit_code": code, "job": job},
        }
    return {"event": "bug", "message": f"The job ended without a word (exit code {code}).", "traceback": ""}
