"""The folder of a distillation: its lock, what was decided in it, what is already done."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rskd.errors import Busy, OutputUnwritable
from rskd.geo.atomic import write_text
from rskd.jobs.staging import bring
from rskd.spec import DistillJob

_PATIENCE = 0.3  # seconds: who only asks whether a run is at work holds the lock for a moment


class JobFolder:
    """`out` of a job. Results lie in it; unfinished work lies in `.work`, soft targets in `targets`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.work = path / ".work"
        self.targets = path / "targets"
        self.results = self.work / "results"
        """Where results wait until the last one is whole: they appear together, or those of the run before stay."""
        self._stores_before = self._stores()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder and keeps other runs out of it; a run that leaves nothing in it leaves no folder either.

        Raises:
            Busy: another run is at work here.
            OutputUnwritable: the folder cannot be made or written to.
        """
        from filelock import FileLock, Timeout

        lock, existed = FileLock(self.work / "lock"), self.path.exists()
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=_PATIENCE)
        except Timeout as error:
            message = f"Another run is at work in “{self.path}”."
            raise Busy(message, "Wait for it, stop it, or choose another `out:`.", path=str(self.path)) from error
        except OSError as error:
            raise OutputUnwritable(str(self.path), error.strerror or str(error)) from error
        try:
            yield
        finally:
            self._leave(lock.release, keep=existed)

    def _leave(self, release: Callable[[], None], *, keep: bool) -> None:
        with suppress(OSError):  # Windows: in use until released
            if [entry.name for entry in self.work.iterdir()] == ["lock"]:
                (self.work / "lock").unlink()
        release()
        with suppress(OSError):  # not empty
            self.work.rmdir()
            if not keep:
                self.path.rmdir()

    def recall(self, job: DistillJob) -> dict[str, Any]:
        """What an earlier run of the same job decided (student, steps), and whether it came to its end (`done`).

        The same job means the same description over files that have not changed since. The resolved job (`job.json`)
        counts as the job that it was resolved from.
        """
        identity, stored = _identity(job), self._stored()
        return stored if identity in (stored.get("asked"), stored.get("resolved")) else {"asked": identity}

    def keeps(self, job: DistillJob) -> bool:
        """Whether there is something that the same job goes on from: training of its own, or answers of this run."""
        own = "steps" in self.recall(job) and any(self.work.glob("**/*.ckpt"))
        return own or bool(self._stores() - self._stores_before)

    def _stores(self) -> set[Path]:
        return {*self.targets.glob("*/targets.json"), *self.targets.glob("*/parts/[0-9]*")}

    def decide(self, decisions: dict[str, Any], resolved: DistillJob) -> None:
        """Writes down what was decided, and the resolved job as `job.json` among the results.

        Only now, when the job is known to be sound, is the work of any other job thrown away.
        """
        if self._stored().get("asked") != decisions["asked"]:
            self._forget()
        decisions = {**decisions, "resolved": _identity(resolved)}
        write_text(self._decisions, json.dumps(decisions, indent=1))
        write_text(self.results / "job.json", resolved.model_dump_json(indent=2, exclude_none=True))

    def _stored(self) -> dict[str, Any]:
        try:
            stored: dict[str, Any] = json.loads(self._decisions.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored

    def _forget(self) -> None:
        for leftover in self.work.iterdir():
            if leftover.name != "lock":
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()

    def publish(self) -> None:
        """Moves all results to their names in the folder, in the place of those of an earlier run.

        From then on `recall` says `done`.

        Raises:
            OutputUnwritable: one of them is in use, or the folder cannot be written to.
        """
        bring(self.results, self.path)
        write_text(self._decisions, json.dumps({**self._stored(), "done": True}, indent=1))

    @property
    def _decisions(self) -> Path:
        return self.work / "decisions.json"


def _identity(job: DistillJob) -> str:
    # Where results go, what runs them and how classes are painted does not change what is learned.
    colors = {"labels": {"colors"}}
    scenes = {"scenes": {"__all__": colors}} if isinstance(job.scenes, list) else {}
    unimportant = dict.fromkeys(("out", "device", "threads", "memory_gb"), True)
    described = job.model_dump(mode="json", exclude={**unimportant, **colors, **scenes})
    # Paths are absolute by now. A name is none: “labels” may be a folder where the command is typed, and "" is that
    # folder itself, which changes with every file that is put into it.
    paths = {text for text in _texts(described) if Path(text).is_absolute()}
    facts = {"job": described, "files": {path: _stamp(Path(path)) for path in sorted(paths)}}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns]


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
