"""The backend as a process: requests on stdin, what it has to say on stdout, one JSON object a line.

    {"event": "hello", "protocol": 1, ...}      said first, before any request and any heavy import
    {"id": 1, "job": "distill", "spec": {...}}  a request: one job, then the process ends; paths are absolute
    {"id": 2, "ask": "inspect", "with": {...}}  or a question: the process stays for the next one
    {"event": "...", "id": 1, ...}              events while it runs (rskd.events)
    {"event": "result", "result": {...}}        the last word on a request that worked
    {"event": "error", "code": ..., "message": ..., "hint": ..., "facts": {...}}    and on one that did not

Closing stdin stops it: it is what happens anyway when the parent dies, and it works alike on every system.
Replies go to a duplicate of stdout; descriptor 1 itself is pointed at stderr, so that no library's print breaks a line.
`docs/plugin.md` has the whole protocol.
"""

from __future__ import annotations

import _thread
import errno
import json
import math
import os
import platform
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from queue import SimpleQueue
from types import FrameType
from typing import Any

from rskd import __version__
from rskd.errors import ExtraMissing, JobInvalid, MemoryShort, OutputUnwritable, RskdError
from rskd.events import Event, Reporter, Sink

PROTOCOL = 1
DONE, BUG, MENDABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes of the worker and of the terminal."""

_BEAT = 2.0  # seconds between two heartbeats
_TO_HEED, _TO_TIDY = 5.0, 60.0  # seconds after the end of stdin: until the work stops, until it is put away


def main() -> int:
    """Answers the requests on stdin until a job is done or stdin ends; returns the exit code."""
    say = _voice(os.dup(1))
    os.dup2(2, 1)
    requests = _Requests(os.dup(0))
    say(hello())
    try:
        return _serve(requests, say)
    except KeyboardInterrupt:  # between two requests
        return INTERRUPTED


def hello() -> Event:
    """Who is speaking; `missing`: absent packages of the run tier, `train`: those of the other tier are there."""
    from rskd.jobs.doctor import RUN, TRAIN

    return {
        "event": "hello",
        "protocol": PROTOCOL,
        "rskd": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "pid": os.getpid(),
        "train": all(find_spec(module) for module in TRAIN.values()),
        "missing": [name for name, module in RUN.items() if find_spec(module) is None],
    }


def _voice(descriptor: int) -> Sink:
    """Writes events as lines; whoever has stopped listening will also close stdin."""
    speaking = threading.Lock()  # events come from reader threads too

    def say(event: Event) -> None:
        line = memoryview(_line(event))
        with speaking, suppress(OSError):
            while line:
                line = line[os.write(descriptor, line) :]

    return say


def _line(event: Event) -> bytes:
    try:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False, default=str)
    except ValueError:
        text = json.dumps(_finite(event), ensure_ascii=False, default=str)
    # A file name of undecodable bytes holds lone surrogates, which JSON escapes in the same way as Python.
    return text.encode(errors="backslashreplace") + b"\n"


def _finite(data: object) -> object:
    """The same with “nan” and “inf” as texts: JSON has no such numbers."""
    match data:
        case float() if not math.isfinite(data):
            return str(data)
        case dict():
            return {key: _finite(value) for key, value in data.items()}
        case list() | tuple():
            return [_finite(value) for value in data]
    return data


class _Requests:
    """The lines of stdin; its end interrupts what is at work, and ends a process that does not heed that."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # No library may read what is meant for us; on Windows one that so much as looks at a pipe which a thread is
        # reading waits until something comes.
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        # Whoever was started in the background of a shell ignores SIGINT, and so do all its children.
        signal.signal(signal.SIGINT, self._heed)
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._lock, self._heeded = threading.Lock(), threading.Event()
        self._at_work = self._over = False
        threading.Thread(target=self._read, daemon=True).start()

    def __iter__(self) -> Iterator[bytes]:
        while (line := self._lines.get()) is not None:
            yield line

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """The end of stdin raises KeyboardInterrupt in here, and nowhere else."""
        with self._lock:
            if self._over:
                raise KeyboardInterrupt
            self._at_work = True
        try:
            yield
        finally:
            with self._lock:
                self._at_work = False

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        self._heeded.set()
        raise KeyboardInterrupt

    def _read(self) -> None:
        rest = b""
        while chunk := _chunk(self._descriptor):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._lines.put(line)
        with self._lock:
            self._over = True
            if self._at_work:
                _thread.interrupt_main()
        self._lines.put(None)
        if self._heeded.wait(_TO_HEED):
            time.sleep(_TO_TIDY)
        # Still here: the main thread is held up in native code, or a library has swallowed the interruption.
        os._exit(INTERRUPTED)


def _chunk(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Windows: the parent died
        return b""


def _serve(requests: _Requests, say: Sink) -> int:
    for line in requests:
        request = _parsed(line)
        code = _answered(request, requests, say)
        if "job" in request or code == INTERRUPTED:
            return code
    return DONE


def _answered(request: dict[str, Any], requests: _Requests, say: Sink) -> int:
    def signed(event: Event) -> None:
        said = _concealed(event) if request.get("secrets") else event
        say({**said, "id": request["id"]} if "id" in request else said)

    def fulfilled() -> Any:
        with requests.interrupting(), _heartbeat(say):
            return _fulfil(request, Reporter(signed))

    return answer(fulfilled, signed, name=str(request.get("job", "")))


def _concealed(event: Event) -> Event:
    """Without the secrets that GDAL repeats where it fails; what stands in a result is ours."""
    if event["event"] == "result":
        return event
    from rskd.geo.secrets import concealed

    return {**event, **{key: concealed(value) for key, value in event.items() if key not in ("event", "code")}}


def _parsed(line: bytes) -> dict[str, Any]:
    """The request; empty if the line is none."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def _fulfil(request: dict[str, Any], reporter: Reporter) -> Any:
    match request:
        case {"job": str(name), "spec": dict(spec)}:
            _provide(request.get("secrets"))
            return perform(name, spec, reporter)
        case {"ask": str(question)} if isinstance(request.get("with", {}), dict):
            from rskd.jobs.ask import ask

            return ask(question, request.get("with", {}), reporter)
    raise JobInvalid("A request was not understood.", "Backend and plugin may be of different versions: update both.")


def _provide(secrets: object) -> None:
    """Keeps passwords and tokens of layers for the moment at which they are opened."""
    if not secrets:
        return
    if not isinstance(secrets, dict) or not all(isinstance(text, str) for pair in secrets.items() for text in pair):
        raise JobInvalid("The secrets of a job must be texts.")
    from rskd.geo.secrets import provide

    provide(secrets)


@contextmanager
def _heartbeat(say: Sink) -> Iterator[None]:
    """Says every two seconds that something is at work; never after its last word."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT):
            say({"event": "heartbeat"})

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def answer(job: Callable[[], Any], say: Sink, *, name: str = "") -> int:
    """Runs `job`, called `name`, and says how it ended; returns the exit code."""
    try:
        result = job()
    except KeyboardInterrupt as stop:
        say({"event": "interrupted", "message": f"Stopped. {stop}".strip()})
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place at the edge that turns failures into words
        said = explained(error, name)
        if said is None:
            say({"event": "bug", "message": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()})
            return BUG
        say({"event": "error", "code": said.code, "message": said.message, "hint": said.hint, "facts": said.facts})
        return MENDABLE
    say({"event": "result", "result": result})
    return DONE


def explained(error: BaseException, job: str = "") -> RskdError | None:
    """The failure in the user's words, where it is one that the user can mend; `job` is what was asked for."""
    if isinstance(error, RskdError):
        return error
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _is_about_memory(str(error))):
        return MemoryShort("There was not enough memory.", f"{less_memory(job)}.", job=job)
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


def less_memory(job: str) -> str:
    """What to do where the memory does not suffice."""
    settings = {
        "distill": "Lower training.batch, training.tile or memory_gb, or close",
        "predict": "Lower memory_gb or `threads:`, work on a part with `area:`, or close",
        "evaluate": "Lower `threads:`, work on a part with `area:`, or close",
    }
    return f"{settings.get(job, 'Close')} other programs"


def _is_about_memory(said: str) -> bool:
    """Torch raises RuntimeError where it runs out of memory, on a processor as on a GPU."""
    return any(words in said.lower() for words in ("out of memory", "allocate memory", "not enough memory"))


TRAIN_PACKAGES = frozenset(
    {"torch", "torchgeo", "torchvision", "lightning", "geopandas", "jinja2", "matplotlib", "safetensors", "timm"}
    | {"segmentation_models_pytorch", "filelock", "requests"}
)
"""What the `train` extra brings; missing ones are explained, everything else that is missing is a bug."""


def perform(name: str, spec: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    """Runs the job called `name`; imports only what that job needs.

    Raises:
        RskdError: whatever the user can put right.
    """
    from rskd import spec as kinds
    from rskd.jobs.ask import described

    match job := described(name, spec):
        case kinds.DistillJob():
            from rskd.jobs.distill import run as distill

            return distill(job, reporter)
        case kinds.PredictJob():
            from rskd.jobs.predict import run as predict

            return predict(job, reporter)
        case kinds.EvaluateJob():
            from rskd.jobs.evaluate import run as evaluate

            return evaluate(job, reporter)
        case kinds.DisagreementJob():
            from rskd.jobs.disagreement import run as disagreement

            return disagreement(job, reporter)
    raise TypeError(name)


if __name__ == "__main__":
    sys.exit(main())
