"""Makes, completes or repairs an environment: one step after the other, in a background thread."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from qgis.core import QgsFeedback, QgsTask
from qgis.PyQt.QtCore import QCoreApplication, QLockFile, pyqtSignal

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError, Stopped

from . import command, disk, environment, graphics, network, pip_settings, python, requirements, uv
from .environment import Environment
from .order import MB, Order
from .probe import Report, probe
from .progress import Progress
from .requirements import RUN, TRAIN

_KEPT_LINES = 30
_MANAGED_PYTHON = "3.12"
_NETWORK = re.compile(
    r"failed to fetch|dns error|error sending request|connection|timed out|proxy|certificate|retries|unreachable", re.I
)
_NO_SPACE = re.compile(r"no space left|os error 28|os error 112|not enough space", re.I)
_NO_PACKAGE = re.compile(r"no solution found|no matching distribution|could not find a version", re.I)


@dataclass(frozen=True)
class Step:
    """Where an installation is.

    Attributes:
        number, count: this step and how many there are.
        title: what happens, in the user's language.
        done, total: bytes; total is 0 as long as it is not known.
        current: the package or file on its way; may be empty.
    """

    number: int
    count: int
    title: str
    done: int = 0
    total: int = 0
    current: str = ""


class Installation:
    """Carries out one order.

    Args:
        order: what is wanted.
        network_variables: `network.environment`, taken in the main thread.
        feedback: cancels.
        stepped: is told each step and its progress.
        logged: is told each line for the log; no passwords.
    """

    COUNT = 4

    def __init__(
        self,
        order: Order,
        network_variables: dict[str, str],
        feedback: QgsFeedback,
        stepped: Callable[[Step], None],
        logged: Callable[[str], None],
    ) -> None:
        self._order, self._feedback = order, feedback
        self._stepped, self._logged = stepped, logged
        self._network = network_variables
        self._backend = places.backend()
        self._step = Step(0, self.COUNT, "")

    def run(self) -> Report:
        """Does it and returns what the probe found: everything that was ordered.

        Raises:
            Stopped: cancelled; what was fetched is kept for the next time.
            BackendError: it did not work.
            OSError: a folder cannot be written to.
        """
        with _alone(), tempfile.TemporaryDirectory(prefix="rskd-") as scratch:
            self._begin(QCoreApplication.translate("Setup", "Looking at this machine"))
            if self._order.anew:
                disk.remove(environment.own_folder())
            before = self._before()
            self._check_room(before)
            installer = self._installer()
            self._begin(QCoreApplication.translate("Setup", "Preparing Python"))
            interpreter = self._order.interpreter or self._own_environment(installer, before)
            self._begin(QCoreApplication.translate("Setup", "Downloading and installing packages"))
            self._install(installer, interpreter, before, Path(scratch))
            self._begin(QCoreApplication.translate("Setup", "Trying it out"))
            return self._tried(interpreter)

    # What is there

    def _before(self) -> Report | None:
        """What the environment holds already; None if it has to be made."""
        interpreter = self._order.interpreter or environment.own_python()
        if not interpreter.exists():
            return None
        report = probe(interpreter, RUN, self._feedback)
        if not report.trouble:
            return report
        if self._order.interpreter is not None:
            raise BackendError("not-usable", report.trouble)
        disk.remove(environment.own_folder())  # its Python is gone or too old: nothing in it can be kept
        return None

    def _check_room(self, before: Report | None) -> None:
        folder = environment.own_folder()
        if self._order.interpreter is None and environment.too_deep(folder):
            words = QCoreApplication.translate("Setup", "The folder “{}” lies too deep for Windows.")
            hint = QCoreApplication.translate(
                "Setup", "Set the environment variable RSKD_HOME to a short folder such as C:\\rskd and restart QGIS."
            )
            raise BackendError("too-deep", words.format(folder), hint)
        if self._order.tier == TRAIN and (sys.platform, platform.machine()) == ("darwin", "x86_64"):
            words = QCoreApplication.translate("Setup", "PyTorch is no longer made for Macs with an Intel processor.")
            hint = QCoreApplication.translate("Setup", "Students can be used here, and distilled on another computer.")
            raise BackendError("no-torch", words, hint)
        place = self._order.interpreter or folder
        needed = self._order.space(run_is_there=bool(before and before.ready(RUN)))
        if disk.free(place) < needed and not (before and before.ready(self._order.tier)):
            words = QCoreApplication.translate("Setup", "Only {0:.1f} GB are free in “{1}”; {2:.1f} GB are needed.")
            hint = QCoreApplication.translate(
                "Setup", "Free some space, or let the variable RSKD_HOME name a folder elsewhere."
            )
            message = words.format(disk.free(place) / 1000 / MB, place, needed / 1000 / MB)
            raise BackendError("no-space", message, hint)

    def _installer(self) -> Path | None:
        """uv; None to do without it, by pip."""
        found = uv.at_hand(self._feedback)
        if found is None and self._order.wheels is None:
            self._begin(QCoreApplication.translate("Setup", "Fetching the installer uv"), next_one=False)
            try:
                found = uv.fetch(self._feedback, self._fetched)
            except BackendError as error:
                self._logged(f"uv cannot be had, pip is used: {error}")
        self._logged(f"Installer: {found or 'pip'}")
        return found

    # Python

    def _own_environment(self, installer: Path | None, before: Report | None) -> Path:
        if before is not None:
            return before.python
        folder = environment.own_folder()
        folder.parent.mkdir(parents=True, exist_ok=True)
        base = python.find(self._feedback, for_venv=installer is None)
        self._logged(f"Python: {base.path if base else 'none found'}")
        if installer is not None:
            # Nothing usable here: uv brings one, with the network only.
            which = ["--python", str(base.path)] if base else ["--managed-python", "--python", _MANAGED_PYTHON]
            made = [str(installer), "venv", "--no-project", "--allow-existing", *which, str(folder)]
        elif base is not None:
            made = [str(base.path), "-I", "-m", "venv", str(folder)]
        else:
            raise _no_python()
        if base is None and self._order.wheels is not None:
            raise _no_python()
        try:
            self._call(made)
        except BackendError as error:
            if base is None and error.code == "no-network":
                raise _no_python(error.details) from error
            raise
        return environment.own_python()

    # Packages

    def _install(self, installer: Path | None, interpreter: Path, before: Report | None, scratch: Path) -> None:
        wanted = self._wanted(before)
        if not wanted:
            return
        listed = scratch / "requirements.txt"
        listed.write_text("".join(f"{each}\n" for each in wanted), encoding="utf-8")
        options = ["--requirement", str(listed)]
        if self._order.wheels is not None:
            # Whoever filled the folder chose the versions: only the oldest that will do is asked for.
            options += ["--no-index", "--find-links", str(self._order.wheels)]
        elif self._order.interpreter is None:
            pinned = scratch / "constraints.txt"
            pinned.write_text("\n".join(requirements.pins(self._backend)), encoding="utf-8")
            options += ["--constraint", str(pinned)]
        if installer is None:
            self._bring_pip(interpreter)
            start = [str(interpreter), "-I", "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        else:
            start = [str(installer), "pip", "install", "--python", str(interpreter)]
        by_pip = installer is None and self._order.wheels is None and before is None
        expected = self._order.size().download if by_pip else 0
        self._call([*start, *self._torch(wanted, uv_is_there=installer is not None), *options], expected)

    def _wanted(self, before: Report | None) -> list[requirements.Requirement]:
        wanted = requirements.up_to(self._backend, self._order.tier)
        if before is None:
            return wanted
        # What is there and will do is left alone: after an update of the plugin only the rest is fetched.
        return [each for each in wanted if each.name in before.wanting(self._order.tier)]

    def _torch(self, wanted: list[requirements.Requirement], *, uv_is_there: bool) -> list[str]:
        if self._order.wheels is not None or not any(each.name == "torch" for each in wanted):
            return []
        card = graphics.find(self._feedback) if self._order.cuda else None
        place = graphics.index(card, sys.platform)
        if place and not network.reachable(place + "/torch/", self._feedback):
            self._logged(f"{place} cannot be reached: torch comes from the usual index")
            return []
        self._logged(f"torch: {place or 'the usual index'}" + (f", for {card.name}" if card else ""))
        return graphics.options(card, sys.platform, uv=uv_is_there)

    def _bring_pip(self, interpreter: Path) -> None:
        """An environment that uv made has no pip."""
        if not command.output([str(interpreter), "-I", "-m", "pip", "--version"], self._variables(), self._feedback):
            self._call([str(interpreter), "-I", "-m", "ensurepip", "--default-pip"])

    def _tried(self, interpreter: Path) -> Report:
        report = probe(interpreter, self._order.tier, self._feedback)
        if report.ready(self._order.tier):
            return report
        broken = [*report.tiers[RUN].broken, *report.tiers[TRAIN].broken]
        details = "\n".join([report.trouble, *(f"{module}: {why}" for module, why in broken)]).strip()
        names = ", ".join([*report.wanting(self._order.tier), *(module for module, _ in broken)]) or report.trouble
        words = QCoreApplication.translate("Setup", "Everything was installed, but this does not work: {}.")
        hint = QCoreApplication.translate("Setup", "Try Repair; if that does not help, send us the diagnostics.")
        raise BackendError("not-whole", words.format(names), hint, details=details)

    # Doing it

    def _begin(self, title: str, *, next_one: bool = True) -> None:
        if self._feedback.isCanceled():
            raise Stopped
        self._step = Step(self._step.number + int(next_one), self.COUNT, title)
        self._logged(title)
        self._stepped(self._step)

    def _fetched(self, done: int, total: int) -> None:
        self._tell(done, max(total, 0), "uv")

    def _tell(self, done: int, total: int, current: str) -> None:
        self._stepped(replace(self._step, done=done, total=total, current=current))

    def _call(self, arguments: list[str], expected: int = 0) -> None:
        """Runs an installer, of which `expected` bytes are expected to come, and explains its failure."""
        last: deque[str] = deque(maxlen=_KEPT_LINES)
        progress = Progress(expected)

        def heard(line: str) -> None:
            said = network.without_secrets(line)
            last.append(said)
            self._logged(said)
            if progress.feed(line):
                self._tell(progress.done, progress.total, progress.current)

        self._logged("$ " + network.without_secrets(" ".join(arguments)))
        home = places.home()
        home.mkdir(parents=True, exist_ok=True)
        # Run from RSKD's own folder: a project file in whatever folder QGIS was started from is none of ours.
        if command.run(arguments, self._variables(), self._feedback, heard, folder=home):
            raise explained(list(last))

    def _variables(self) -> dict[str, str]:
        home = places.home()
        # Beside the environment, so that packages are linked into it, not copied.
        own = {
            "UV_CACHE_DIR": str(home / "cache" / "uv"),
            "PIP_CACHE_DIR": str(home / "cache" / "pip"),
            "UV_PYTHON_INSTALL_DIR": str(home / "pythons"),
            "UV_HTTP_TIMEOUT": "180",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONUTF8": "1",
        }
        if self._order.wheels is not None:
            own.update({"UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never"})
        of_pip = {} if self._order.wheels else pip_settings.for_uv(pip_settings.read(pip_settings.files(), os.environ))
        variables = {**own, **of_pip, **python.clean_environment(), **self._network}
        variables.pop("UV_PYTHON_PREFERENCE", None)  # which Python is said here; uv takes only one word on it
        return variables


class SetupTask(QgsTask):
    """An installation as a task of QGIS; what it says arrives in the main thread."""

    stepped = pyqtSignal(object)  # Step
    logged = pyqtSignal(str)
    succeeded = pyqtSignal(object)  # Report
    failed = pyqtSignal(object)  # BackendError
    stopped = pyqtSignal()

    def __init__(self, order: Order) -> None:
        super().__init__(QCoreApplication.translate("Setup", "Setting up RSKD"), QgsTask.Flag.CanCancel)
        self.order = order
        self._feedback = QgsFeedback()
        self._network = network.environment(places.home())
        self._report: Report | None = None
        self._error: BackendError | None = None

    def run(self) -> bool:
        """In a background thread; called by QGIS."""
        try:
            installation = Installation(self.order, self._network, self._feedback, self.stepped.emit, self.logged.emit)
            self._report = installation.run()
        except Stopped:
            return False
        except BackendError as error:
            self._error = error
        except OSError as error:
            self._error = _unwritable(error)
        except Exception as error:  # noqa: BLE001 - QGIS would end with it; the edge of the task
            self._error = BackendError.of({"event": "bug", "message": str(error), "traceback": traceback.format_exc()})
        return self._report is not None

    def cancel(self) -> None:
        """Ends the installers at once; called by QGIS or the page."""
        self._feedback.cancel()
        super().cancel()

    def finished(self, ok: bool) -> None:  # noqa: ARG002 - the report says more
        """In the main thread; called by QGIS."""
        if self._report is not None:
            environment.use(Environment(self._report.python, ours=self.order.interpreter is None))
            self.succeeded.emit(self._report)
        elif self._error is not None:
            self.failed.emit(self._error)
        else:
            self.stopped.emit()


def explained(lines: list[str]) -> BackendError:
    """Why an installer failed, guessed from what it said last."""
    said = "\n".join(lines)
    if _NO_SPACE.search(said):
        words = QCoreApplication.translate("Setup", "The disk is full.")
        hint = QCoreApplication.translate("Setup", "Free some space and try again: what was fetched is kept.")
        return BackendError("no-space", words, hint, details=said)
    if _NETWORK.search(said):
        words = QCoreApplication.translate("Setup", "The packages cannot be fetched from the network.")
        hint = QCoreApplication.translate(
            "Setup", "Check the network and QGIS's proxy settings, or install from a folder of wheels."
        )
        return BackendError("no-network", words, hint, details=said)
    if _NO_PACKAGE.search(said):
        words = QCoreApplication.translate("Setup", "Not all packages can be found for this Python and this system.")
        hint = QCoreApplication.translate("Setup", "A folder of wheels must hold all of them; the log names the first.")
        return BackendError("no-packages", words, hint, details=said)
    words = QCoreApplication.translate("Setup", "The installer stopped with an error.")
    hint = QCoreApplication.translate("Setup", "The log tells more. Try again, or choose a Python of your own.")
    return BackendError("install-failed", words, hint, details=said)


@contextmanager
def _alone() -> Iterator[None]:
    """Keeps other QGIS windows from installing at the same time."""
    places.home().mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(places.home() / "setup.lock"))
    lock.setStaleLockTime(0)  # never by its age; one whose QGIS has died is taken over
    if not lock.tryLock(0):
        words = QCoreApplication.translate("Setup", "Another QGIS window is setting RSKD up.")
        hint = QCoreApplication.translate("Setup", "Wait until it is done, then check again.")
        raise BackendError("busy", words, hint)
    try:
        yield
    finally:
        lock.unlock()


def _no_python(details: str = "") -> BackendError:
    words = QCoreApplication.translate("Setup", "No Python between 3.11 and 3.14 was found, and none can be fetched.")
    if sys.platform == "linux":
        hint = QCoreApplication.translate(
            "Setup", "Install the packages python3 and python3-venv of your system, or choose a Python yourself."
        )
    elif sys.platform == "darwin":
        hint = QCoreApplication.translate(
            "Setup", "Install Python 3.12 from python.org or with Homebrew, or choose a Python yourself."
        )
    else:
        hint = QCoreApplication.translate(
            "Setup", "Install Python 3.12 (64 bit) from python.org, or choose a Python yourself."
        )
    return BackendError("no-python", words, hint, details=details)


def _unwritable(error: OSError) -> BackendError:
    words = QCoreApplication.translate("Setup", "“{0}” cannot be written to or moved: {1}.")
    hint = QCoreApplication.translate("Setup", "It may be in use by another QGIS window, or belong to somebody else.")
    return BackendError("unwritable", words.format(error.filename or places.home(), error.strerror or error), hint)
