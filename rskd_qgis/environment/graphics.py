"""Which build of torch suits this machine: for an NVIDIA card, or for the processor alone (4 GB smaller)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PureWindowsPath

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QObject, QProcess, pyqtSignal

from . import command

PYTORCH = "https://download.pytorch.org/whl/"
_ASKED = ("--query-gpu=name,driver_version", "--format=csv,noheader")
_CUDA_13 = 580
"""The first NVIDIA driver that runs CUDA 13."""


@dataclass(frozen=True)
class Card:
    """An NVIDIA graphics card, as its driver names it."""

    name: str
    driver: str


def tool(system: str = sys.platform, environ: Mapping[str, str] = os.environ) -> str | None:
    """NVIDIA's own tool, which comes with the driver."""
    found = shutil.which("nvidia-smi", path=environ.get("PATH", ""))
    if found is None and system == "win32":  # older drivers put it beside the system's own
        windows = PureWindowsPath(environ.get("SYSTEMROOT", r"C:\Windows"))
        found = shutil.which(str(windows / "System32" / "nvidia-smi.exe"))
    return found


def find(feedback: QgsFeedback) -> Card | None:
    """The machine's first NVIDIA card; None if there is none, or its driver does not answer. Raises Stopped."""
    asked = tool()
    return read(command.output([asked, *_ASKED], os.environ, feedback)) if asked else None


class Search(QObject):
    """The same without waiting; says `found` once, in the main thread, with a card or None."""

    found = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        self._process.finished.connect(self._answered)

    def start(self) -> None:
        """Begins."""
        asked = tool()
        if asked is None:
            self.found.emit(None)
        else:
            self._process.start(asked, list(_ASKED))

    def close(self) -> None:
        """Ends it unheard."""
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(1000)

    def _answered(self, code: int, _status: QProcess.ExitStatus) -> None:
        said = bytes(self._process.readAllStandardOutput()).decode("utf-8", "replace")
        self.found.emit(read(said) if code == 0 else None)


def read(answer: str) -> Card | None:
    """Makes a card of what the tool says, a line for each: name, driver."""
    for line in answer.splitlines():
        name, comma, driver = line.rpartition(",")
        if comma and driver.strip()[:1].isdigit():
            return Card(name.strip(), driver.strip())
    return None


def index(card: Card | None, system: str) -> str:
    """PyTorch's own index for a machine; empty where the Python Package Index has the right build."""
    if system == "darwin":
        return ""
    if card is None:
        return PYTORCH + "cpu"
    return PYTORCH + ("cu130" if int(card.driver.split(".")[0]) >= _CUDA_13 else "cu126")


def options(card: Card | None, system: str, *, uv: bool) -> list[str]:
    """How uv or pip is asked for the right build from PyTorch's own index."""
    place = index(card, system)
    if not place:
        return []
    return ["--torch-backend", "cpu" if card is None else "auto"] if uv else ["--extra-index-url", place]
