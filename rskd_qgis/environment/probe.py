"""What an interpreter can do for the backend, found out by running it: no marker file is believed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

from rskd_qgis import places

from . import command, python, requirements
from .requirements import RUN, TRAIN

PATIENCE_MS = 90_000
"""A first start after an installation is slow where a virus scanner reads every file."""
_CHILD = Path(__file__).with_name("probe_child.py")
# Modules with native libraries, which may be there and yet not start; the rest is only looked for.
_IMPORTED = {RUN: ("numpy", "rasterio", "onnxruntime"), TRAIN: ("torch", "torchvision")}


@dataclass(frozen=True)
class TierState:
    """How far a tier is there."""

    missing: tuple[str, ...] = ()
    """Packages that are not there."""
    old: tuple[str, ...] = ()
    """Packages that are there in a version that no longer will do."""
    broken: tuple[tuple[str, str], ...] = ()
    """Modules that are there and cannot be imported, with the reason."""

    @property
    def whole(self) -> bool:
        """Nothing is wanting."""
        return not (self.missing or self.old or self.broken)


@dataclass(frozen=True)
class Report:
    """What a probe found.

    Attributes:
        python: the interpreter that was asked.
        trouble: why it is of no use at all, in words; empty if it answered and is new enough.
        version: of Python, e.g. “3.12.4”; empty if it did not answer.
        tiers: of run and train, what is wanting.
        managed: the system looks after its packages (Debian, Homebrew): nothing may be installed into it.
        cuda: CUDA version that torch was built for; empty for a processor-only build or if torch was not asked for.
        gpu: torch sees a graphics card that it can use.
    """

    python: Path
    trouble: str
    version: str
    tiers: dict[str, TierState]
    managed: bool = False
    cuda: str = ""
    gpu: bool = False

    def ready(self, tier: str) -> bool:
        """Whether the tier, and what it stands on, is whole."""
        return not self.trouble and self.tiers[RUN].whole and (tier == RUN or self.tiers[tier].whole)

    def wanting(self, tier: str) -> list[str]:
        """Packages of the tier, and of what it stands on, that are missing or too old."""
        names = [*self.tiers[RUN].missing, *self.tiers[RUN].old]
        return names if tier == RUN else [*names, *self.tiers[tier].missing, *self.tiers[tier].old]


class Probe(QObject):
    """Asks an interpreter without waiting; says `finished` with a `Report` once, in the main thread."""

    finished = pyqtSignal(object)

    def __init__(self, interpreter: Path, tier: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._python, self._tier = interpreter, tier
        self._process = QProcess(self)
        surroundings = QProcessEnvironment()
        for name, value in python.clean_environment().items():
            surroundings.insert(name, value)
        self._process.setProcessEnvironment(surroundings)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._failed)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._process.kill)

    def start(self) -> None:
        """Begins."""
        program, *arguments = _command(self._python, self._tier)
        self._patience.start(PATIENCE_MS)
        self._process.start(program, arguments)

    def close(self) -> None:
        """Ends it unheard."""
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(1000)

    def _ended(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._patience.stop()
        said = bytes(self._process.readAllStandardOutput()).decode("utf-8", "replace")
        self.finished.emit(read(self._python, said.splitlines(), code))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # the others are followed by `finished`
            self._patience.stop()
            self.finished.emit(read(self._python, [], 1))


def probe(interpreter: Path, tier: str, feedback: QgsFeedback) -> Report:
    """The same from a background thread, waiting.

    Raises:
        Stopped: cancelled.
        BackendError: the interpreter cannot be started.
    """
    lines: list[str] = []
    code = command.run(_command(interpreter, tier), python.clean_environment(), feedback, lines.append)
    return read(interpreter, lines, code)


def _command(interpreter: Path, tier: str) -> list[str]:
    tiers = requirements.TIERS[: requirements.TIERS.index(tier) + 1]
    packages = {wanted.name: wanted.module for wanted in requirements.up_to(places.backend(), TRAIN)}
    asked = {"packages": packages, "imports": [module for each in tiers for module in _IMPORTED[each]]}
    return [str(interpreter), "-I", "-X", "utf8", str(_CHILD), json.dumps(asked)]


def read(interpreter: Path, lines: list[str], code: int) -> Report:
    """Makes a report of what the child said; lines that are not its own are skipped."""
    said = [entry for entry in map(_object, lines) if entry]
    first = next((entry for entry in said if "versions" in entry), None)
    if first is None:
        return Report(interpreter, _silent(interpreter, code), "", {RUN: TierState(), TRAIN: TierState()})
    version = ".".join(str(number) for number in first["version"])
    troubles = {entry["imported"]: entry["trouble"] for entry in said if "imported" in entry}
    begun = [entry["import"] for entry in said if "import" in entry]
    if begun and begun[-1] not in troubles:
        troubles[begun[-1]] = QCoreApplication.translate("Setup", "Python crashed while loading it.")
    torch = next((entry for entry in said if "cuda" in entry), {"cuda": "", "gpu": False})
    return Report(
        interpreter,
        _too_old(version, tuple(first["version"])),
        version,
        {each: _state(each, first["versions"], troubles) for each in requirements.TIERS},
        first["managed"],
        torch["cuda"],
        torch["gpu"],
    )


def _state(tier: str, versions: dict[str, str], troubles: dict[str, str]) -> TierState:
    wanted = requirements.of_tier(places.backend(), tier)
    there = [each for each in wanted if versions[each.name]]
    return TierState(
        tuple(each.name for each in wanted if not versions[each.name]),
        tuple(each.name for each in there if not each.met_by(versions[each.name])),
        tuple((each.module, troubles[each.module]) for each in there if troubles.get(each.module)),
    )


def _object(line: str) -> dict:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _silent(interpreter: Path, code: int) -> str:
    if not interpreter.exists():
        words = QCoreApplication.translate("Setup", "The Python at “{}” is no longer there.")
        return words.format(interpreter)
    words = QCoreApplication.translate("Setup", "The Python at “{0}” does not start (exit code {1}).")
    return words.format(interpreter, code)


def _too_old(words: str, version: tuple[int, ...]) -> str:
    if version[:2] >= python.OLDEST:
        return ""
    said = QCoreApplication.translate("Setup", "This is Python {0}; RSKD needs Python 3.11 or newer.")
    return said.format(words)
