"""A job in a process of its own: one JSON request on stdin, one JSON object a line back.

    {"job": "distill", "spec": {...}}          first line of stdin; relative paths are already absolute
    {"event": "...", ...}                       events while it runs (rskd.events)
    {"event": "result", "result": {...}}        the last line of a job that worked
    {"event": "error", "code": ..., "message": ..., "hint": ..., "facts": {...}}    the last line of one that did not

Closing stdin cancels: it is what happens anyway when the parent dies, and it works alike on every system.
Replies go to a duplicate of stdout; descriptor 1 itself is pointed at stderr, so that no library's print breaks a line.
"""

from __future__ import annotations

import _thread
import errno
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from rskd.errors import ExtraMissing, MemoryShort, OutputUnwritable, RskdError
from rskd.events import Event, Reporter
from rskd.spec import DistillJob, EvaluateJob, PredictJob, Spec

DONE, BUG, MENDABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes of the worker and of the terminal."""


def main() -> int:
    """Runs the one job that stdin describes; returns the exit code."""
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    # Whoever was started in the background of a shell ignores SIGINT, and so do all its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    speaking = threading.Lock()  # events come from reader threads too

    def say(event: Event) -> None:
        with speaking:
            replies.write(json.dumps(event, ensure_ascii=False, allow_nan=False, default=str).encode() + b"\n")

    # Unbuffered: a thread that waits in `sys.stdin` holds its lock, over which Python dies at exit.
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    request = json.loads(requests.readline())
    threading.Thread(target=_cancel_at_end_of, args=(requests,), daemon=True).start()
    return answer(lambda: perform(request["job"], request["spec"], Reporter(say)), say)


def answer(job: Callable[[], Any], say: Callable[[Event], None]) -> int:
    """Runs `job` and says how it ended; returns the exit code."""
    try:
        result = job()
    except KeyboardInterrupt:
        say({"event": "interrupted", "message": "Stopped. The same command goes on from here."})
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place at the edge that turns failures into words
        said = explained(error)
        if said is None:
            say({"event": "bug", "message": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()})
            return BUG
        say({"event": "error", "code": said.code, "message": said.message, "hint": said.hint, "facts": said.facts})
        return MENDABLE
    say({"event": "result", "result": result})
    return DONE


def explained(error: BaseException) -> RskdError | None:
    """The failure in the user's words, where it is one that the user can mend."""
    if isinstance(error, RskdError):
        return error
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _is_about_memory(str(error))):
        return MemoryShort("There was not enough memory.", "Lower training.batch, training.tile or memory_gb.")
    if isinstance(error, OSError) and error.errno in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EACCES,
        errno.EROFS,
    ):
        return OutputUnwritable(str(error.filename or "a result"), os.strerror(error.errno))
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] in TRAIN_PACKAGES:
        return ExtraMissing("Distilling", error.name.split(".")[0])
    return None


def _is_about_memory(said: str) -> bool:
    """Torch raises RuntimeError where it runs out of memory, on a processor as on a GPU."""
    return any(words in said.lower() for words in ("out of memory", "allocate memory", "not enough memory"))


TRAIN_PACKAGES = frozenset(
    {"torch", "torchgeo", "torchvision", "lightning", "geopandas", "jinja2", "matplotlib", "safetensors", "timm"}
    | {"segmentation_models_pytorch", "filelock", "requests"}
)
"""What the `train` extra brings; missing ones are explained, everything else that is missing is a bug."""


def perform(name: str, spec: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    """Runs the job called `name`; imports only what that job needs."""
    kinds: dict[str, type[Spec]] = {"distill": DistillJob, "predict": PredictJob, "evaluate": EvaluateJob}
    job = kinds[name].model_validate(spec)
    if isinstance(job, DistillJob):
        from rskd.jobs.distill import run as distill

        return distill(job, reporter)
    if isinstance(job, PredictJob):
        from rskd.jobs.predict import run as predict

        return predict(job, reporter)
    if isinstance(job, EvaluateJob):
        from rskd.jobs.evaluate import run as evaluate

        return evaluate(job, reporter)
    raise TypeError(name)


def _cancel_at_end_of(stream: BinaryIO) -> None:
    while stream.read(1):
        pass
    _thread.interrupt_main()


if __name__ == "__main__":
    sys.exit(main())
